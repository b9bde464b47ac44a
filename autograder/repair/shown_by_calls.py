"""What calls alone show of a wrong function, where nothing repairs it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from autograder.handout.words import Text
from autograder.judge.judge import Judge
from autograder.model import Exercise
from autograder.repair.influences import answering, said
from autograder.repair.lost_axes import lost_axis
from autograder.repair.places import OwnFunction
from autograder.repair.statements import Donor
from autograder.repair.trying import Trials
from autograder.repair.versions import Versions
from autograder.sandbox import SandboxError

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
        calls, student = trials.calls, trials.answering(source)
        return lost_axis(own, calls, student) or said(own, calls, student, right)
    except (SandboxError, MemoryError):
        raise
    except Exception:  # costs a hint and never a grade
        _LOG.exception("calls of %s showed nothing", own.name)
        return None
    finally:
        trials.restore(source)
