"""The closed vocabulary of hidden checks: kinds of difference, factors, sizes, exceptions.

Every sentence is a template of this file, or one that the author of the graders wrote. Its fields
hold a name that the expected answers have, or a word of one of these lists.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import product

from autograder.handout.words import Text

WRONG = "is not what it should be"  # also for an author's words that are not written in the graders
NOT_SAID = "…"  # in place of a number, a shape or a word that nobody has listed
PART = "a part of the result"
RESULT = "the result"
AND_MORE = "{one}; more is wrong"
MOST_LINES = 4096  # of a notebook's code: in a longer one, no line is quoted
LINES_TOLD = 2  # of an exercise: that of its exception, and the one that calls a helper there
BITS_OF_A_LINE = math.log2(MOST_LINES + 1)
# A hint by repair names so many slips at most, surely or possibly, or where a function goes astray:
# of each the kind, a place in the function, a word that stands there, and whether it was made alone
# or in places that are alike (in one of seven ways).
SLIPS_TOLD = 4
MOST_SLIPS = 64  # kinds
MOST_PLACES = 4096  # nodes of a function's syntax tree: a larger one is not repaired
BITS_OF_A_REPAIR = 1 + SLIPS_TOLD * math.log2(1 + MOST_SLIPS * MOST_PLACES * MOST_PLACES * 8)

# Open template of a difference → its words for a lone number, and for several entries.
KINDS: Mapping[str, tuple[str, str]] = {
    "wrong": ("is wrong", "are wrong"),
    "sign": ("has the wrong sign", "have the wrong sign"),
    "zeros": ("is zero and should not be", "are zero and should not be"),
    "opposite": (
        "is the opposite of what it should be",
        "are the opposite of what they should be",
    ),
    "factor": ("is {factor} what it should be", "are {factor} what they should be"),
    "multiple": ("is wrong", "are a constant multiple of what they should be"),
    "offset": ("is wrong", "are off by one and the same amount"),
    "nan": ("is NaN", "are NaN"),
    "infinite": ("is infinite", "are infinite"),
}
SIZES = ("are wrong (slightly off)", "are wrong (clearly off)", "are wrong (far off)")
SCOPES = (
    "all entries",
    "all entries that are not zero",
    "only some rows",
    "only some columns",
    "some entries",
)
FACTORS = tuple(
    Text(words, number=number)
    for number in (2, 3, 4, 10, 100)
    for words in ("{number} times", "1/{number} of")
)
BY_EXAMPLES = (
    "m times (m: the number of examples)",
    "1/m of (m: the number of examples)",
)
SHAPES = (
    "is a single number, expected an array",
    "is an array, expected a single number",
    "is transposed",
    "lacks an axis of length 1 that is to be kept",
    "has an axis of length 1 too many",
    "has another number of axes than expected",
    "has another number of rows than expected",
    "has another number of columns than expected",
    "has another shape than expected",
)
VALUES = (
    "a number", "True or False", "an array", "a dictionary", "a list", "a tuple", "a text",
    "something else",
)  # fmt: skip
NUMBERS = ("boolean", "integer", "float", "complex number")
KINDS_OF_NUMBERS = (
    "floating-point numbers", "integers", "unsigned integers", "booleans", "complex numbers",
)  # fmt: skip
HOLDS = "{name} holds {kind}, expected {wanted}"
WHOLES = (
    WRONG,
    "is another text than expected",
    "has another number of items than expected",
    "has the right values in another order",
)
EXTRA = "the result holds a key that should not be there"
EXCEPTIONS = (
    "AssertionError", "AttributeError", "FileNotFoundError", "FloatingPointError", "IndexError",
    "KeyError", "NameError", "NotImplementedError", "OverflowError", "RecursionError",
    "RuntimeError", "StopIteration", "TypeError", "UnboundLocalError", "ValueError",
    "ZeroDivisionError", "an exception",
)  # fmt: skip
# Ways in which a call ends without a value, and remarks on a call that gave one.
ENDINGS = (
    "`{name}` did not finish in time: look for a loop that never ends.",
    "`{name}` asked for more memory than there is: look at the shapes it builds.",
    "`{name}` ended the Python process it ran in.",
    "The notebook does not define a function `{name}`.",
    "`{name}` returned something that is not plain numbers, arrays and containers.",
    "`{name}` is not attempted yet.",
    "What `{name}` returned could not be used: it is not of the kind that the exercise asks for.",
    "What `{name}` returned is not what it should be.",
)
# The same for what a driver uses.
DRIVEN = (
    "The notebook does not define `{name}`.",
    "`{name}` gave something that is not plain numbers, texts, arrays and containers.",
)
UNFIT = ENDINGS[-2:]  # of a value that a check could not work with, or found wrong by `assert`
EXCEPTION_HINTS = 127  # sentences about a kind of exception, at most
RAISED = "`{name}` raised {error}"
USED = "Using `{name}` raised {error}"
ADVICE = "An array of length 1 stands where a single number goes: index it or use .item()"
IN_PLACE = (
    "`{name}` changes what its caller handed in, in place (`-=`, `+=`, or assigning into "
    "an array or a dictionary): a caller who still needs the old values has lost them"
)


def factors() -> list[Text]:
    """Every factor that can be named."""
    return [*FACTORS, *map(Text, BY_EXAMPLES)]


def difference_words() -> Iterator[Text]:
    """All words of a difference, which follow the name of its place."""
    yield from map(Text, (*WHOLES, *SHAPES))
    for value, other in product(VALUES, repeat=2):
        yield Text("is {found}, expected {wanted}", found=Text(value), wanted=Text(other))
    for value in VALUES:
        yield Text("is None, expected {wanted}", wanted=Text(value))
        yield Text("is {found}, which is not what is expected", found=Text(value))
    for have, want in product(NUMBERS, repeat=2):
        yield Text("is of the kind {have}, expected {want}", have=Text(have), want=Text(want))
        yield Text("holds {have}, expected {want}", have=Text(f"{have}s"), want=Text(f"{want}s"))
    lone, several = ([*_spoken(number)] for number in (0, 1))
    yield from dict.fromkeys(lone)
    several += [Text(size) for size in SIZES]
    for where, what in product(SCOPES, dict.fromkeys(several)):
        yield Text(": {where} {what}", where=Text(where), what=what)


def _spoken(number: int) -> Iterator[Text]:
    for words in KINDS.values():
        if "{factor}" in words[number]:
            yield from (Text(words[number], factor=factor) for factor in factors())
        else:
            yield Text(words[number])


def bits(*, places: int, names: int, sentences: int, remarks: int) -> float:
    """An upper bound for what the message of one hidden check reveals, in bits.

    `places` and `names` count those of the reference's answers, `sentences` and `remarks` the
    messages that the author's sentences and remarks can become.
    """
    kinds = (len(KINDS_OF_NUMBERS) + 1) ** 2  # where `dtype` is asked for
    phrases = (places + 2) * (len(list(difference_words())) + 1 + kinds) + 1
    ended = (len(ENDINGS) + len(DRIVEN) + 3 * len(EXCEPTIONS)) * (names + 1)
    ends = 1 + 2 * (phrases * (names + 1) + sentences) + ended  # passed, wrong (and more), no value
    said = math.log2(ends) + math.log2(1 + remarks) + math.log2(2 + names)
    return said + math.log2(1 + EXCEPTION_HINTS)
