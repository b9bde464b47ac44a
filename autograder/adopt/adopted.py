"""What becomes of an exercise that hidden checks are made for, and of its notebook."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.adopt.cell_to_check import Carried, function_name, visible
from autograder.language.catalogue import words
from autograder.notebook.cells import nbgrader_metadata


@dataclass
class Adopted:
    """One exercise: its checks, and the test cells that stay ordinary ones, each with a reason."""

    name: str
    solution: str  # the nbgrader id of its solution cell, as it was
    checks: list[Carried] = field(default_factory=list)
    stays: dict[str, str] = field(default_factory=dict)
    problem: str = ""  # why nothing of it is adopted

    @property
    def is_new(self) -> bool:
        """Whether there is something to write."""
        return bool(self.checks) and not self.problem

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    def named_checks(self) -> list[tuple[Carried, str]]:
        """Its checks, each with the name of its test function."""
        taken: set[str] = set()
        return [(check, function_name(check.cell, taken)) for check in self.checks]

    def text(self) -> str:
        """The file of its checks."""
        own = {line for check in self.checks for line in check.imports}
        imports = sorted({*own, "import pytest"}, key=lambda line: (line.startswith("from"), line))
        checks = [check.check(self.name, name) for check, name in self.named_checks()]
        head = f'"""Hidden checks of `{self.name}`, from the test cells of the notebook."""\n'
        lines = [*imports, "", "from autograder.graders import as_in_a_cell"]
        return "\n".join([head, *lines, "", "", "\n\n".join(checks)])


def changed(nb: Mapping[str, Any], new: Iterable[Adopted], language: str) -> dict[str, Any]:
    """The notebook with one grade cell for each exercise, and without the adopted tests."""
    result: dict[str, Any] = copy.deepcopy(dict(nb))
    cells = {str(nbgrader_metadata(cell).get("grade_id")): cell for cell in result["cells"]}
    for one in new:
        _rename(cells[one.solution], one.name)
        first, *rest = _with_own_name_first(one)
        for check in one.checks:
            cell = cells[check.cell]
            cell["source"] = visible("".join(cell["source"]), words(language))
            nbgrader_metadata(cell).pop("checksum", None)
        _rename(cells[first], f"test_{one.name}")
        nbgrader_metadata(cells[first])["points"] = _plain(one.points)
        for name in rest:  # still there to try, and nothing of nbgrader's any more
            del cells[name]["metadata"]["nbgrader"]
    return result


def _with_own_name_first(one: Adopted) -> list[str]:
    names = [check.cell for check in one.checks]
    own = f"test_{one.name}"
    return [own, *(n for n in names if n != own)] if own in names else names


def _rename(cell: dict[str, Any], name: str) -> None:
    meta = nbgrader_metadata(cell)
    meta["grade_id"] = name
    meta.pop("checksum", None)


def _plain(points: float) -> float | int:
    return int(points) if points == int(points) else points
