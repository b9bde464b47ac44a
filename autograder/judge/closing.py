"""One message of a hidden check, restricted to the closed vocabulary.

A message comes as a `Text`, a template and its parts. A template passes when it is this package's
or stands word for word in the graders. A part passes when it is a word of the vocabulary, a name
that an answer of the reference has, or one of the choices that the author lists. Everything else
(numbers, shapes, keys, indices, texts of unknown origin) is left out, wherever it comes from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from autograder.graders.compare import Choice
from autograder.handout.places import with_what
from autograder.handout.words import Text
from autograder.judge import vocabulary as say
from autograder.judge.known_words import KnownWords

MOST_VARIED = 2  # parts of an author's sentence

Fields = Mapping[str, Any]


class _Word(Text):
    """A part from the vocabulary; a template's number format (`{:.2f}`) has no effect on it."""

    @classmethod
    def of(cls, text: str) -> _Word:
        """A text from the vocabulary as such a part."""
        template, parts = opened(text)
        return cls(template, **parts)

    def __format__(self, _: str) -> str:
        return str(self)

    def told(self, words: Callable[[str], str]) -> str:
        return cast(str, _Word(super().told(words)))


class Closing:
    """Restricts one message to the vocabulary."""

    def __init__(
        self,
        known: KnownWords,
        secret: str = "",
        answers: bytes = b"",
        examples: frozenset[int] = frozenset(),
    ) -> None:
        """See `Gate` for the first two, and `Gate.wrong` for the others."""
        self._known = known
        self._secret = secret
        self._answers = answers
        self._examples = examples

    def sentence(self, text: str) -> Text:
        """A whole message."""
        template, parts = opened(text)
        if (rule := _SENTENCES.get(template)) is not None:
            return rule(self, parts)
        if template not in self._known.sentences:
            return _UNKNOWN
        if (shape := _shape(parts)) is not None:
            name = self.part(parts.get("name"))
            if name == say.NOT_SAID:
                return Text("{whole} {what}", whole=Text(say.RESULT), what=shape)
            return Text("{place} {what}", place=name, what=shape)
        return self.of_author(template, parts)

    def of_author(self, template: str, parts: Fields) -> Text:
        """A sentence of the author's."""
        if template not in self._known.sentences | self._known.remarks:
            return _UNKNOWN
        try:
            return Text(template, **self._few(parts)) if parts else Text(template)
        except (LookupError, AttributeError, ValueError, TypeError):  # it asks for more than a word
            return _UNKNOWN

    def _few(self, parts: Fields) -> dict[str, Any]:
        """The parts of an author's sentence: two of them may vary."""
        told = {key: self.part(value) for key, value in parts.items()}
        varied = [key for key, value in told.items() if value != say.NOT_SAID]
        return {
            k: _Word.of(v if k in varied[:MOST_VARIED] else say.NOT_SAID) for k, v in told.items()
        }

    def part(self, value: Any) -> str:
        """The part itself when it is known, else an ellipsis."""
        if isinstance(value, Choice):
            return Text(str(value)) if value in value.choices else say.NOT_SAID
        if isinstance(value, Text):
            known = value.template in self._known.texts or value.strip("`") in self._known.names
            return Text(value.template, **self._few(value.parts)) if known else say.NOT_SAID
        if type(value) is not str:
            return say.NOT_SAID
        plain = value.strip("`")
        known = not value or (plain in self._known.names and value in (plain, f"`{plain}`"))
        return value if known else say.NOT_SAID

    def place(self, place: str) -> Text:
        """`dW1`, the 1st value returned; "a part" where no answer of the reference has it."""
        if place == say.RESULT:
            return Text(say.RESULT)
        return self._known.places.get(place, Text(say.PART))

    def difference(self, parts: Fields) -> Text:
        place = self.place(parts.get("place") or parts["whole"])
        what = self.what(parts["what"])
        return with_what(place, what)

    def named(self, parts: Fields) -> Text:
        """A difference behind the author's own name for the whole answer."""
        message = self.sentence(parts["message"])
        name = self.part(parts["name"])
        return (
            message
            if name == say.NOT_SAID
            else Text("{name}: {message}", name=name, message=message)
        )

    def missing(self, parts: Fields) -> Text:
        return Text("{place} is missing", place=self.place(parts["place"]))

    def what(self, text: str) -> Text:
        """The words of a difference, which follow the name of its place."""
        template, parts = opened(text)
        if template == _ENTRIES:
            return Text(template, where=_scope(parts["where"]), what=self._several(parts))
        if template in _LONE:
            return self._spoken(template, parts, 0)
        rule = _WHAT.get(template)
        return rule(parts) if rule is not None else Text(say.WRONG)

    def _several(self, parts: Fields) -> Text:
        template, own = opened(parts["what"])
        spoken = self._spoken(template, own, 1)
        if spoken == say.KINDS["wrong"][1] and _count(parts["where"]) >= _MANY:
            return self._size(own) or spoken
        return spoken

    def _spoken(self, template: str, parts: Fields, number: int) -> Text:
        kind = _LONE.get(template, "wrong")
        if kind == "factor":
            if (factor := self._factor(parts["factor"])) is not None:
                return Text(say.KINDS["factor"][number], factor=factor)
            kind = "multiple"
        if kind == "nan" and parts.get("word") == "infinite":
            kind = "infinite"
        return Text(say.KINDS[kind][number])

    def _factor(self, text: str) -> Text | None:
        template, parts = opened(text)
        number = parts.get("number")
        times = template == "{number} times"
        if not isinstance(number, int) or template not in ("{number} times", "1/{number} of"):
            return None
        if number > 1 and number in self._examples:
            return Text(say.BY_EXAMPLES[0 if times else 1])
        return Text(template, number=number) if text in say.FACTORS else None

    def _size(self, parts: Fields) -> Text | None:
        """Slightly, clearly or far off.

        The thresholds are drawn anew for every answer: with fixed ones, thirty answers would find
        the expected number by bisection.
        """
        share = _share(parts.get("far"))
        if share is None:
            return None
        drawn = hashlib.sha256(self._secret.encode() + self._answers).digest()
        low, high = (int.from_bytes(drawn[i : i + 4], "little") / 2**32 for i in (0, 4))
        slightly, far = 10 ** (-4 + 2 * low), 10 ** (0.3 + high)
        return Text(say.SIZES[(share >= slightly) + (share >= far)])


