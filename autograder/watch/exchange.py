"""nbgrader's exchange: hand-ins out of it, feedback into it, by nbgrader's own classes."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from glob import escape
from pathlib import Path

from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError, ExchangeFactory
from nbgrader.exchange.default import ExchangeCollect
from traitlets.config import Config

from autograder.gradebook.files import handed_in_at, kept_name
from autograder.model import CourseError, SubmissionError
from autograder.nbgrader_plugins.collecting import copy_regular_files, name_of_user, set_time
from autograder.notebook.opening import opened_folder
from autograder.notebook.safe_outputs import for_a_terminal
from autograder.watch.arrivals import HandIn


class Away(CourseError):
    """The exchange cannot be used at the moment."""


class NotTheirs(SubmissionError):
    """A hand-in in a student's name whose files another user owns."""


class CourseExchange:
    """The exchange of one course, as the course configures it."""

    def __init__(self, coursedir: CourseDirectory, config: Config) -> None:
        """Raises CourseError when the course's exchange is none of folders."""
        self._coursedir = coursedir
        self._config = config
        factory = ExchangeFactory(config=config)
        if not issubclass(factory.collect, ExchangeCollect):
            raise CourseError(
                f"the exchange of this course is {factory.collect.__module__}, and only one of "
                "folders can be watched: run `nbgrader collect --update`, `autograder grade`, "
                "`autograder feedback` and `nbgrader release_feedback` in a job instead"
            )
        self._make_release = factory.release_feedback
        self._collector = factory.collect(
            coursedir=coursedir, authenticator=Authenticator(config=config), config=config
        )
        self.timezone = str(self._collector.timezone)
        self.before_duedate = bool(self._collector.before_duedate)

    @property
    def inbound(self) -> Path:
        """Where students hand in to."""
        return Path(self._collector.root, self._coursedir.course_id, "inbound")

    def collect(self, hand_in: HandIn) -> None:
        """Put a hand-in into submitted/, in place of the student's earlier one, in one step.

        As `nbgrader collect --update` does, with its limits and permissions. Raises NotTheirs for
        one that another user has put there, SubmissionError for one that cannot be taken, and
        OSError when the exchange is away.
        """
        assert hand_in.path is not None
        names = (self._coursedir.submitted_directory, hand_in.student, hand_in.assignment)
        place = Path(self._coursedir.format_path(*names))
        aside = place.with_name(f".{kept_name(place.name)}.arriving")
        with tempfile.TemporaryDirectory(prefix="arrived-") as folder:
            copy = Path(folder, "submission")
            try:
                self._copy_own(hand_in, copy)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.rmtree(aside, ignore_errors=True)
                ExchangeCollect.do_copy(self._collector, str(copy), str(aside))
            except (RuntimeError, RecursionError, ValueError) as error:
                shutil.rmtree(aside, ignore_errors=True)
                raise SubmissionError(f"it cannot be collected: {error}") from error
        _agree_on_time(aside, hand_in)
        put_in_place(aside, place)

    def _copy_own(self, hand_in: HandIn, copy: Path) -> None:
        """Copy a folder whose owner has been looked at, and not one that took its name since."""
        assert hand_in.path is not None
        try:
            folder = opened_folder(hand_in.path)
        except NotADirectoryError as error:
            raise NotTheirs(f"{hand_in.path} is no folder") from error
        try:
            self._require_owner(hand_in, os.fstat(folder).st_uid)
            copy_regular_files(hand_in.path, copy, folder)
        finally:
            os.close(folder)

    def release(self, assignment: str, student: str) -> None:
        """Put a student's pages where `nbgrader fetch_feedback` finds them.

        Raises Away when the exchange does not take them.
        """
        self._release(assignment, student, self._coursedir.root)

    def release_note(
        self, assignment: str, student: str, secret: str, notebooks: Iterable[str], page: str
    ) -> None:
        """Release one page under the names of these notebooks."""
        with tempfile.TemporaryDirectory(prefix="note-") as root:
            names = (self._coursedir.feedback_directory, student, assignment)
            folder = Path(root, self._coursedir.directory_structure.format(
                nbgrader_step=names[0], student_id=names[1], assignment_id=names[2]
            ))  # fmt: skip
            folder.mkdir(parents=True)
            (folder / "timestamp.txt").touch()
            (folder / "submission_secret.txt").write_text(secret, encoding="utf-8")
            for name in notebooks:
                place = folder / f"{name}.html"
                place.write_text(page, encoding="utf-8")
                place.chmod(0o644)
            self._release(assignment, student, root)

    def _release(self, assignment: str, student: str, root: str) -> None:
        coursedir = CourseDirectory(
            config=self._config, root=root, assignment_id=assignment, student_id=escape(student)
        )
        release = self._make_release(
            coursedir=coursedir,
            authenticator=Authenticator(config=self._config),
            config=self._config,
        )
        release.log = logging.getLogger(__name__)  # says what goes wrong, not every page
        try:
            release.start()
        except (ExchangeError, OSError) as error:
            raise Away(f"feedback cannot be released: {error}") from error

    def require_owner(self, hand_in: HandIn) -> None:
        """Raise NotTheirs for a hand-in that lies in the exchange and belongs to another user."""
        with suppress(OSError):  # taken away since
            if hand_in.path is not None:
                self._require_owner(hand_in, hand_in.path.lstat().st_uid)

    def may_hand_in(self, user: int, student: str) -> bool:
        """Whether files of this user may count as the student's, by the course's settings."""
        return not self._collector.check_owner or name_of_user(user) == student

    def _require_owner(self, hand_in: HandIn, user: int) -> None:
        """Raise NotTheirs unless the student owns the hand-in (nbgrader only warns)."""
        owner = name_of_user(user) or f"user {user}, who has no name here"
        if not self.may_hand_in(user, hand_in.student):
            raise NotTheirs(
                f"it says that {hand_in.student} handed it in, and belongs to {owner}: it is not "
                "collected (c.ExchangeCollect.check_owner = False takes it where all students "
                "share one account)"
            )


def _agree_on_time(folder: Path, hand_in: HandIn) -> None:
    """Write the time in a folder's name into its timestamp.txt, by which lateness is counted."""
    try:
        inside = handed_in_at(folder)
    except SubmissionError:
        inside = None
    if inside != hand_in.timestamp:
        set_time(folder, hand_in.timestamp)


def put_in_place(aside: Path, place: Path) -> None:
    """Replace a folder by another; after a kill in between, the watcher does it again."""
    left = place.with_name(f".{kept_name(place.name)}.left")
    shutil.rmtree(left, ignore_errors=True)
    if place.exists():
        place.rename(left)
    aside.rename(place)
    shutil.rmtree(left, ignore_errors=True)


def shown(error: object) -> str:
    """An error as a terminal may show it: students choose names in it."""
    return for_a_terminal(" ".join(str(error).split()))
