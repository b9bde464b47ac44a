"""What one task takes is watched from outside: whoever overruns costs nobody else anything."""

import os
import signal
import subprocess
import sys
from concurrent.futures import BrokenExecutor, Future
from pathlib import Path

import psutil
import pytest

sys.path.append(str(Path(__file__).parent))

from hard_tasks import (
    deaf_for_ever,
    die,
    die_when_judged,
    eat,
    eat_when_judged,
    in_c_for_ever,
    own_pid,
    put_something_aside,
    refuse,
)

from autograder.batch.workers import (
    Budget,
    Overran,
    WorkerLost,
    Workers,
    _Assigned,
    _Worker,
    end_own_worker,
    in_own_worker,
)
from autograder.grading.only_hints import only_hints_are_left
from autograder.sandbox.waits import Waits

pytestmark = pytest.mark.family

PLENTY = Budget(600, 1 << 30)
SOON = Budget(0.5, 1 << 30)


@pytest.fixture(params=["forked", "started"])
def workers(request, monkeypatch):
    if request.param == "started":
        monkeypatch.setattr("threading.active_count", lambda: 2)
    with Workers(2, PLENTY) as made:
        yield made


@pytest.mark.quick("started")
def test_results_and_errors_come_back(workers):
    assert workers.submit(abs, -3).result() == 3
    with pytest.raises(ValueError, match="no"):
        workers.submit(refuse, "no").result()
    assert workers.submit(own_pid).result() != os.getpid()


def test_texts_are_ordered_alike_wherever_something_is_judged(monkeypatch):
    """A grader may go through a set: two runs of one submission are to give one result."""
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    monkeypatch.setattr("threading.active_count", lambda: 2)  # so that a worker is started
    plain = {**os.environ, "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-c", "print(hash('a text'))"]
    said = subprocess.run(command, env=plain, capture_output=True, text=True, check=True).stdout
    end_own_worker()  # which an earlier test may have forked
    assert [in_own_worker(PLENTY, hash, "a text") for _ in range(2)] == [int(said)] * 2
    end_own_worker()


@pytest.mark.parametrize("task", [deaf_for_ever, in_c_for_ever])
def test_a_task_that_takes_too_long_is_ended_and_the_others_are_answered(workers, task):
    slow = workers.submit_within(SOON, task)
    others = [workers.submit(abs, -n) for n in range(20)]
    assert [other.result() for other in others] == list(range(20))
    with pytest.raises(Overran, match=r"longer than 0\.5 s"):
        slow.result()
    assert workers.submit(abs, -3).result() == 3


def test_a_task_that_takes_too_much_memory_is_ended(workers):
    hungry = workers.submit_within(Budget(600, 100 << 20), eat, 300)
    with pytest.raises(Overran, match="more than 100 MiB"):
        hungry.result()
    assert workers.submit(abs, -3).result() == 3


def test_whether_only_hints_were_left_is_known_of_what_ended_a_worker():
    little = Budget(600, 100 << 20)
    with Workers(1, PLENTY) as one:
        for task, memory, is_judged in (
            (eat, (300,), False), (eat_when_judged, (300,), True),
            (die_when_judged, (), True), (die, (), False),
        ):  # fmt: skip
            with pytest.raises((Overran, WorkerLost)) as ended:
                one.submit_within(little, task, *memory).result()
            assert ended.value.after_judging is is_judged, task
        assert one.submit(only_hints_are_left).result() is None
        with pytest.raises(Overran) as ended:  # the task before had been judged, and not this one
            one.submit_within(little, eat, 300).result()
        assert not ended.value.after_judging


@pytest.mark.quick("started")
def test_a_worker_that_dies_loses_its_own_task_only(workers):
    dead, alive = workers.submit(die), [workers.submit(abs, -n) for n in range(8)]
    with pytest.raises(WorkerLost):
        dead.result()
    assert [future.result() for future in alive] == list(range(8))


def test_what_cannot_cross_fails_by_itself(workers):
    with pytest.raises(Exception, match=r"(?i)pickle|local object"):
        workers.submit(lambda: None).result()
    with pytest.raises(RuntimeError, match=r"(?i)pickle|module"):
        workers.submit(__import__, "sys").result()
    assert workers.submit(abs, -3).result() == 3


