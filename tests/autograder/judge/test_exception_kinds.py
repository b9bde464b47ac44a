"""What is said of each kind of exception: every sentence beside lines that raise it."""

import math
import re

import numpy as np
import pytest

from autograder.handout.words import Text
from autograder.judge.calls import Call
from autograder.judge.exception_kinds import KNOWN
from autograder.judge.exceptions import sentence
from autograder.sandbox import CallResult

ARRAY = np.arange(6.0).reshape(2, 3)


def raised(line):
    """What running a line of a student's function comes to, as the child would report it."""
    widths, params = [3, 2, 1], {"W1": np.ones((2, 3)), "b1": np.zeros((2, 1))}
    space = {"np": np, "math": math, "x": ARRAY.copy(), "widths": widths, "params": params}
    one_line = line.replace("\n", "; ")
    try:
        exec(line, space)
    except Exception as error:
        name, text = type(error).__name__, str(error)
        return CallResult(
            "raised", error_name=name, error_message=text, lines=[f"f, line 4: {one_line}"]
        )
    raise AssertionError("nothing was raised")


def said(line):
    return str(sentence(Call("f", (), {}, 0, raised(line))))


EXAMPLES = [
    ("'W%' % 1", "a place for a value in this text is written wrongly"),
    ("'{:d}'.format(0.5)", "a place for a value in this text is written wrongly"),
    ("'W%d%d' % 1", "not as many as it has places for"),
    ("'W%d' % (1, 2)", "not as many as it has places for"),
    ("'W%d' % 'a'", "or of another kind"),
    ("f'{x:.2f}'", "or of another kind"),
    ("'W{}{}'.format(1)", "more places for values (`{}`) than `format` is given"),
    ("params['W{l}']", "only where an `f` stands before the quotes"),
    ("for l in range(): pass", "the arguments that the function takes"),
    ("max()", "the arguments that the function takes"),
    ("np.sqrt(widths, params)", "the arguments that the function takes"),
    ("np.sum(x, keepdim=True)", "the arguments that the function takes"),
    ("params('W1')", "round and square brackets are mixed up"),
    ("x(0)", "is a `*` missing"),
    ("rate = 0.9; 1 - rate(2)", "is a `*` missing"),
    ("np.random(2, 3)", "the name of the function is missing behind it"),
    ("np.zeros[2, 3]", "a function: round brackets call it"),
    ("range[3]", "a function: round brackets call it"),
    ("np.exp[x]", "a function: round brackets call it"),
    ("params.keys()[0]", "`list(...)` of it does"),
    ("zip(widths, widths)[0]", "`list(...)` of it does"),
    ("rate = 0.5; rate[0]", "what stands before them is a single number"),
    ("x[0][0][0]", "what stands before them is a single number"),
    ("len(3)", "`len` counts the items"),
    ("len(np.array(3))", "`len` counts the items"),
    ("len(np.float64(3))", "`len` counts the items"),
    ("for l in np.float64(3): pass", "items of a single number"),
    ("x.append(3)", "an array, which has nothing of that name"),
    ("x.sqrt()", "numpy's own"),
    ("widths.shape", "a list or a tuple, which has nothing of that name"),
    ("x.shape.T", "a list or a tuple, which has nothing of that name"),
    ("params.W1", "by their keys, in square brackets"),
    ("len(widths).shape", "a single number, which has nothing of that name"),
    ("np.random.default_rng(3).randn(2)", "what stands before the dot has nothing of that name"),
    ("math.sqroot(2)", "the module before the dot has nothing of this name"),
    ("np.random.randm(2)", "numpy has no function of this name"),
    ("np.int(3)", "numpy has this name no longer"),
    ("'W' + 1", "joined here to something that is no text"),
    ("1 + 'W'", "joined here to something that is no text"),
    ("'W' + widths", "joined here to something that is no text"),
    ("'W' - 1", "a text is calculated with here"),
    ("params['W1'] + 'x'", "a text is calculated with here"),
    ("np.exp('W1')", "numpy is given something here that it cannot calculate with"),
    ("widths - widths", "only an array calculates"),
    ("widths + 1", "only an array calculates"),
    ("(1, 2) / 2", "only an array calculates"),
    ("widths * 0.5", "only an array calculates"),
    ("-widths", "only an array calculates"),
    ("widths -= 1", "only an array calculates"),
    ("params / 2", "a whole dictionary is calculated with"),
    ("x - params", "a whole dictionary is calculated with"),
    ("np.exp(params)", "a whole dictionary is calculated with"),
    ("np.sum * 2", "the name of a function stands here in place of a value"),
    ("x.max / 2", "the name of a function stands here in place of a value"),
    ("for k, v in params.items: pass", "the name of a function stands here in place of a value"),
    ("x * None", "still `None`"),
    ("params.get('x')['y']", "still `None`"),
    ("params.get('x').shape", "still `None`"),
    ("0.9 ^ 2", "`^` is no power"),
    ("x ^ 2", "`^` is no power"),
    ("(x > 0) - (x > 1)", "True and False are subtracted here"),
    ("-(x > 0)", "True and False are subtracted here"),
    ("'a' < 3", "one of them is no number"),
    ("sorted(['a', 1])", "one of them is no number"),
    ("x > 0 and x < 1", "a whole array is asked whether it is true"),
    ("max(x, 0)", "a whole array is asked whether it is true"),
    ("max([])", "what this works on is empty"),
    ("np.max(np.zeros(0))", "what this works on is empty"),
    ("np.concatenate([])", "what this works on is empty"),
    ("[].pop()", "what this works on is empty"),
    ("np.zeros(3)[0] = [1, 2]", "an array or a list (of length 1, perhaps)"),
    ("float(x)", "an array or a list (of length 1, perhaps)"),
    ("math.sqrt(x)", "the functions of `math` take one number"),
    ("x.item()", "holds several, or none"),
    ("np.array([[1, 2], [3]])", "parts that have different lengths or shapes"),
    ("x[0, 0] = 'a'", "a text stands where a number goes"),
    ("int('a')", "a text stands where a number goes"),
    ("math.ceil('a')", "a text stands where a number goes"),
    ("x[0, 0] = {}", "a list, a tuple or a dictionary stands where a single number goes"),
    ("int([1, 2])", "a list, a tuple or a dictionary stands where a single number goes"),
    ("np.split(x, 5)", "cannot be cut into so many parts of the same length"),
    ("t = (1, 2); t[0] = 1", "none of them can be changed like that"),
    ("t = 0.5; t[0] = 1", "none of them can be changed like that"),
    ("np.broadcast_to(x, (2, 2, 3))[0] = 1", "this array cannot be changed"),
    ("for k in params: params[k + 'x'] = 1", "changes the dictionary that it goes through"),
    ("a = np.arange(3); a += 0.5", "changed in place here holds whole numbers"),
    ("x -= None", "changed in place by something that is no number"),
    ("x[7, 0]", "an index is past the end"),
    ("widths[9] = 1", "an index is past the end"),
    ("x[0, 0, 0]", "more indices than the array has axes"),
    ("x[np.ones((3, 3)) > 0]", "the mask has another shape"),
    ("x[[0, 1], [0, 1, 2, 0]]", "lists of indices for the several axes have different lengths"),
    ("x['W1']", "an index has to be a whole number"),
    ("widths['W1']", "the index of a list, a tuple or a text is one whole number"),
    ("widths[1, 2]", "two numbers with a comma for an array"),
    ("widths[0.5]", "the index of a list, a tuple or a text is one whole number"),
    ("params[x]", "something stands for a key here that cannot be one"),
    ("params[3]", "does the loop begin or end at a layer"),
    ("params['W2']", "`W1` or `dW1`"),
    ("params['Wl']", "letter by letter"),
    ("a, b, c = 1, 2", "there are more names to be filled here"),
    ("a, b = 1, 2, 3", "there are fewer names to be filled here"),
    ("a, b = 3", "one single value for them"),
    ("for i, width in widths: pass", "one single value for them"),
    ("np.concatenate(x[0], x[1])", "`np.concatenate` takes the arrays that it puts together"),
    ("np.concatenate((x, x[0]))", "these arrays cannot be put together"),
    ("np.vstack((x, x.T))", "these arrays cannot be put together"),
    ("np.stack([x, x.T])", "these arrays cannot be put together"),
    ("x.reshape(5, 5)", "another number of entries"),
    ("np.sum(x, axis=2)", "the array has no such axis"),
    ("x[0].sum(axis=1)", "the array has no such axis"),
    ("m = np.max(x, x)", "the second one is an axis, and no further array"),
    ("half = 0.5; y = np.sum(x, half)", "and no further number"),
    ("np.zeros(x)", "an array stands where a whole number goes"),
    ("range(x)", "an array stands where a whole number goes"),
    ("np.random.randn(widths)", "a list, a tuple, a text or a dictionary stands where a whole"),
    ("range('3')", "a list, a tuple, a text or a dictionary stands where a whole number goes"),
    ("np.random.randn((3, 2))", "one pair of brackets is too many"),
    ("np.random.rand(2.0, 3)", "something that has to be a whole number here is a fraction"),
    ("np.random.seed(0.5)", "something that has to be a whole number here is a fraction"),
    ("np.random.randn(-1, 2)", "a width of the new array is negative"),
    ("np.zeros(2, 3)", "`np.zeros` takes one shape"),
    ("np.zeros((2, 3), 'flot')", "taken for a kind of number"),
    ("np.zeros(5 / 2)", "`/` never gives one"),
    ("widths[0:1.5]", "`/` never gives one"),
    ("np.sum(v for v in widths)", "`np.sum` does not add up a generator"),
    ("x @ x", "a product of matrices the columns of the first"),
    ("np.dot(x, x)", "a product of matrices the columns of the first"),
    ("x @ 3", "a product of matrices is made here with a single number"),
    ("x * x.T", "the shapes do not fit together. Print both"),
    ("np.zeros((3, 2))[0] = np.ones(3)", "the shapes do not fit together. Print both"),
    ("np.power(np.array([2, 3]), -1)", "no negative powers of whole numbers"),
    ("1 / 0", "divided by zero"),
    ("math.log(0)", "a number that it is not defined for"),
    ("int(float('nan'))", "NaN or infinite"),
    ("int(float('inf'))", "NaN or infinite"),
    ("np.random.uniform(-1e400, 1, 3)", "the limits between which is drawn"),
    ("math.exp(1000)", "a number becomes too large"),
    ("2.0 ** 10000", "a number becomes too large"),
    ("assert x.shape == (9, 9)", "the condition of this `assert` does not hold"),
    ("import numpi", "what is imported here is not there"),
    ("from numpy import squrt", "what is imported here is not there"),
    ("g = lambda n: g(n); g(1)", "calls itself without end"),
    ("rate == 0", "`==` compares"),
    ("def g(): total += 1\ng()", "a variable is used before anything was put into it"),
]


