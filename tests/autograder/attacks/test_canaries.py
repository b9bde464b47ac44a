"""Nothing that knows an answer can be found where student code runs, and the search can find."""

import os

import pytest
from attacking import PLACES, Attack, load

pytestmark = pytest.mark.family

SEARCHES = {attack.name: attack for attack in load("looking_for_answers")}
PLANT = "CANARY-inside-0123456789abcdef"


def planted(attack, plant):
    """The same search, with something to find."""
    cells = {"double": plant + "\n" + attack.cells["double"]}
    return Attack("K", attack.name, cells)


HIDING_PLACES = {
    "All objects of the garbage collector": f"kept = [['{PLANT}']]",
    "All frames": f"kept = '{PLANT}'",
    "The heap, page by page": f"kept = np.frombuffer(b'{PLANT}' * 2000, 'u1').copy()",
    "The environment": f"import os; os.environ['SECRET'] = '{PLANT}'",
    "In[], Out[] and the history": f"kept = '{PLANT}'",
    "numpy, ctypes and mmap open files too": "import os; os.makedirs('solutions', exist_ok=True); "
    f"open('solutions/tiny.py', 'w').write('{PLANT}')",
}


@pytest.mark.quick("numpy, ctypes and mmap open files too")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if SEARCHES[name].slow else [])
        for name in HIDING_PLACES
    ],
)
def test_the_search_finds_what_is_there(arena, name):
    attack = planted(SEARCHES[name], HIDING_PLACES[name])
    words = {**arena.words, "root": ".", "WORKED": "x"}
    graded = arena.grader.grade(attack.notebook(arena.release, words), "eve")
    outputs = [str(c["outputs"]) for c in graded.notebook["cells"] if c["cell_type"] == "code"]
    assert any(PLANT in output for output in outputs)


@pytest.mark.quick("seed")
@pytest.mark.parametrize("place", PLACES)
def test_the_canary_is_where_the_judge_can_read_it(arena, place):
    """Else the searches would have nothing to miss."""
    canary = arena.canaries[place]
    root, judge = arena.course.root, arena.grader.judge
    known = {
        "tests": (root / "tests/tiny/test_tiny.py").read_text(),
        "documented": (root / "tests/tiny/documented_cases.json").read_text(),
        "misconceptions": (root / "tests/tiny/misconceptions.py").read_text(),
        "solution": str(vars(judge.reference).get("ANSWER")),
        "seed": arena.grader.course.seed,
        "gradebook": (root / "gradebook.db").read_bytes().decode("latin-1"),
        "submitted": (root / "submitted/ada/tiny/tiny.ipynb").read_text(),
        "environment": os.environ["AUTOGRADER_TEST_SECRET"],
    }
    assert canary in known[place]
