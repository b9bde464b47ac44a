"""The time of a test cell that is judged outside, where the student's process is kept waiting."""

import time
from types import SimpleNamespace

import pytest

from autograder.sandbox.requests import Turn
from autograder.testcells.outside import OutsideJudge


class Asked:
    """A student's session that takes so long for each question, by a clock of its own."""

    alive = True

    def __init__(self, monkeypatch, seconds, computes, kept_waiting):
        self.now, self.limits, self.deadlines = 100.0, [], []
        self._seconds, self._computes = seconds, computes
        extension = SimpleNamespace(was_kept_waiting=kept_waiting)
        self.channel = SimpleNamespace(extension=extension)
        self.conversation = self
        monkeypatch.setattr("autograder.testcells.outside.time.monotonic", lambda: self.now)

    def request(self, message, limit, functions, patience, deadline):
        self.limits.append(limit)
        self.deadlines.append(deadline)
        self.now += self._seconds
        turn = Turn(self.now, deadline, patience)
        turn.fields, turn.processor = {}, self._computes
        return turn


class Judging:
    """The judge's session, while it waits for answers."""

    def __init__(self):
        self.conversation = self
        self.put_off_by = []

    def put_off(self, seconds):
        self.put_off_by.append(seconds)


def asked(monkeypatch, **student):
    """What three questions of one cell of ten seconds came to."""
    session, judging = Asked(monkeypatch, **student), Judging()
    judge = OutsideJudge(None, {}, None)
    judge._student, judge._session = session, judging
    judge._seconds, judge._deadline = 10.0, session.now + 10.0
    for _ in range(3):
        judge._ask("ask", b"")
    return session, judging


def test_a_student_without_a_processor_keeps_its_seconds_and_the_judge_its_own(monkeypatch):
    """Eight seconds for each question of which it had one: all three are within ten."""
    session, judging = asked(monkeypatch, seconds=8.0, computes=1.0, kept_waiting=True)
    assert judging.put_off_by == [8.0] * 3
    assert session.limits == [10.0, 9.0, 8.0]
    assert session.deadlines == [110.0, 110.0, 116.0], "as late as the question is asked"


def test_one_that_sleeps_has_the_seconds_of_the_cell_by_the_clock(monkeypatch):
    session, judging = asked(monkeypatch, seconds=8.0, computes=0.0, kept_waiting=False)
    assert judging.put_off_by == [8.0] * 3
    assert session.deadlines == [110.0] * 3


@pytest.mark.parametrize("seconds", [0.1, 0.01])
def test_many_short_sleeps_end_a_cell_as_a_long_one_does(course, seconds):
    """Of the judge's own time nothing passes meanwhile."""
    solution = "import time\ndef nap(s): time.sleep(s)"
    test = f"for _ in range(10**6): nap({seconds})"
    [result] = course.judge(solution, test, seconds=0.3).results
    assert (result.status, result.error_name) == ("timeout", "TimeoutError")


def test_a_question_in_time_puts_nothing_off_for_ever(course):
    """A test that never ends is ended, however quickly it is answered."""
    test = "while True: one()"
    begun = time.process_time()
    [result] = course.judge("def one(): return 1", test, seconds=0.3).results
    assert result.status == "timeout" and time.process_time() - begun < 60
