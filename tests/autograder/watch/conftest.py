"""The tiny course with an exchange of its own, students who hand in through it, and a watcher."""

import shutil
import sys
from concurrent.futures import Executor, Future
from contextlib import nullcontext
from pathlib import Path

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeFetchFeedback, ExchangeSubmit
from traitlets.config import Config

from autograder.batch import pool
from autograder.course import Course
from autograder.grading.grader import Grader
from autograder.watch import pools
from autograder.watch.watcher import Watcher

sys.path.append(str(Path(__file__).parent))  # lab_on_a_hub
COURSE = "tiny_course"


class Clock:
    """Stands still until a test moves it."""

    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now


class Exchange:
    """What students do: nbgrader's own submit and fetch, with a home for each."""

    def __init__(self, root: Path, course: Course, filled, right):
        self.root = root / "exchange"
        self.homes = root / "homes"
        self._filled, self._right = filled, right
        for name in ("inbound", "feedback"):
            (self.root / COURSE / name).mkdir(parents=True)
        (self.root / COURSE / "outbound").mkdir()
        shutil.copytree(course.release("tiny"), self.root / COURSE / "outbound" / "tiny")
        self.root.chmod(0o777)

    @property
    def inbound(self) -> Path:
        return self.root / COURSE / "inbound"

    def submit(self, student: str, content: bytes | None = None, **cells: str) -> Path:
        """Hand in; right unless told otherwise. Gives the folder in the exchange."""
        work = self.homes / student / "tiny"
        work.mkdir(parents=True, exist_ok=True)
        notebook = self._filled(**{**self._right, **cells}) if content is None else content
        (work / "tiny.ipynb").write_bytes(notebook)
        before = set(self.inbound.iterdir())
        self._run(ExchangeSubmit, student)
        [new] = set(self.inbound.iterdir()) - before
        return new

    def pages(self, student: str) -> list[str]:
        """What the student reads after `nbgrader fetch_feedback`, the first hand-in first."""
        self._run(ExchangeFetchFeedback, student)
        found = sorted((self.homes / student / "tiny").glob("feedback/*/tiny.html"))
        return [page.read_text() for page in found]

    def _run(self, what, student):
        home = self.homes / student
        coursedir = CourseDirectory(course_id=COURSE, student_id=student, assignment_id="tiny")
        what(
            coursedir=coursedir,
            authenticator=Authenticator(),
            root=str(self.root),
            cache=str(home / "cache"),
            assignment_dir=str(home),
        ).start()


@pytest.fixture
def exchange(tiny, tmp_path, filled, right):
    return Exchange(tmp_path, tiny, filled, right)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def config(exchange):
    """Everybody shares the account that runs the tests."""
    c = Config()
    c.CourseDirectory.course_id = COURSE
    c.Exchange.root = str(exchange.root)
    c.ExchangeCollect.check_owner = False
    c.Autograder.workers = 1
    c.Autograder.repair_seconds = 0.0
    c.Autograder.fresh = "submission"
    return c


class Here(Executor):
    """Works in this process, and remembers whose submissions it has graded."""

    is_dismissed = False

    def __init__(self):
        self.graded = []

    def submit(self, fn, /, *args):
        future = Future()
        if fn is pool.grade_job:
            self.graded.append(args[0].student)
        try:
            future.set_result(fn(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def submit_within(self, budget, fn, /, *args):
        return self.submit(fn, *args)

    def shutdown(self, wait=True, *, cancel_futures=False):
        pass


@pytest.fixture(scope="session")
def grader(built_course):
    with Grader(built_course, "tiny") as made:
        yield made


@pytest.fixture
def here(grader, monkeypatch):
    """Instead of warm workers, which take seconds to start."""
    executor = Here()
    monkeypatch.setattr(pools, "local_pool", lambda *args: executor)
    monkeypatch.setattr(pools, "nursery_address", lambda *args: None)
    monkeypatch.setattr(pools, "take_nursery", nullcontext)
    monkeypatch.setattr(pool, "grader_of_this_process", lambda course, assignment: grader)
    return executor


@pytest.fixture
def watching(tiny, config, clock):
    """Makes watchers of the course, one after the other; ends the last one."""
    made = []

    def watch(**settings):
        for watcher in made:
            watcher.__exit__(None, None, None)
        made.clear()
        config.Watch.update(settings)
        coursedir = CourseDirectory(config=config, root=str(tiny.root))
        course = Course.from_config(config, tiny.root)
        made.append(Watcher(coursedir, config, course, ["tiny"], clock))
        return made[0]

    yield watch
    for watcher in made:
        watcher.__exit__(None, None, None)
