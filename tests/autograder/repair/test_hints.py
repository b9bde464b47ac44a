"""From a wrong function behind the wall to a sentence about its line."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest

from autograder.grading.grader import Grader
from autograder.judge.calls import Answer, Call
from autograder.judge.rehearsal import Script
from autograder.model import Check, Exercise, Verdict
from autograder.repair.candidates import Edit
from autograder.repair.choosing import Repair, Slip, chosen
from autograder.repair.hints import FOR_A_CHECK, MOST_STEPS, Repairer, Searched
from autograder.repair.nearness import weight
from autograder.repair.search_budget import AT_ONCE
from autograder.repair.trying import Trials
from autograder.sandbox import CallResult

pytestmark = pytest.mark.family


def graded(course, **functions):
    """The exercises of a submission, some of its functions written anew."""
    return {e.name: e for e in report_of(course, **functions).report.exercises}


def report_of(course, seconds=1.0, **functions):
    notebook = json.loads(course.source_notebook("tiny").read_text())
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in functions:
            cell["source"] = functions[name]
    with Grader(replace(course, repair_seconds=seconds), "tiny") as grader:
        return grader.grade(json.dumps(notebook).encode(), "ada")


def hints(exercise):
    return {check.hint for check in exercise.checks if not check.passed}


ROWS = """import numpy as np

def norms(x):
    y = double(x)
    return np.sqrt(np.sum(y + y, axis=0))
"""


def test_a_slip_that_nobody_foresaw_is_told_with_its_line(tiny):
    found = graded(tiny, norms=ROWS)["norms"]
    assert hints(found) == {"Line 5: look at the operation: is this multiplied, divided, added?"}
    assert all(not check.misconception for check in found.checks)


def test_zero_seconds_turn_the_search_off(tiny):
    report = report_of(tiny, seconds=0.0, norms=ROWS).report
    assert hints(report.exercise("norms")) == {""}


def test_what_a_misconception_explains_keeps_the_words_of_its_author(tiny):
    found = graded(tiny, double="def double(x):\n    return x * x\n")["double"]
    assert hints(found) == {"That is the square."}


def test_the_search_leaves_the_function_as_the_student_wrote_it(tiny):
    """`norms` calls `double`: with the one that was tried last, an edit would repair it too."""
    both = graded(tiny, double="def double(x):\n    return 3 * x\n", norms=ROWS)
    assert hints(both["double"]) == {"Line 2: 3 is not the number that belongs here."}
    assert hints(both["norms"]) == {""}


def test_code_that_ends_its_process_when_it_is_edited_costs_no_more_than_its_hint(tiny):
    text = "def double(x):\n    import os\n    if 1 != 1:\n        os._exit(0)\n    return 3 * x\n"
    found = graded(tiny, double=text)
    assert hints(found["double"]) == {"Line 5: 3 is not the number that belongs here."}
    assert all(check.passed for check in found["norms"].checks if "uses" in check.id)


CURIOUS = """import sys
import numpy as np

def norms(x):
    frame = sys._getframe()
    seen = []
    while frame is not None:
        seen += [str(value) for value in list(frame.f_locals.values())]
        frame = frame.f_back
    if any("y " + "* y" in text for text in seen):
        print(seen)
        sys.stderr.write(str(seen))
        raise KeyError(str(seen))
    return x.sum() + 17
"""


def test_code_that_reads_the_versions_it_is_tried_in_can_tell_nobody(tiny):
    """Versions hold pieces of the solution, `y * y` among them."""
    graded = report_of(tiny, norms=CURIOUS)
    assert not graded.report.exercise("norms").checks[0].passed
    told = json.dumps([graded.report.to_json(), [c["outputs"] for c in outputs(graded)]])
    assert "y * y" not in told


MISLEADING = """import builtins
_compile = builtins.compile
def compile(source, name, *more, **options):
    if isinstance(source, str) and source.startswith("def double"):
        value = "2 * x" if "MARK" in source else "None"
        source = "def double(x): return " + value
    return _compile(source, name, *more, **options)
