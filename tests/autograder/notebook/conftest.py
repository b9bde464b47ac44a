"""Fixtures of these tests, from beside the other conftest."""

from damage import source as source
from lesson_course import release as release
from lesson_course import release_text as release_text
from lesson_course import released as released
from lesson_course import solution as solution
