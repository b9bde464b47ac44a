"""Why a submission was refused, for readers who cannot see the course's files.

The full reason names a file and is English; here it becomes one of a few sentences that say what to
do, in the language of the reader.
"""

from __future__ import annotations

import re

from autograder.language.catalogue import Say

SENTENCES = (  # part of a reason, and the sentence for it; the first that fits
    (
        r"nbgrader cells .*belongs to this assignment",
        "It is another notebook: none of its exercises belongs to this assignment. Submit the one "
        "that was released.",
    ),
    (
        r"there is no such notebook.* Unpack the archive",
        "It is an archive that nobody has unpacked. The notebook itself belongs there, with the "
        "name of the release.",
    ),
    (
        r"does not say whose hand-in it is",
        "The name of this folder in the exchange does not say whose hand-in it is: "
        "student+assignment+time stamp. Rename it, or hand in again.",
    ),
    (
        r"its name does not say that it is the later",
        "It came after another hand-in was answered, and its name does not say that it is the "
        "later of the two, so that it is not graded. If it is to count, hand it in again; if the "
        "other one's time lies in the future, tell your instructor.",
    ),
    (
        r"is not written in UTF-8",
        "The name of the student's folder is not written in UTF-8. Rename the folder, and grade it "
        "again.",
    ),
    (
        r"there is no such notebook",
        "There is no notebook of the assignment's name in it. Keep the name of the release.",
    ),
    (
        r"is a link, which is not followed|is not a regular file|is not in a folder",
        "The notebook is a link or no file. Put the notebook itself there, and submit it again.",
    ),
    (
        r"is larger than [\d.]+ MiB",
        "The notebook is too large. Clear the outputs (Edit > Clear Outputs of All Cells), save "
        "it, and submit it again.",
    ),
    (
        r"holds more than|do not fit where it runs|too large to be collected",
        "There are too many files, or too large ones, beside the notebook. Remove what it does not "
        "need, and submit it again.",
    ),
    (
        r"invalid JSON|is not UTF-8 text|is JSON, but not a notebook|nested too deeply",
        "The file is no notebook, or a damaged one: JupyterLab does not open it either. Take an "
        "earlier version of it (File > Revert Notebook to Checkpoint), or copy what you wrote into "
        "the released notebook, and submit it again.",
    ),
    (
        r"may not be read|cannot be read|cannot be opened",
        "A file in it may not be read. Make everything in the folder readable (chmod -R u+rX), and "
        "submit it again.",
    ),
    (
        r"has changed since it was graded",
        "What was handed in, or a grader, has changed since this report was made. Grade it again.",
    ),
    (
        r"grading it was ended because",
        "Grading it took more time or memory than one submission may take. Look for a cell that "
        "does not end, or ask your instructor.",
    ),
)
ANY = "The notebook cannot be read. Open it in JupyterLab, save it, and submit it again."


def for_reader(reason: str, say: Say) -> str:
    """What a refusal means and what to do about it, without names of files."""
    return say(known(reason) or ANY)


def in_own_words(reason: str, say: Say) -> str:
    """A reason for an instructor: as it stands in English, elsewhere the sentence for it."""
    text = known(reason)
    return say(text) if text and say(text) != text else reason


def known(reason: str) -> str:
    """The sentence for a reason; nothing for one that none is about."""
    return next((text for part, text in SENTENCES if re.search(part, reason)), "")
