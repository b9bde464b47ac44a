"""A gradebook is prepared once."""

import sqlite3

import pytest

from autograder.gradebook.shared import prepare_gradebook

# nbgrader's own add_submission under SQLAlchemy 2.1
pytestmark = [pytest.mark.family, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]


def test_preparing_a_gradebook_can_be_repeated_and_makes_five_indexes(course):
    url = f"sqlite:///{course / 'gradebook.db'}"
    prepare_gradebook(url)
    prepare_gradebook(url)
    connection = sqlite3.connect(course / "gradebook.db")
    query = "select tbl_name from sqlite_master where type='index' and name like 'autograder%'"
    tables = {name for (name,) in connection.execute(query)}
    connection.close()
    expected = {"grade", "comment", "submitted_notebook", "base_cell", "submitted_assignment"}
    assert tables == expected
