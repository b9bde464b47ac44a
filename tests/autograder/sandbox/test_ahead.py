"""Cells and calls that are sent ahead go as if they had come one by one."""

import time
from contextlib import contextmanager

import numpy as np
import pytest

from autograder.grading.running import LiveSubmission
from autograder.grading.time_limits import TimeLimits
from autograder.notebook.cells import RunnableCell
from autograder.sandbox import Callback, CallResult, Limits, PreparedCall, Reply, Sandbox
from autograder.sandbox.driving import Driver, SentFunction
from autograder.sandbox.wire_format import Caps, WireError

pytestmark = pytest.mark.family

LIMITS = Limits(call_seconds=0.3, reply_bytes=1 << 20)


@pytest.fixture(scope="module")
def box():
    with Sandbox(LIMITS) as box:
        yield box


def prepared(name, *args, seed=0):
    return PreparedCall(name, args, {}, seed)


@contextmanager
def live(box, *sources, **options):
    cells = [RunnableCell(i, source) for i, source in enumerate(sources)]
    with LiveSubmission(box, cells, **options) as submission:
        submission.run_cells()
        yield submission


def values(answers):
    return [a.result.value if a.result.status == "value" else a.result.status for a in answers]


@pytest.mark.quick
def test_answers_come_in_the_order_of_the_calls(box):
    with live(box, "def f(x): return 2 * x\ndef g(x): return -x") as submission:
        calls = [prepared("f", 1), prepared("g", 2), prepared("h", 3), prepared("f", 4)]
        assert values(submission.call_ahead(calls)) == [2, -2, "missing", 8]


TIMES = SentFunction(Driver("def times(x, k):\n    return k * x\n", "times", ("x",)), {"k": 3})
CALLING = "def g(x): return x\ndef f(x): return g(x)\ndef h(function, x): return function(x)"


def test_a_function_that_is_sent_stands_in_and_is_an_argument(box):
    with live(box, CALLING) as submission:
        calls = [
            PreparedCall("f", (2,), {}, 0, {"g": TIMES}),
            prepared("f", 2),
            prepared("h", TIMES, 5),
        ]
        assert values(submission.call_ahead(calls)) == [6, 2, 15]
        alone = [
            submission.call("f", (2,), {}, seed=0, stand_ins={"g": TIMES}),
            submission.call("h", (TIMES, 5), {}, seed=0, stand_ins={}),
            submission.call("h", (Callback(TIMES), 5), {}, seed=0, stand_ins={"g": abs}),
        ]
    assert [result.value for result in alone] == [6, 15, 15]
    assert not any(result.changed for result in alone)


@pytest.mark.parametrize("stand_ins", [{"g": abs}, {"g": TIMES, "h": abs}])
def test_a_call_that_calls_back_is_not_prepared(stand_ins):
    with pytest.raises(WireError):
        PreparedCall("f", (2,), {}, 0, stand_ins)


def test_a_call_with_a_stand_in_that_never_ends_does_not_shorten_the_others(box):
    with live(
        box, "def f(x):\n    while g(x): pass\n    return x\ndef g(x): return False"
    ) as found:
        calls = [PreparedCall("f", (1,), {}, 0, {"g": TIMES})] * 3
        answers = values(found.call_ahead([*calls, prepared("f", 1)]))
        limit = found.time.of_call(("f",))
    assert answers == ["timeout", "timeout", "timeout", 1]
    assert limit == LIMITS.call_seconds


def test_each_call_starts_from_the_random_state_of_its_own_seed(box):
    with live(box, "import numpy as np\ndef f(): return np.random.rand()") as submission:
        answers = values(submission.call_ahead([prepared("f", seed=s) for s in (1, 2, 1)]))
    assert answers[0] == answers[2] == np.random.RandomState(1).rand()
    assert answers[1] == np.random.RandomState(2).rand()


@pytest.mark.quick("import ctypes; ctypes.string_at(0)-crashed")
@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("while True: pass", "timeout"),
        ("import os; os._exit(0)", "crashed"),
        ("import ctypes; ctypes.string_at(0)", "crashed"),
        ("raise MemoryError", "memory"),
    ],
)
def test_a_fatal_call_costs_itself_only_and_is_tried_twice(box, ending, status):
    source = f"def f(x):\n    if x == 1:\n        {ending}\n    return x"
    with live(box, source) as submission:
        calls = [prepared("f", x) for x in (0, 1, 2, 1, 1)]
        found = values(submission.call_ahead(calls))
    assert found == [0, status, 2, status, status]


def test_sound_cells_run_again_after_a_fatal_call_and_state_starts_anew(box):
    source = "count = 0\ndef f(x):\n    global count\n    count += 1\n    if x == 9: exit_now()\n"
    ending = "import os\nexit_now = lambda: os._exit(1)\ndef g(): return count"
    with live(box, source, ending) as submission:
        calls = [prepared("f", 1), prepared("g"), prepared("f", 9), prepared("g")]
        assert values(submission.call_ahead(calls)) == [None, 1, "crashed", 0]


def test_an_untouched_function_is_not_called(box):
    with live(box, "def f(): return 1") as submission:
        assert submission.find_not_attempted({}, frozenset(["f"])) == {"f"}
        assert values(submission.call_ahead([prepared("f")])) == ["not_attempted"]


