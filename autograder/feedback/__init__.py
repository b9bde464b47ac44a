"""Feedback pages for students: the notebook with points, checks, hints and comments."""
