"""The course's own late policy, as nbgrader applies it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from autograder.model import CourseError


class LatePolicy:
    """The course's own late policy: c.AssignLatePenalties.plugin_class, checked by nbgrader."""

    def __init__(self, config: Config) -> None:
        self._step = AssignLatePenalties(config=config)
        self._step.init_plugin()

    def penalty(self, student: str, score: float, seconds_late: float) -> float | None:
        """The points to take off a score; None where the course takes none off.

        Raises CourseError when the policy raises an exception.
        """
        step = self._step
        if not step.enabled:
            return None
        try:
            found = step.plugin_inst.late_submission_penalty(student, score, seconds_late)
        except Exception as error:
            raise CourseError(_raised(step.plugin_class, student, seconds_late, error)) from error
        return None if found is None else float(step._check_late_penalty(_Scored(score), found))


def _raised(plugin: type[Any], student: str, seconds_late: float, error: Exception) -> str:
    module = sys.modules.get(plugin.__module__)
    return (
        f"the late policy {plugin.__module__}.{plugin.__qualname__} "
        f"({getattr(module, '__file__', 'no file')}) raised {type(error).__name__} for {student}, "
        f"{seconds_late:.0f} seconds late: {error}. Mend it, or take it out of "
        "c.AssignLatePenalties.plugin_class"
    )


@dataclass(frozen=True)
class _Scored:
    score: float
