"""What tests of the watcher ask of a course: points, events, due dates."""

from nbgrader.api import Gradebook

SQUARES = "def double(x):\n    return x * x"


NOTHING = "def double(x):\n    return None"


def points(course) -> dict[str, float]:
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "tiny_course") as gradebook:
        return {
            s.student.id: s.score - s.late_submission_penalty
            for s in gradebook.assignment_submissions("tiny")
        }


def kinds(watcher) -> list[tuple[str, str]]:
    return [(event.kind, event.student) for event in watcher.step()]
