"""Writes reports into the gradebook and the autograded notebooks.

Importing this package is cheap: its modules import nbgrader only where they need it.
"""
