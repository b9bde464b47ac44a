"""A condition is not blamed for the exception below it, nor for what is wrong in its lines."""

from types import SimpleNamespace

import numpy as np
import pytest

from autograder.repair.candidates import Edit
from autograder.repair.going_round import goes_round, silence
from autograder.repair.pairing import EditPair, Half
from autograder.repair.places import OwnFunction
from autograder.repair.traces import WIDTH

SOURCE = """\
def tail(x, size):
    count = len(x) // size
    if len(x) % size:
        rest = x[count * size : len(x) / 1]
    return count
"""
RAISING = 4


def pair_in(own, *lines):
    halves = (Half(own, (Edit((), "name", 1.0, (line,)),), lambda _: False, ()) for line in lines)
    return EditPair(tuple(halves), SOURCE)


def ending_in(lines):
    ended = SimpleNamespace(lines=lines)
    return SimpleNamespace(
        telling_calls={"check 0": None}, answering=lambda _: lambda _: ended,
        tables_of_calls=lambda sources, calls: [], every_call=lambda: [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "is_round"),
    [((2, 3), True), ((3, RAISING), False), ((2, 5), False), ((2, RAISING), False)],
)
def test_a_pair_goes_round_an_exception_if_it_changes_a_condition_above_it_and_not_its_line(
    lines, is_round
):
    own = OwnFunction(SOURCE, "tail")
    raised = ending_in([f"tail, line {RAISING}: rest = x[count * size : len(x) / 1]"])
    assert goes_round(own, pair_in(own, *lines), raised) is is_round
    assert not goes_round(own, pair_in(own, *lines), ending_in([]))
    assert not goes_round(own, pair_in(own, *lines), ending_in(["other, line 4: x"]))


def test_one_edit_of_a_condition_silences_the_line_below_it_that_raises():
    own = OwnFunction(SOURCE, "tail")
    raised = ending_in([f"tail, line {RAISING}: rest = x[count * size : len(x) / 1]"])
    condition, count = Edit((), "name", 1.0, (3,)), Edit((), "name", 1.0, (2,))
    assert silence(own, [condition], SOURCE, raised)
    assert not silence(own, [count], SOURCE, raised)
    assert not silence(own, [condition], SOURCE, ending_in([]))


SHARES = """\
def shares(x, size):
    found = [x[0] / 1]
    for at in range(1, len(x)):
        if len(x) % size:
            found.append(x[at] * 2)
    return found
"""
FIRST, LOOP, CONDITION, FILLED = range(2, 6)


class Traced:
    """Versions that are run, in some calls of checks that fail and in all calls."""

    def __init__(self, telling, every):
        self.telling_calls = dict(enumerate(telling))
        self._every = every

    def every_call(self):
        return self._every

    def answering(self, source):
        return lambda call: SimpleNamespace(lines=[])

    def tables_of_calls(self, sources, calls):
        rows = []
        for source in sources:
            space = {"np": np}
            exec(source, space)
            rows.append([np.asarray(space["shares"](*call)).reshape(-1, WIDTH) for call in calls])
        return rows


THREE, FOUR = (np.arange(3.0), 2), (np.arange(4.0), 2)


@pytest.mark.parametrize(
    ("lines", "old", "new", "telling", "every", "is_round"),
    [
        ((FIRST, CONDITION), "len(x) % size", "size % size", [THREE], [THREE, FOUR], True),
        ((FIRST, LOOP), "range(1, len(x))", "range(1, 1)", [THREE], [THREE, FOUR], True),
        ((FIRST, FILLED), "len(x) % size", "size % size", [THREE], [THREE], False),
        ((FIRST, CONDITION), "len(x) % size", "len(x) % 3", [THREE], [THREE, FOUR], False),
        ((FIRST, CONDITION), "len(x) % size", "len(x) % 3", [THREE], [THREE], True),
        ((FIRST, CONDITION), "len(x) % size", "size % size", [FOUR], [THREE, FOUR], False),
        ((FIRST, CONDITION), "len(x) % size", "len(x) - size", [THREE], [THREE, FOUR], False),
    ],
)
def test_a_pair_goes_round_lines_that_failing_calls_run_and_that_no_call_runs_any_more(
    lines, old, new, telling, every, is_round
):
    own = OwnFunction(SHARES, "shares")
    pair = EditPair(pair_in(own, *lines).halves, SHARES.replace(old, new))
    assert goes_round(own, pair, Traced(telling, every)) is is_round


@pytest.mark.parametrize(("new", "is_round"), [("size % size", True), ("len(x) % 3", False)])
def test_of_calls_that_an_exception_cuts_off_it_counts_what_is_never_run(new, is_round):
    """Before, no line below the condition was run in them either."""

    class CutOff(Traced):
        def answering(self, source):
            return lambda call: SimpleNamespace(lines=[f"shares, line {FIRST}: found = [x[9] / 1]"])

        def tables_of_calls(self, sources, calls):
            empty = [np.zeros((0, WIDTH))] * len(calls)
            return [
                empty if "% size:" in s and "size % size" not in s else
                super(CutOff, self).tables_of_calls([s], calls)[0] for s in sources
            ]  # fmt: skip

    own = OwnFunction(SHARES, "shares")
    pair = EditPair(pair_in(own, FIRST, CONDITION).halves, SHARES.replace("len(x) % size", new))
    assert goes_round(own, pair, CutOff([THREE], [THREE, FOUR])) is is_round
