"""Test cells judged outside of the student's process.

A course without hidden graders has its tests in the notebook: cells with asserts, hidden lines
among them. Run where the student's code runs, they can be read and forged. So they run elsewhere:

- `program` reads the author's notebook: which names are a student's (what solution cells define,
  and what provided cells compute with it), which statements are not, and what each test cell
  needs of the student's names and the student's code of the cell's.
- `outside` runs one submission's test cells in a second session behind the wall, the judge's. It
  holds what is not a student's, and asks the student's session for the rest: values by copy,
  functions and objects by stand-ins (see sandbox/questions/asking.py). The student's process gets
  arguments, and never the text of a test or what it expects.
- `plan` decides, from the author's own notebook alone, which cells are judged so. It runs the
  notebook as nbgrader would, and once more with every test cell outside; a cell whose points
  differ, or that another cell needs inside, stays inside, and the plan says why. The plan is a
  file that a person can read, kept in ``.autograder/testcells/`` under a digest of what it was
  made from.

While grading there is no second choice: in a cell that the plan has outside, a value that cannot
be sent is a failed test. The points are nbgrader's own rule on the cell's outputs.
"""
