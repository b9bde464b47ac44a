"""Notebooks that students have damaged."""

import pytest
from nbgrader.api import Gradebook

from autograder.gradebook.sources import gradebook_cells


def db_url(root):
    return f"sqlite:///{root / 'gradebook.db'}"


@pytest.fixture(scope="session")
def source(released):
    with Gradebook(db_url(released)) as gradebook:
        return gradebook_cells(gradebook, "ps1", "ps1")


def cell(nb, name):
    return next(c for c in nb["cells"] if c["id"] == name)
