"""A build that fails leaves release, solutions and gradebook as they were, and says what to do."""

import json
import sqlite3

import pytest
from nbgrader.coursedir import CourseDirectory
from typed_commands import typed

from autograder.authoring.build import build
from autograder.gradebook.recorder import Recorder
from autograder.model import CourseError, Graded, Report

PORT = 1  # where no database listens


def everything(course):
    """Release, solutions and gradebook, as they lie there."""
    with sqlite3.connect(course.root / "gradebook.db") as connection:
        dump = list(connection.iterdump())
    connection.close()
    folders = (course.release("tiny"), course.solution("tiny").parent)
    files = {p: p.read_bytes() for f in folders for p in f.rglob("*") if p.is_file()}
    return files, dump


def handed_in(course, submit):
    """Somebody's submission in the gradebook, with no points."""
    submit("ada")
    nb = json.loads(course.release_notebook("tiny").read_text())
    for cell in nb["cells"]:
        cell["source"] = "".join(cell["source"])
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["metadata"]["nbgrader"].update(grade=False)
    with Recorder(CourseDirectory(root=str(course.root)), "tiny") as recorder:
        recorder.record(Graded(Report("tiny", "ada", "tiny", ()), nb))


def add_exercise(course):
    path = course.source_notebook("tiny")
    nb = json.loads(path.read_text())
    for cell in [c for c in nb["cells"] if c["id"] in ("double", "test_double")]:
        new = json.loads(json.dumps(cell).replace("double", "thrice").replace("2 * x", "3 * x"))
        nb["cells"].append(new)
    path.write_text(json.dumps(nb))


def test_an_exercise_added_after_submissions_leaves_all_as_it_was_and_says_the_ways_on(
    tiny, submit
):
    handed_in(tiny, submit)
    add_exercise(tiny)
    before = everything(tiny)
    with pytest.raises(CourseError) as error:
        build(tiny.root)
    said = str(error.value)
    assert "\n" not in said
    assert said.startswith("tiny cannot be released: test_thrice, thrice of tiny.ipynb are new")
    assert "the gradebook holds 1 submissions of it already" in said
    assert "`nbgrader db assignment remove tiny --force`" in said
    assert "`autograder grade tiny`" in said
    assert everything(tiny) == before
    assert not list(tiny.root.glob(".release-*"))


def test_without_submissions_an_exercise_is_added(tiny):
    add_exercise(tiny)
    build(tiny.root)
    assert "thrice" in tiny.release_notebook("tiny").read_text()
    assert "def thrice" in tiny.solution("tiny").read_text()


def test_a_helper_that_gives_an_exercise_away_is_not_released(tiny):
    before = everything(tiny)
    (tiny.source("tiny") / "leak.py").write_text("def double(x):\n    return 2 * x\n")
    with pytest.raises(CourseError, match=r"release/tiny/leak\.py defines 'double'"):
        build(tiny.root)
    assert everything(tiny) == before


def unreachable(course, how):
    """The address of a gradebook that is none, and what its sentence says."""
    if how == "a text":
        (course.root / "gradebook.db").write_text("no database, 1234567890" * 100)
        return f"sqlite:///{course.root}/gradebook.db", "gradebook.db is no gradebook"
    if how == "stopped":
        pytest.importorskip("psycopg2", reason="pip install psycopg2-binary")
        url = f"postgresql+psycopg2://nobody:secret@127.0.0.1:{PORT}/grades"
        return (
            url,
            "the gradebook postgresql+psycopg2://nobody:***@127.0.0.1:1/grades cannot be reached",
        )
    if how == "no folder":
        return f"sqlite:///{course.root}/nowhere/gradebook.db", "cannot be written"
    return "no address", "no address is no address of a gradebook"


KINDS = ("a text", "stopped", "no folder", "no address")


@pytest.mark.parametrize("how", KINDS)
def test_without_a_gradebook_nothing_is_released_and_one_sentence_says_why(tiny, how):
    before = {p: p.read_bytes() for p in tiny.release("tiny").rglob("*") if p.is_file()}
    url, sentence = unreachable(tiny, how)
    add_exercise(tiny)
    with pytest.raises(CourseError) as error:
        build(tiny.root, db_url=url)
    assert sentence in str(error.value) and "\n" not in str(error.value)
    assert {p: p.read_bytes() for p in before} == before


@pytest.mark.slow
@pytest.mark.parametrize("how", ["a text", "stopped"])
def test_without_a_gradebook_every_command_says_so_in_one_sentence(tiny, submit, how):
    handed_in(tiny, submit)
    url, sentence = unreachable(tiny, how)
    (tiny.root / "reports.jsonl").write_text("")
    for words in (
        ("build",), ("grade", "tiny"), ("grade", "tiny", "--diff"), ("feedback", "tiny"),
        ("record", "tiny", "reports.jsonl"),
    ):  # fmt: skip
        done = typed(tiny.root, *words, "--db", url)
        said = done.stdout + done.stderr
        assert sentence in said, (words, said)
        assert done.returncode == 1 and "Traceback" not in said, (words, said)
        assert said.count(sentence) == 1, (words, said)
