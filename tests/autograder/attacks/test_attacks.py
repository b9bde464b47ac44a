"""Every attack against the walls of this machine, and honest work beside it."""

import pytest
from attacking import attacks, families, load


def test_there_are_more_than_a_hundred_and_every_family_is_there():
    assert len(attacks()) > 100
    assert set(families()) == {
        "eating", "edited_notebook", "leaving_early", "looking_for_answers", "lying_values",
        "poisoned_tools", "reaching_out", "staying", "telling", "tuned_to_the_test",
    }  # fmt: skip
    names = [(attack.family, attack.name) for attack in attacks()]
    assert len(set(names)) == len(names)


def test_the_attack_comes_to_nothing(arena, attack):
    assert arena.held(attack) == ""
    assert arena.next_is_right() == ""


@pytest.mark.parametrize("control", load("honest_controls"), ids=lambda c: c.name)
def test_honest_work_keeps_full_marks(arena, control):
    assert arena.grade(control).report.points == 10
