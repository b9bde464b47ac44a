"""Whether a version and a known mistake answer alike, call by call."""

import pytest

from autograder.judge.hint_matching import WrongVersion
from autograder.repair.trying import Trials
from autograder.repair.watching import Comparing
from autograder.sandbox import CallResult, SandboxError

pytestmark = pytest.mark.quick


class Version:
    """Answers with a function of the argument."""

    def __init__(self, function):
        self.function = function

    def call(self, name, args, kwargs, *, seed, stand_ins):
        return CallResult("value", self.function(*args, **kwargs))


class Known(WrongVersion):
    function = "double"

    def __init__(self, function):
        super().__init__((), {"double": function})


def compared(version, known, *calls):
    space = {"double": lambda x: 2 * x}
    beside = Comparing(space, Version(lambda x: x), Version(version), Known(known))
    for args, kwargs in calls:
        result = beside.call("double", args, kwargs, seed=1, stand_ins={})
        assert result.status == "value"
    return beside


def test_answers_that_are_an_argument_as_it_came_are_left_out_however_it_was_given():
    calls = ((3.0,), {}), ((), {"x": 4.0})
    assert compared(lambda x: x, lambda x: x, *calls).answers == []
    found = compared(lambda x: x * x, lambda x: x * x, *calls)
    assert found.answers == [9.0, 16.0] and not found.differ
    assert compared(lambda x: x * x, lambda x: x + x, *calls).differ


def test_what_ends_before_it_is_compared_is_no_likeness():
    def stops(x):
        raise SandboxError("gone")

    space = {"double": lambda x: 2 * x}
    beside = Comparing(space, Version(lambda x: x), Version(stops), Known(lambda x: x))
    with pytest.raises(SandboxError):
        beside.call("double", (3.0,), {}, seed=1, stand_ins={})
    assert beside.differ


@pytest.mark.parametrize("error", [SandboxError("gone"), MemoryError(), OSError(), ValueError()])
def test_a_check_that_the_machine_has_ended_is_neither_passed_nor_failed(error):
    def run(turns, seed):
        raise error

    trials = Trials.__new__(Trials)
    collected = type("Collected", (), {"run": staticmethod(run)})
    course = type("Course", (), {"seed": "tests"})
    trials._judge = type("Judge", (), {"collected": collected, "course": course})
    trials._judge.reference = trials
    trials._live, trials._seconds, trials.steps, trials._items = None, 1.0, 0, ["a check"]
    if isinstance(error, SandboxError | MemoryError):
        with pytest.raises(type(error)):
            trials.gain_beside("", "", Known(lambda x: x))
    else:
        assert not trials._passes("a check", None)
        assert trials.gain_beside("", "", Known(lambda x: x)) is None


class Checks:
    """Checks that are numbers: each calls `double` with itself, and wants twice that."""

    def __init__(self):
        self.collected, self.course = self, type("Course", (), {"seed": "tests"})

    def run(self, turns, seed):
        [(item, backend)] = turns
        found = backend.call("double", (item,), {}, seed=1, stand_ins={})
        check = type("Check", (), {"passed": found.value == 2 * item})
        return {"name": (check, None)}


def right(x):
    return 2 * x


@pytest.mark.parametrize(
    ("own", "mistake", "gain"),
    [
        (lambda x: x + 7, lambda x: x * x, True),  # at 2 the square is right
        (lambda x: x + 7, lambda x: x * x + 1, False),
        (lambda x: x + 3, lambda x: x * x + 1, None),  # at 3 the own function is right
        (lambda x: x + 7, lambda x: 4.0, None),  # many mistakes end in one number
    ],
)
def test_a_known_mistake_is_no_gain_where_it_fails_what_the_own_function_passes(own, mistake, gain):
    versions = {"own": Version(own), "edited": Version(mistake)}
    trials = Trials.__new__(Trials)
    reference = type("Reference", (), {})()
    reference.double = right
    trials._judge = Checks()
    trials._judge.reference = reference
    trials._items, trials.steps, trials._version = [2.0, 3.0], 0, versions.get
    assert trials.gain_beside("own", "edited", Known(mistake)) is gain
