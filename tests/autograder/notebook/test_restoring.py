"""Sanitizing does what nbgrader's chain does, and repairs what that chain gives up on."""

import copy
import time

import lesson_course as make
import nbformat
import pytest
from damage import cell, db_url
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    OverwriteCells,
    OverwriteKernelspec,
)
from nbgrader.utils import compute_checksum
from traitlets.config import Config

from autograder.model import SubmissionError
from autograder.notebook.cells import cell_checksum
from autograder.notebook.restoring import NO_CELL, SourceCells, sanitize

CHAIN = [ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]


def nbgrader_chain(nb, root):
    """What nbgrader itself makes of a submission."""
    config = Config()
    config.OverwriteCells.add_missing_cells = True
    node = nbformat.from_dict(copy.deepcopy(nb))
    names = {"notebook": "ps1", "assignment": "ps1", "student": "ada", "db_url": db_url(root)}
    for step in CHAIN:
        node, _ = step(config=config)(node, {"nbgrader": dict(names)})
    return node


def without_new_ids(nb, known):
    """The notebook without the cell ids that sanitizing made up for restored cells."""
    plain = copy.deepcopy(dict(nb))
    for each in plain["cells"]:
        if each["source"] not in known:
            each.pop("id", None)
    return plain


def untouched(nb):
    pass


def run_before(nb):
    output = {"output_type": "stream", "name": "stdout", "text": "10/10"}
    cell(nb, "test_f").update(outputs=[output], execution_count=7)
    cell(nb, "f")["metadata"].update(collapsed=True, scrolled=False)


def grade_cell_deleted(nb):
    nb["cells"].remove(cell(nb, "test_g"))


def manual_cells_deleted(nb):
    nb["cells"].remove(cell(nb, "free_code"))
    nb["cells"].remove(cell(nb, "essay"))


def task_deleted(nb):
    nb["cells"].remove(cell(nb, "work"))


def grade_and_task_cells_deleted(nb):
    grade_cell_deleted(nb)
    task_deleted(nb)


def cells_moved(nb):
    nb["cells"].insert(0, nb["cells"].pop(6))


def retyped_to_markdown(nb):
    found = cell(nb, "test_f")
    found["cell_type"] = "markdown"
    del found["outputs"], found["execution_count"]


def essay_retyped_to_code(nb):
    cell(nb, "essay").update(cell_type="code", outputs=[], execution_count=None)


def points_edited(nb):
    cell(nb, "test_f")["metadata"]["nbgrader"]["points"] = 1000


def locked_text_edited(nb):
    cell(nb, "test_f")["source"] = "pass"
    cell(nb, "imports")["source"] = "import evil"


def unlocked(nb):
    cell(nb, "imports")["metadata"]["nbgrader"]["locked"] = False
    cell(nb, "imports")["source"] = "import evil"


def foreign_kernel(nb):
    nb["metadata"]["kernelspec"] = {"display_name": "R", "language": "R", "name": "ir"}


def solved_and_more_cells(nb):
    cell(nb, "f")["source"] = "def f(x):\n    return x + 1"
    nb["cells"].insert(2, {**copy.deepcopy(nb["cells"][0]), "id": "mine"})


DAMAGE_NBGRADER_REPAIRS = [
    untouched, run_before, grade_cell_deleted, manual_cells_deleted, task_deleted,
    grade_and_task_cells_deleted, cells_moved, retyped_to_markdown, essay_retyped_to_code,
    points_edited, locked_text_edited, unlocked, foreign_kernel, solved_and_more_cells,
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGE_NBGRADER_REPAIRS, ids=lambda f: f.__name__)
def test_the_result_is_that_of_nbgraders_own_chain(damage, release, released, source):
    damage(release)
    expected = nbgrader_chain(release, released)
    got, _ = sanitize(release, source)
    known = {c["source"] for c in release["cells"]}
    assert without_new_ids(got, known) == without_new_ids(expected, known)


@pytest.mark.parametrize("damage", DAMAGE_NBGRADER_REPAIRS, ids=lambda f: f.__name__)
def test_release_and_gradebook_are_the_same_source(damage, release, source):
    from_release = SourceCells.from_notebook(copy.deepcopy(release))
    damage(release)
    assert sanitize(release, from_release) == sanitize(release, source.as_handed_out(from_release))


def renamed_to_a_foreign_id(nb):
    cell(nb, "f")["metadata"]["nbgrader"]["grade_id"] = "stranger"


