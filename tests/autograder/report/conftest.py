"""Fixtures of these tests, from beside the other conftest."""

from two_people import student as student
