"""What calls alone show of a wrong function, where nothing repairs it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from autograder.handout.words import Text
from autograder.judge.calls import Call
from autograder.judge.judge import Judge
from autograder.repair.influences import CallAnswers, answering, said
from autograder.repair.lost_axes import lost_axis
from autograder.repair.places import OwnFunction
from autograder.repair.statements import Donor
from autograder.repair.trying import Trials
from autograder.sandbox import CallResult, SandboxError

SLOWEST = 0.05  # seconds that the reference takes for a call of what is called so often
MOST_CALLS = 30  # of all checks; what is shown by some of more calls is a possibility
MOST_STEPS = 2000  # a call of a right version, in this process, is one
_LOG = logging.getLogger(__name__)


class _NoStepsLeft(Exception):
    """What is shown would cost too much."""


def shown_by_calls(
    own: OwnFunction,
    trials: Trials,
    judge: Judge,
    donors: Sequence[Donor],
    is_over: Callable[[], bool],
) -> list[Text]:
    """The sentence on a lost axis, or on an argument that changes too much or too little.

    "Possibly" stands before it where not all calls of the checks were looked at. Nothing is said
    where `is_over`, the time of the submission, comes first.
    """
    if not donors or judge.reference_seconds.get(own.name, 0.0) > SLOWEST:
        return []
    try:
        every = trials.every_call()
        calls = every[:MOST_CALLS]
        student = partial(_answer, trials, is_over, trials.answering(own.with_splices()))
        right = [partial(_answer, trials, is_over, answering(judge, donor)) for donor in donors]
        shown = lost_axis(own, calls, student) or said(own, trials.calls, student, right, calls)
    except _NoStepsLeft:
        return []
    except (SandboxError, MemoryError):
        raise
    except Exception:  # costs a hint and never a grade
        _LOG.exception("calls of %s showed nothing", own.name)
        return []
    if not shown:
        return []
    return [shown] if len(calls) == len(every) else [Text("Possibly: "), shown]


def _answer(
    trials: Trials, is_over: Callable[[], bool], answers: CallAnswers, call: Call
) -> CallResult:
    """The answer to a call, as long as there are steps and there is time."""
    if trials.steps >= MOST_STEPS or is_over():
        raise _NoStepsLeft
    trials.steps += 1
    return answers(call)
