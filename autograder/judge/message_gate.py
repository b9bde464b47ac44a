"""The one gate: whatever a student reads of a hidden check is made from the vocabulary."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

from autograder.graders.compare import MOST_CHOICES
from autograder.handout.words import Text
from autograder.judge import vocabulary as say
from autograder.judge.closing import MOST_VARIED, Closing, opened
from autograder.judge.known_words import KnownWords
from autograder.language.translation import Translation, fields, recognised
from autograder.model import Check


class Gate:
    """Makes the messages of the hidden checks of one assignment.

    `secret` seeds the thresholds of "slightly", "clearly" and "far off".
    """

    def __init__(self, known: KnownWords | None = None, secret: str = "") -> None:
        self.known = known or KnownWords()
        self.secret = secret

    def bits(
        self, checks: int, exercises: int, versions: int = 0, *, repairs: bool = False
    ) -> tuple[float, float]:
        """Upper bounds for what messages reveal, in bits: of one hidden check, of one submission.

        `versions` is the largest number of known mistakes of an exercise. One or two may be named,
        as certain or possible, and a possible one stands beside one of its checks. `repairs`:
        whether slips are searched for.
        """
        known = self.known
        of_a_check = say.bits(
            places=len(known.places),
            names=len(known.names),
            sentences=self._ways(known.sentences),
            remarks=self._ways(known.remarks),
        )
        of_an_exercise = (
            say.LINES_TOLD * say.BITS_OF_A_LINE
            + 2 * math.log2(1 + versions)
            + math.log2(2 + checks)
        )
        if repairs:
            of_an_exercise += say.BITS_OF_A_REPAIR
        return of_a_check, checks * of_a_check + exercises * of_an_exercise

    def _ways(self, sentences: Collection[str]) -> int:
        """The number of different messages that the author's sentences can become."""
        words = len(self.known.names) + len(self.known.texts) + MOST_CHOICES + 1
        return sum(int(words ** min(len(fields(s)), MOST_VARIED)) for s in sentences)

    def wrong(self, told: Sequence[str], answers: bytes, examples: frozenset[int]) -> Text:
        """The message for an answer with these differences, or for an author's `fail`.

        `answers` is a digest of the answers; `examples` are the column counts of the arguments.
        """
        first = Closing(self.known, self.secret, answers, examples).sentence(told[0])
        return Text(say.AND_MORE, one=first) if told[1:] else first

    def ended(self, text: str) -> Text:
        """The message for a call without a value, or for an argument changed in place."""
        return Closing(self.known).sentence(text)

    def remarks(self, texts: Sequence[str]) -> list[Text]:
        """The author's first remark, and the first remark about bad practice."""
        own = [t for t in texts if opened(t)[0] == say.IN_PLACE]
        authors = [t for t in texts if t not in own]
        closing = Closing(self.known)
        told = [closing.of_author(*opened(text)) for text in authors[:1]]
        return [*told, *map(closing.sentence, own[:1])]


def with_one_line(
    checks: tuple[Check, ...], lines: Sequence[Sequence[str]], tell: Translation
) -> tuple[Check, ...]:
    """The checks of one exercise, each with the line of the notebook that raised its exception.

    `lines` has those on the way to each check's exception, none for a check without one. Which they
    are could tell a hidden input. Of all hidden checks of an exercise one line is quoted, the last
    one of the first check that has some, and a hint is about those of that check alone.
    """
    first = next(filter(None, lines), ("",))
    closed = []
    for check, own in zip(checks, lines, strict=True):
        if own and own[-1] == first[-1] and not check.public:
            check = replace(check, message=f"{check.message}\n{tell(recognised(own[-1]))}")
        if own and tuple(own) != tuple(first) and not (check.public or check.misconception):
            check = replace(check, hint="")
        closed.append(check)
    return tuple(closed)