_UNKNOWN = Text("{whole} {what}", whole=Text(say.RESULT), what=Text(say.WRONG))
_ENTRIES = ": {where} {what}"
_MANY = 4  # entries, from which on a size is told


def opened(text: str) -> tuple[str, Fields]:
    return (text.template, text.parts) if isinstance(text, Text) else (str(text), {})


def _count(where: str) -> float:
    """A lower bound for the number of entries that a place names."""
    template, parts = opened(where)
    if template == "{where} (first at {first})":
        return _count(parts["where"])
    if template in ("its entry", "both entries"):
        return 2
    number = parts.get("n")
    return number if isinstance(number, int) else _MANY


def _scope(where: str) -> Text:
    """Which entries are wrong: all, some rows or columns, or some."""
    template, _ = opened(where)
    all_of_them = ("its entry", "both entries", "all {n} entries")
    if template in all_of_them:
        number = 0
    elif "that are not zero" in template:
        number = 1
    else:
        number = (2 if "row" in template else 3) if template.startswith("only ") else 4
    return Text(say.SCOPES[number])


def _share(far: Any) -> float | None:
    """How far off, as a share of the largest expected number."""
    _, parts = opened(far) if isinstance(far, Text) else ("", {})
    if isinstance(parts.get("share"), float):
        return float(parts["share"])
    if isinstance(parts.get("percent"), str):
        return float(parts["percent"].rstrip("%")) / 100
    return None


def _shape(parts: Fields) -> Text | None:
    """How two shapes differ, from the parts of a message that names both."""
    found, wanted = parts.get("found"), parts.get("wanted")
    if not all(type(s) is tuple and all(type(n) is int for n in s) for s in (found, wanted)):
        return None
    return Text(say.SHAPES[_shape_kind(found, wanted)])  # type: ignore[arg-type]


def _shape_kind(found: tuple[int, ...], wanted: tuple[int, ...]) -> int:
    if not found or not wanted:
        return 0 if not found else 1
    if len(found) != len(wanted):
        if [n for n in found if n != 1] == [n for n in wanted if n != 1]:
            return 3 if len(found) < len(wanted) else 4
        return 5
    if found == wanted[::-1]:
        return 2
    if len(found) == 2 and (found[0] == wanted[0] or found[1] == wanted[1]):
        return 6 if found[1] == wanted[1] else 7
    return 8


def _value(text: Any) -> Text:
    template, _ = opened(text)
    words = "an array" if template == "an array of shape {shape}" else template
    return Text(words if words in say.VALUES else say.VALUES[-1])


def _kinds(template: str, parts: Fields) -> Text:
    words = {key: str(parts[key]) for key in ("have", "want")}
    if not all(word.removesuffix("s") in say.NUMBERS for word in words.values()):
        return Text(say.WRONG)
    return Text(template, **{key: Text(word) for key, word in words.items()})


