"""Makes every failed cell show an error, whatever its code did to hide it (nbgrader's rule)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.notebook.safe_outputs import safe_output
from autograder.sandbox import CellResult


def with_error_shown(result: CellResult, on_timeout: Mapping[str, Any]) -> CellResult:
    """The result with safe outputs, and the error that it hid; `on_timeout` is the output of a
    cell that was not finished in time."""
    outputs = [safe_output(output) for output in result.outputs]
    if result.status not in ("ok", "output"):
        shown = {o["ename"] for o in outputs if o["output_type"] == "error"}
        if result.status == "timeout":
            outputs.append({"output_type": "error", **on_timeout})
        elif result.error_name not in shown:
            outputs.append(_error(result))
    return CellResult(result.status, outputs)


def _error(result: CellResult) -> dict[str, Any]:
    text = f"{result.error_name}: {result.error_message}"
    return {
        "output_type": "error",
        "ename": result.error_name,
        "evalue": result.error_message,
        "traceback": [text],
    }
