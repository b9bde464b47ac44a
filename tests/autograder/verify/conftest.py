"""A small course with graders, for tests of their proof."""

from proven_course import course as course
