"""A notebook of before: test cells of common kinds, hidden lines in some, ids of any kind."""

import json

import lesson_course as make

CONFIG = """
from autograder.nbgrader_plugins import configure, derive_stubs
c = get_config()
c.CourseDirectory.course_id = "adopted"
c.Autograder.cell_seconds = 2.0
c.Autograder.repair_seconds = 0.0
configure(c)
derive_stubs(c)
"""
SQUARES = '''def squares(n):
    """The squares of 1 to n."""
    ### BEGIN SOLUTION
    if n < 1:
        raise ValueError("n must be positive")
    return [i ** 2 for i in range(1, n + 1)]
    ### END SOLUTION'''
TOTAL = '''def total(n):
    """The sum of the squares, by `squares`."""
    ### BEGIN SOLUTION
    return sum(squares(n))
    ### END SOLUTION

def mean(x):
    ### BEGIN SOLUTION
    return np.mean(x, axis=0)
    ### END SOLUTION'''
SHOWN = '''"""squares of 1"""
assert squares(1) == [1]
assert squares(2) == [1, 4], f"squares(2) is {squares(2)}"'''
HIDDEN = """# one example
assert squares(N)[0] == 1
### BEGIN HIDDEN TESTS
for n in range(3, 6):
    assert len(squares(n)) == n
    assert squares(n)[-1] == near(n * n)
### END HIDDEN TESTS"""
RAISES = """try:
    squares(0)
except ValueError:
    pass
else:
    raise AssertionError("did not raise")
pytest.raises(ValueError, squares, -1)"""
MEANS = """x = np.array([[1.0, 2.0], [3.0, 4.0]])
assert np.allclose(mean(x), [2.0, 3.0])
np.testing.assert_array_equal(mean(x + 1), mean(x) + 1)"""
CELLS = {  # name of a test cell: text, points
    "cell-1": (SHOWN, 1),
    "squares-hidden": (HIDDEN, 2),
    "raises": (RAISES, 0.5),
}


def notebook():
    """The author's notebook."""
    graded = {"grade": True, "locked": True}
    tests = [make.code(n, text, {**graded, "points": p}) for n, (text, p) in CELLS.items()]
    return make.notebook(
        make.markdown("title", "# Lesson"),
        make.code("imports", "import numpy as np\nimport pytest\nN = 3\nprint('hello')"),
        make.code("near", "def near(x):\n    return pytest.approx(x)"),
        make.code("q1", SQUARES, {"solution": True}),
        *tests,
        make.code("q2", TOTAL, {"solution": True}),
        make.code("test_total", "assert total(3) == 14", {**graded, "points": 2}),
        make.code("means", MEANS, {**graded, "points": 3}),
        make.code("share", "2 * (total(2) == 5)", {**graded, "points": 2}),
        make.code("looks", "import inspect\nassert 'sum' in inspect.getsource(total)",
                  {**graded, "points": 1}),
        make.code("v", "### BEGIN SOLUTION\nv = total(4)\n### END SOLUTION", {"solution": True}),
        make.code("test_v", "assert v == 30", {**graded, "points": 1}),
        make.markdown("essay", "Your answer", {"grade": True, "solution": True, "points": 2}),
    )  # fmt: skip


def small_notebook(*cells):
    """A notebook of texts: of provided cells, and of (solution cell, test cell) for one point."""
    made = []
    for place, cell in enumerate(cells):
        if isinstance(cell, str):
            made.append(make.code(f"given{place}", cell))
            continue
        solution, test = cell
        graded = {"grade": True, "locked": True, "points": 1}
        made.append(make.code(f"s{place}", solution, {"solution": True}))
        made.append(make.code(f"t{place}", test, graded))
    return make.notebook(*made)


def write_course(root, nb=None):
    """The course without a release."""
    (root / "source" / "ps1").mkdir(parents=True)
    text = json.dumps(nb or notebook(), indent=1) + "\n"
    (root / "source" / "ps1" / "ps1.ipynb").write_text(text)
    (root / "nbgrader_config.py").write_text(CONFIG)