def test_an_exception_ends_workers_that_are_deaf():
    with pytest.raises(KeyboardInterrupt), Workers(2, PLENTY) as workers:
        pids = [workers.submit(own_pid).result() for _ in range(8)]
        futures = [workers.submit(deaf_for_ever) for _ in range(3)]
        raise KeyboardInterrupt
    assert not any(map(psutil.pid_exists, pids))
    assert all(future.cancelled() or future.exception() for future in futures)


def test_nothing_of_a_worker_is_left_on_the_disk():
    with Workers(1, PLENTY) as workers:
        folder = Path(workers.submit(put_something_aside).result())
        assert folder.is_dir()
        with pytest.raises(Overran):
            workers.submit_within(SOON, deaf_for_ever).result()
    assert not folder.exists() and not folder.parent.exists()


def test_workers_that_die_at_the_start_break_the_executor_and_not_the_machine(monkeypatch):
    monkeypatch.setattr("threading.active_count", lambda: 2)
    monkeypatch.setattr("autograder.batch.workers._PROGRAM", "import sys; sys.exit(1)")
    with Workers(1, PLENTY) as workers:
        with pytest.raises(BrokenExecutor):
            workers.submit(abs, -1).result()
        with pytest.raises(BrokenExecutor):
            workers.submit(abs, -1)


def test_the_own_worker_of_a_process_is_kept_and_replaced():
    first = in_own_worker(PLENTY, own_pid)
    assert in_own_worker(PLENTY, own_pid) == first != os.getpid()
    with pytest.raises(Overran):
        in_own_worker(SOON, deaf_for_ever)
    assert in_own_worker(PLENTY, own_pid) != first


RUN = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
sys.path.insert(0, sys.argv[1])
from hard_tasks import deaf_for_ever, own_pid
from autograder.batch.workers import Budget, Workers
with Workers(2, Budget(600, 1 << 30)) as workers:
    print(workers.submit(own_pid).result(), flush=True)
    for _ in range(3):
        workers.submit(deaf_for_ever)
    print("busy", flush=True)
    workers.submit(abs, -1).result()
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_whoever_ends_the_main_process_ends_deaf_workers(how):
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, str(Path(__file__).parent)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    pid = int(run.stdout.readline())
    assert run.stdout.readline() == "busy\n"
    family = psutil.Process(run.pid).children(recursive=True)
    assert pid in {child.pid for child in family}
    run.send_signal(how)
    run.communicate(timeout=60)
    psutil.wait_procs(family, timeout=60)
    assert not [child for child in family if child.is_running()]


class _Pipe:
    """What a worker has sent."""

    def __init__(self, *messages):
        self.messages = list(messages)

    def poll(self):
        return bool(self.messages)

    def recv(self):
        return self.messages.pop(0)


@pytest.mark.quick
def test_what_a_task_waits_for_a_processor_is_no_part_of_its_budget(monkeypatch):
    """Its sandbox tells of its own waits; those of the worker itself are looked up, or told."""
    now, queued = [0.0], [3.0]
    monkeypatch.setattr("autograder.batch.workers.time.monotonic", lambda: now[0])
    monkeypatch.setattr("autograder.batch.workers.memory_of", lambda pid: 0)
    monkeypatch.setattr("autograder.batch.workers.waited_for_a_processor", lambda pid: queued[0])
    worker = object.__new__(_Worker)
    worker.pipe, worker._pid, worker.is_ready = _Pipe(Waits(20.0, 0.0)), 1, False
    worker._assigned, worker._kept = None, 100.0
    worker._deadline = worker._queued_before = worker._most_memory = 0.0
    assert worker.look() and not worker.is_ready, "a wait while it gets warm"
    worker.pipe.messages = [None]
    assert worker.look() and worker.is_ready
    worker.pipe.send_bytes = lambda task: None
    worker.take(_Assigned(Future(), (abs, (1,)), Budget(10.0, 1)))
    now[0], queued[0] = 15.0, 9.0
    assert worker.look(), "six of fifteen seconds were its own wait"
    worker.pipe.messages = [Waits(30.0, 5.0)]  # five of the six again
    now[0] = 45.9
    assert worker.look() and worker.look()
    now[0], worker.pipe.messages = 48.9, [Waits(0.0, 4.0)]
    assert worker.look() and worker.look(), "three more are booked nowhere"
    now[0] = 49.1
    future = worker._assigned.future
    assert not worker.look()
    assert str(future.exception()) == "it took longer than 10 s"
