"""Somebody's bad file lets nobody else wait for feedback."""

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError, ExchangeFactory
from nbgrader.utils import notebook_hash
from traitlets.config import Config

from autograder.nbgrader_plugins import configure

# nbgrader itself leaves them open
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*timestamp.txt:pytest.PytestUnraisableExceptionWarning"
)
STUDENTS = ("ada", "ben", "cy", "d'Arc 李")


@pytest.fixture
def released(tmp_path):
    """Release a class's feedback; gives the names whose page is out, and what is said."""
    root = tmp_path / "course"
    for student in STUDENTS:
        folder = root / "feedback" / student / "ps1"
        folder.mkdir(parents=True)
        (folder / "ps1.html").write_text(f"the page of {student}")
        (folder / "timestamp.txt").write_text("2026-03-02 10:00:00 UTC")
        (folder / "submission_secret.txt").write_text(f"secret of {len(student)} {student[0]}")
    config = Config()
    configure(config)
    config.Exchange.root = str(tmp_path / "exchange")
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)

    def release(change, **settings):
        change(root / "feedback")
        coursedir = CourseDirectory(
            root=str(root), course_id="abc", assignment_id="ps1", **settings
        )
        step = ExchangeFactory(config=config).release_feedback(
            coursedir=coursedir, authenticator=Authenticator(), config=config
        )
        said = ""
        try:
            step.start()
        except ExchangeError as error:
            said = str(error)
        pages = tmp_path / "exchange" / "abc" / "feedback"
        names = {
            student: notebook_hash(
                secret=f"secret of {len(student)} {student[0]}", notebook_id="ps1"
            )
            for student in STUDENTS
        }
        assert coursedir.student_id_exclude == settings.get("student_id_exclude", "")
        return [s for s, name in names.items() if (pages / f"{name}.html").exists()], said

    return release


def secret(feedback, student):
    return feedback / student / "ps1" / "submission_secret.txt"


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_all_others_get_their_feedback_and_it_says_who_does_not(released, content):
    def change(feedback):
        for student in ("ada", "cy"):
            secret(feedback, student).unlink()
            if content is not None:
                secret(feedback, student).write_bytes(content)

    out, said = released(change)
    assert out == ["ben", "d'Arc 李"]
    assert said.startswith("no feedback was released to ada, cy: submission_secret.txt or ")


def test_a_time_stamp_that_cannot_be_read_is_no_better(released):
    out, said = released(lambda feedback: (feedback / "ben/ps1/timestamp.txt").write_bytes(b"\xff"))
    assert out == ["ada", "cy", "d'Arc 李"] and "released to ben:" in said


def test_a_class_in_order_and_who_is_left_out_get_no_word(released):
    assert released(lambda feedback: None) == ([*STUDENTS], "")


def test_who_is_excluded_by_the_teacher_is_not_named(released):
    out, said = released(
        lambda feedback: secret(feedback, "ada").unlink(), student_id_exclude="ada"
    )
    assert out == ["ben", "cy", "d'Arc 李"] and said == ""


def test_a_course_with_another_exchange_keeps_it():
    config = Config()
    config.ExchangeFactory.release_feedback = "elsewhere.Release"
    configure(config)
    assert config.ExchangeFactory.release_feedback == "elsewhere.Release"
