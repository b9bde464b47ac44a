"""Fixtures of these tests, from beside the other conftest."""

from lesson_course import by_hand as by_hand
from lesson_course import course as course
from lesson_course import release as release
from lesson_course import release_text as release_text
from lesson_course import released as released
from lesson_course import rows as rows
from lesson_course import solution as solution
from two_recorders import executed as executed
from two_recorders import two_courses as two_courses