builtins.compile = compile
def norms(x):
    return np.sqrt(np.sum(double(x) ** 2, axis=0))
"""


@pytest.mark.parametrize("mark", ["/", "nothing"])
def test_a_notebook_cannot_have_others_told_a_wrong_slip_or_none(tiny, mark):
    """It answers rightly where something is divided; the next student has the same function."""
    triple = "def double(x):\n    return 3 * x\n"
    notebook = json.loads(tiny.source_notebook("tiny").read_text())
    found = []
    with Grader(replace(tiny, repair_seconds=1.0), "tiny") as grader:
        for cells in (
            {"double": triple, "norms": MISLEADING.replace("MARK", mark)},
            {"double": triple},
        ):
            for cell in notebook["cells"]:
                name = cell["metadata"].get("nbgrader", {}).get("grade_id")
                cell["source"] = cells.get(name, cell["source"])
                if name == "norms" and name not in cells:
                    cell["source"] = "def norms(x):\n    return np.sqrt((double(x)**2).sum(axis=0))"
            report = grader.grade(json.dumps(notebook).encode(), "ada").report
            found.append(hints(report.exercise("double")))
    lines = [hint for hint in found[0] if hint.startswith("Line")]
    assert bool(lines) == (mark == "/"), "one of them does find a wrong slip"
    assert found[0] != found[1] == {"Line 2: 3 is not the number that belongs here."}


def outputs(graded):
    return [cell for cell in graded.notebook["cells"] if cell["cell_type"] == "code"]


class Counting:
    """A submission of which only the sources are asked for."""

    def __init__(self, *sources):
        self.sources = list(sources)
        self.files = {}
        self.time = type("Time", (), {"began": 0.0, "is_over": False})

    def source_of(self, function):
        return self.sources.pop(0)


@pytest.fixture
def exercise():
    return Exercise("double", 1.0, (Check("a", "", "double", Verdict.WRONG),))


@pytest.mark.quick
def test_a_function_of_so_many_places_that_one_would_tell_much_is_not_repaired(
    tiny, exercise, monkeypatch
):
    monkeypatch.setattr(Repairer, "_searched", lambda *_: pytest.fail("it was tried"))
    repairer = Repairer(type("J", (), {"translation": staticmethod(str), "course": tiny}), 1.0)
    long = "def double(x):\n" + "    x = x + 1\n" * 600 + "    return x\n"
    assert repairer.hinted([exercise], Counting(long)) == (exercise,)


@pytest.mark.quick
def test_a_function_that_was_repaired_before_is_remembered_whatever_its_layout(
    tiny, exercise, monkeypatch
):
    searched = []

    def search(self, own, exercise, live):
        searched.append(own.normalized)
        return Searched(chosen(own, [Edit((), "sign", 1.0, (own.body[0].lineno,))]))

    monkeypatch.setattr(Repairer, "_searched", search)
    monkeypatch.setattr(Repairer, "_holds_here", lambda *_: True)
    judge = type("J", (), {"translation": staticmethod(str), "course": tiny})
    plain = "def double(x):\n    return x - x\n"
    spread = "# mine\ndef double(x):\n    # twice\n    return (x -x)\n"
    explained = 'def double(x):\n    """Twice.\n\n    The number."""\n    return x - x\n'
    for turns in ((plain, spread, explained), (explained, plain, spread)):
        repairer, live = Repairer(judge, 1.0), Counting(*turns)
        told = [repairer.hinted([exercise], live)[0].checks[0].hint for _ in turns]
        assert len(searched) == 1
        lines = {plain: "Line 2", spread: "Line 4", explained: "Line 5"}
        assert [hint.partition(":")[0] for hint in told] == [lines[turn] for turn in turns]
        searched.clear()


@pytest.mark.quick
def test_what_a_class_may_search_is_counted_in_steps_and_not_by_the_clock(
    tiny, exercise, monkeypatch
):
    searched = []

    def search(self, own, exercise, live):
        searched.append(live)
        self._spent += AT_ONCE // 3
        self._left -= AT_ONCE // 3
        return Searched()

    monkeypatch.setattr(Repairer, "_searched", search)
    judge = type("J", (), {"translation": staticmethod(str), "course": tiny})
    many = replace(exercise, checks=exercise.checks * int(AT_ONCE / FOR_A_CHECK))

    def grade(repairer, count, exercise):
        searched.clear()
        for number in range(count):
            repairer.hinted([exercise], Counting(f"def double(x):\n    return {number}\n"))
        return len(searched)

    for speed in (0.0, 1.0):  # of a clock: a machine at rest, and a busy one
        ticks = itertools.count(step=speed)
        assert grade(Repairer(judge, 0.5, ticks.__next__), 90, exercise) == 4
    assert grade(Repairer(judge, 0.5), 20, many) == 20  # as much as the judging itself
    assert grade(Repairer(judge, 2.0), 20, exercise) == 20  # who grants that much waits for them


HARMLESS = "def double(x):\n    y = x + 1\n    return 2 * x + (y - x) * y\n"


def test_an_edit_that_makes_a_superfluous_term_harmless_is_no_slip_of_its_own(tiny):
    """With x for y the term is nothing; without the term all is right as well."""
    found = graded(tiny, double=HARMLESS)["double"]
    assert hints(found) == {"Line 3: there is a term here that should not be."}


TWO = """import numpy as np

