"""Test cells judged outside: the judge's session runs them and asks the student's for values.

Loaded into a warm process only where ordinary test cells run; see `QUESTIONS` in
`sandbox/requests.py`. `asking`, `news` and `stand_ins` are at work in the judge's session,
`answering` in the student's, the others in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.sandbox.inside.conversation import ChildConversation, lines_of
from autograder.sandbox.inside.session import HANDLERS, Handler
from autograder.sandbox.questions.answering import Answering
from autograder.sandbox.questions.asking import Asking


def _answers(conversation: ChildConversation) -> Handler:
    """Answers questions of the judge's, which has another session run a test cell."""
    answering = Answering(conversation.shell, lines_of)

    def answer(token: int, question: Any) -> dict[str, Any]:
        found: list[Any] = []

        def run(_: object) -> None:
            found.append(answering.answer(question, conversation.proxy(token, "call back")))

        result = conversation.interruptible(token, run)
        return result | {"answers": found}

    return answer


def _tests(conversation: ChildConversation) -> Handler:
    """Runs test cells here, which ask another session for what the student has made."""
    asking = Asking(conversation.shell)

    def test(token: int, source: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        ask = conversation.proxy(token, "ask")
        result = conversation.interruptible(token, lambda _: asking.run(source, settings, ask))
        return result | {"broken": asking.broken[:500], "used": asking.used}

    return test


HANDLERS.update(answer=_answers, test=_tests)
