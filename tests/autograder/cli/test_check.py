"""The public checks in a terminal: one verdict for an exercise."""

from autograder.cli.check import one_verdict


def test_an_example_that_is_right_says_nothing_where_another_one_fails():
    """Else ✓ and ✗ would stand for the same exercise."""
    lines = ["✓ f: as expected", "printed by a student", "✓ f2: as expected", "✗ f: is 1/2 of 3"]
    assert one_verdict("f", lines) == [lines[1], lines[2], lines[3]]
    assert one_verdict("f", ["✓ f\uff1a与预期一致", lines[3]]) == [lines[3]]
