"""A page beside a notebook is no page any more once it is graded: by both doors alike."""

import shutil

import pytest
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.recording import RecordingRun
from autograder.batch.run import ClassRun
from autograder.course import Course
from autograder.gradebook.recorder import Recorder
from autograder.nbgrader_plugins import configure

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]

PAGE = "<script>alert(1)</script>"
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script><rect width="7"/></svg>'


def config_of(root):
    config = Config()
    exec((root / "nbgrader_config.py").read_text(), {"get_config": lambda: config})
    configure(config)
    return config


def files_of(root):
    folder = root / "autograded/ada/tiny"
    return {
        str(p.relative_to(folder)): p.read_text()
        for p in folder.rglob("*")
        if p.is_file() and p.suffix != ".ipynb"
    }


def test_both_doors_rename_what_a_browser_could_run(tiny, submit, tmp_path):
    folder = submit("ada")
    (folder / "sub").mkdir()
    for name in ("a.html", "sub/b.xml", "c", "d.pdf"):
        (folder / name).write_text(PAGE)
    (folder / "e.svg").write_text(DRAWING)
    (folder / "figure.html").write_text("the student's")
    for place in (tiny.source("tiny"), tiny.release("tiny")):
        (place / "figure.html").write_text("the author's")
    shutil.copytree(tiny.root, tmp_path / "other")
    ours, stock = tiny.root, tmp_path / "other"

    run = ClassRun(Course.load(ours), "tiny")
    with Recorder(CourseDirectory(root=str(ours)), "tiny", config_of(ours)) as recorder:
        recording = RecordingRun(run, recorder)
        for _, outcome in run.outcomes(1):
            recording.take(outcome)
        recording.finish()
    config = config_of(stock)
    coursedir = CourseDirectory(root=str(stock), assignment_id="tiny", config=config)
    Autograde(coursedir=coursedir, config=config).start()

    found = files_of(ours)
    assert found["a.html.txt"] == found["sub/b.xml.txt"] == found["c.txt"] == PAGE
    assert "<rect" in found["e.svg"] and "script" not in found["e.svg"]
    assert found["figure.html"] == "the author's"
    assert not {"a.html", "sub/b.xml", "c", "d.pdf", "figure.html.txt"} & set(found)
    assert files_of(stock) == found
