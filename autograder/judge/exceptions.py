"""Hints about exceptions that fit every course: the student's own line, and a likely reason.

The kind of the exception, its message and the student's own line decide the sentence; the message
itself is not repeated, because it may hold a hidden input.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from autograder.handout.words import Text
from autograder.judge.calls import Call, ending
from autograder.judge.hint_matching import CheckCalls
from autograder.judge.vocabulary import EXCEPTION_HINTS
from autograder.language.translation import Translation
from autograder.model import Check, Verdict
from autograder.sandbox import CallResult

_OWN_LINE = re.compile(r"(?P<of>[\w<>]+), line (?P<line>\d{1,5}): (?P<text>.*)")


@dataclass(frozen=True)
class Known:
    """A kind of exception: how to recognise it, and its sentence with `{line}` and `{name}`.

    `{name}` is the group `name` of the pattern that matched the student's own line.
    """

    error: str
    message: str
    line: str
    says: str


_OF_A_NAME = ("NameError", "UnboundLocalError")
_ARGUMENTS = r"(missing|takes|got|unexpected).*(argument|keyword)|^order must be"
_OF_NUMPY = r"module '?numpy"
_OF_THE_LINE = re.compile(f"{_ARGUMENTS}|{_OF_NUMPY}")  # whatever its variables hold
COMPARES = "Line {line}: `==` compares, and puts nothing into a variable: a single `=` does."
FRACTION = (
    "Line {line}: `range`, slices and indices count with whole numbers, and `/` never gives "
    "one, even where it divides evenly."
)
_SHAPES = r"broadcast|not aligned|mismatch in its core dimension|matmul"
_NO_LENGTH = r"expected a sequence of integers or a single integer, got '(np\.float\d*\()?\d+\.\d"
KNOWN = (
    Known("TypeError", r"data ?type|not understood",
          r"np\.(?P<name>zeros|ones|empty|full)\((?!\()",
          "Line {line}: `np.{name}` takes one shape, a tuple: its second argument is the "
          "kind of number. The widths need brackets of their own."),
    Known("TypeError", r"cannot be interpreted as an integer|(int|integer) is required",
          r"\.(?P<name>randn|rand)\(\s*[\(\[]|\.(?P<other>randn|rand)\(\s*\w+\.shape",
          "Line {line}: `randn` and `rand` take the widths one by one, not a tuple: one "
          "pair of brackets is too many."),
    Known("TypeError", rf"'float' object cannot be interpreted|{_NO_LENGTH}",
          r"range\(|/", FRACTION),
    Known("TypeError", r"slice indices must be integers", r"", FRACTION),
    Known("TypeError", r"'(numpy\.)?float\d*' object cannot be interpreted",
          r"(?:^|=|return)\s*np\.(?P<name>sum|mean|max|min|prod)\(\s*[\w.\[\]]+\s*,\s*[A-Za-z_]\w*\s*\)",
          "Line {line}: `np.{name}` works on its first argument alone: the second one is an axis, "
          "and no further number."),
    Known("TypeError", rf"'(numpy\.)?float\d*' object cannot be interpreted|{_NO_LENGTH}", r"",
          "Line {line}: something that has to be a whole number here is a fraction."),
    Known("UFuncTypeError", r"[Cc]annot cast", r"",
          "Line {line}: what is changed in place here holds whole numbers, or True and False: the "
          "result does not fit into it."),
    Known("TypeError", r"np\.sum\(generator\)|generator", r"np\.sum\(",
          "Line {line}: `np.sum` does not add up a generator. Python's builtin `sum` "
          "does, or `np.sum` of a list."),
    Known("ValueError", r"setting an array element with a sequence", r"=",
          "Line {line}: a single number goes here, and what is put there is an array (of "
          "length 1, perhaps): take its number out, as with `[0]` or `.item()`."),
    Known("TypeError", r"0-dimensional arrays|length-1 arrays|size-1 arrays", r"",
          "Line {line}: a single number goes here, and what is put there is an array (of "
          "length 1, perhaps): take its number out, as with `[0]` or `.item()`."),
    Known("IndexError", r"only integers, slices", r"",
          "Line {line}: an index has to be a whole number. A key in quotes asks for a "
          "dictionary: is this an array that was to be turned into one?"),
    Known("IndexError", r"out of (bounds|range)", r"",
          "Line {line}: an index is past the end. Where does the counting begin, and where "
          "does it stop?"),
    Known("IndexError", r"too many indices", r"",
          "Line {line}: more indices than the array has axes: look at its shape."),
    Known("IndexError", r"boolean index did not match", r"",
          "Line {line}: the mask has another shape than the array that it picks from."),
    Known("UnboundLocalError", r"", r"^\w+\s*==(?!=)", COMPARES),
    Known("NameError", r"", r"^\w+\s*==(?!=)", COMPARES),
    Known("UnboundLocalError", r"", r"",
          "Line {line}: a variable is used before anything was put into it. A loop that "
          "never runs, or a branch that is not taken, leaves it empty."),
    Known("KeyError", r"^\d+$", r"",
          "Line {line}: there is no such key: does the loop begin or end at a layer that "
          "does not exist?"),
    Known("KeyError", r"^'?[A-Za-z_]+\d+'?$", r"",
          "Line {line}: there is no such key: does the loop begin or end at a layer that "
          "does not exist, or is the key another one (`W1` or `dW1`)?"),
    Known("KeyError", r"", r"",
          "Line {line}: there is no such key in this dictionary: compare letter by letter "
          "with the keys that it holds."),
    Known("ValueError", _SHAPES, r"np\.dot|@|np\.matmul",
          "Line {line}: the shapes do not fit together: in a product of matrices the "
          "columns of the first have to be as many as the rows of the second. One of them may "
          "have got its shape in a line above."),
    Known("ValueError", _SHAPES, r"",
          "Line {line}: the shapes do not fit together. Print both: which one is not what "
          "you think?"),
    Known("ValueError", r"cannot reshape", r"",
          "Line {line}: the new shape holds another number of entries than the array."),
    Known("ValueError", r"truth value of an array", r"",
          "Line {line}: a whole array is asked whether it is true; a condition wants one "
          "number. Compare one, or use numpy's own function for all entries."),
    Known("ValueError", r"not enough values to unpack|too many values to unpack", r"",
          "Line {line}: there are more names on the left than values on the right, or fewer."),
    Known("TypeError", r"NoneType", r"",
          "Line {line}: a value here is still `None`: a line above it is not filled in, or "
          "a function returns nothing."),
    Known("AttributeError", r"NoneType", r"",
          "Line {line}: a value here is still `None`: a line above it is not filled in, or "
          "a function returns nothing."),
    Known("TypeError", _ARGUMENTS, r"",
          "Line {line}: this call does not have the arguments that the function takes: "
          "look at how many, in which order, and at their names."),
    Known("TypeError", r"'(int|float|numpy\.\w+)' object is not iterable|0-d array", r"",
          "Line {line}: this goes through the items of a single number, which has none. `range` "
          "counts up to a number; or was this to hold several?"),
    Known("TypeError", r"unsupported operand.* \^|bitwise_xor", r"",
          "Line {line}: `^` is no power in Python: look at how a power is written."),
    Known("TypeError", r"can only concatenate str|^must be str|unsupported operand.*'str'", r"",
          "Line {line}: a text and a number are joined: `str(...)` makes a text of a "
          "number, as in a key."),
    Known("TypeError", r"not subscriptable|not callable", r"",
          "Line {line}: round and square brackets are mixed up, or a name means something "
          "else than you think: round ones call a function, square ones pick an entry."),
    Known("ZeroDivisionError", r"", r"", "Line {line}: something is divided by zero."),
    Known("RecursionError", r"", r"",
          "Line {line}: the function calls itself without end."),
    Known("AttributeError", _OF_NUMPY, r"",
          "Line {line}: numpy has no function of this name: look at its spelling."),
    Known("AttributeError", r"", r"",
          "Line {line}: what stands before the dot has nothing of that name: look at the "
          "spelling and at what the variable holds."),
)  # fmt: skip
# In a line with more words a NameError's name is left out: it would reveal more bits than counted.
MOST_WORDS = EXCEPTION_HINTS - len(KNOWN)


def by_exceptions(
    checks: tuple[Check, ...], rows: Sequence[CheckCalls], say: Translation
) -> tuple[Check, ...]:
    """The checks, those whose function raised an exception with a hint about its kind."""
    return tuple(_hinted(check, row, say) for check, row in zip(checks, rows, strict=True))


def _hinted(check: Check, row: CheckCalls, say: Translation) -> Check:
    """The check with a hint about the exception that ended it, where one is known."""
    if check.verdict is not Verdict.ERROR or check.hint:
        return check
    call = ending(row.calls)
    text = sentence(call) if call is not None and call.name == check.exercise else None
    return check if text is None else replace(check, hint=say(text))


def sentence(call: Call) -> Text | None:
    """The sentence about the exception that ended a call; None where no kind fits."""
    result = call.result
    found = _own_line(call.name, result)
    if result.status != "raised" or found is None:
        return None
    number, line = int(found["line"]), found["text"]
    for known in KNOWN:
        if known.error == result.error_name and re.search(known.message, result.error_message):
            if (place := re.search(known.line, line)) is None:
                continue
            name = place.groupdict().get("name")
            return Text(known.says, line=number, **({"name": name} if name else {}))
    return _unknown_name(result, number, line) if result.error_name == "NameError" else None


def _own_line(function: str, result: CallResult) -> re.Match[str] | None:
    """The line in which the exception arose; where a function called another one, that call.

    The other one may be handed out, in another cell with lines of its own, and called wrongly. What
    names it knows is its own matter, whoever calls it, and so is how it calls others.
    """
    found = [match for line in result.lines if (match := _OWN_LINE.fullmatch(line))]
    is_its_own = result.error_name in _OF_A_NAME or _OF_THE_LINE.search(result.error_message)
    if found and is_its_own:
        return found[-1]
    own = [match for match in found if match["of"] == function or match["of"].startswith("<")]
    return own[-1] if own else found[-1] if found else None


def _unknown_name(result: CallResult, number: int, line: str) -> Text | None:
    found = re.match(r"name '(\w+)'", result.error_message)
    there = set(re.findall(r"\w+", line))
    if found is None or found[1] not in there or len(there) > MOST_WORDS:
        return None  # any name could be in a message; this one has to be one of few in the line
    return name_not_known(found[1], number, line)


def name_not_known(name: str, number: int, line: str) -> Text:
    """The sentence on a name of a line that nobody knows there."""
    if re.search(rf"\b{name}\s*\.", line):
        words = "Line {line}: `{name}` is not known here: was it imported?"
    elif any(hasattr(builtins, form) for form in (name.lower(), name.capitalize())):
        words = "Line {line}: `{name}` is not known here: large and small letters are different."
    else:
        words = (
            "Line {line}: `{name}` is not known here: is it spelled like where it gets its value, "
            "and does it get one before this line?"
        )
    return Text(words, line=number, name=name)
