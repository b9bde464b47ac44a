"""The course's own late policy, as nbgrader applies it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config


def late_penalty(config: Config) -> Any:
    """The course's own late policy: c.AssignLatePenalties.plugin_class, checked by nbgrader."""
    step = AssignLatePenalties(config=config)
    step.init_plugin()

    def penalty(student: str, score: float, seconds_late: float) -> float | None:
        if not step.enabled:
            return None
        found = step.plugin_inst.late_submission_penalty(student, score, seconds_late)
        return None if found is None else float(step._check_late_penalty(_Scored(score), found))

    return penalty


@dataclass(frozen=True)
class _Scored:
    score: float
