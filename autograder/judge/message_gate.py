"""The one gate: what a student reads of a hidden check is said in words of the vocabulary."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

from autograder.graders.compare import MOST_CHOICES
from autograder.handout.words import Text
from autograder.judge import vocabulary as say
from autograder.judge.closing import MOST_VARIED, Closing, opened
from autograder.judge.known_words import KnownWords
from autograder.language.translation import Voice, fields, recognised
from autograder.model import Check


class Gate:
    """What may be said of the hidden checks of one assignment.

    `secret` decides where sizes begin.
    """

    def __init__(self, known: KnownWords | None = None, secret: str = "") -> None:
        self.known = known or KnownWords()
        self.secret = secret

    def bits(
        self, checks: int, exercises: int, versions: int = 0, *, repairs: bool = False
    ) -> tuple[float, float]:
        """What can be told at most of one hidden check, and of one submission, in bits.

        `versions` is how many known mistakes an exercise has at most. One or two may be named,
        surely or possibly, and a possible one stands beside one of its checks. `repairs` is whether
        wrong functions are repaired to find a hint.
        """
        known = self.known
        of_a_check = say.bits(
            places=len(known.places),
            names=len(known.names),
            sentences=self._ways(known.sentences),
            remarks=self._ways(known.remarks),
        )
        of_an_exercise = say.BITS_OF_A_LINE + 2 * math.log2(1 + versions) + math.log2(2 + checks)
        if repairs:
            of_an_exercise += say.BITS_OF_A_REPAIR
        return of_a_check, checks * of_a_check + exercises * of_an_exercise

    def _ways(self, sentences: Collection[str]) -> int:
        """In how many ways the author's sentences can be told."""
        words = len(self.known.names) + len(self.known.texts) + MOST_CHOICES + 1
        return sum(int(words ** min(len(fields(s)), MOST_VARIED)) for s in sentences)

    def wrong(self, told: Sequence[str], answers: bytes, examples: frozenset[int]) -> Text:
        """What is said of an answer with these differences, or of a `fail` of the author's.

        `answers` names what was answered; `examples` are the numbers of columns of the arguments.
        """
        first = Closing(self.known, self.secret, answers, examples).sentence(told[0])
        return Text(say.AND_MORE, one=first) if told[1:] else first

    def ended(self, text: str) -> Text:
        """What is said of a call without a value, and of what was changed in place."""
        return Closing(self.known).sentence(text)

    def remarks(self, texts: Sequence[str]) -> list[Text]:
        """The first remark of the author's, and the first about manners."""
        ours = [t for t in texts if opened(t)[0] == say.IN_PLACE]
        theirs = [t for t in texts if t not in ours]
        closing = Closing(self.known)
        told = [closing.theirs(*opened(text)) for text in theirs[:1]]
        return [*told, *map(closing.sentence, ours[:1])]


def with_one_line(
    checks: tuple[Check, ...], lines: Sequence[str], tell: Voice
) -> tuple[Check, ...]:
    """The checks of one exercise, each with the line of the notebook that raised its exception.

    Which line it is could tell a hidden input. Of all hidden checks of an exercise one line is
    quoted, the first, and the others get no hint that is about their line.
    """
    first = next((line for line in lines if line), "")

    def told(check: Check, line: str) -> Check:
        if check.public or not line:
            return check
        if line == first:
            return replace(check, message=f"{check.message}\n{tell(recognised(line))}")
        return check if check.misconception else replace(check, hint="")

    return tuple(map(told, checks, lines))