def norms(x):
    y = double(x) + 1
    return np.sqrt(np.sum(y + y, axis=0))
"""


def test_two_slips_are_both_told_where_there_is_time_for_the_second(tiny):
    report = report_of(tiny, seconds=2.0, norms=TWO).report
    assert hints(report.exercise("norms")) == {
        "Line 4: there is a term here that should not be. "
        "Line 5: look at the operation: is this multiplied, divided, added?"
    }


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("y = 2 * x", "Line 2: the function ends here, and nothing is returned."),
        ("return 3.5", "`x` is a parameter of this function, and the function never reads it."),
    ],
)
def test_what_is_missing_at_sight_is_said_without_trying_anything(tiny, body, hint):
    assert hints(graded(tiny, double=f"def double(x):\n    {body}\n")["double"]) == {hint}


NEGATED = """def double(x):
    if not x is not None:
        return 2 * x
    return x
"""


def test_a_condition_the_wrong_way_round_is_said_as_that(tiny):
    found = graded(tiny, double=NEGATED)["double"]
    assert hints(found) == {"Line 2: the condition is the wrong way round."}


def test_a_term_too_many_is_one_whichever_sign_would_do(tiny):
    """With a plus the smaller one is x, too: the 3 should not be there."""
    text = "import numpy as np\n\ndef double(x):\n    return 2 * np.minimum(x, x - 3)\n"
    found = graded(tiny, double=text)["double"]
    assert hints(found) == {"Line 4: there is a term here that should not be."}


def test_calls_that_are_answered_wrong_are_asked_of_a_version_first(tiny):
    """A version that answers one of two as wrong never makes the others of the check."""
    asked = []

    class Live:
        def versions(self, name, sources, calls, seconds):
            asked.append((len(sources), len(calls)))
            values = {"own": [1.0, 7.0, 3.0, 7.0, 7.0], "worse": [7.0] * 5, "right": wanted}
            return [[answer(values[source.strip()][call]) for call in calls] for source in sources]

    def answer(value):
        return Answer(None, 0.0, lambda: CallResult("value", value))

    wanted = [1.0, 2.0, 3.0, 4.0, 5.0]
    trials = Trials.__new__(Trials)
    calls = tuple(Call("f", (), {}, 0, CallResult("value", value)) for value in wanted)
    trials._live, trials._name, trials._seconds, trials.steps = Live(), "f", 1.0, 0
    script = Script(calls, tuple(range(5)))
    trials._telling, trials.notes = (None, script), None
    trials.screen("own")
    assert list(trials._screened(["worse", "right"], script)) == [1]
    assert asked == [(1, 5), (2, 2)] and trials.steps == 5 + 4


def test_a_name_that_is_spelled_another_way_is_said_as_that_too(tiny):
    text = "def double(x):\n    twice = 2 * x\n    return twiec\n"
    [hint] = hints(graded(tiny, double=text)["double"])
    assert hint.startswith("Line 3: `twiec` is not known here")


ENDLESS = """def double(x):
    n = 1
    y = x
    while n < 3:
        y = y + x
        n = n + 1
    return y
