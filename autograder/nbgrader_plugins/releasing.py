"""Releases feedback to all who can be given theirs, also where somebody's files are no good.

nbgrader finds a page by the secret that lay in the hand-in. At the first folder without one, or
with one that cannot be read, it ends with a traceback: who comes later in the class gets no page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from nbgrader.exchange.default import ExchangeReleaseFeedback

from autograder.course import Autograder
from autograder.language.catalogue import words
from autograder.notebook.opening import opened_below
from autograder.notebook.safe_outputs import for_a_terminal

_MOST_SECRET = 200  # bytes; nbgrader's are 24
NAMED = 10  # students in one line


def has_secret(folder: Path) -> bool:
    """Whether a feedback folder came through the exchange: its pages can be released."""
    try:
        with opened_below(folder, Path("submission_secret.txt")) as file:
            secret = secret_in(file)
        with opened_below(folder, Path("timestamp.txt")) as file:
            file.read(_MOST_SECRET).decode()
    except (OSError, UnicodeDecodeError):
        return False
    return bool(secret)


def secret_in(file: BinaryIO) -> str:
    """The secret of a hand-in; empty where nbgrader could not use what the student put there."""
    text = file.read(_MOST_SECRET)
    return text.decode() if text.isascii() else ""


class ReleaseWhatCanBe(ExchangeReleaseFeedback):  # type: ignore[misc]  # nbgrader is untyped
    """Replaces nbgrader's: everybody else's pages are out before it says whose are not."""

    def copy_files(self) -> None:
        """Raises ExchangeError, after all others, when somebody's feedback cannot be released."""
        before = self.coursedir.student_id_exclude
        left_out = {name.strip() for name in before.split(",")}
        without = sorted({who for who, folder in self._folders() if not has_secret(folder)})
        without = [student for student in without if student not in left_out]
        self.coursedir.student_id_exclude = ",".join([before, *without] if before else without)
        try:
            super().copy_files()
        finally:
            self.coursedir.student_id_exclude = before
        if without:
            self.fail(for_a_terminal(self._told(without)))

    def _told(self, students: list[str]) -> str:
        say = words(Autograder(config=self.config).language)
        left = len(students) - NAMED
        more = say(" and {n} more").format(n=left) if left > 0 else ""
        return say(
            "no feedback was released to {students}: submission_secret.txt or timestamp.txt is "
            "missing in the feedback folder, or cannot be read. What did not come through the "
            "exchange is given back in another way; all others have their feedback"
        ).format(students=say(", ").join(students[:NAMED]) + more)

    def _folders(self) -> Iterator[tuple[str, Path]]:
        """Each student who has a page, and the folder."""
        step, assignment = self.coursedir.feedback_directory, self.coursedir.assignment_id
        found = self.coursedir.format_path(step, "(?P<student>.*)", assignment, escape=True)
        root = Path(self.coursedir.root)
        for page in root.glob(str(Path(self.src_path).relative_to(root) / "*.html")):
            if match := re.fullmatch(found, str(page.parent)):
                yield match["student"], page.parent
