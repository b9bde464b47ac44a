"""Reports that were made elsewhere: recorded whole, never for another hand-in, kills included."""

import json
import os
import pickle
import shutil
from contextlib import redirect_stdout, suppress
from io import StringIO

import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import PyFileConfigLoader

from autograder.batch.order import Order
from autograder.batch.run import ClassRun
from autograder.cli import main
from autograder.cli.graded_class import written
from autograder.course import Course
from autograder.gradebook.disk_errors import whole_file
from autograder.gradebook.staging import Staging

SHARES = (0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9)
FILE = "all.jsonl"


@pytest.fixture
def elsewhere(half_recorded):
    """The half-recorded class, and a file that has a report of each of its five."""
    course, results = half_recorded
    graded = pickle.loads(results.read_bytes())
    (course.root / FILE).write_text("".join(f"{line}\n" for line in lines(course, graded)))
    return course


def lines(course, graded):
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    coursedir = CourseDirectory(root=str(course.root), config=config)
    order = Order(staging=Staging.of(coursedir, "tiny", config))
    for job in ClassRun(course, "tiny", order=order).jobs():
        yield written(job.order.result(graded[job.student], None, job.key))


def record(root, *files):
    """`autograder record tiny`: exit status, and what it prints."""
    os.chdir(root)
    code, said = 0, StringIO()
    with redirect_stdout(said):
        try:
            main(["record", "tiny", *files])
        except SystemExit as end:
            code = end.code or 0
    return code, said.getvalue()


def in_its_place(recording, root, *files):
    return recording.in_child(lambda: record(root, *files))


@pytest.mark.slow
def test_a_record_that_is_killed_at_any_moment_goes_on(elsewhere, recording, tmp_path):
    whole = shutil.copytree(elsewhere.root, tmp_path / "whole")

    def counted():
        moments = recording.Moments(whole)
        return [*record(whole, FILE), len(moments.kinds)]

    code, said, count = recording.in_child(counted)
    assert (code, said) == (0, "recorded 5 submissions of tiny\n")
    for share in SHARES:
        root = shutil.copytree(elsewhere.root, tmp_path / str(share))
        killed = recording.in_child(
            lambda root=root, share=share: [recording.Moments(root, int(share * count)),
                                            record(root, FILE)]
        )  # fmt: skip
        assert killed is None
        assert not list(recording.wrong_after_the_kill(root))
        assert in_its_place(recording, root, FILE)[0] == 0
        grades = [recording.ask(place, recording.GRADES) for place in (root, whole)]
        assert grades[0] == grades[1]
        found, wanted = ({n: f for n, f in recording.files(place).items() if "/before/" not in n}
                         for place in (root, whole))  # fmt: skip
        assert found == wanted


@pytest.mark.slow
def test_who_is_in_no_file_is_named(elsewhere, recording):
    path = elsewhere.root / FILE
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-2]))
    code, said = in_its_place(recording, elsewhere.root, FILE)
    assert code == 0 and said.startswith("recorded 3 submissions of tiny\n")
    assert "not everybody's grade is up to date: run `autograder grade tiny`" in said
    assert "no file has a report of it: dan, eve" in said


@pytest.mark.slow
def test_a_report_of_an_earlier_hand_in_or_of_other_graders_is_not_recorded(elsewhere, recording):
    root = elsewhere.root
    before = recording.ask(root, recording.GRADES)
    path = elsewhere.submitted("tiny", "bob") / "tiny.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"].append({**notebook["cells"][-1], "id": "more", "source": "1"})
    path.write_text(json.dumps(notebook))
    code, said = in_its_place(recording, root, FILE)
    assert code == 1 and said.startswith("recorded 4 submissions of tiny\n")
    of_bob = [row for row in recording.ask(root, recording.GRADES) if row[0] == "bob"]
    assert of_bob == [row for row in before if row[0] == "bob"] != []
    refused = json.loads((root / ".autograder/refused/tiny/bob.json").read_text())[1]
    assert refused == (
        "not recorded, as this has changed since it was graded: the submitted tiny.ipynb changed"
    )
    (Course.load(root).tests("tiny") / "data.json").write_text("{}")
    assert in_its_place(recording, root, FILE)[0] == 1
    assert len(list((root / ".autograder/refused/tiny").iterdir())) == 5


def test_a_file_of_reports_is_there_whole_or_not_at_all(tmp_path):
    path = tmp_path / FILE
    path.write_text("earlier\n")

    def half():
        with whole_file(path) as file:
            file.write("one\n")
            raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        half()
    assert [p.name for p in tmp_path.iterdir()] == [FILE]
    assert path.read_text() == "earlier\n"
    with whole_file(path) as file:
        file.write("one\n")
    assert path.read_text() == "one\n"
