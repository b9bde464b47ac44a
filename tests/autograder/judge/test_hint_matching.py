"""Which mistake gives this answer: certain, possible, or not known."""

import textwrap

import numpy as np
import pytest

from autograder.course import load_solution
from autograder.graders.misconceptions import alternatives, misconceptions
from autograder.judge.calls import Call, OpenBackend
from autograder.judge.hint_matching import CheckCalls, Diagnostician
from autograder.model import CourseError
from autograder.sandbox import CallResult


@pytest.fixture
def diagnose(tiny):
    """Makes calls of a wrong function, one a check, and asks for the explanation."""
    reference = load_solution(tiny, "tiny")

    def explain(name, function, *arguments, stand_ins=None, passed=()):
        backend = OpenBackend({**vars(reference), name: function})
        stand_ins = stand_ins or {}
        calls = [
            Call(name, args, {}, 7, backend.call(name, args, {}, seed=7, stand_ins=stand_ins),
                 stand_ins)
            for args in arguments
        ]  # fmt: skip
        rows = [CheckCalls(place in passed, [call]) for place, call in enumerate(calls)]
        return Diagnostician(tiny, "tiny", reference).explain(name, rows)

    return explain


def write_misconceptions(course, text):
    path = course.tests("tiny") / "misconceptions.py"
    path.write_text(
        "from autograder.graders import edited, misconception\n" + textwrap.dedent(text)
    )


def test_an_answer_that_a_misconception_gives_is_recognised(diagnose):
    found = diagnose("double", lambda x: x * x, (3.0,), (np.array([1.0, 5.0]),))
    assert found.name == "squares" and found.certain
    assert found.hint() == "That is the square."


def test_one_call_that_does_not_fit_is_enough_to_say_nothing(diagnose):
    assert diagnose("double", lambda x: x * x if x == 3 else 0.0, (3.0,), (5.0,)) is None


def test_an_answer_nobody_foresaw_gets_no_hint(diagnose):
    assert diagnose("double", lambda x: x + 17, (3.0,)) is None


def test_what_a_mistake_prints_matters_only_where_it_returns_nothing(tiny, diagnose):
    write_misconceptions(
        tiny,
        """
        @misconception("double", hint="Printed, not returned.")
        def printed(x):
            print("twice:", 2 * x)

        @misconception("double", hint="That is three times.")
        def three_times(x):
            print("three times:", 3 * x)
            return 3 * x
        """,
    )
    found = diagnose("double", lambda x: print(2 * x, "is the double"), (3.0,), (4.0,))
    assert found.hint() == "Printed, not returned."
    assert diagnose("double", lambda x: None, (3.0,), (4.0,)) is None
    assert diagnose("double", lambda x: 3 * x, (3.0,), (4.0,)).hint() == "That is three times."


def test_two_mistakes_that_give_the_same_answers_are_only_possible(tiny, diagnose):
    write_misconceptions(
        tiny,
        """
        edited("double", name="squares", hint="First.", replace=[("2 * x", "x * x")])
        edited("double", name="powers", hint="Second.", replace=[("2 * x", "x ** 2")])
        """,
    )
    found = diagnose("double", lambda x: x * x, (3.0,))
    assert found.name == "squares" and not found.certain
    assert found.hint() == "Possibly: First."


def test_the_same_exception_is_the_same_answer(tiny, diagnose):
    write_misconceptions(
        tiny,
        """
        @misconception("double", hint="Asks for a key.")
        def by_key(x):
            return x["x"]
        """,
    )

    def by_key(x):
        return x["x"]

    assert diagnose("double", by_key, (3.0,)).name == "by_key"


def test_another_key_that_is_missing_is_another_answer(tiny, diagnose):
    write_misconceptions(
        tiny,
        """
        @misconception("double", hint="Asks for a key.")
        def by_key(x):
            return {}["x"]
        """,
    )
    assert diagnose("double", lambda x: {}["y"], (3.0,)) is None
    assert diagnose("double", lambda x: {}["x"], (3.0,)).name == "by_key"


def test_what_explains_most_failures_and_contradicts_nothing_is_possible(diagnose):
    def mostly_squares(x):
        return x + 17 if x == 9 else x * x

    found = diagnose("double", mostly_squares, (3.0,), (9.0,), (5.0,), (2.0,), passed=(3,))
    assert not found.certain and found.rows == (0, 2)
    assert found.hint() == "Possibly: That is the square."