"""


def test_versions_whose_loops_would_never_end_are_no_end_of_the_search(tiny, monkeypatch):
    """More than a dozen of them had ended it; now they raise after so many turns."""
    monkeypatch.setattr("autograder.repair.trying.MOST_DEAD", 0)
    [hint] = hints(graded(tiny, double=ENDLESS)["double"])
    assert hint.startswith("One of the lines 4, 5, 7")


def test_the_check_that_tells_most_is_chosen_by_what_it_is_handed_and_by_no_clock():
    def script(seconds, size):
        call = Call("f", (np.ones(size),), {}, 0, CallResult("value", seconds=seconds))
        return Script((call,), ())

    assert weight(script(9.0, 3)) < weight(script(0.001, 4))


def test_a_name_that_is_not_imported_is_said_as_that_and_not_as_another_expression(tiny):
    text = "def norms(x):\n    y = double(x)\n    return math.sqrt(math.fsum(y * y))\n"
    assert hints(graded(tiny, norms=text)["norms"]) == {
        "Line 3: `math` is not known here: was it imported? "
        "The function got no further than that: more may be wrong."
    }


CONSTANT = """import numpy as np

def norms(x):
    return np.ones(len(x[0])) * 3.5
"""


def test_what_calls_alone_show_is_said_where_nothing_repairs_and_its_steps_are_counted(
    tiny, monkeypatch
):
    spent = []
    shown = Repairer._shown

    def counted(self, *given):
        text = shown(self, *given)
        spent.append(MOST_STEPS - self._left)
        return text

    monkeypatch.setattr(Repairer, "_shown", counted)
    monkeypatch.setattr(Repairer, "_known_or_found", lambda *_: Searched())
    found = graded(tiny, norms=CONSTANT)["norms"]
    assert hints(found) == {"`x` should change the result, and changes nothing in it."}
    [steps] = spent
    assert steps > 0
    monkeypatch.setattr(Repairer, "_may_search", lambda *_: True)
    monkeypatch.setattr(Repairer, "_is_out_of_time", lambda *_: True)
    assert hints(graded(tiny, norms=CONSTANT)["norms"]) == {""}


def test_a_fact_takes_the_place_of_what_is_only_possible(tiny, monkeypatch):
    """Many mistakes end in one number, and the known one is not always among them."""
    path = tiny.tests("tiny") / "misconceptions.py"
    one = 'edited("double", name="one", hint="One.", replace=[("2 * x", "1.0 + 0 * x")])'
    other = one.replace("one", "other").replace("1.0 + 0 * x", "0 * x + 1.0")
    path.write_text(f"{path.read_text()}\n{one}\n{other}\n")
    monkeypatch.setattr(Repairer, "_known_or_found", lambda *_: Searched())
    found = graded(tiny, double="def double(x):\n    return 0 * x + 1\n")["double"]
    assert hints(found) == {"`x` should change the result, and changes nothing in it."}


def test_a_fraction_that_cuts_is_told_with_the_lines_of_the_slices(tiny, monkeypatch):
    """That it is a fraction says more than that the end is wrong."""
    text = "def norms(x):\n    y = double(x)\n    return np.sqrt(np.sum(y[: len(y) / 1], axis=0))\n"
    slip = Slip("slice end", (2, 3))
    monkeypatch.setattr(Repairer, "_known_or_found", lambda *_: Searched(Repair((slip,))))
    [hint] = hints(graded(tiny, norms=text)["norms"])
    assert hint.startswith("Line 3: `range`, slices and indices count with whole numbers")
    assert hint.endswith(" Lines 2, 3: look at where this slice ends.")
