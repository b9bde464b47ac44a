"""What the session of one notebook answers decides for no other."""

import json
from dataclasses import replace

import pytest

from autograder.grading.grader import Grader
from autograder.model import Check, Exercise, Verdict
from autograder.repair.choosing import Repair, Slip
from autograder.repair.hints import Repairer, Searched
from autograder.repair.known_searches import KnownSearches

pytestmark = pytest.mark.family

HINDERING = """import builtins
_compile = builtins.compile
def compile(source, name, *more, **options):
    if isinstance(source, str) and source.startswith("def double"):
        source = "def double(x): return None"
    return _compile(source, name, *more, **options)
builtins.compile = compile
def norms(x):
    return np.sqrt(np.sum(double(x) ** 2, axis=0))
"""


class Submission:
    """A notebook of which only texts are asked for."""

    def __init__(self):
        self.sources = [""]
        self.files = {}
        self.time = type("Time", (), {"began": 0.0, "is_over": False})


@pytest.fixture
def exercise():
    return Exercise("double", 1.0, (Check("a", "", "double", Verdict.WRONG),))


def test_what_one_notebook_hinders_is_found_for_others_whoever_comes_first(tiny):
    """The other ones have the same wrong function, in cells that leave its versions alone."""
    triple = "def double(x):\n    return 3 * x\n"
    right = "def norms(x):\n    return np.sqrt((double(x)**2).sum(axis=0))"
    told = []
    with Grader(replace(tiny, repair_seconds=1.0), "tiny") as grader:
        for hostile in (True, True, True, False, True, True, False):
            notebook = json.loads(tiny.source_notebook("tiny").read_text())
            for cell in notebook["cells"]:
                name = cell["metadata"].get("nbgrader", {}).get("grade_id")
                hindering = HINDERING if hostile else right
                cell["source"] = {"double": triple, "norms": hindering}.get(name, cell["source"])
            notebook["cells"][0]["source"] = f"# {len(told)}"  # each of them is another notebook
            report = grader.grade(json.dumps(notebook).encode(), "ada").report
            told.append({c.hint for c in report.exercise("double").checks if not c.passed})
    found = {"Line 2: 3 is not the number that belongs here."}
    assert [hint == found for hint in told] == [False, False, False, True, False, False, True]


@pytest.mark.quick
def test_that_nothing_was_found_counts_for_the_same_notebook_and_takes_no_repairs_place(
    tiny, exercise, monkeypatch
):
    """Each live notebook answers by itself whether a slip can be found in it."""
    searched = []

    def search(self, own, exercise, live):
        searched.append(live)
        kind = Slip("sign", (2,))
        return Searched(Repair((kind,))) if live.is_sound else Searched()

    monkeypatch.setattr(Repairer, "_searched", search)
    monkeypatch.setattr(Repairer, "_holds_here", lambda self, repair, own, e, live: live.is_sound)
    judge = type("J", (), {"translation": staticmethod(str), "course": tiny})
    repairer, text = Repairer(judge, 1.0), "def double(x):\n    return x - x\n"

    def asked(is_sound, mine):
        live = Submission()
        live.is_sound, live.sources, live.source_of = is_sound, [text, mine], lambda _: text
        before = len(searched)
        [found] = repairer.hinted([exercise], live)
        return bool(found.checks[0].hint), len(searched) - before

    assert asked(False, "eve = 1") == (False, 1)
    assert asked(False, "eve = 2") == (False, 1)
    assert asked(False, "eve = 2") == (False, 0), "the same notebook"
    assert asked(True, "ada = 1") == (True, 1)
    assert asked(False, "eve = 3") == (False, 1)
    assert asked(False, "eve = 4") == (False, 1)
    assert asked(True, "bob = 1") == (True, 0), "the repair is known still"


@pytest.mark.quick
def test_what_a_worker_remembers_of_searches_is_bounded(monkeypatch):
    monkeypatch.setattr("autograder.repair.known_searches.MOST_FUNCTIONS", 3)
    known = KnownSearches()
    for number in range(9):
        live = Submission()
        live.sources = [str(number)]
        known.keep(("double", "same"), live, Searched(Repair((Slip("sign", (number,)),))))
        known.keep(("double", str(number)), live, Searched())
    kept = [one.repair.slips[0].nodes for one in known.repairs(("double", "same"))]
    assert kept == [(8,), (7,), (6,)]
    assert len(known) == 1 + 3
