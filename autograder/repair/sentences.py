"""Sentences of hints by repair: the lines and the kind of slip, never the right code."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.handout.words import Text

HANDED_ON = "what `{name}` returns here is wrong: look inside of it, and at what it is given."
# Kind of edit → what is said of the place; `{name}` is a word that the student wrote there.
KINDS = {
    "key": "the key `{name}` is not the one that belongs here.",
    "name": "`{name}` is not the variable that belongs here.",
    "sign": "look at the signs: what is added here, and what is taken off?",
    "op": "look at the operation: is this multiplied, divided, added?",
    "function": "`{name}` is not the function that is asked for here.",
    "added up": "this is a sum, where a mean is wanted: a divisor, or another function.",
    "averaged": "this is a mean, where a sum is wanted.",
    "copy": "this gives `{name}` a second name and makes no copy: what changes one changes both.",
    "into call": "something stands outside the brackets of `{name}` that belongs inside.",
    "out of call": "something stands inside the brackets of `{name}` that belongs outside.",
    "power missing": "a power is missing here.",
    "power extra": "there is a power here that should not be.",
    "power": "look at the power: is a power or a product meant here?",
    "digit": "the number {name} is written out here, where a variable belongs.",
    "slice begin": "look at where this slice begins.",
    "slice end": "look at where this slice ends.",
    "slice step": "look at the steps of this slice: how long, and in which direction?",
    "brackets": "what belongs together here? Look at the brackets.",
    "colon": "this takes a single row or column, and a range of them is wanted: a colon is "
    "missing.",
    "factor missing": "a factor or a divisor is missing here.",
    "factor extra": "there is a factor or a divisor here that should not be.",
    "term missing": "a term is missing here.",
    "term extra": "there is a term here that should not be.",
    "call extra": "`{name}` should not be applied here.",
    "call missing": "a function has to be applied here first.",
    "constant": "{name} is not the number that belongs here.",
    "comparison": "look at the comparison: less or more, and what if both are equal?",
    "negated": "the condition is the wrong way round.",
    "condition missing": "this is done in every case; it belongs under a condition.",
    "condition extra": "this case should not be set apart: the same is to be done in every case.",
    "condition": "look at how the conditions are joined.",
    "index missing": "an index is missing here.",
    "place": "this is the place of an entry, where the entry itself is wanted.",
    "index extra": "there is an index here that should not be.",
    "tuple": "look at the brackets of `{name}`: one argument that is a tuple, or several?",
    "arguments": "the arguments of `{name}` stand in another order.",
    "argument extra": "`{name}` is given an argument too many here.",
    "option": "look at the options of this call, such as `axis` and `keepdims`.",
    "other side": "the index picks the place that is filled; it should pick what is read.",
    "elsewhere": "`{name}` is multiplied or divided by here; it belongs in another line.",
    "swapped": "the two sides are the wrong way round.",
    "transposed": "rows or columns? Something here is to be transposed, or is and should not be.",
    "slice": "look at where this slice begins and where it ends.",
    "nested": "`{name}` and the function inside its brackets have changed places.",
    "carried": "every round begins with `{name}` again: it should continue from where the "
    "round before ended.",
    "shape": "the shape that `{name}` is given lacks its second axis.",
    "apart": "`{name}` is applied to the whole here; it should be applied to each part.",
    "together": "`{name}` is applied to each part here; it should be applied to the whole.",
    "target": "`{name}` is not the variable that this belongs in.",
    "old value": "what was there before is lost: it should be changed here, not replaced.",
    "anew": "this is added to what was there before, where a new value is wanted.",
    "names": "`{name}` and another variable have changed places.",
    "branches": "the order of the conditions: the first that is true decides, and what stands "
    "below it is never asked.",
    "asked again": "this condition is asked even where the one above it holds.",
    "count": "one too many or one too few? Where does the counting begin, and where does it end?",
    "returned": "look at what is returned: how many things are asked for, which, in what order?",
    "bypassed": HANDED_ON,
    "donor": "this is not the expression that is asked for: compare it with the formula, "
    "letter by letter.",
    "again": "this makes anew what `{name}` holds already: it should go on from there.",
    "extra": "this line should not be here.",
    "missing": "a step is missing above this line.",
    "missing below": "a step is missing below this line.",
    "moved": "this stands in the wrong place: before or after its neighbour, inside or "
    "outside of the loop or the condition?",
}
# The same of several places, in each of which another word stands.
WITHOUT_NAME = {
    "key": "another key belongs here.",
    "name": "another variable belongs here.",
    "function": "another function is asked for here.",
    "constant": "another number belongs here.",
}
UNSURE = "something here is not as the lesson has it."
LINE = "Line {line}: {what}"
LINES = "Lines {line}: {what}"
ONE_OF_LINES = "One of the lines {line}: {what}"


NOT_ALL = Text("That is not all yet: something else is wrong as well.")
PERHAPS_NOT_ALL = Text("Perhaps that is not all.")
NO_FURTHER = Text("The function got no further than that: more may be wrong.")
ASTRAY = "`{name}` gets its first wrong value here; the values that are read here are right."
RETURNED_ASTRAY = "what is returned is made wrong here; the values that are read here are right."


ASTRAY_IN = (
    "`{name}` gets its first wrong value here, or in `{helper}`, which is called here; "
    "the values that are read here are right."
)
RETURNED_ASTRAY_IN = (
    "what is returned is made wrong here, or in `{helper}`, which is called here; "
    "the values that are read here are right."
)


def astray_at(
    lines: Sequence[int], name: str, helper: str = "", *, handed_on: bool = False
) -> Text:
    """Where the right way ends: the variable that is wrong from there on, or what is returned.

    With a `helper` that is called there, which may be wrong; or is, where all is `handed_on` to it.
    """
    if handed_on:
        what = Text(HANDED_ON, name=helper)
    elif helper:
        what = Text(ASTRAY_IN if name else RETURNED_ASTRAY_IN, name=name, helper=helper)
    else:
        what = Text(ASTRAY, name=name) if name else Text(RETURNED_ASTRAY)
    where = ", ".join(map(str, sorted(set(lines))))
    return Text(ONE_OF_LINES if len(set(lines)) > 1 else LINE, line=where, what=what)


def sentence(kind: str, lines: Sequence[int], name: str = "", *, either: bool = False) -> Text:
    """The whole sentence; a kind whose word is not known says the place alone."""
    template = KINDS.get(kind, UNSURE)
    if "{name}" in template and not name:
        template = WITHOUT_NAME.get(kind, UNSURE)
    what = Text(template, name=name) if "{name}" in template else Text(template)
    where = ", ".join(map(str, sorted(set(lines))))
    several = ONE_OF_LINES if either else LINES
    return Text(several if len(set(lines)) > 1 else LINE, line=where, what=what)
