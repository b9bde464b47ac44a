"""From reports to the gradebook, the autograded notebooks and nothing else.

Importing this package is cheap; its modules import nbgrader only where they must.
"""
