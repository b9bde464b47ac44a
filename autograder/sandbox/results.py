"""Results of cells and calls, and the usage of a session, as plain frozen data."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class CellResult:
    """How one cell went. `status`: ok · error · timeout · memory · crashed · output.

    `output` is a cell that ran but showed more than the limit; its outputs are cut. After
    memory and crashed the session is over; after timeout, unless an interrupt was enough.
    """

    status: str
    outputs: list[dict[str, Any]] = field(default_factory=list)  # nbformat 4
    error_name: str = ""
    error_message: str = ""
    seconds: float = 0.0
    line: int = 0  # of the cell, where it ended before its end; 0 where nobody knows
    statement: int = 0  # a line of the statement at its top level which ended it
    processor: float = 0.0  # seconds of processor time, infinite where its process has ended


@dataclass(frozen=True)
class CellStop:
    """How a cell stopped before its end, by the student's own code, before any call was made."""

    status: str  # error · timeout · memory · crashed
    line: int = 0  # of the cell; 0 where nobody knows
    seconds: float = 0.0  # the limit that it ran into
    error_name: str = ""
    error_message: str = ""


@dataclass(frozen=True)
class CallResult:
    """How one call went. `status`: value · raised · timeout · memory · crashed · missing ·
    unsupported (the value holds something that cannot cross; the message names it).

    After timeout, memory and crashed the session is over.
    """

    status: str
    value: Any = None
    error_name: str = ""
    error_message: str = ""
    lines: list[str] = field(default_factory=list)  # the student's own lines of the traceback
    changed: tuple[str, ...] = ()  # positions ("0") and names of arguments changed in place
    stdout: str = ""
    seconds: float = 0.0
    stop: CellStop | None = None  # of a function that is missing: how its cell ended
    kinds: tuple[str, ...] = ()  # what was raised: names of its class and of the bases (`raised`)
    arguments: tuple[Any, ...] = ()  # its arguments, where all are plain


KILLED = "killed"  # by us, as every sound session ends
KILLED_BY_SYSTEM = "killed by the system"
OUT_OF_TIME = f"signal {int(signal.SIGXCPU)}"
LEFT = "left"  # killed by us too, and nobody waited for what it had used
MAKER_DIED = "the warm process died"


@dataclass(frozen=True)
class Usage:
    """What a session used. `ended`: one of the above, "exited" or "signal N"."""

    peak_bytes: int  # resident memory, the warm process's share included
    cpu_seconds: float
    ended: str
