"""What is said of a hidden check comes from a finite set, and tells the kind of the mistake."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.graders import Text, among, assert_same, fail
from autograder.graders.compare import Mismatch
from autograder.grading.grader import Grader
from autograder.judge import vocabulary
from autograder.judge.exception_kinds import KNOWN
from autograder.judge.exceptions import MOST_WORDS
from autograder.judge.known_words import KnownWords
from autograder.judge.message_gate import Gate, with_one_line
from autograder.language.translation import ENGLISH
from autograder.model import Check, Verdict
from autograder.repair import sentences

NAMES = ("W1", "b1", "f")
PLACES = (
    "`W1`", "`b1`", "the 1st value returned", "the 2nd value returned",
    "`W1` in the 1st value returned", "the 1st item of the result",
    "`W1` in the 1st item of the result",
)  # fmt: skip


def gate_of(source="", *, secret="s"):
    known = KnownWords.reading([source])
    known.names, known.places = set(NAMES), {place: Text(place) for place in PLACES}
    return Gate(known, secret)


def wrong(got, expected, *, examples=(), answers=b"", gate=None):
    with pytest.raises(Mismatch) as caught:
        assert_same(got, expected)
    return str((gate or gate_of()).wrong(caught.value.told, answers, frozenset(examples)))


def failed(source, message, **parts):
    with pytest.raises(Mismatch) as caught:
        fail(message, **parts)
    return str(gate_of(source).wrong(caught.value.told, b"", frozenset()))


# --- what a student learns ----------------------------------------------------------------

MANY = np.arange(1.0, 13.0).reshape(3, 4)


@pytest.mark.parametrize(
    ("got", "expected", "told"),
    [
        (-MANY, MANY, "the result: all entries have the wrong sign"),
        (MANY / -100, MANY, "the result: all entries have the wrong sign"),
        (MANY.T, MANY, "the result is transposed"),
        (MANY / 2, MANY, "the result: all entries are 1/2 of what they should be"),
        (MANY * 10, MANY, "the result: all entries are 10 times what they should be"),
        (MANY * 7, MANY,
         "the result: all entries are a constant multiple of what they should be"),
        (MANY + 0.25, MANY, "the result: all entries are off by one and the same amount"),
        (MANY * 0, MANY, "the result: all entries are zero and should not be"),
        (MANY + MANY**2 * 1e-6, MANY, "the result: all entries are wrong (slightly off)"),
        (MANY**1.2 + 0.5, MANY, "the result: all entries are wrong (clearly off)"),
        (MANY**2 * 1e9, MANY, "the result: all entries are wrong (far off)"),
        (MANY + (MANY > 5) * MANY**1.1, MANY, "the result: some entries are wrong (clearly off)"),
        (MANY + np.array([[0.0], [1.0], [1.0]]) * np.arange(1, 5), MANY,
         "the result: only some rows are wrong (clearly off)"),
        (MANY * np.inf, MANY, "the result: some entries are infinite"),
        (np.sort(MANY)[::-1], MANY, "the result has the right values in another order"),
        (MANY.astype(int), MANY, "the result holds integers, expected floats"),
        (-2.0, 2.0, "the result has the wrong sign"),
        (4.0, 2.0, "the result is 2 times what it should be"),
        (None, MANY, "the result is None, expected an array"),
        ([1.0], 2.0, "the result is a list, expected a number"),
        ({"W1": -MANY, "b1": 1.0}, {"W1": MANY, "b1": 2.0},
         "`W1`: all entries have the wrong sign; more is wrong"),
        (({"W1": 3.0}, 1), ({"W1": 1.0}, 1),
         "`W1` in the 1st value returned is 3 times what it should be"),
        ((1.0, 2.0), (1.0, 1.0), "the 2nd value returned is 2 times what it should be"),
        ([1.0, 4.0], [1.0, 1.0], "a part of the result is 4 times what it should be"),
        ([1, 2], [1], "the result has another number of items than expected"),
    ],
)  # fmt: skip
def test_the_kind_of_a_difference_is_told(got, expected, told):
    assert wrong(got, expected) == told


def test_the_number_of_examples_is_a_factor_that_has_a_name():
    assert wrong(MANY * 7, MANY, examples=[7]) == (
        "the result: all entries are m times (m: the number of examples) what they should be"
    )
    assert wrong(2.0, 14.0, examples=[7]) == (
        "the result is 1/m of (m: the number of examples) what it should be"
    )


# --- what nobody learns -------------------------------------------------------------------


@pytest.mark.parametrize("guess", [1e15, 1e-15, 4711.0, 2**40, -(2**70), 1e300, -1e7])
def test_of_a_lone_number_neither_size_nor_direction_is_told(guess):
    assert wrong(guess, 1.7864859451590758) == "the result is wrong"
    assert wrong(int(guess) or 5, 13) == "the result is wrong"


@pytest.mark.parametrize("expected", [0.0, math.inf, math.nan, None])
def test_an_expected_value_that_is_a_word_is_not_told(expected):
    told = wrong(5.0, expected)
    assert told in ("the result is wrong", "the result is a number, which is not what is expected")


@pytest.mark.parametrize("size", [1, 2, 3])
def test_of_few_entries_no_size_is_told(size):
    got, expected = np.array([1e9, -2e7, 3e8]), np.array([0.3, 0.5, 0.2])
    assert wrong(got[:size], expected[:size]).endswith((" is wrong", " are wrong"))


def test_where_a_size_begins_cannot_be_found_by_halving():
    """An answer farther off may be told to be nearer, and another secret draws other places."""

    def sizes(secret):
        gate = gate_of(secret=secret)
        got = [MANY + MANY**2 * 10.0**-step for step in np.linspace(1, 6, 80)]
        return [wrong(g, MANY, answers=g.tobytes(), gate=gate) for g in got]

    told = sizes("s")
    slightly = [words.endswith("(slightly off)") for words in told]
    assert slightly != sorted(slightly), "one place would part the far ones from the near ones"
    assert told != sizes("other")
    assert told == sizes("s"), "the same answer, the same words"


SOURCE = """
fail("the weights of layer {layer} cost nothing", layer=layer)
words = "{name} has shape {found}, expected {wanted}"
fail(words, name=Text("the cache"), found=1, wanted=2)
fail("`{key}` is missing" if one else "`{key}` is there")
fail("{share:.0%} are kept")
fail("{share.imag} are kept")
fail(f"got {value}")
student.remark("it took {n} steps")
"""


@pytest.mark.parametrize(
    ("message", "parts", "told"),
    [
        ("the weights of layer {layer} cost nothing", {"layer": 2},
         "the weights of layer … cost nothing"),
        ("the weights of layer {layer} cost nothing", {"layer": among(2, (1, 2, 3))},
         "the weights of layer 2 cost nothing"),
        ("the weights of layer {layer} cost nothing", {"layer": among(4711, (1, 2, 3))},
         "the weights of layer … cost nothing"),
        ("the weights of layer {layer} cost nothing", {"layer": "4711"},
         "the weights of layer … cost nothing"),
        ("{name} has shape {found}, expected {wanted}",
         {"name": Text("the cache"), "found": (0, 4711), "wanted": (2, 3)},
         "the cache has another shape than expected"),
        ("{name} has shape {found}, expected {wanted}",
         {"name": Text("4711"), "found": (3, 2), "wanted": (2, 3)}, "the result is transposed"),
        ("`{key}` is missing", {"key": "W1"}, "`W1` is missing"),
        ("`{key}` is missing", {"key": "W4711"}, "`…` is missing"),
        ("`{key}` is there", {"key": Text("{a}", a="4711")}, "`…` is there"),
        ("{share:.0%} are kept", {"share": 0.4711}, "… are kept"),
        ("{share.imag} are kept", {"share": 0.4711}, "the result is not what it should be"),
        ("got 4711", {}, "the result is not what it should be"),
        ("got ", {}, "the result is not what it should be"),
        ("a sentence from elsewhere: {x}", {"x": 4711}, "the result is not what it should be"),
        ("it took {n} steps", {"n": 1}, "the result is not what it should be"),
    ],
)  # fmt: skip
def test_an_author_s_own_words_pass_and_nothing_else(message, parts, told):
    assert failed(SOURCE, message, **parts) == told


def test_a_remark_passes_in_the_words_of_its_author():
    gate = gate_of(SOURCE)
    assert [str(t) for t in gate.remarks([Text("it took {n} steps", n=4711)])] == [
        "it took … steps"
    ]
    assert [str(t) for t in gate.remarks([Text("4711")])] == ["the result is not what it should be"]


def test_too_many_choices_are_the_author_s_error():
    with pytest.raises(ValueError, match="17 choices"):
        among(1, range(17))


def test_names_of_exceptions_are_a_list():
    gate = gate_of()
    for error, told in (("ValueError", "ValueError"), ("Secret4711", "an exception")):
        text = Text(vocabulary.RAISED, name="f", error=error)
        assert str(gate.ended(text)) == f"`f` raised {told}"


# --- how much can be told -----------------------------------------------------------------

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3),
    st.sampled_from([np.ones((0, 9, 8)), MANY, -MANY, MANY * 2, MANY * np.nan, MANY > 3, MANY * 1j,
                     np.ones(4711), np.float32(3.25), [], (), {}, [4711], {"4711": 1}]),
)  # fmt: skip
ANSWERS = (
    ODD | st.lists(ODD, max_size=3) | st.dictionaries(st.sampled_from(["W1", "b1", "x9"]), ODD)
)
EXPECTED = [
    1.5, 12, True, "text", None, MANY, MANY.astype(int), MANY > 5, [1.0, 2.0], (1, MANY),
    {"W1": MANY, "b1": MANY[:, :1]}, [{"W1": 1.0}, 2],
]  # fmt: skip


def places():
    yield "the result"
    yield "a part of the result"
    yield from PLACES


def everything():
    """All that can be said of a difference, written out."""
    said = {"the result holds a key that should not be there"}
    for place in places():
        said.add(f"{place} is missing")
        for what in vocabulary.difference_words():
            said.add(f"{place}{what}" if what.startswith(":") else f"{place} {what}")
    return said | {f"{words}; more is wrong" for words in said}


SAID = everything()


@given(ANSWERS, st.sampled_from(EXPECTED))
def test_whatever_is_answered_what_is_said_is_in_the_list(got, expected):
    try:
        assert_same(got, expected)
    except Mismatch as error:
        assert str(gate_of().wrong(error.told, b"", frozenset([4]))) in SAID


def test_the_bits_of_a_check_are_those_of_the_list():
    bits, _ = gate_of().bits(1, 1)
    # on top: a name in front of it, manners, a sentence about a kind of exception
    assert math.log2(len(SAID)) < bits < math.log2(len(SAID)) + 2 + 3 + 7


def test_no_entry_of_the_list_holds_a_number_but_the_factors_and_places():
    known = re.compile(r"\b(100|10|2|3|4) times|1/(100|10|2|3|4) of|length 1|W1|b1|1/m|1st|2nd")
    assert [words for words in SAID if re.search(r"\d", known.sub("", words))] == []


def test_the_bits_of_a_submission_count_checks_and_what_is_told_of_each_exercise():
    """Two lines, two known mistakes of 15 and the check of these, four slips and how sure."""
    gate = gate_of()
    one, few = gate.bits(1, 0)[0], gate.bits(10, 4)[1]
    assert few == pytest.approx(10 * one + 4 * (2 * math.log2(4097) + math.log2(12)))
    assert gate.bits(10, 4, versions=15)[1] == pytest.approx(few + 4 * 8)
    a_slip = math.log2(1 + 64 * 4096 * 4096 * 8)
    assert gate.bits(10, 4, repairs=True)[1] == pytest.approx(few + 4 * (1 + 4 * a_slip))
    assert 0 < len(KNOWN) + MOST_WORDS <= vocabulary.EXCEPTION_HINTS
    assert len(sentences.KINDS) < vocabulary.MOST_SLIPS


def test_an_author_s_sentences_count_by_what_may_be_put_into_them():
    none, plain, varied = (
        gate_of(source).bits(1, 0)[0]
        for source in ("", *(f'fail("{text}")' for text in ("no", "{a} and {b}")))
    )
    assert none < plain < varied


# --- in a report --------------------------------------------------------------------------

RAISING = """\
calls = 0
def norms(x):
    global calls
    calls += 1
    if calls == 1: raise ValueError("first")
    if calls == 2: raise ValueError("second")
    if calls == 3: raise ValueError("third")
    if calls == 4: raise ValueError("fourth")
    return x
