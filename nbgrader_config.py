"""The course, as nbgrader and autograder read it."""

from autograder.nbgrader_plugins import configure, release_config

c = get_config()  # noqa: F821 - given by traitlets

c.CourseDirectory.course_id = "improving_deep_neural_networks"
release_config(c)
configure(c)
