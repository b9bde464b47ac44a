"""What a notebook's cells had defined counts, however its cells end."""

import pytest

from autograder.grading.running import LiveSubmission
from autograder.notebook.cells import RunnableCell
from autograder.sandbox import Limits, Sandbox, SandboxError

pytestmark = pytest.mark.family

LIMITS = Limits(cell_seconds=0.5, call_seconds=1.0, memory_bytes=256 << 20)
RIGHT = "def twice(x):\n    return 2 * x\n"


@pytest.fixture(scope="module", params=["A", "B"])
def box(request):
    try:
        with Sandbox(LIMITS, tier=request.param) as box:
            yield box
    except SandboxError as error:
        if request.param == "A":
            raise
        pytest.skip(f"no tier B here: {error}")


@pytest.fixture
def live_of(box):
    """The running submission of some cells, when they have run; all are closed afterwards."""
    opened = []

    def start(*sources, seconds=60.0, **options):
        cells = [RunnableCell(number, source) for number, source in enumerate(sources)]
        live = LiveSubmission(box, cells, seconds=seconds, **options)
        opened.append(live)
        live.run_cells()
        return live

    yield start
    for live in opened:
        live.__exit__(None, None, None)


def call(live, name, *args):
    return live.call(name, args, {}, seed=0, stand_ins={})


INTERRUPTED = {
    "a loop": "while True: pass",
    "a sleep": "import time; time.sleep(999)",
    "a question asked for ever": (
        "while True:\n    try:\n        input()\n    except Exception: pass"
    ),
    "a loop in a function": "def loop():\n    while True: pass\nloop()",
    "a flood of prints": "while True: print('flood')",
    "a flood of figures": "while True: display({'a': 1})",
    "a wait for a thread": "import threading; threading.Event().wait()",
    "a magic": "%time exec('while True: pass')",
    "another thread that prints": (
        "import threading\n"
        "def flood():\n    while True: print('flood')\n"
        "threading.Thread(target=flood, daemon=True).start()\nwhile True: pass"
    ),
}


@pytest.mark.parametrize("end", INTERRUPTED.values(), ids=INTERRUPTED)
def test_a_cell_that_does_not_end_is_interrupted_and_the_session_goes_on(
    live_of, box, monkeypatch, end
):
    sessions = []
    monkeypatch.setattr(
        box, "session", lambda: sessions.append(Sandbox.session(box)) or sessions[-1]
    )
    live = live_of("base = 10", f"{RIGHT}kept = 1\n{end}", "def later(x):\n    return base + kept")
    assert [live.ran[n].status for n in range(3)] == ["ok", "timeout", "ok"]
    assert call(live, "twice", 4).value == 8 and call(live, "later", 4).value == 11
    assert len(sessions) == 1 and sessions[0].alive


KILLED = {
    "an interrupt swallowed": "while True:\n    try:\n        while True: pass\n"
    "    except BaseException: pass",
    "an interrupt ignored": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    "while True: pass",
    "a loop in C": "sum(range(10**12))",
    "_exit": "import os\nos._exit(0)",
    "a crash": "import ctypes\nctypes.string_at(0)",
    "too much memory": "kept = []\nwhile True: kept.append(bytearray(1 << 24))",
    "too much at once": "bytearray(1 << 40)",
    "sys.exit": "import sys\nsys.exit()",
    "exit": "exit()",
    "a magic and _exit": "%matplotlib inline\nimport os\nos._exit(0)",
    "too many files": "from pathlib import Path\nfor n in range(9999): Path(str(n)).touch()",
}


@pytest.mark.parametrize("end", KILLED.values(), ids=KILLED)
def test_what_a_cell_defined_before_its_fatal_statement_is_there_afterwards(live_of, end):
    live = live_of("base = 10", f"{RIGHT}half = lambda x: x / 2\n{end}",
                   "def later(x):\n    return base + twice(x)")  # fmt: skip
    assert live.ran[1].status != "ok" or "exit" in end or "Path" in end
    assert call(live, "twice", 4).value == 8
    assert call(live, "half", 4).value == 2
    assert call(live, "later", 4).value == 18


STOPS = {
    "a bracket left open": ("x = 1\ndef twice(x:\n    return x", "error", 2, "'(' was never"),
    "a module that is not there": ("\nimport nothing_such\n" + RIGHT, "error", 2, "nothing_such"),
    "a default that is not defined": (
        "def twice(x, k=factor):\n    return 2 * x", "error", 1, "factor",
    ),
    "a loop before it": ("n = 0\nwhile True:\n    n += 1\n" + RIGHT, "timeout", (2, 3), ""),
    "a loop in a function": (
        "def wait():\n    while True:\n        pass\n\nwait()\n" + RIGHT, "timeout", (2, 3), "",
    ),
    "a swallowed interrupt": (
        "while True:\n  try:\n    while True: pass\n  except BaseException: pass\n" + RIGHT,
        "timeout", (2, 3), "",
    ),
    "memory": ("\n\nbytearray(1 << 40)\n" + RIGHT, "memory", 3, ""),
}  # fmt: skip


@pytest.mark.quick("a bracket left open", "a default that is not defined")
@pytest.mark.parametrize(("source", "status", "line", "words"), STOPS.values(), ids=STOPS)
def test_a_function_that_is_missing_says_where_its_cell_stopped(
    live_of, source, status, line, words
):
    live = live_of("ready = True", source)
    missing = call(live, "twice", 4)
    assert missing.status == "missing"
    assert missing.stop == live.stops[1] and missing.stop.status == status
    assert missing.stop.line in (line if isinstance(line, tuple) else (line,))
    assert words in missing.stop.error_message
    if status == "timeout":
        assert missing.stop.seconds == LIMITS.cell_seconds


@pytest.mark.quick
def test_a_cell_that_defines_something_else_is_no_reason(live_of):
    live = live_of("def other(x:\n", "1 / 0")
    assert call(live, "twice", 4).stop is None


def test_a_cell_gets_no_more_time_than_the_submission_however_often_it_is_run_again(live_of):
    swallow = "try:\n    while True: pass\nexcept BaseException: pass\n"
    hostile = f"import signal\nsignal.signal(2, signal.SIG_IGN)\n{swallow * 30}"
    live = live_of(*[hostile.replace("signal.signal", f"{n};signal.signal") for n in range(30)],
                   RIGHT, seconds=2.0)  # fmt: skip
    begun = [n for n, result in live.ran.items() if "was over" not in result.error_message]
    assert len(begun) <= 4, "each takes half a second, and as long to find its last statement"
