"""From the test cells of a notebook of before to hidden graders, one exercise at a time.

- `survey` reads the notebook: whose each name is, and which exercise a test cell is about.
- `cell_to_check` makes a check of a test cell, or says why it stays where it is.
- `adopting` tries the checks on the author's own solution, and changes the notebook and
  tests/<assignment>/ only then.
"""
