"""The author's list of exceptions."""

import pytest

from autograder.model import CourseError
from autograder.verify.equivalent import exceptions, like
from autograder.verify.mutants import Mutant

REASON = "It makes no difference here."

pytestmark = pytest.mark.family


@pytest.mark.quick("*float32*-np.float32(x)-True")
@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("*", "anything\nat all", True),
        ("W[l] = *", "W[l] = np.zeros(3)", True),
        ("W[l] = *", "Wl = np.zeros(3)", False),
        ("*float32*", "np.float32(x)", True),
        ("a.b", "axb", False),
    ],
)
def test_only_stars_are_special_in_a_pattern(pattern, text, fits):
    assert like(pattern, text) is fits


@pytest.mark.quick
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[equivalent]]\nid = "f-1"\nreason = "same"\n', "give a reason"),
        ('[[equivalent]]\nreason = "It makes no difference."\n', "excuse every mutant"),
        ('[[equivalent]]\nfile = "x"\nreason = "It makes no difference."\n', "file"),
        (
            '[[equivalent]]\nfunction = "f"\noperator = "sign"\nreason = "It is the same here."\n',
            "nobody has looked at",
        ),
        ("[[equal]]\n", "unknown table equal"),
        ("[[equivalent\n", "equivalent_mutants.toml"),
    ],
)
def test_a_list_of_excuses_must_be_readable_and_reasoned(tmp_path, text, complaint):
    (tmp_path / "equivalent_mutants.toml").write_text(text)
    with pytest.raises(CourseError, match=complaint):
        exceptions(tmp_path)


MUTANTS = [
    Mutant(f"f-{n}", "f", "float32", n, f"x = {n}", f"x = np.float32({n})", "") for n in range(3)
]


@pytest.mark.quick
@pytest.mark.parametrize(
    ("entry", "idle"),
    [
        ("count = 3", []),
        ("count = 2", ["function = 'f', operator = 'float32', count = 2 (it fits 3)"]),
        ('before = "x = 1"', []),
        ('before = "x = 9"', ["function = 'f', operator = 'float32', before = 'x = 9'"]),
    ],
)
def test_an_excuse_is_of_a_statement_or_of_so_many_mutants(tmp_path, entry, idle):
    text = f'[[equivalent]]\nfunction = "f"\noperator = "float32"\n{entry}\nreason = "{REASON}"\n'
    (tmp_path / "equivalent_mutants.toml").write_text(text)
    assert exceptions(tmp_path).idle(MUTANTS) == idle
