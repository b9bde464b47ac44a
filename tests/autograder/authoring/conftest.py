"""A course of one lesson, written for tests of building it."""

from scratch_course import course as course
from scratch_course import empty_gradebook as empty_gradebook