@pytest.mark.parametrize(("line", "words"), EXAMPLES)
def test_a_kind_is_told_with_the_students_line(line, words):
    text = said(line)
    assert text.startswith("Line 4: ") and words in text


def test_there_is_a_line_for_every_kind():
    results = [raised(line) for line, _ in EXAMPLES]
    names = {result.error_name for result in results}
    texts = {said(line) for line, _ in EXAMPLES}
    for known in KNOWN:
        assert known.error in names, known
        like = re.escape(known.says.replace("{{}}", "{}"))
        like = like.replace(r"\{line\}", "4").replace(r"\{name\}", r"\w+")
        assert any(re.fullmatch(like, t) for t in texts), known


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("x -= None", "holds whole numbers"),  # it holds fractions
        ("(x > 0) - (x > 1)", "`^`"),
        ("np.zeros((2, 3), 'flot')", "brackets of their own"),
        ("np.random.rand((5 / 2), 3)", "one pair of brackets is too many"),
        ("np.dot(x.T, x) + np.ones(2)", "product of matrices"),  # the product is right
        ("'W{}{}'.format(1)", "past the end"),
        ("'W' + widths", "a number are joined"),
        ("np.array([[1, 2], [3]])", "a single number goes here"),
        ("params.keys()[0]", "mixed up"),
        ("widths[None]", "a key in quotes"),
        ("np.concatenate([x, x], params['W1'])", "brackets of their own"),
        ("np.arange(3) << 0.5", "text or a number"),
    ],
)
def test_what_is_false_of_a_line_is_not_said_of_it(line, words):
    assert words not in said(line)


