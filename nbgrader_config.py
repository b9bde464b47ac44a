"""The course, as nbgrader and autograder read it."""

from autograder.authoring.config import release_config
from autograder.preprocessors import configure

c = get_config()  # noqa: F821 - given by traitlets

c.CourseDirectory.course_id = "improving_deep_neural_networks"
release_config(c)
configure(c)
