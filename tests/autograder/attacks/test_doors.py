"""A hostile class through both doors: same scores, and no canary in anything that comes out."""

import json
import sqlite3
import sys
from dataclasses import replace

import pytest
from attacking import RIGHT, Arena, attacks, filled
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.pool import close_graders
from autograder.batch.recording import RecordingRun
from autograder.batch.run import ClassRun
from autograder.feedback.generating import generate
from autograder.gradebook.recorder import Recorder
from autograder.grading import warm as warm_module
from autograder.model import Graded
from autograder.nbgrader_plugins import configure
from autograder.report.report_page import write_report

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
    pytest.mark.filterwarnings("ignore:Glyph"),
]


@pytest.fixture
def hostile_class(tiny):
    """Every sixth attack that takes no time, handed in.

    Yields the arena, and the attacks by student.
    """
    arena = Arena(tiny)
    tried = [a for a in attacks() if not a.slow and a.outcome != "T" and a.family != "eating"][::6]
    (tiny.root / "submitted/ada/tiny/tiny.ipynb").unlink()
    with (tiny.root / "nbgrader_config.py").open("a") as config:
        config.write(f"c.Autograder.seed = {arena.canaries['seed']!r}\n")
        config.write("c.Autograder.call_seconds = 2.0\nc.Autograder.cell_seconds = 4.0\n")
    notebooks = {f"e{n:02}": a.notebook(arena.release, arena.words) for n, a in enumerate(tried)}
    notebooks["zoe"] = json.dumps(filled(arena.release, RIGHT)).encode()
    for student, notebook in notebooks.items():
        folder = tiny.submitted("tiny", student)
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_bytes(notebook)
    yield arena, {f"e{n:02}": a for n, a in enumerate(tried)}
    arena.close()
    close_graders()
    warm_module.cool_down_all()


def config_of(root):
    config = Config()
    namespace = {"get_config": lambda: config}
    exec((root / "nbgrader_config.py").read_text(), namespace)
    configure(config)
    return config


def points(root):
    """Per student and exercise, from the gradebook."""
    with sqlite3.connect(f"file:{root / 'gradebook.db'}?mode=ro", uri=True) as book:
        rows = book.execute(
            "select s.student_id, c.name, g.auto_score from grade g"
            " join base_cell c on c.id = g.cell_id"
            " join submitted_notebook n on n.id = g.notebook_id"
            " join submitted_assignment s on s.id = n.assignment_id"
        )
        found = {(student, name.removeprefix("test_")): score for student, name, score in rows}
    book.close()
    return found


def expected(arena, tried):
    """The points of the same wrong code without the attack."""
    return {
        (student, exercise.name): exercise.points
        for student, attack in tried.items()
        for exercise in arena.baseline(attack).exercises
    }


def unequal(found, wanted, tried):
    return {
        tried[student].name: (found[student, name], points)
        for (student, name), points in wanted.items()
        if found[student, name] > points
        or (found[student, name] < points and not tried[student].hurts)
    }


def canaries_in(arena, *folders):
    """Which canaries are in which files that a student or the instructor gets."""
    return {
        (place, path.name)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
        for place, canary in arena.canaries.items()
        if canary in path.read_text(errors="replace")
    }


def test_nbgraders_own_commands(hostile_class):
    arena, tried = hostile_class
    root = arena.course.root
    sys.path.insert(0, str(root))
    config = config_of(root)
    coursedir = CourseDirectory(root=str(root), assignment_id="tiny", config=config)
    try:
        Autograde(coursedir=coursedir, config=config).start()
        GenerateFeedback(coursedir=coursedir, config=config).start()
    finally:
        sys.path.remove(str(root))
    assert unequal(points(root), expected(arena, tried), tried) == {}
    assert points(root)["zoe", "double"] == 4 and points(root)["zoe", "norms"] == 6
    assert canaries_in(arena, root / "autograded", root / "feedback") == set()
    assert len(list((root / "feedback").glob("*/tiny/tiny.html"))) == len(tried) + 1
    assert arena.witness.changes() == []


def test_our_own_commands(hostile_class):
    arena, tried = hostile_class
    root = arena.course.root
    course = replace(arena.course, limits=replace(arena.course.limits, call_seconds=2.0))
    run = ClassRun(course, "tiny")
    coursedir = CourseDirectory(root=str(root))
    with Recorder(coursedir, "tiny", config_of(root)) as recorder:
        recording = RecordingRun(run, recorder)
        for _, outcome in run.outcomes(1):
            assert isinstance(outcome, Graded), outcome
            recording.take(outcome)
        recording.finish()
    assert not recording.failures
    assert all(made.pages for made in generate(coursedir, "tiny", workers=1))
    write_report(course, "tiny", root / "reports")
    assert unequal(points(root), expected(arena, tried), tried) == {}
    out = [root / name for name in ("autograded", "feedback", "reports", ".autograder")]
    assert canaries_in(arena, *out) == set()
    assert arena.witness.changes() == []