@pytest.mark.parametrize(
    ("error", "message", "words"),
    [
        ("ValueError", "expected a nonnegative input, got -1.0", "not defined for"),  # Python 3.14
        ("ValueError", "max() iterable argument is empty", "is empty"),  # from 3.12 on
        ("TypeError", "only size-1 arrays can be converted to Python scalars", "a single number"),
        ("TypeError", "only length-1 arrays can be converted to Python scalars", "a single number"),
        ("ValueError", "setting an array element with a sequence. The requested array has an "
         "inhomogeneous shape after 1 dimensions.", "different lengths or shapes"),
        ("ValueError", "too many values to unpack (expected 2, got 3)", "fewer names"),
    ],
)  # fmt: skip
def test_the_words_of_other_versions_of_python_and_numpy_are_known(error, message, words):
    result = CallResult(
        "raised", error_name=error, error_message=message, lines=["f, line 4: y = g(x)"]
    )
    assert words in str(sentence(Call("f", (), {}, 0, result)))


def test_no_sentence_repeats_what_an_exception_says():
    """Its message may hold a hidden input."""
    for line, _ in EXAMPLES:
        result = raised(line)
        found = sentence(Call("f", (), {}, 0, result))
        assert isinstance(found, Text)
        assert set(found.parts) <= {"line", "name"} and found.parts["line"] == 4
        name = found.parts.get("name", "")
        assert name in line
