"""Lets a warm process judge test cells outside, once it has imported this (`QUESTIONS`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.sandbox.inside.conversation import ChildConversation, failure, lines_of
from autograder.sandbox.inside.session import HANDLERS
from autograder.sandbox.questions.answering import Answering
from autograder.sandbox.questions.asking import Asking


class _Answers:
    """Answers questions of the judge's, which has another session run a test cell."""

    def __init__(self, conversation: ChildConversation) -> None:
        self._conversation = conversation
        self._answering = Answering(conversation.shell, lines_of)

    def __call__(self, token: int, question: Any) -> dict[str, Any]:
        call_back = self._conversation.proxy(token, "call back")
        result, answer = self._conversation.interruptible(
            token, lambda _: self._answering.answer(question, call_back)
        )
        return result | {"answers": [] if answer is None else [answer]}


class _Tests:
    """Runs test cells here, which ask another session for what the student has made."""

    def __init__(self, conversation: ChildConversation) -> None:
        self._conversation = conversation
        self._asking = Asking(conversation.shell)

    def __call__(self, token: int, source: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        asking, ask = self._asking, self._conversation.proxy(token, "ask")
        result, error = self._conversation.interruptible(
            token, lambda _: asking.run(source, settings, ask)
        )
        return result | failure(error) | {"broken": asking.broken[:500], "used": asking.used}


HANDLERS.update(answer=_Answers, test=_Tests)
