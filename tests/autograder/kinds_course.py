"""A course with one exercise of every kind: what each answers is no plain value."""

import json
import shutil

from scratch_course import CONFIG, cell, prose

from autograder.authoring.build import build
from autograder.course import Course

IMPORTS = """\
%matplotlib inline
from datetime import date, timedelta

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from public_check import check

marks = [3, 5, 8, 12]
results = pd.DataFrame({"name": ["Ada", "Bo", "Cy", "Di"], "mark": [81, 49, 50, 67]})
"""

SOLUTIONS = {
    "average": """\
### START CODE HERE ### (≈ 2 lines of code)
total = sum(marks)
average = total / len(marks)
### END CODE HERE ###
""",
    "Account": '''\
class Account:
    """An account that cannot be overdrawn."""

    def __init__(self, balance):
        ### START CODE HERE ### (≈ 1 line of code)
        self.balance = balance
        ### END CODE HERE ###

    def withdraw(self, amount):
        """Whether there was enough of it."""
        ### START CODE HERE ### (≈ 3 lines of code)
        enough = amount <= self.balance
        if enough:
            self.balance -= amount
        ### END CODE HERE ###
        return enough
''',
    "passed": """\
### START CODE HERE ### (≈ 1 line of code)
passed = results[results["mark"] >= 50].sort_values("mark")
### END CODE HERE ###
""",
    "mean_by_group": '''\
def mean_by_group(frame):
    """The mean mark of each group: a Series."""
    ### START CODE HERE ### (≈ 1 line of code)
    means = frame.groupby("group")["mark"].mean()
    ### END CODE HERE ###
    return means
''',
    "letters_of": '''\
def letters_of(text):
    """The letters of a text, whatever their case: a set."""
    ### START CODE HERE ### (≈ 1 line of code)
    found = {sign for sign in text.lower() if sign.isalpha()}
    ### END CODE HERE ###
    return found
''',
    "packed": '''\
def packed(numbers):
    """Whole numbers as two bytes each, the low one first."""
    ### START CODE HERE ### (≈ 1 line of code)
    data = b"".join(number.to_bytes(2, "little") for number in numbers)
    ### END CODE HERE ###
    return data
''',
    "due": '''\
def due(day, weeks):
    """The day so many weeks later."""
    ### START CODE HERE ### (≈ 1 line of code)
    later = day + timedelta(weeks=weeks)
    ### END CODE HERE ###
    return later
''',
    "halved": '''\
def halved(number):
    """The number, and its halves rounded down until nothing is left."""
    ### START CODE HERE ### (≈ 3 lines of code)
    while number > 0:
        yield number
        number = number // 2
    ### END CODE HERE ###
''',
    "line_through": '''\
def line_through(slope, height):
    """The function of a line."""
    ### START CODE HERE ### (≈ 2 lines of code)
    def line(x):
        return slope * x + height
    ### END CODE HERE ###
    return line
''',
    "print_table": '''\
def print_table(rows):
    """Print each number beside its square."""
    for number in rows:
        ### START CODE HERE ### (≈ 1 line of code)
        print(f"{number:>4} {number ** 2:>6}")
        ### END CODE HERE ###
''',
    "save_marks": '''\
def save_marks(path, table):
    """Write `name,mark` lines with a head."""
    with open(path, "w") as file:
        ### START CODE HERE ### (≈ 3 lines of code)
        file.write("name,mark\\n")
        for name, mark in table.items():
            file.write(f"{name},{mark}\\n")
        ### END CODE HERE ###
''',
    "draw_costs": '''\
def draw_costs(costs):
    """Draw the costs over the epochs, which count from 1."""
    fig, ax = plt.subplots()
    ### START CODE HERE ### (≈ 3 lines of code)
    epochs = range(1, len(costs) + 1)
    ax.plot(epochs, costs)
    ax.set_xlabel("epoch")
    ### END CODE HERE ###
    return fig
''',
    "coins": '''\
def coins(rng, count):
    """Throws of a coin: True is heads."""
    ### START CODE HERE ### (≈ 1 line of code)
    heads = rng.random(count) < 0.5
    ### END CODE HERE ###
    return heads
''',
}

