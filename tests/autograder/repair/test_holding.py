"""What a search for slips holds is bounded: of a function written to fill the memory nothing is."""

import pytest

from autograder.repair import candidates
from autograder.repair.candidates import Edit, edits
from autograder.repair.holding import LONGEST, MOST_HELD, MOST_VERSIONS
from autograder.repair.pairing import within
from autograder.repair.places import OwnFunction, Splice
from autograder.repair.searching import Search
from autograder.repair.statements import Donor

pytestmark = pytest.mark.quick

RIGHT = "def scaled(Q, m):\n    return Q / m\n"
BLOCK = "    for i{k} in range(2):\n        x{k} = Q[:, 0 : i{k} + 1] * 2\n    x{k} = 1\n"


def written(blocks, *, more=""):
    body = "".join(BLOCK.format(k=k) for k in range(blocks))
    return OwnFunction(f"def scaled(Q, m):\n{more}{body}    return Q * m\n", "scaled")


@pytest.fixture
def made(monkeypatch):
    """Every edit that is made of a place, whether it is kept or not."""
    seen, of_a_place = [], candidates._Single

    def counted(*parts):
        seen.append(of_a_place(*parts))
        return seen[-1]

    monkeypatch.setattr("autograder.repair.candidates._Single", counted)
    return seen


def test_of_a_function_with_many_names_in_many_places_no_edit_is_kept(made):
    donors = [Donor(RIGHT, "scaled")]
    assert len(edits(written(1), donors, 100)) == 100
    made.clear()
    assert edits(written(100), donors, 100) == []
    held = sum(100 + len(s.text) for single in made for s in single.splices)
    assert held < MOST_HELD + 10_000


def test_names_and_texts_count_by_their_length(made):
    """Few edits of long texts fill the memory as well as many of short ones."""
    long = "a" * 1500
    terms = "\n".join(f"    {long}{k} = Q * m + {long}{k - 1}" for k in range(1, 15))
    own = OwnFunction(f"def scaled(Q, m):\n    {long}0 = 1\n{terms}\n    return Q * m\n", "scaled")
    assert edits(own, [Donor(RIGHT, "scaled")], 100) == []
    assert sum(len(s.text) for single in made for s in single.splices) < MOST_HELD + 10_000


@pytest.mark.parametrize(("letters", "most"), [(1000, 7500), (15_000, 1996)])
def test_of_a_long_function_fewer_versions_are_tried(letters, most):
    own = written(0, more=f"    # {'x' * letters}\n")
    search = Search(own, None, None, 7500, lambda: False)
    assert search._most <= most + 5
    assert search._most * len(own.with_splices()) <= MOST_VERSIONS


def test_pairs_of_edits_are_made_as_they_may_be_held(monkeypatch):
    own = written(0, more=f"    # {'x' * LONGEST}\n")
    place = own.start(own.body[-1])
    near = [Edit((Splice(place + k, place + k, "-"),), "sign", 1.0, (3,)) for k in range(8)]
    asked = []

    class Trials:
        notes = None

        def promising(self, sources):
            asked.extend(sources)
            return iter(())

    monkeypatch.setattr("autograder.repair.holding.MOST_VERSIONS", 6 * LONGEST)
    assert within(own, Trials(), near, lambda _: False, lambda: False) is None
    assert 1 < len(asked) <= 6
