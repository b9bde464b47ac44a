"""What is seen of seeds and draws by reading a function alone."""

import pytest

from autograder.repair.at_sight import no_seed
from autograder.repair.draws import seeded, wrong_draws
from autograder.repair.places import OwnFunction
from autograder.repair.statements import Donor

pytestmark = pytest.mark.quick

RIGHT = """def weights(n):
    np.random.seed(3)
    return squeezed(np.random.randn(n)) * 2
"""
OTHERS = ["""def weights(n):
    random = np.random.RandomState(3)
    return squeezed(random.normal(0, 2, n))
""", "def weights(n):\n    return wide_weights(n) / 5\n"]  # fmt: skip
DONORS = [Donor(text, "weights") for text in (RIGHT, *OTHERS)]


def function(body, above=""):
    return OwnFunction(f"{above}def weights(n):\n    {body}\n", "weights")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("np.random.seed(3)\n    return np.random.rand(n)",
         "Line 3: `rand` draws numbers that are spread evenly, and normally distributed ones are "
         "wanted."),
        ("return np.random.standard_normal(n)", ""),
        ("np.random.seed(3)\n    return np.zeros(n)",
         "Nothing is drawn at random in this function, and random numbers are wanted."),
        ("np.random.seed(3)\n    return drawn(n)", ""),  # which may draw
        ("draw = np.random.randn\n    return draw(n)", ""),
        ("np.random.seed(3)\n    return squeezed(np.ones(n))",
         "Nothing is drawn at random in this function, and random numbers are wanted."),
    ],
)  # fmt: skip
def test_a_draw_of_another_kind_or_none_is_seen(body, said):
    assert str(wrong_draws(function(body), DONORS) or "") == said


def test_a_normal_draw_is_seen_where_even_ones_are_wanted():
    donors = [Donor("def weights(n):\n    return np.random.uniform(0, 1, n) < n\n", "weights")]
    assert str(wrong_draws(function("return np.random.randn(n) < n"), donors)) == (
        "Line 2: `randn` draws normally distributed numbers, and such as are spread evenly are "
        "wanted."
    )
    assert wrong_draws(function("return np.random.random(n) < n"), donors) is None


def test_nothing_is_said_of_draws_where_a_right_version_does_without():
    donors = [*DONORS, Donor("def weights(n):\n    return np.zeros(n)\n", "weights")]
    assert wrong_draws(function("return np.random.rand(n)"), donors) is None


@pytest.mark.parametrize(
    ("body", "said", "mended"),
    [
        ("np.random.seed(1)\n    return n",
         "Line 4: the seed is another number here than the one that is asked for.",
         "np.random.seed(3)\n    return n"),
        ("return np.random.randn(n)",
         "No seed is set in this function, so that it draws other numbers in every call.",
         "np.random.seed(3); return np.random.randn(n)"),
        ("return squeezed(np.random.randn(n))",
         "No seed is set in this function, so that it draws other numbers in every call.",
         "np.random.seed(3); return squeezed(np.random.randn(n))"),
        ("np.random.seed(3)\n    return n", "", ""),
        ("np.random.seed(n)\n    return n", "", ""),
        ("np.random.seed(1)\n    np.random.seed(2)\n    return n", "", ""),
        ("if n:\n        return np.random.randn(n)", "", ""),
        ("return other(np.random.randn(n))", "", ""),  # which may set one
    ],
)  # fmt: skip
def test_a_seed_that_is_missing_or_another_one_is_put_right_in_its_line(body, said, mended):
    own = function(body, above="x = 1\n\n")
    found = seeded(own, DONORS)
    text, version = found or ("", None)
    assert str(text) == said
    if version is not None:
        assert version.with_splices().rstrip() == f"def weights(n):\n    {mended}"
        assert version.first_line == own.first_line == 3


def test_no_seed_is_asked_for_where_right_versions_set_several():
    other = Donor(RIGHT.replace("3", "4"), "weights")
    own = function("return np.random.randn(n)")
    assert seeded(own, [*DONORS, other]) is None and seeded(own, []) is None
    assert no_seed(own, [*DONORS, other]) is not None  # that it sets none is true all the same
