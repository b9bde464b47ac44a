"""The sandbox for student code: sessions, cells and calls. See docs/security.md for the layers.

The names are loaded on first use, because the confined process imports this package too and must
not import the judge's side.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.sandbox.box import Sandbox as Sandbox
    from autograder.sandbox.limits import Limits as Limits
    from autograder.sandbox.limits import SandboxError as SandboxError
    from autograder.sandbox.limits import Tier as Tier
    from autograder.sandbox.limits import TooBusy as TooBusy
    from autograder.sandbox.nursery import Nursery as Nursery
    from autograder.sandbox.nursery import NurseryAddress as NurseryAddress
    from autograder.sandbox.replies import Reply as Reply
    from autograder.sandbox.requests import Callback as Callback
    from autograder.sandbox.requests import PreparedCall as PreparedCall
    from autograder.sandbox.results import CallResult as CallResult
    from autograder.sandbox.results import CellResult as CellResult
    from autograder.sandbox.results import CellStop as CellStop
    from autograder.sandbox.results import Usage as Usage
    from autograder.sandbox.session import Session as Session

_HOMES = {
    "Sandbox": "box",
    "Limits": "limits",
    "SandboxError": "limits",
    "Tier": "limits",
    "TooBusy": "limits",
    "CallResult": "results",
    "CellResult": "results",
    "CellStop": "results",
    "Usage": "results",
    "Callback": "requests",
    "Nursery": "nursery",
    "NurseryAddress": "nursery",
    "PreparedCall": "requests",
    "Reply": "replies",
    "Session": "session",
}
__all__ = [
    "CallResult",
    "Callback",
    "CellResult",
    "CellStop",
    "Limits",
    "Nursery",
    "NurseryAddress",
    "PreparedCall",
    "Reply",
    "Sandbox",
    "SandboxError",
    "Session",
    "Tier",
    "TooBusy",
    "Usage",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
