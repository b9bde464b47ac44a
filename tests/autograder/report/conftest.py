"""Fixtures of these tests, from beside the other conftest."""

from reported_class import shown as shown
from two_people import student as student
