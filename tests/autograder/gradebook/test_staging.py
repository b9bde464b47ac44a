"""What is read from a notebook whose cells have run, before anything is recorded."""

import lesson_course as make
import pytest

from autograder.gradebook.staging import scores_of
from autograder.model import GraderError


def shows(text, points):
    """A notebook whose only test cell shows this at its end."""
    graded = {"grade": True, "locked": True, "points": points}
    cell = make.code("test_share", "share", graded)
    shown = {"output_type": "execute_result", "data": {"text/plain": text}, "metadata": {},
             "execution_count": 1}  # fmt: skip
    return make.notebook({**cell, "outputs": [shown]})


def test_partial_credit_that_nbgrader_refuses_is_told_with_the_cell():
    """nbgrader says no more than that something is greater than something."""
    assert scores_of(shows("1.5", 2)).scores == {"test_share": 1.5}
    with pytest.raises(GraderError) as error:
        scores_of(shows("3.0", 2))
    assert "the test cell 'test_share' shows partial credit that nbgrader refuses" in str(
        error.value
    )
    assert "worth 2 points" in str(error.value)