@pytest.mark.quick
def test_the_mark_names_value_kind_and_manners_and_nothing_else(box):
    source = (
        "import numpy as np\n"
        "def same(x): return np.ones(2)\n"
        "def again(x): return np.ones(2)\n"
        "def single(x): return np.ones(2, np.float32)\n"
        "def column(x): return np.ones((2, 1))\n"
        "def changing(x):\n    x[0] = 7.0\n    return np.ones(2)\n"
        "def talking(x):\n    print('hm')\n    return np.ones(2)\n"
        "def failing(x): 1 / 0\n"
    )
    names = ["same", "again", "single", "column", "changing", "talking", "failing"]
    with live(box, source) as submission:
        calls = [prepared(name, np.zeros(2)) for name in names]
        digests = dict(zip(names, (a.digest for a in submission.call_ahead(calls)), strict=True))
    assert digests["same"] == digests["again"] is not None
    assert len({digests[name] for name in ("same", "single", "column", "changing")}) == 4
    assert digests["talking"] is digests["failing"] is None


def test_an_answer_made_for_the_next_call_does_not_pass_for_two(box):
    """Who forges the answers to come shifts its own answers, and the session ends there."""
    forging = (
        "import os, sys\n"
        "def f(x):\n"
        "    frame = sys._getframe()\n"
        "    while 'token' not in frame.f_locals: frame = frame.f_back\n"
        "    session = frame.f_locals['self']\n"
        "    session._conversation.send('done', frame.f_locals['token'],\n"
        "                  {'status': 'value', 'value': session._encoded(1)['value']})\n"
        "    return x\n"
    )
    with box.session() as session:
        session.run_cell(forging)
        calls = [prepared("f", x) for x in (5, 6)]
        replies = [r.result.value for r in session.call_ahead(calls, [1.0, 1.0])]
        assert replies == [1, 5]
        assert session.call("f", [7]).status == "crashed"
        assert not session.alive


def test_too_much_in_all_answers_together_is_a_question_of_memory(box, monkeypatch):
    monkeypatch.setattr("autograder.grading.own_answers.MOST_REPLIED", 3000)
    with live(box, "import numpy as np\ndef f(): return np.zeros(100)") as submission:
        found = submission.call_ahead([prepared("f")] * 5)
    assert [a.result.status for a in found] == ["value"] * 3 + ["memory"] * 2


def test_a_value_that_cannot_be_read_is_found_out_when_it_is_looked_at():
    reply = Reply({"status": "value", "value": np.ones(3, np.uint8)}, [], Caps(), 0.0)
    assert reply.result.status == "crashed"


@pytest.mark.quick
def test_cells_after_a_fatal_one_still_run(box):
    with live(box, "a = 1", "import os; os._exit(3)", "a + 1", "a + 2") as submission:
        results = submission.ran
    assert [results[i].status for i in range(4)] == ["ok", "crashed", "ok", "ok"]
    assert results[3].outputs[0]["data"]["text/plain"] == "3"


def test_one_more_cell_is_not_asked_for_once_the_session_is_over(box):
    with box.session() as session:
        asked = []

        def limits():
            for number in range(3):
                asked.append(number)
                yield 5.0

        results = list(session.run_cells(["1", "import os; os._exit(1)", "2"], limits()))
    assert [r.status for r in results] == ["ok", "crashed"]
    assert asked == [0, 1]


@pytest.mark.parametrize("tier", ["A", "B"])
def test_waiting_is_allowed_for_longer_than_computing(tier):
    """The limit counts processor time; on the clock there is three quarters of a second more."""
    sleeping = "import time\ndef f(s):\n    time.sleep(s)\n    return s"
    with Sandbox(LIMITS, tier=tier) as box, live(box, sleeping) as submission:
        [slept] = submission.call_ahead([prepared("f", 0.6)])
        assert slept.result.value == 0.6
        [asleep] = submission.call_ahead([prepared("f", 60.0)])
        assert asleep.result.status == "timeout"


@pytest.mark.quick
def test_the_clock_of_a_session_is_the_session_s_own(box):
    with box.session() as session:
        session.run_cell("x = 0")
        used = session._process.channel.extension.clocks.computed
        before = used()
        session.run_cell("for i in range(300_000): x += i")
        computed = used() - before
        waited = used()
        time.sleep(0.2)
        assert used() - waited < computed


def test_where_the_reference_is_slow_the_limit_is_longer(box):
    source = "def f():\n    n = 0\n    for i in range(25_000_000): n += 1\n    return n"
    with live(box, source, reference_seconds={"f": 0.2}) as patient:
        [answer] = patient.call_ahead([prepared("f")])
        assert answer.result.value == 25_000_000
    assert TimeLimits(LIMITS, 60.0, {"f": 1e-5}).of_call(("f",)) == LIMITS.call_seconds


def test_a_result_that_ended_its_session_is_plain_data(box):
    with box.session() as session:
        session.run_cell("def f():\n    while True: pass")
        [result] = session.call_ahead([prepared("f")], [0.2])
        assert isinstance(result, CallResult)
        assert (result.status, result.error_name) == ("timeout", "TimeoutError")
