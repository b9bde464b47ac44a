"""What the author of an assignment writes graders with; nothing else is an author's interface.

    from autograder.graders import assert_same, documented, fail

In ``test_*.py``: `assert_same`, `same`, `fail`, `among`, `Text`, `documented`, `as_in_a_cell`. In
``misconceptions.py``: `misconception`, `edited`. In ``alternatives.py``: `alternative`. In
``samples.py``: `Sample`.
"""

from autograder.graders.cell_asserts import as_in_a_cell
from autograder.graders.compare import among, assert_same, fail, same
from autograder.graders.documented_cases import Case, documented
from autograder.graders.misconceptions import alternative, edited, misconception
from autograder.graders.samples import Sample
from autograder.handout.words import Text

__all__ = [
    "Case",
    "Sample",
    "Text",
    "alternative",
    "among",
    "as_in_a_cell",
    "assert_same",
    "documented",
    "edited",
    "fail",
    "misconception",
    "same",
]
