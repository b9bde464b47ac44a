"""How the work of a search is shared out, and what it is measured by."""

import json
from dataclasses import replace

import numpy as np
import pytest

from autograder.grading.grader import Grader
from autograder.judge.calls import Call
from autograder.judge.rehearsal import Script
from autograder.model import Check, Exercise, Verdict
from autograder.repair import hints, searching
from autograder.repair.chains import ChainSearch
from autograder.repair.choosing import Repair, Slip
from autograder.repair.hints import Repairer, Searched
from autograder.repair.statements import Donor
from autograder.repair.trying import Trials
from autograder.sandbox import CallResult

TWO_SLIPS = """import numpy as np

def norms(x):
    y = double(x) + 1
    return np.sqrt(np.sum(y + y, axis=0))
"""


@pytest.mark.family
def test_one_edit_is_given_up_for_two_when_its_share_of_the_steps_is_used(tiny, monkeypatch):
    """One edit repairs nothing here, and would take all the steps that there are."""
    begun = []
    pairs = searching.PairSearch
    monkeypatch.setattr(pairs, "pair", lambda search: begun.append(search._trials.steps))
    monkeypatch.setattr(pairs, "along", lambda search: None)
    monkeypatch.setattr(ChainSearch, "chain", lambda search: None)
    monkeypatch.setattr(hints, "MOST_STEPS", 1000)
    notebook = json.loads(tiny.source_notebook("tiny").read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "norms":
            cell["source"] = TWO_SLIPS
    for share, seconds in ((1.0, 2.0), (0.05, 2.0), (0.05, 1.0)):
        monkeypatch.setattr(hints, "FOR_ONE", share)
        with Grader(replace(tiny, repair_seconds=seconds), "tiny") as grader:
            grader.grade(json.dumps(notebook).encode(), "ada")
    everything, a_share = begun  # with one second two edits are not looked for
    assert 50 <= a_share < 50 + 2 * 40 < everything


class Item:
    def __init__(self, name):
        self.nodeid = name


def script(size):
    call = Call("f", (np.ones(size),), {}, 0, CallResult("value"))
    return Script((call,), ())


@pytest.mark.quick
def test_after_a_first_edit_versions_are_compared_by_a_check_that_still_fails():
    """A check that the first edit has mended tells no second edits apart."""
    pairs = [(Item(name), script(size)) for size, name in enumerate(("mended", "still wrong"), 1)]
    trials = Trials.__new__(Trials)
    trials._scripts, trials._telling, trials._item = pairs, pairs[0], pairs[0][0]
    trials._live, trials._seconds, trials.steps = None, 1.0, 0
    trials._failed = {(b"an answer",)}
    trials._passes = lambda item, backend: item.nodeid == "mended"
    assert len(trials.calls[0].args[0]) == 1
    trials.aim("def f(x): ...")
    assert trials.check == "still wrong" and len(trials.calls[0].args[0]) == 2
    assert not trials._failed  # they were answers to other calls


@pytest.mark.quick
def test_a_version_that_passes_all_of_them_leaves_the_check_as_it_was():
    pairs = [(Item("one"), script(1)), (Item("other"), script(2))]
    trials = Trials.__new__(Trials)
    trials._scripts, trials._telling, trials._item = pairs, pairs[0], pairs[0][0]
    trials._live, trials._seconds, trials._failed = None, 1.0, set()
    trials._passes = lambda item, backend: True
    trials.aim("def f(x): ...")
    assert trials.check == "one"


class Submission:
    def __init__(self):
        self.files, self.sources = {}, []
        self.time = type("Time", (), {"began": 100.0, "is_over": False})

    def source_of(self, function):
        return "def double(x):\n    return x - x\n"


@pytest.mark.quick
@pytest.mark.parametrize(
    ("now", "is_over", "is_told"),
    [
        (100.0 + 95.0, False, True),
        (
            100.0 + 97.0,
            False,
            False,
        ),  # so slow a machine says nothing
        (100.0, True, False),
    ],
)
def test_a_search_that_the_clock_has_ended_gives_no_hint(tiny, monkeypatch, now, is_over, is_told):
    clock = [100.0]
    submission = Submission()

    def search(self, own, exercise, live):
        clock[0], submission.time.is_over = now, is_over
        return Searched(Repair((Slip("sign", (2,)),)))

    monkeypatch.setattr(Repairer, "_searched", search)
    course = replace(tiny, submission_seconds=60.0)
    judge = type("J", (), {"translation": staticmethod(str), "course": course})
    exercise = Exercise("double", 1.0, (Check("a", "", "double", Verdict.WRONG),))
    repairer = Repairer(judge, 1.0, lambda: clock[0])
    [hinted] = repairer.hinted([exercise], submission)
    assert bool(hinted.checks[0].hint) == is_told
    assert bool(repairer._known) == is_told


@pytest.mark.quick
def test_a_version_has_to_pass_with_another_term_s_inputs_too(tiny):
    """X - epsilon for X + epsilon may be right by chance for the inputs of one term."""
    trials = Trials.__new__(Trials)
    trials._judge = type("J", (), {"course": tiny})
    trials._live, trials._seconds, trials._items = None, 1.0, [Item("one"), Item("other")]
    asked = []

    def passes(item, backend, seed):
        asked.append((item.nodeid, seed))
        return seed == tiny.seed or item.nodeid == "one"

    trials._passes = passes
    assert not trials.passes_all("def f(x): ...")
    assert [seed == tiny.seed for _, seed in asked] == [True, True, False, False]
    assert [item.nodeid for item in trials._items] == ["other", "one"]  # the more telling first
    trials._passes = lambda item, backend, seed: True
    assert trials.passes_all("def f(x): ...")


@pytest.mark.quick
@pytest.mark.parametrize(("slips", "words"), [(1, "the signs"), (2, "Line 2: `x` is a parameter")])
def test_two_edits_that_make_good_a_lost_parameter_are_a_detour(tiny, monkeypatch, slips, words):
    """That it is lost can be seen, and is said instead; one edit may be what is meant."""
    submission = Submission()
    submission.source_of = lambda name: "def double(x):\n    x = 1\n    return x - x\n"
    right = Donor("def double(x):\n    return 2 * x\n", "double")
    repair = Repair(tuple(Slip("sign", (4,)) for _ in range(slips)))
    monkeypatch.setattr(Repairer, "_donors", lambda *_: [right])
    monkeypatch.setattr(Repairer, "_known_or_found", lambda *_: Searched(repair))
    judge = type("J", (), {"translation": staticmethod(str), "course": tiny})
    exercise = Exercise("double", 1.0, (Check("a", "", "double", Verdict.WRONG),))
    [hinted] = Repairer(judge, 2.0).hinted([exercise], submission)
    assert words in hinted.checks[0].hint


@pytest.mark.quick
def test_a_version_that_ended_its_process_once_is_asked_again():
    """A machine that stalls runs right versions into their limit, too."""
    asked = []

    class Stalling:
        def versions(self, name, sources, calls, seconds):
            asked.append(list(sources))
            return [[] if s == "endless" or len(asked) == 1 else ["right"] for s in sources]

    trials = Trials.__new__(Trials)
    trials._live, trials._name, trials._seconds = Stalling(), "f", 1.0
    trials.steps, trials.dead = 0, 0
    trials._telling = (None, Script(script(1).calls, (None,)))
    assert trials._answers(["sound", "endless"], [0]) == [["right"], []]
    assert asked == [["sound", "endless"], ["sound"], ["endless"]]
