"""What calls alone show of a wrong function, where nothing repairs it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from autograder.handout.words import Text
from autograder.judge.calls import Call
from autograder.judge.judge import Judge
from autograder.model import Exercise
from autograder.repair.influences import answering, said
from autograder.repair.lost_axes import lost_axis
from autograder.repair.places import OwnFunction
from autograder.repair.statements import Donor
from autograder.repair.trying import Trials
from autograder.repair.versions import OneVersion, Versions
from autograder.sandbox import CallResult, SandboxError

SECONDS = 1.0  # of processor time for a call
_LOG = logging.getLogger(__name__)


def shown_by_calls(
    own: OwnFunction, exercise: Exercise, judge: Judge, live: Versions, donors: Sequence[Donor]
) -> Text | None:
    """The sentence on a lost axis, or on an argument that changes too much or too little."""
    if not donors:
        return None
    source = own.with_splices()
    trials = Trials(judge, live, exercise.name, exercise.checks)
    try:
        right = [answering(judge, donor) for donor in donors]
        calls, student = (
            trials.calls,
            partial(_called, OneVersion(live, source, SECONDS, _uncounted)),
        )
        return lost_axis(own, calls, student) or said(own, calls, student, right)
    except (SandboxError, MemoryError):
        raise
    except Exception:  # costs a hint and never a grade
        _LOG.exception("calls of %s showed nothing", own.name)
        return None
    finally:
        trials.restore(source)


def _called(version: OneVersion, call: Call) -> CallResult:
    return version.call(call.name, call.args, call.kwargs, seed=call.seed, stand_ins=call.stand_ins)


def _uncounted(_: CallResult) -> None:
    """A few calls are no step of the search."""
