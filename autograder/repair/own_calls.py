"""Calls in which a student's own functions do as well as those that stand in for them.

A function that calls others of the exercise is checked with the solution's in their places, which
are called back. Where the student's own ones are right nothing has to be called back, and many
versions can be asked in one message.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from autograder.graders.compare import same
from autograder.judge.calls import Backend, Call, OpenBackend, apart
from autograder.judge.judge import Judge
from autograder.judge.rehearsal import Script
from autograder.sandbox import CallResult, PreparedCall
from autograder.sandbox.wire_format import WireError


def script_without(judge: Judge, calls: Sequence[Call], right: Collection[str]) -> Script | None:
    """The calls of a check without the functions that stand in; None where one is needed.

    It is where the right function answers otherwise without it.
    `right` are the functions of the student's that pass all their checks.
    """
    if not calls or any(not set(call.stand_ins) <= set(right) for call in calls):
        return None
    backend = OpenBackend(apart(vars(judge.reference)))
    if not all(same(_without(backend, c).value, c.result.value) for c in calls):
        return None
    try:
        prepared = [PreparedCall(c.name, c.args, c.kwargs, c.seed) for c in calls]
    except WireError:  # an argument is a function
        return None
    return Script(tuple(calls), tuple(prepared))


def _without(backend: Backend, call: Call) -> CallResult:
    return backend.call(call.name, call.args, call.kwargs, seed=call.seed, stand_ins={})
