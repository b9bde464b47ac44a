"""Fixtures of these tests, from beside the other conftest."""

from lesson_course import course as course
from lesson_course import release as release
from lesson_course import release_text as release_text
from lesson_course import released as released
from lesson_course import rows as rows
from two_doors import cold as cold
from two_people import instructor as instructor
from two_people import student as student