"""


def lines_of(report, name):
    told = [check.message.split("\n")[1:] for check in report.exercise(name).checks]
    return [lines for lines in told if lines]


@pytest.mark.slow
def test_of_an_exercise_one_line_is_quoted_whatever_raises_where(built_course, filled, right):
    """The k-th call that raises in the k-th line would say which call belongs to which check."""
    with Grader(built_course, "tiny") as grader:
        report = grader.grade(filled(**{**right, "norms": RAISING}), "eve").report
        honest = {**right, "norms": "def norms(x):\n    return x.no_such_thing"}
        plain = grader.grade(filled(**honest), "ada").report
        long = "\n".join(f"a{i} = {i}" for i in range(vocabulary.MOST_LINES + 1))
        long = {**right, "norms": f"{honest['norms']}\n{long}"}
        many = grader.grade(filled(**long), "bob").report
    assert lines_of(report, "norms") == [
        ['norms, line 6: if calls == 2: raise ValueError("second")']
    ]
    assert lines_of(plain, "norms") == [["norms, line 2: return x.no_such_thing"]] * 3
    assert lines_of(many, "norms") == []


def test_a_hint_about_another_line_is_not_given():
    checks = tuple(
        Check(f"t{n}", "T", "f", Verdict.ERROR, public=n == 2, message="m", hint=f"Line {n}: no",
              misconception="known" if n == 3 else "")
        for n in range(4)
    )  # fmt: skip
    lines = [(f"f, line {n}: x",) for n in range(4)]
    told = with_one_line(checks, lines, ENGLISH)
    assert [check.hint for check in told] == ["Line 0: no", "", "Line 2: no", "Line 3: no"]
    assert [check.message for check in told] == ["m\nf, line 0: x", "m", "m", "m"]


def test_a_hint_about_another_call_of_the_same_helper_is_not_given():
    """Which of its calls it was could tell a hidden input, too."""
    checks = tuple(Check(f"t{n}", "T", "f", Verdict.ERROR, message="m", hint="no") for n in "123")
    lines = [(f"f, line {n}: g(x)", "g, line 1: x") for n in (4, 4, 5)]
    told = with_one_line(checks, lines, ENGLISH)
    assert [check.hint for check in told] == ["no", "no", ""]
    assert {check.message for check in told} == {"m\ng, line 1: x"}


def test_numbers_of_a_hidden_check_are_in_no_report(built_course, filled, right):
    telling = "def norms(x):\n    return float(np.abs(x).max()) * 1e9"
    with Grader(built_course, "tiny") as grader:
        report = grader.grade(filled(**{**right, "norms": telling}), "eve").report
    told = [check.message for check in report.exercise("norms").checks]
    assert set(told) == {"the result is a single number, expected an array"}
