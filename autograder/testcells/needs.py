"""What cells of a notebook need that the wall does not give; read from their text, nothing runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.notebook.cells import SKIP_TAG, cell_text, nbgrader_metadata
from autograder.testcells.program import codes, judged_cells, why_inside

_NEEDS = (
    ("the network", r"\brequests\.(get|post|put|Session)|\burlopen\(|\burlretrieve\(|https?://[^\s'\"]+"
     r"['\"]\s*[,)]|\bfetch_openml\(|\bload_dataset\("),
    ("the shell", r"^\s*(!|%%(bash|sh|script)\b|%(system|pip|conda)\b)|\bos\.(system|popen)\("),
    ("other processes", r"\bsubprocess\b|\bmultiprocessing\b|\bProcessPoolExecutor\b"
     r"|\bn_jobs\s*=\s*(-|[2-9])"),
)  # fmt: skip


def other_language(nb: Mapping[str, Any]) -> str:
    """The language of a notebook's kernel that does not run behind the wall; "" for Python 3.

    A notebook that says nothing is one of Python 3.
    """
    kernel = nb["metadata"].get("kernelspec") or {}
    if str(kernel.get("name")).lower() == "python2":
        return "Python 2"
    language = str(kernel.get("language") or kernel.get("name") or "python").lower()
    return "" if language.startswith("python") else language


def what_cells_need(nb: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Cells that run and need what is not there behind the wall: how to call them, and what."""
    for index, cell in enumerate(nb["cells"]):
        skipped = SKIP_TAG in cell["metadata"].get("tags", ())
        if cell["cell_type"] != "code" or skipped:
            continue
        text = cell_text(cell)
        name = str(nbgrader_metadata(cell).get("grade_id") or f"cell {index + 1}")
        for need, pattern in _NEEDS:
            if re.search(pattern, text, re.MULTILINE):
                yield name, need
        if _awaits(text):
            yield name, "to await at its top level"


def _awaits(text: str) -> bool:
    if not re.search(r"\bawait\b|\basync (for|with)\b", text):
        return False
    try:
        ast.parse(text)
        compile(text, "<cell>", "exec")
    except SyntaxError:
        return True
    return False


def outside_by_reading(nb: Mapping[str, Any]) -> tuple[int, dict[str, str]]:
    """How many test cells may be judged outside, and why the others are not; nothing runs."""
    tests = [code for code in codes(nb) if code.role == "test"]
    inside = {code.name: why for code in tests if (why := why_inside(code))}
    for name, cell in judged_cells(nb, inside).items():
        if not cell.names:
            inside[name] = "asks for nothing that a solution cell defines by name"
    return len(tests) - len(inside), inside
