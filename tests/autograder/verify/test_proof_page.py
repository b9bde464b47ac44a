"""The page of a proof."""

import pytest
from proven_course import change, proven

from autograder.verify.proof_page import page

pytestmark = pytest.mark.family


@pytest.mark.slow
def test_names_in_a_page_are_escaped(course):
    title = '"""Right for <b>any</b> step"""'
    change(course, "test_a.py", '"""Right for any step"""', title)
    assert "<b>any</b>" not in page([proven(course, "stepped")])