def test_what_explains_a_few_of_the_failures_is_no_hint(diagnose):
    assert diagnose("double", lambda x: x * x if x == 3 else -x, (3.0,), (9.0,), (5.0,)) is None


def test_a_mistake_whose_answers_are_all_the_same_is_no_hint_for_most_failures(tiny, diagnose):
    """Many mistakes end in 1: a function that is 1 nearly everywhere need not be this one."""
    write_misconceptions(
        tiny,
        """
        edited("double", name="one", hint="Always one.", replace=[("2 * x", "1.0 + 0 * x")])
        """,
    )
    assert diagnose("double", lambda x: 2.0 if x == 9 else 1.0, (3.0,), (9.0,), (5.0,)) is None
    found = diagnose("double", lambda x: 1.0, (3.0,), (9.0,), (5.0,))
    assert found.hint() == "Possibly: Always one."


def test_a_mistake_that_gives_one_number_or_none_at_all_is_no_hint_for_most_failures(
    tiny, diagnose
):
    """What is divided by itself is 1, and nan where it is 0, whatever it is."""
    text = 'edited("double", name="one", hint="One.", replace=[("2 * x", "1.0 + (x - x) / x")])'
    write_misconceptions(tiny, text.replace("(x - x) / x", "(0.0 if x else x / 1 + float('nan'))"))

    def mostly(x):
        return 2.0 if x == 9 else 1.0 if x else float("nan")

    assert diagnose("double", mostly, (3.0,), (9.0,), (5.0,), (0.0,), (7.0,)) is None
    assert diagnose("double", mostly, (3.0,), (5.0,), (0.0,), (7.0,)) is not None


def test_a_mistake_that_returns_nothing_or_zeros_of_other_shapes_is_certain(tiny, diagnose):
    write_misconceptions(
        tiny,
        """
        edited("double", name="nothing", hint="Nothing.", replace=[("return y", "y")])
        edited("double", name="zeros", hint="Zeros.", replace=[("2 * x", "0 * x")])
        """,
    )
    assert diagnose("double", lambda x: None, (3.0,), (9.0,)).hint() == "Nothing."
    arrays = (np.ones(2),), (np.ones(3),)
    assert diagnose("double", lambda x: 0 * x, *arrays).hint() == "Zeros."
    assert diagnose("double", lambda x: 0 * x, (3.0,), (9.0,)).hint() == "Possibly: Zeros."


def test_of_two_mistakes_that_explain_most_failures_none_is_named(tiny, diagnose):
    write_misconceptions(
        tiny,
        """
        edited("double", name="squares", hint="First.", replace=[("2 * x", "x * x")])
        @misconception("double", hint="Second.")
        def squares_of_small_ones(x):
            return x * x if x < 7 else 0.0
        """,
    )

    def mostly_squares(x):
        return x + 17 if x == 9 else x * x

    assert diagnose("double", mostly_squares, (3.0,), (9.0,), (5.0,)) is None


def test_what_would_fail_a_check_that_passed_is_no_hint(diagnose):
    def squares_but_once(x):
        return {4.0: 8.0, 9.0: 1.0}.get(x, x * x)

    assert diagnose("double", squares_but_once, (3.0,), (9.0,), (5.0,), (4.0,), passed=(3,)) is None


TWO_SLIPS = """
edited("norms", name="one_too_many", hint="One too many.", replace=[("np.sqrt(", "1 + np.sqrt(")])
edited("norms", name="no_root", hint="No root.", replace=[("np.sqrt(", "(")])
edited("norms", name="halved", hint="Halved.", replace=[("y * y", "y * y / 2")])
"""


def test_two_slips_in_one_function_are_both_named(tiny, diagnose):
    write_misconceptions(tiny, TWO_SLIPS)

    def norms(x):
        return np.sum(2 * x * x, axis=0)

    found = diagnose("norms", norms, (np.ones((2, 3)),), (np.eye(2),))
    assert found.name == "no_root + halved" and found.certain
    assert found.hint() == "No root. Halved."


@pytest.mark.parametrize("status", ["timeout", "missing", "crashed"])
def test_no_pair_is_made_for_answers_of_which_one_never_came(tiny, monkeypatch, status):
    reference = load_solution(tiny, "tiny")
    diagnostician = Diagnostician(tiny, "tiny", reference)
    monkeypatch.setattr(Diagnostician, "pairs", lambda *_: pytest.fail("it makes pairs"))

    def called(argument, result):
        return CheckCalls(False, [Call("double", (argument,), {}, 7, result)])

    rows = [
        *(called(x, CallResult("value", x * x)) for x in (3.0, 5.0)),
        called(7.0, CallResult(status)),
    ]
    found = diagnostician.explain("double", rows)
    assert found.name == "squares" and not found.certain and found.rows == (0, 1)