def duplicated(nb):
    nb["cells"].append({**copy.deepcopy(cell(nb, "test_f")), "id": "again"})


def solution_and_test_deleted(nb):
    nb["cells"].remove(cell(nb, "g"))
    nb["cells"].remove(cell(nb, "test_g"))


def grade_flag_removed(nb):
    cell(nb, "test_f")["metadata"]["nbgrader"].update(grade=False, locked=False)


def grade_id_missing(nb):
    del cell(nb, "g")["metadata"]["nbgrader"]["grade_id"]


def old_schema(nb):
    cell(nb, "test_f")["metadata"]["nbgrader"]["schema_version"] = 1


def nonsense_metadata(nb):
    cell(nb, "test_f")["metadata"]["nbgrader"].update(points="ten", locked="no", extra={"a": 1})
    cell(nb, "imports")["metadata"]["nbgrader"] = ["not", "a", "dict"]


def points_that_no_number_holds(nb):
    cell(nb, "test_f")["metadata"]["nbgrader"]["points"] = 10**400


DAMAGE_NBGRADER_GIVES_UP_ON = [
    renamed_to_a_foreign_id, duplicated, solution_and_test_deleted, grade_flag_removed,
    grade_id_missing, old_schema, nonsense_metadata, points_that_no_number_holds,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE_NBGRADER_GIVES_UP_ON, ids=lambda f: f.__name__)
def test_what_stops_nbgrader_is_repaired_and_flagged(damage, release, released, source):
    damage(release)
    with pytest.raises(Exception):  # noqa: B017 - each fails in its own way
        nbgrader_chain(release, released)
    got, flags = sanitize(release, source)
    node = nbformat.from_dict(got)
    MetadataValidator().validate_nb(node)
    nbformat.validate(node)
    graded = [c["metadata"]["nbgrader"] for c in got["cells"] if "nbgrader" in c["metadata"]]
    points = {m["grade_id"]: m["points"] for m in graded if m["grade"]}
    assert points == {"test_f": 3, "test_g": 2.5, "free_code": 4, "essay": 2}
    tests = {c["id"]: c["source"] for c in got["cells"] if c["id"].startswith("test")}
    assert "assert f(1) == 2" in tests["test_f"]
    assert "assert g(1) == 2" in tests["test_g"]
    assert bool(flags) is (damage is not old_schema)  # which is no student's doing


def test_an_honest_submission_has_no_flags(solution, source):
    assert sanitize(solution, source)[1] == ()


def test_the_submission_itself_is_not_changed(solution, source):
    solution["cells"][3]["source"] = "edited"
    before = copy.deepcopy(solution)
    sanitize(solution, source)
    assert solution == before


def test_of_two_cells_with_one_id_the_last_counts(solution, source):
    first = cell(solution, "f")
    solution["cells"].append({**copy.deepcopy(first), "id": "later", "source": "f = None"})
    got, flags = sanitize(solution, source)
    assert "nbgrader" not in cell(got, "f")["metadata"]
    assert cell(got, "later")["metadata"]["nbgrader"]["grade_id"] == "f"
    assert flags == ("The cell “f” was there 2 times: the last one counts.",)


def test_a_deleted_provided_cell_comes_back_where_it_was(solution, source):
    solution["cells"].remove(cell(solution, "imports"))
    got, flags = sanitize(solution, source)
    names = [c["id"] for c in got["cells"]]
    assert names.index("imports") < names.index("f")
    assert cell(got, "imports")["source"].endswith("import numpy as np")
    assert flags == ("The cell “imports” had been deleted: it was put back.",)


def test_a_deleted_solution_stays_deleted(solution, source):
    solution["cells"].remove(cell(solution, "g"))
    got, flags = sanitize(solution, source)
    assert "g" not in {c["id"] for c in got["cells"]}
    assert flags == ("The cell “g” had been deleted, so there is no answer in it.",)


def test_deleted_neighbours_come_back_in_their_order(solution, source):
    for name in ("f", "test_f", "demo_f", "g", "test_g"):
        solution["cells"].remove(cell(solution, name))
    names = [c["id"] for c in sanitize(solution, source)[0]["cells"]]
    assert names[:6] == ["title", "imports", "test_f", "demo_f", "test_g", "free_code"]


@pytest.fixture
def tagged(release):
    return SourceCells.from_notebook(release)


