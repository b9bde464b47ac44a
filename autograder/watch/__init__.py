"""Grading on arrival: collects, grades, records and answers submissions as they come."""
