"""Test cells that nbgrader's rule scores, as exercises of a report."""

from autograder.cli.graded_class import changed_points, changed_words, with_other_words
from autograder.grading.ordinary_cells import as_exercise, error_of
from autograder.model import Report


def failed(name, said):
    return {"outputs": [{"output_type": "error", "ename": name, "evalue": said, "traceback": []}]}


def test_how_a_cell_failed_is_the_first_line_that_its_page_shows():
    assert error_of(failed("NameError", "name 'f' is not defined")) == (
        "NameError: name 'f' is not defined"
    )
    assert error_of(failed("AssertionError", "\nnot equal\n1 != 2")) == (
        "AssertionError: not equal"
    )
    assert len(error_of(failed("ValueError", "x" * 999))) == 200
    assert error_of({"outputs": [{"output_type": "stream", "text": "1"}]}) == error_of({}) == ""


def test_points_that_a_cell_loses_are_a_change_of_that_cell():
    def report(score):
        return Report("ps1", "ada", "ps1", (as_exercise("t", 4, score),))

    def change(before, after):
        [line] = changed_points(report(before), report(after), str)
        return line

    assert change(4.0, 0.0) == "ada: t 4 → 0 (t: passed → wrong)"
    assert change(0.0, 4.0) == "ada: t 0 → 4 (t: wrong → passed)"
    assert change(4.0, 1.0) == "ada: t 4 → 1 (t: passed → wrong)"


def test_a_cell_that_keeps_its_points_and_fails_in_another_way_is_named():
    """Also one whose tests nbgrader wrote anew: its points alone would not show it."""

    def report(said, score=0.0):
        return Report("ps1", "ada", "ps1", (as_exercise("t", 4, score, said=said),))

    before = report("AssertionError: type of x is not int")
    assert changed_words(before, report("AssertionError: value of x is not right")) == ["t"]
    assert changed_words(before, before) == changed_words(None, before) == []
    assert changed_words(before, report("", 4.0)) == [], "its points are named"
    [line] = with_other_words({"t": ["ada", "bob", "cy", "dan"]}, str)
    assert line == "t: the same points, and something else is said: ada, bob, cy and 1 more"
