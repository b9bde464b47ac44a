"""From the test cells of an existing notebook to hidden graders, one exercise at a time.

- `survey` reads the notebook: whether a name is the student's or the author's, and which exercise
  a test cell is about.
- `cell_to_check` turns a test cell into a check, or says why the cell stays as it is.
- `adopting` tries the checks on the author's own solution, and changes the notebook and
  tests/<assignment>/ only then.
"""