GRADERS = '''\
"""Hidden checks of exercises whose answers are no plain values."""

import numpy as np
import pytest

from autograder.graders import assert_same


@pytest.mark.exercise("average")
def test_average(student, reference):
    """The mean of the marks"""
    assert_same(student.variable("average"), reference.variable("average"))


def withdrawn(Account, balance, amounts):
    account = Account(balance)
    return [(account.withdraw(amount), account.balance) for amount in amounts]


@pytest.mark.exercise("Account")
def test_withdrawals(student, reference, rng):
    """Money goes while there is enough"""
    amounts = [int(a) for a in rng.integers(2, 30, 6)] + [90, 1]
    use = {"balance": int(sum(amounts[:5])), "amounts": amounts}
    assert_same(student.drive(withdrawn, **use), reference.drive(withdrawn, **use))


def columns(passed):
    return {name: passed[name].tolist() for name in passed}


@pytest.mark.exercise("passed")
def test_passed(student, reference):
    """Rows and their order"""
    assert_same(student.drive(columns), reference.drive(columns))


def means(mean_by_group, groups, marks):
    import pandas as pd

    return mean_by_group(pd.DataFrame({"group": groups, "mark": marks})).to_dict()


@pytest.mark.exercise("mean_by_group")
def test_means(student, rng):
    """Right for any groups"""
    marks = rng.uniform(10.0, 99.0, 7)
    groups = ["b", "a", "b", "c", "a", "b", "b"]
    expected = {g: float(np.mean([m for n, m in zip(groups, marks) if n == g])) for g in "abc"}
    assert_same(student.drive(means, groups=groups, marks=marks), expected)


def sorted_letters(letters_of, text):
    return type(letters_of(text)).__name__, sorted(letters_of(text))


@pytest.mark.exercise("letters_of")
def test_letters(student):
    """Any text"""
    assert_same(student.drive(sorted_letters, text="Bob, 7 Bees"), ("set", ["b", "e", "o", "s"]))


def as_numbers(packed, numbers):
    return list(packed(numbers))


@pytest.mark.exercise("packed")
def test_packed(student, rng):
    """Right for any numbers"""
    numbers = [int(n) for n in rng.integers(300, 60000, 5)]
    expected = [part for n in numbers for part in (n % 256, n // 256)]
    assert_same(student.drive(as_numbers, numbers=numbers), expected)


def due_day(due, day, weeks):
    from datetime import date

    return due(date.fromisoformat(day), weeks).isoformat()


@pytest.mark.exercise("due")
def test_due(student, reference, rng):
    """Right over the end of a month"""
    use = {"day": "2026-02-25", "weeks": int(rng.integers(2, 9))}
    assert_same(student.drive(due_day, **use), reference.drive(due_day, **use))


def first_steps(halved, number, count):
    from itertools import islice

    return list(islice(halved(number), count))


@pytest.mark.exercise("halved")
def test_halved(student, rng):
    """Every step, and the end"""
    number = int(rng.integers(40, 400))
    expected = [number >> n for n in range(12) if number >> n]
    assert_same(student.drive(first_steps, number=number, count=12), expected)


def heights(line_through, slope, height, places):
    line = line_through(slope, height)
    return [line(x) for x in places]


@pytest.mark.exercise("line_through")
def test_line(student, rng):
    """Right at any place"""
    slope, height, *places = (float(x) for x in rng.uniform(2.0, 9.0, 6))
    expected = [slope * x + height for x in places]
    use = {"slope": slope, "height": height, "places": places}
    assert_same(student.drive(heights, **use), expected)


def printed(print_table, rows):
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()) as out:
        print_table(rows)
    return out.getvalue().splitlines()


@pytest.mark.exercise("print_table")
def test_table(student, reference, rng):
    """Each line as it is printed"""
    rows = [int(n) for n in rng.integers(2, 99, 4)]
    assert_same(student.drive(printed, rows=rows), reference.drive(printed, rows=rows))


def saved(save_marks, table):
    from pathlib import Path

    save_marks("marks.csv", table)
    return Path("marks.csv").read_text()


@pytest.mark.exercise("save_marks")
def test_saved(student, rng):
    """The whole file"""
    table = {name: int(mark) for name, mark in zip(["Ada", "Bo", "Cy"], rng.integers(1, 99, 3))}
    expected = "".join(["name,mark\\n", *(f"{name},{mark}\\n" for name, mark in table.items())])
    assert_same(student.drive(saved, table=table), expected)


def drawn(draw_costs, costs):
    import matplotlib.pyplot as plt

    [ax] = draw_costs(costs).axes
    lines = [{"x": line.get_xdata(), "y": line.get_ydata()} for line in ax.lines]
    plt.close("all")
    return {"lines": lines, "x label": ax.get_xlabel()}


@pytest.mark.exercise("draw_costs")
def test_drawn(student, reference, rng):
    """The line and the name of its axis"""
    costs = rng.uniform(0.2, 3.0, 6)
    assert_same(student.drive(drawn, costs=costs), reference.drive(drawn, costs=costs))


def thrown(coins, seed, count):
    import numpy as np

    rng = np.random.default_rng(seed)
    return coins(rng, count), rng.random()


@pytest.mark.exercise("coins")
def test_coins(student, reference):
    """The same throws from the same stream, and as many numbers taken from it"""
    use = {"seed": 7, "count": 40}
    assert_same(student.drive(thrown, **use), reference.drive(thrown, **use))
'''

