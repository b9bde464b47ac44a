"""Fixtures of these tests, from beside the other conftest."""

from lesson_course import course as course
from lesson_course import released as released
from lesson_course import rows as rows
