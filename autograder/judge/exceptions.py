"""Hints about exceptions that fit every course: the student's own line, and a likely reason.

The kind of the exception, its message and the student's own line decide the sentence; the message
itself is not repeated, because it may hold a hidden input.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from autograder.handout.words import Text
from autograder.judge.calls import Call, ending
from autograder.judge.exception_kinds import ARGUMENTS, KNOWN, OF_A_MODULE
from autograder.judge.hint_matching import CheckCalls
from autograder.language.translation import Translation
from autograder.model import Check, Verdict
from autograder.sandbox import CallResult

_OWN_LINE = re.compile(r"(?P<of>[\w<>]+), line (?P<line>\d{1,5}): (?P<text>.*)")
_OF_A_NAME = ("NameError", "UnboundLocalError")
_OF_THE_LINE = re.compile(f"{ARGUMENTS}|{OF_A_MODULE}")  # whatever its variables hold
# In a line with more words a NameError's name is left out: it would reveal more bits than counted.
MOST_WORDS = 24


def by_exceptions(
    checks: tuple[Check, ...],
    rows: Sequence[CheckCalls],
    say: Translation,
    given: Collection[str] = (),
) -> tuple[Check, ...]:
    """The checks, those whose function raised an exception with a hint about its kind.

    `given` are the functions that the solution has, too; of others that a student's function calls
    it is told in which of their lines the exception arose.
    """
    return tuple(_hinted(check, row, say, given) for check, row in zip(checks, rows, strict=True))


def _hinted(check: Check, row: CheckCalls, say: Translation, given: Collection[str]) -> Check:
    """The check with a hint about the exception that ended it, where one is known."""
    if check.verdict is not Verdict.ERROR or check.hint:
        return check
    call = ending(row.calls)
    is_own = call is not None and call.name == check.exercise
    text = sentence(call, given) if call is not None and is_own else None
    return check if text is None else replace(check, hint=say(text))


def sentence(call: Call, given: Collection[str] = ()) -> Text | None:
    """The sentence about the exception that ended a call; None where no kind fits."""
    result = call.result
    found = [match for line in result.lines if (match := _OWN_LINE.fullmatch(line))]
    if result.status != "raised" or not found:
        return None
    told = _line_told(call.name, found, result)
    said = _of_a_kind(result, int(told["line"]), told["text"])
    if said is None:
        return None
    return _with_helper(said, call.name, found, told, given)


def _of_a_kind(result: CallResult, number: int, line: str) -> Text | None:
    """The sentence on the kind of an exception, about one line."""
    for known in KNOWN:
        if known.error == result.error_name and re.search(known.message, result.error_message):
            if (place := re.search(known.line, line)) is None:
                continue
            name = place.groupdict().get("name")
            return Text(known.says, line=number, **({"name": name} if name else {}))
    return _unknown_name(result, number, line) if result.error_name == "NameError" else None


def _with_helper(
    said: Text,
    function: str,
    found: Sequence[re.Match[str]],
    told: re.Match[str],
    given: Collection[str],
) -> Text:
    """The sentence with the line of a helper where the exception arose, and the one that calls."""
    last = found[-1]
    calling = [match for match in found if match["of"] == function]
    is_helper = last["of"].isidentifier() and last["of"] != function
    if not is_helper or not calling or (told is not last and last["of"] in given):
        return said
    words = (
        "{said} That is line {inner} of `{helper}`, which line {line} calls."
        if told is last
        else "{said} It happens in line {inner} of `{helper}`, which is called from here."
    )
    line = int(calling[-1]["line"])
    return Text(words, said=said, inner=int(last["line"]), helper=last["of"], line=line)


def _line_told(function: str, found: Sequence[re.Match[str]], result: CallResult) -> re.Match[str]:
    """The line in which the exception arose; where a function called another one, that call.

    The other one may be handed out, in another cell with lines of its own, and called wrongly. What
    names it knows is its own matter, whoever calls it, and so is how it calls others.
    """
    if result.error_name in _OF_A_NAME or _OF_THE_LINE.search(result.error_message):
        return found[-1]
    own = [match for match in found if match["of"] == function or match["of"].startswith("<")]
    return own[-1] if own else found[-1]


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
