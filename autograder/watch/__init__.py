"""Grading on arrival: what is handed in is collected, graded, recorded and answered at once."""
