"""Test cells whose tests nbgrader writes itself."""

import adopt_course

from autograder.adopt.adopting import cells_of_nbgraders, cells_that_ask_nothing
from autograder.course import Course


def test_cells_that_nbgrader_writes_are_not_said_to_ask_for_nothing(tmp_path):
    solution = "### BEGIN SOLUTION\nv = 2\n### END SOLUTION"
    cells = [(solution, "### AUTOTEST v"), (solution.replace("v", "w"), "assert 1 + 1 == 2")]
    adopt_course.write_course(tmp_path, adopt_course.small_notebook("import math", *cells))
    course = Course.load(tmp_path)
    asks_nothing, written = (
        find(course, "ps1") for find in (cells_that_ask_nothing, cells_of_nbgraders)
    )
    assert len(written) == 1 and len(asks_nothing) == 1 and written != asks_nothing