def test_a_slip_in_one_part_of_the_answer_explains_that_part(tiny, diagnose):
    path = tiny.solution("tiny")
    path.write_text(path.read_text() + "\n\ndef double(x):\n    return {'W': 2 * x, 'b': 2 * x}\n")
    reference = load_solution(tiny, "tiny")
    text = """
        @misconception("double", hint="Squared.")
        def squares(x):
            return {"W": x * x, "b": x * x}
        @misconception("double", hint="Negative.")
        def negative(x):
            return {"W": -2 * x, "b": -2 * x}
        @misconception("double", hint="Halved.")
        def halved(x):
            return {"W": x / 2, "b": x / 8}
        @misconception("double", hint="Quartered.")
        def quartered(x):
            return {"W": x / 4, "b": x / 8}
        """
    write_misconceptions(tiny, text)

    def explained(function):
        backend = OpenBackend({"double": function})
        calls = [
            Call("double", (x,), {}, 7, backend.call("double", (x,), {}, seed=7, stand_ins={}))
            for x in (3.0, 5.0)
        ]
        rows = [CheckCalls(False, [call]) for call in calls]
        found = Diagnostician(tiny, "tiny", reference).explain("double", rows)
        return found and found.hint()

    assert explained(lambda x: {"W": x * x, "b": 2 * x}) == "Squared."
    assert explained(lambda x: {"W": x * x, "b": -2 * x}) == "Squared. Negative."
    assert explained(lambda x: {"W": x * x, "b": 3 * x}) is None
    both = explained(lambda x: {"W": -2 * x, "b": x / 8})  # halved or quartered: nobody knows
    assert both is None
    once = explained(lambda x: {"W": x * x if x < 4 else 2 * x, "b": 2 * x})
    assert once is None or once.startswith("Possibly")  # squared in one call, right in the other


def test_a_mistake_in_two_values_of_which_one_is_right_is_possible_only(tiny):
    """Its hint speaks of both; only the first one is wrong."""
    path = tiny.solution("tiny")
    path.write_text(path.read_text() + "\n\ndef double(x):\n    return 2 * x, 2 * x\n")
    reference = load_solution(tiny, "tiny")
    text = """
        @misconception("double", hint="Both are squares.")
        def squares(x):
            return x * x, x * x
        """
    write_misconceptions(tiny, text)
    backend = OpenBackend({"double": lambda x: (x * x, 2 * x)})
    calls = [
        Call("double", (x,), {}, 7, backend.call("double", (x,), {}, seed=7, stand_ins={}))
        for x in (3.0, 5.0)
    ]
    rows = [CheckCalls(False, [call]) for call in calls]
    found = Diagnostician(tiny, "tiny", reference).explain("double", rows)
    assert found.hint() == "Possibly: Both are squares."


def test_a_mistake_is_recognised_with_the_judges_function_standing_in(diagnose):
    def rows(x):
        return np.sqrt(np.sum((x / 2) ** 2, axis=1))

    found = diagnose("norms", rows, (np.ones((2, 3)),), stand_ins={"double": lambda x: x / 2})
    assert found.name == "rows_for_columns"


def test_a_misconception_that_no_longer_fits_the_solution_is_the_authors_error(tiny, diagnose):
    write_misconceptions(tiny, 'edited("double", name="old", hint="", replace=[("3 * x", "x")])')
    with pytest.raises(CourseError, match="old: the solution of double has no '3 \\* x'"):
        diagnose("double", lambda x: x, (3.0,))


def test_two_of_the_same_name_are_refused(tiny):
    line = 'edited("double", name="twin", hint="", replace=[("2", "3")])\n'
    write_misconceptions(tiny, line + line)
    with pytest.raises(CourseError, match="'twin' is registered twice"):
        misconceptions(tiny, "tiny")


def test_versions_become_the_text_of_a_cell(tiny):
    [squares, rows] = misconceptions(tiny, "tiny")
    assert "y = x * x" in squares.source("y = 2 * x")
    assert rows.source("").startswith("import numpy as np\ndef norms(x):")
    [by_adding] = alternatives(tiny, "tiny")
    assert by_adding.source("") == "def double(x):\n    return x + x\n"
