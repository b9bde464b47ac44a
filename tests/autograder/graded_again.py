"""A course graded again after something has changed: its late policy, or another run."""

from concurrent.futures import Executor, Future
from datetime import datetime

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import BasePlugin
from traitlets import Float
from traitlets.config import Config

from autograder.batch.order import Order, Product
from autograder.batch.recording import RecordingRun
from autograder.batch.run import ClassRun
from autograder.course import Course
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.staging import Staging

pytestmark = pytest.mark.family

DUE = datetime(2026, 1, 15, 11)  # an hour before everybody handed in


class PerHour(BasePlugin):
    """Some points for each hour."""

    points = Float(1.0).tag(config=True)

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return self.points * total_seconds_late / 3600


class Broken(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        raise ZeroDivisionError("no such day")


class Here(Executor):
    """Runs a job where it is submitted, and remembers it."""

    def __init__(self):
        self.jobs = []

    def submit(self, fn, /, job):
        self.jobs.append(job)
        future = Future()
        future.set_result(fn(job))
        return future


def policy(plugin=PerHour, **settings):
    config = Config()
    config.AssignLatePenalties.plugin_class = plugin
    config[plugin.__name__].update(settings)
    return config


def ordered(root, config=None, directory=None):
    directory = directory or CourseDirectory(root=str(root))
    return Order(Product.STAGED, Staging.of(directory, "tiny", config or policy()))


def grade(root, config=None, **coursedir):
    """What `autograder grade tiny` does, without its words: jobs, renewed, failures."""
    config = config or policy()
    directory = CourseDirectory(root=str(root), **coursedir)
    order = ordered(root, config, directory)
    run, here = ClassRun(Course.load(root), "tiny", order=order), Here()
    with run.grading(1, lambda: here) as outcomes, Recorder(directory, "tiny", config) as recorder:
        recording = RecordingRun(run, recorder)
        for _, outcome in outcomes:
            recording.take(outcome)
        recording.renew()
        recording.remember_refusals(run.plan.students)
    return here.jobs, recorder.renewed, [*recording.failures, *run.plan.unreadable]


def gradebook(root, name="gradebook.db"):
    return Gradebook(f"sqlite:///{root}/{name}", "tiny_course")


def points(root, name="gradebook.db"):
    with gradebook(root, name) as book:
        return {
            s.student.id: (s.score, s.late_submission_penalty or 0.0)
            for s in book.assignment_submissions("tiny")
        }
