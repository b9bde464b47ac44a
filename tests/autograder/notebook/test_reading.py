"""Reading notebooks: what Jupyter writes is read, everything else is refused in clear words."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.model import CourseError, SubmissionError
from autograder.notebook.cells import exercises
from autograder.notebook.reading import dumps, loads, read, without_what_is_no_number
from autograder.notebook.writing import notebook_text


def code(source: str, **fields: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}
    return cell | {"execution_count": None, "id": fields.pop("id", "c-1")} | fields


def graded(name: str, kind: str, points: Any = None, **fields: Any) -> dict[str, Any]:
    flags = {"grade": kind == "grade", "solution": kind == "solution", "locked": kind == "grade"}
    nbgrader = {"grade_id": name, "task": False, "schema_version": 3, **flags}
    if points is not None:
        nbgrader["points"] = points
    return code(f"# {name}", metadata={"nbgrader": nbgrader}, id=name, **fields)


def notebook(*cells: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)} | fields


def refusal(raw: Any) -> str:
    with pytest.raises(SubmissionError) as caught:
        loads(raw if isinstance(raw, bytes) else json.dumps(raw), name="ada.ipynb")
    message = str(caught.value)
    assert message.startswith("ada.ipynb: ") and "\n" not in message
    return message


def test_cells_carry_what_nbgrader_knows_about_them():
    cell = graded("test_f", "grade", points=3)
    cell["metadata"]["tags"] = ["a", "b"]
    (read_cell,) = loads(json.dumps(notebook(cell))).cells
    assert read_cell.kind == "code" and read_cell.source == "# test_f"
    assert (read_cell.grade_id, read_cell.grade, read_cell.solution) == ("test_f", True, False)
    assert (read_cell.locked, read_cell.task, read_cell.points) == (True, False, 3.0)
    assert (read_cell.tags, read_cell.id) == (("a", "b"), "test_f")


def test_a_source_given_as_lines_is_joined_in_the_raw_notebook_too():
    raw = notebook(code(["a = 1\n", "b = 2"]))  # type: ignore[arg-type]
    found = loads(json.dumps(raw))
    assert found.cells[0].source == found.raw["cells"][0]["source"] == "a = 1\nb = 2"


def test_numbers_that_no_browser_reads_are_left_out():
    """Python reads and writes NaN and Infinity; the autograded notebook would open nowhere."""
    odd = '{"nan": NaN, "far": [-Infinity, 1e999, {"deep": Infinity}], "fine": 1.5e3}'
    text = json.dumps(notebook(code("x", metadata={"odd": 0}), metadata={"odd": 0}))
    nb = loads(text.replace('"odd": 0', f'"odd": {odd}')).raw
    clean = {"nan": None, "far": [None, None, {"deep": None}], "fine": 1500.0}
    assert nb["metadata"]["odd"] == nb["cells"][0]["metadata"]["odd"] == clean
    stock = nbformat.from_dict(json.loads(text.replace('"odd": 0', f'"odd": {odd}')))
    assert without_what_is_no_number(stock)["metadata"]["odd"] == clean
    written = notebook_text(loads(text).raw | {"metadata": {"odd": [float("nan"), float("inf")]}})
    assert json.loads(written, parse_constant=pytest.fail)["metadata"]["odd"] == [None, None]


def test_exercises_pair_cells_by_the_rule_of_one_name_in_the_order_of_the_notebook():
    raw = notebook(
        graded("g", "solution"), graded("f", "solution"), graded("test_f", "grade", 2),
        graded("test_g", "grade", 4), graded("test_lonely", "grade", 1),
        graded("alone", "solution"), graded("f_test", "grade", 1),
    )  # fmt: skip
    found = exercises(loads(json.dumps(raw)))
    assert [(e.name, e.points, e.solution.grade_id, e.grade.grade_id) for e in found] == [
        ("f", 2.0, "f", "test_f"), ("g", 4.0, "g", "test_g"),
    ]  # fmt: skip


def test_tampered_nbgrader_metadata_is_read_as_absent():
    cell = code("x")
    cell["metadata"] = {
        "nbgrader": {"grade_id": ["f"], "grade": "yes", "points": "10"}, "tags": "all"
    }  # fmt: skip
    (found,) = loads(json.dumps(notebook(cell))).cells
    assert (found.grade_id, found.grade, found.points, found.tags) == ("", False, None, ())


@pytest.mark.parametrize("points", [-1, float("nan"), float("inf"), True, "3", None, [3]])
def test_points_that_are_no_number_are_none(points: Any):
    assert loads(json.dumps(notebook(graded("test_f", "grade", points)))).cells[0].points is None


def test_a_byte_order_mark_is_tolerated_and_flagged():
    found = loads(b"\xef\xbb\xbf" + json.dumps(notebook(code("x"))).encode())
    assert found.flags == ("the file starts with a byte order mark",)
    assert found.cells[0].source == "x"


def test_repeated_and_invalid_cell_ids_are_renamed_and_flagged():
    raw = notebook(
        code("1", id="a"), code("2", id="a"), code("3", id="no good"), code("4", id="cell-2")
    )
    del raw["cells"][3]["id"]
    found = loads(json.dumps(raw))
    assert found.flags == (
        "cell 2 repeats the id 'a'", "cell 3 has no valid id", "cell 4 has no valid id",
    )  # fmt: skip
    ids = [cell["id"] for cell in found.raw["cells"]]
    assert ids[0] == "a" and len(set(ids)) == 4
    nbformat.validate(found.raw)


def test_cells_before_nbformat_4_5_need_no_id():
    raw = notebook({"cell_type": "markdown", "metadata": {}, "source": "x"}, nbformat_minor=2)
    found = loads(json.dumps(raw))
    assert found.flags == () and "id" not in found.raw["cells"][0]


def test_what_another_kind_of_cell_left_behind_is_dropped():
    raw = notebook(code("x", cell_type="markdown"), code("y", id="d"), nbformat_minor=4)
    found = loads(json.dumps(raw))
    assert found.raw["cells"][0] == {"cell_type": "markdown", "metadata": {}, "source": "x"}
    assert "id" not in found.raw["cells"][1]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "the file is empty"),
        (b"{", "invalid JSON"),
        (b"\xff\xfe{", "not UTF-8"),
        (b'{"nbformat": 4, "x": ' + b"9" * 5000 + b"}", "invalid JSON"),
        (b'{"metadata": {"x":' + b'{"a":' * 99 + b"1" + b"}" * 101, "nested too deeply"),
        (b'{"cells": [{"metadata":' + b"[" * 300 + b"]" * 300 + b"}]}", "nested too deeply"),
        (b'{"metadata": {"x":' + b'{"a":' * 98 + b"1" + b"}" * 100, "no 'nbformat'"),
        (b"[" * 100_000, "nested too deeply"),
        ([], "not a notebook"),
        ({"cells": []}, "no 'nbformat'"),
        (notebook(nbformat=3), "nbconvert --to notebook --nbformat 4"),
        (notebook(nbformat=5), "only 4 is read"),
        (notebook(cells={}), "'cells' is missing or of the wrong type"),
        (notebook(metadata=[]), "'metadata' is missing or of the wrong type"),
        (notebook("cell"), "cell 1 is of no known type"),  # type: ignore[arg-type]
        (notebook(code("x", cell_type="heading")), "cell 1 is of no known type"),
        (notebook(code("x"), code("y", id="d", metadata=None)), "cell 2 has no metadata"),
        (notebook(code(["x", 1])), "cell 1 has no source text"),  # type: ignore[arg-type]
        (notebook(code("x", outputs={})), "cell 1: 'outputs' is not a list"),
        (notebook(code("x", outputs=[{"output_type": "pyout"}])), "an output of no known type"),
        (notebook(code("x", execution_count="1")), "'execution_count' is not a number"),
        (notebook(code("\ud83d")), "lone surrogate"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_notebook_is_refused_with_a_reason(raw: Any, words: str):
    assert words in refusal(raw)


def test_a_course_notebook_is_the_authors_fault():
    with pytest.raises(CourseError) as caught:
        loads("{}", error=CourseError)
    assert "submit" not in str(caught.value) and "submit it again." in refusal({})


def test_a_written_notebook_reads_back_the_same(tmp_path: Path):
    raw = notebook(code("print('é 中文 \N{GRINNING FACE}')"))
    path = tmp_path / "a.ipynb"
    path.write_text(dumps(raw), encoding="utf-8")
    assert read(path).raw == raw
    assert dumps(raw) == nbformat.writes(nbformat.from_dict(raw), split_lines=False) + "\n"


def test_only_regular_files_are_read(tmp_path: Path):
    real, link, pipe = tmp_path / "real.ipynb", tmp_path / "link.ipynb", tmp_path / "pipe.ipynb"
    real.write_text(json.dumps(notebook()))
    link.symlink_to(real)
    os.mkfifo(pipe)
    assert read(real).cells == ()
    for path, words in [
        (link, "is a link"),
        (pipe, "not a regular file"),
        (tmp_path, "not a regular file"),
        (tmp_path / "none.ipynb", "there is no such notebook"),
        (real / "below", "is not in a folder"),
    ]:
        with pytest.raises(SubmissionError, match=words) as caught:
            read(path)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", ["LU.zip", "LU.TAR.GZ"])
def test_an_archive_in_place_of_the_notebook_is_to_be_unpacked(tmp_path: Path, name: str):
    (tmp_path / name).touch()
    with pytest.raises(SubmissionError, match=rf"but {name}\. Unpack the archive there"):
        read(tmp_path / "LU.ipynb")
    (tmp_path / "LU_carla.ipynb").touch()
    with pytest.raises(SubmissionError, match=r"but LU_carla\.ipynb\. Keep the name"):
        read(tmp_path / "LU.ipynb")


def test_a_file_over_the_cap_is_refused_and_one_at_the_cap_is_read(tmp_path: Path):
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(notebook()))
    size = path.stat().st_size
    assert read(path, max_bytes=size).cells == ()
    with pytest.raises(SubmissionError, match="Clear the outputs"):
        read(path, max_bytes=size - 1)


def valid_notebooks() -> st.SearchStrategy[dict[str, Any]]:
    """Notebooks as nbformat itself makes them."""
    v4 = nbformat.v4
    output = st.sampled_from(
        [
            v4.new_output("stream", text="a\n"),
            v4.new_output("display_data", data={"image/png": "AA=="}, metadata={}),
            v4.new_output("execute_result", data={"text/plain": "1"}, execution_count=1),
            v4.new_output("error", ename="E", evalue="e", traceback=[]),
        ]
    )
    outputs = st.lists(output, max_size=2)
    cell = st.one_of(
        st.builds(lambda s, o: v4.new_code_cell(s, outputs=copy.deepcopy(o)), st.text(), outputs),
        st.builds(v4.new_markdown_cell, st.text()),
        st.builds(v4.new_raw_cell, st.text()),
    )
    return st.builds(lambda cells: v4.new_notebook(cells=cells), st.lists(cell, max_size=5))


@settings(deadline=None)
@given(valid_notebooks())
def test_whatever_nbformat_writes_is_read_without_a_flag(raw: dict[str, Any]):
    found = loads(nbformat.writes(nbformat.from_dict(raw)))
    assert found.flags == ()
    assert [c.source for c in found.cells] == [c["source"] for c in raw["cells"]]


@settings(deadline=None)
@given(valid_notebooks(), st.data())
def test_a_notebook_that_lost_a_part_is_refused_or_still_valid_for_nbformat(
    raw: dict[str, Any], data: st.DataObject
):
    raw = json.loads(nbformat.writes(nbformat.from_dict(raw)))
    parts = [raw, *raw["cells"]]
    part = data.draw(st.sampled_from(parts))
    key = data.draw(st.sampled_from(sorted(part)))
    replacement = data.draw(st.sampled_from([None, 1, "x", [], {}]))
    part[key] = replacement
    try:
        found = loads(json.dumps(raw))
    except SubmissionError:
        return
    nbformat.validate(nbformat.from_dict(found.raw))
