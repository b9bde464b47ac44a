"""Auto-graded deep-learning exercises for nbgrader.

The package imports nothing here: a process that runs student code imports
``autograder.sandbox.warm`` and must not pull in anything else.
"""