SLIPS = {  # exercise: what is replaced, by what, the hint
    "average": ("len(marks)", "(len(marks) - 1)", "All marks count."),
    "Account": ("amount <= self.balance", "amount < self.balance", "The last coin, too."),
    "passed": (">= 50", "> 50", "Fifty is enough."),
    "mean_by_group": (".mean()", ".sum()", "A mean is a sum of shares."),
    "letters_of": ("text.lower()", "text", "One letter has two cases."),
    "packed": ('"little"', '"big"', "The low byte comes first."),
    "due": ("weeks=weeks", "days=weeks", "A week has seven days."),
    "halved": ("number > 0", "number > 1", "One is left."),
    "line_through": ("slope * x + height", "height * x + slope", "Which number is the slope?"),
    "print_table": ("** 2:>6", "** 2:<6", "Numbers stand at the right."),
    "save_marks": ("{mark}\\n", "{mark} ", "Each on a line of its own."),
    "draw_costs": ("range(1, len(costs) + 1)", "range(len(costs))", "Epochs count from 1."),
    "coins": ("rng.random(count)", "np.random.random(count)", "Draw from `rng`."),
}
EQUIVALENT = """
[[equivalent]]
operator = "float32"
before = "* = *"
reason = "A result in single precision is a right answer in this course."
[[equivalent]]
function = "halved"
operator = "in place"
count = 1
reason = "A number has no other holder."
[[equivalent]]
function = "coins"
operator = "comparison"
count = 1
reason = "No throw is a half."
[[inapplicable]]
function = "print_table"
variant = "prints"
reason = "What is printed is what is asked for."
"""


def misconceptions():
    """The text of misconceptions.py: the slip of every exercise, and a class written anew."""
    lines = ["from autograder.graders import edited, misconception\n"]
    for name, (old, new, hint) in SLIPS.items():
        pair = f"[({old!r}, {new!r})]"
        lines.append(f'edited({name!r}, name="slip", hint={hint!r}, replace={pair})\n')
    return "".join(lines) + OVERDRAWN


OVERDRAWN = """
@misconception("Account", hint="Look at the balance first.")
class Overdrawn:
    def __init__(self, balance):
        self.balance = balance
    def withdraw(self, amount):
        self.balance -= amount
        return True
"""


def notebook():
    cells = [prose("title", "# Kinds"), cell("imports", IMPORTS, locked=True)]
    for name, text in SOLUTIONS.items():
        cells += [cell(name, text.rstrip("\n"), solution=True)]
        cells += [cell(f"test_{name}", "", 1, grade=True, locked=True)]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write_course(root, gradebook):
    """The course, built; `gradebook` is an empty one, which takes long to make."""
    shutil.copy(gradebook, root)
    files = {
        "nbgrader_config.py": CONFIG + "c.Autograder.update(repair_seconds=0, call_seconds=5.0)\n",
        "source/kinds/kinds.ipynb": json.dumps(notebook()),
        "tests/kinds/test_kinds.py": GRADERS, "tests/kinds/misconceptions.py": misconceptions(),
        "tests/kinds/equivalent_mutants.toml": EQUIVALENT,
    }  # fmt: skip
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    build(root)
    return Course.load(root)
