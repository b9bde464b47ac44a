"""What documented examples show: ✓ in a notebook means that no known mistake is in it."""

import pytest

from autograder.course import Course
from autograder.verify.bench import Bench

COURSE = Course.load()
# no example can show it: each one hands over a new list
UNSEEN = {"callers_list_emptied"}

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::RuntimeWarning")]


@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_no_known_mistake_passes_every_documented_example_of_its_function(assignment):
    bench = Bench(COURSE, assignment)
    passed = set()
    for version in bench.parts.misconceptions:
        name = version.function
        if version.wrong:
            cell = version.source(bench.parts.solutions[name])
            public = [c for c in bench.checked({name: cell}, name) if c.public]
            if all(check.passed for check in public):
                passed.add(version.name)
    bench.close()
    assert passed <= UNSEEN