def _one_shape(template: str) -> Callable[[Fields], Text]:
    lone = say.SHAPES[1 if "found" in template else 0]
    return lambda parts: _shape(parts) or Text(lone)


# Template of an open difference → its words in the vocabulary.
_WHAT: Mapping[str, Callable[[Fields], Text]] = {
    "is None, expected {wanted}": lambda p: Text(
        "is None, expected {wanted}", wanted=_value(p["wanted"])
    ),
    "is {found}, expected None": lambda p: Text(
        "is {found}, which is not what is expected", found=_value(p["found"])
    ),
    "is {found}, expected {wanted}": lambda p: Text(
        "is {found}, expected {wanted}", found=_value(p["found"]), wanted=_value(p["wanted"])
    ),
    "has {found} item, expected {wanted}": lambda p: Text(say.WHOLES[2]),
    "has {found} items, expected {wanted}": lambda p: Text(say.WHOLES[2]),
    "has shape {found}, expected {wanted}": lambda p: _shape(p) or Text(say.SHAPES[8]),
    "is a single number, expected an array of shape {wanted}": lambda p: Text(say.SHAPES[0]),
    "has shape {found}, expected a single number": lambda p: Text(say.SHAPES[1]),
    "{what}: it is transposed": lambda p: Text(say.SHAPES[2]),
    "is transposed": lambda p: Text(say.SHAPES[2]),
    "is another text than expected": lambda p: Text(say.WHOLES[1]),
    "has the right values in another order": lambda p: Text(say.WHOLES[3]),
    "is {word} in {where} (first at {first})": lambda p: Text(
        ": {where} {what}",
        where=Text(say.SCOPES[4]),
        what=Text(say.KINDS["infinite" if p["word"] == "infinite" else "nan"][1]),
    ),
    "is of the kind {have}, expected {want}": partial(
        _kinds, "is of the kind {have}, expected {want}"
    ),
    "holds {have}, expected {want}": partial(_kinds, "holds {have}, expected {want}"),
}  # fmt: skip
# Template of an open relation between numbers, for one or for several → its kind.
_LONE = {
    words: kind
    for kind in ("sign", "zeros", "opposite", "factor")
    for words in say.KINDS[kind]
} | {"is {offset}": "offset", "are {offset}": "offset", "is {word}": "nan"} | {
    "has the wrong sign and is {factor} the right size": "sign",
    "have the wrong sign and are {factor} the right size": "sign",
} | {
    words: "wrong"
    for words in (
        "is wrong ({far})", "are wrong ({far})", "is too large", "is too small",
        "is not zero as it should be", "are not zero as they should be",
        "should not be a finite number", "should not be finite numbers",
    )
}  # fmt: skip


def _raised(template: str, closing: Closing, parts: Fields) -> Text:
    error = str(parts["error"])
    told = error if error in say.EXCEPTIONS[:-1] else Text(say.EXCEPTIONS[-1])
    return Text(template, name=closing.part(parts["name"]), error=told)


def _of_a_function(template: str) -> Callable[[Closing, Fields], Text]:
    return lambda closing, parts: Text(template, name=closing.part(parts["name"]))


def _holds(closing: Closing, parts: Fields) -> Text:
    kinds = [str(parts[key]) for key in ("kind", "wanted")]
    kind, wanted = (Text(k if k in say.KINDS_OF_NUMBERS else say.VALUES[-1]) for k in kinds)
    name = closing.part(parts["name"])
    return Text(
        say.HOLDS, name=Text(say.RESULT) if name == say.NOT_SAID else name, kind=kind, wanted=wanted
    )


# Template of a whole message of this package → the method that restricts it.
_SENTENCES: Mapping[str, Callable[[Closing, Fields], Text]] = {
    "{place} {what}": Closing.difference,
    "{whole} {what}": Closing.difference,
    "{place}{what}": Closing.difference,
    "{whole}{what}": Closing.difference,
    "{name}: {message}": Closing.named,
    "{place} is missing": Closing.missing,
    "{place} should not be there": lambda closing, parts: Text(say.EXTRA),
    say.HOLDS: _holds,
    **{template: partial(_raised, template) for template in (say.RAISED, say.USED)},
    "{text}. {advice}": lambda closing, parts: Text(
        "{text}. {advice}", text=closing.sentence(parts["text"]), advice=Text(say.ADVICE)
    ),
    **{
        template: _of_a_function(template) for template in (*say.ENDINGS, *say.DRIVEN, say.IN_PLACE)
    },
}
