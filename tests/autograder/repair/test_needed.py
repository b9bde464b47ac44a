"""Which lines of an edit in several places are needed."""

import pytest

from autograder.repair.candidates import Edit
from autograder.repair.needed import needed, needed_of_pair
from autograder.repair.pairing import EditPair, Half
from autograder.repair.places import OwnFunction, Splice

pytestmark = pytest.mark.quick

TEXT = """def f(x, y):
    a = np.sum(x)
    b = np.sum(y)
    c = np.sum(x * y)
    return a, b, c
"""
OWN = OwnFunction(TEXT, "f")


def at(old, new, *lines, kind="added up", name=""):
    rows = TEXT.split("\n")
    splices = []
    for line in lines:
        begin = len("\n".join(rows[: line - 1])) + 1 + rows[line - 1].index(old)
        splices.append(Splice(begin, begin + len(old), new))
    return Edit(tuple(splices), kind, 2.0, lines, name)


def with_mean_in(*lines):
    """Whether the means of a version stand in these lines at least."""
    return lambda edit: all(
        "np.mean" in OWN.with_splices(edit.splices).split("\n")[line - 1] for line in lines
    )


@pytest.mark.parametrize("lines", [(2,), (3, 4), (2, 3, 4)])
def test_an_edit_keeps_the_lines_that_it_cannot_do_without(lines):
    assert needed(OWN, at("np.sum", "np.mean", 2, 3, 4), with_mean_in(*lines)).lines == lines


def test_one_line_alone_is_found_where_none_of_the_others_can_go_by_itself():
    """An assert agrees with a wrong line as long as both are changed."""
    edit = at("np.sum", "np.mean", 2, 3, 4)
    assert needed(OWN, edit, lambda e: e.lines in ((3,), (2, 3, 4))).lines == (3,)


def test_what_is_moved_is_kept_as_a_whole():
    edit = at("np.sum", "np.mean", 2, 3, kind="moved")
    assert needed(OWN, edit, lambda fewer: True) is edit


def test_one_of_two_names_that_were_exchanged_is_another_name():
    fewer = needed(OWN, at("x", "z", 2, 4, kind="names", name="z"), lambda e: e.lines == (4,))
    assert (fewer.kind, fewer.name, fewer.lines) == ("name", "x", (4,))


class Trials:
    def passes_all(self, source):
        rows = source.split("\n")
        return rows[1] == "    a = 0" and "np.mean" in rows[2] and "np.mean" in rows[3]


def test_half_of_a_pair_is_told_without_what_the_other_half_replaces():
    """Line 2 is written anew by the second one: nobody knows whether it has to be a mean."""
    first, second = at("np.sum", "np.mean", 3, 4), at("np.sum(x)", "0", 2, kind="donor")
    more = at("np.sum", "np.mean", 3, 4, kind="added up")
    halves = Half(OWN, (more,), bool), Half(OWN, (second,), bool)
    pair = needed_of_pair(OWN, Trials(), EditPair(halves, ""))
    assert [half.edits[0].lines for half in pair.halves] == [first.lines, (2,)]


def test_an_edit_that_a_second_one_stands_upon_is_told_without_what_can_stay():
    """The second one has written line 2 anew, and line 4 was right as it was."""
    first = at("np.sum", "np.mean", 2, 3, 4)
    made = OwnFunction(OWN.with_splices(first.splices), "f")
    begin = made.with_splices().index("np.mean(x)")
    second = Edit((Splice(begin, begin + 10, "0"),), "donor", 2.0, (2,))
    halves = Half(OWN, (first,), bool), Half(made, (second,), bool, first.splices)
    whole = made.with_splices(second.splices)

    class OfLineThree:
        def passes_all(self, source):
            rows = source.split("\n")
            return rows[1] == "    a = 0" and "np.mean" in rows[2]

    pair = needed_of_pair(OWN, OfLineThree(), EditPair(halves, whole))
    assert [half.edits[0].lines for half in pair.halves] == [(2, 3), (2,)]