def test_tags_of_locked_cells_are_the_authors(solution, tagged):
    del cell(solution, "demo_f")["metadata"]["tags"]
    cell(solution, "test_f")["metadata"]["tags"] = ["skip-execution"]
    got, flags = sanitize(solution, tagged)
    assert cell(got, "demo_f")["metadata"]["tags"] == ["skip-execution"]
    assert "tags" not in cell(got, "test_f")["metadata"]
    assert flags == (
        "The tag skip-execution was removed from “test_f”.",
        "The tag skip-execution was put back on “demo_f”.",
    )


def test_a_students_own_skip_tag_on_a_solution_is_removed(solution, tagged):
    cell(solution, "f")["metadata"]["tags"] = ["mine", "skip-execution"]
    got, flags = sanitize(solution, tagged)
    assert cell(got, "f")["metadata"]["tags"] == ["mine"]
    assert flags == ("The tag skip-execution was removed from “f”.",)


def test_another_assignments_notebook_is_refused(solution, source):
    for found in solution["cells"]:
        if "nbgrader" in found["metadata"]:
            found["metadata"]["nbgrader"]["grade_id"] += "_other"
    with pytest.raises(SubmissionError, match="it is another notebook"):
        sanitize(solution, source)


def test_a_notebook_without_nbgrader_cells_gets_all_of_them(solution, source):
    for found in solution["cells"]:
        found["metadata"].pop("nbgrader", None)
    got, flags = sanitize(solution, source)
    assert sum("nbgrader" in c["metadata"] for c in got["cells"]) == 7
    assert flags == (NO_CELL,)


def test_cell_ids_are_unique_and_valid_afterwards(solution, source):
    for name in ("title", "f"):
        cell(solution, name)["id"] = "same"
    solution["cells"][3]["id"] = '"><script>'
    got, _ = sanitize(solution, source)
    nbformat.validate(nbformat.from_dict(got))
    assert len({c["id"] for c in got["cells"]}) == len(got["cells"])


def test_a_notebook_of_format_4_4_gets_no_cell_ids(solution, source):
    solution["nbformat_minor"] = 4
    solution["cells"] = [{k: v for k, v in c.items() if k != "id"} for c in solution["cells"][:-1]]
    got, _ = sanitize(solution, source)
    assert not any("id" in c for c in got["cells"])
    nbformat.validate(nbformat.from_dict(got))


def test_outputs_can_be_kept(solution, source):
    output = {"output_type": "stream", "name": "stdout", "text": "kept"}
    cell(solution, "f")["outputs"] = [output]
    assert cell(sanitize(solution, source, clear_outputs=False)[0], "f")["outputs"] == [output]


def test_the_checksum_is_nbgraders(release):
    for found in release["cells"]:
        if "nbgrader" in found["metadata"]:
            assert cell_checksum(found) == compute_checksum(nbformat.from_dict(found))


def test_it_takes_less_than_a_millisecond(solution, source):
    solution["cells"] *= 5  # fifty cells, most of them duplicates
    sanitize(solution, source)
    best = min(_timed(sanitize, solution, source) for _ in range(20))
    assert best < 1e-3


def _timed(function, *args):
    start = time.perf_counter()
    function(*args)
    return time.perf_counter() - start


def test_line_ends_of_windows_are_nothing(solution, source):
    expected = sanitize(solution, source)
    for found in solution["cells"]:
        found["source"] = found["source"].replace("\n", "\r\n")
    assert any("\r\n" in found["source"] for found in solution["cells"])
    assert sanitize(solution, source) == expected
    assert expected[1] == ()


@pytest.mark.parametrize("names", [("test_a", "test_b"), ("test_a",)])
def test_a_deleted_test_stands_behind_an_answer_in_a_cell_that_nobody_has_marked(names):
    graded = {"grade": True, "locked": True, "points": 1}
    cells = [
        make.code("a", "a = 1"),
        make.code("test_a", "assert a == 1", graded),
        make.code("b", "b = 2"),
        make.code("test_b", "assert b == 2", graded),
    ]
    released = make.notebook(*cells)
    handed_in = copy.deepcopy(released)
    handed_in["cells"] = [c for c in handed_in["cells"] if c["id"] not in names]
    got, _ = sanitize(handed_in, SourceCells.from_notebook(released))
    namespace = {}
    for found in got["cells"]:
        text = "".join(found["source"])
        exec(text[text.find("assert") :] if "assert" in text else text, namespace)
    assert sum("assert" in "".join(c["source"]) for c in got["cells"]) == 2
