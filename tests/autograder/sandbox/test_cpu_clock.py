"""How long a deadline waits for a process that computes, queues for a processor, or sleeps."""

import os
import select
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.sandbox import waits
from autograder.sandbox.channel import Channel, DeadlinePassed
from autograder.sandbox.cpu_clock import (
    Clocks,
    is_kept_waiting,
    this_thread_waited,
    waited_for_a_processor,
)
from autograder.sandbox.limits import TooBusy
from autograder.sandbox.waits import count_sleep
from autograder.sandbox.wire_format import Caps


class Crowded:
    """A machine on which a process computes a tenth of the time; the rest it queues or sleeps."""

    def __init__(self, queues):
        self.now = 0.0
        self.computed = lambda: 0.1 * self.now
        self.queued = lambda: 0.9 * self.now if queues else 0.0
        self.is_kept_waiting = lambda: False

    def sleep(self):
        """Let the judge sleep for a moment, of its own will."""
        self.now += 0.01
        count_sleep(0.01)


@pytest.mark.quick
@pytest.mark.parametrize(("queues", "share"), [(True, 1.0), (False, 0.5)])
def test_a_deadline_waits_for_who_stands_in_the_queue_and_not_for_who_sleeps(
    monkeypatch, queues, share
):
    machine, (end, other) = Crowded(queues), socket.socketpair()
    monkeypatch.setattr("autograder.sandbox.waits.time.monotonic", lambda: machine.now)
    channel = Channel(end, Caps(), clocks=machine)
    channel.begin(1.0)
    with pytest.raises(DeadlinePassed):
        while machine.now < 100:
            channel.require(1.0)
            machine.sleep()
    end.close(), other.close()
    got = channel.extension.computed()
    assert (got >= 0.99) if queues else (got < share)


@pytest.mark.quick
def test_a_wait_counts_before_the_system_has_booked_it_and_not_for_ever(monkeypatch):
    """The system books the time in the queue when it is over; of a slow disk it books nothing."""
    machine, (end, other) = Crowded(queues=False), socket.socketpair()
    machine.computed, machine.is_kept_waiting = lambda: 0.0, lambda: True
    monkeypatch.setattr("autograder.sandbox.waits.time.monotonic", lambda: machine.now)
    channel = Channel(end, Caps(), clocks=machine)
    channel.begin(1.0)
    with pytest.raises(TooBusy, match="for 60 s; grade it again"):
        while machine.now < 1000:
            channel.require(1.0)
            machine.sleep()
    assert 60 <= machine.now <= 62
    begun = machine.now
    channel.begin(1.0)
    with pytest.raises(TooBusy):
        while machine.now < begun + 1000:
            channel.require(begun + 1.0)
            machine.sleep()
    assert machine.now <= begun + 2, "the next request of the same session has no minute of its own"
    end.close(), other.close()


@pytest.mark.quick
def test_who_waits_for_a_disk_is_given_no_more_for_what_it_computes(monkeypatch):
    """A cell that writes and flushes what it wrote computes little, as long as it likes."""
    machine, (end, other) = Crowded(queues=False), socket.socketpair()
    machine.computed, machine.is_kept_waiting = lambda: 0.05 * machine.now, lambda: True
    monkeypatch.setattr("autograder.sandbox.waits.time.monotonic", lambda: machine.now)
    channel = Channel(end, Caps(), clocks=machine)
    channel.begin(10.0)
    with pytest.raises(TooBusy):
        while machine.now < 1000:
            channel.require(10.0)
            machine.sleep()
    end.close(), other.close()
    assert machine.now <= 10 + 60 + 1


@pytest.mark.quick
def test_who_computes_is_waited_for_in_each_request_until_it_has_used_its_limit(monkeypatch):
    """Endless loops in several cells on a machine with work for twenty."""
    machine, (end, other) = Crowded(queues=False), socket.socketpair()
    machine.computed, machine.queued = lambda: 0.05 * machine.now, lambda: 0.95 * machine.now
    monkeypatch.setattr("autograder.sandbox.waits.time.monotonic", lambda: machine.now)
    told = []
    monkeypatch.setattr("autograder.sandbox.waits._granted", waits._Granted())
    waits.tell_of_waits(told.append)
    channel = Channel(end, Caps(), clocks=machine)
    for _ in range(4):
        begun = machine.now
        channel.begin(10.0)
        with pytest.raises(DeadlinePassed):
            while machine.now < begun + 1000:
                channel.require(begun + 10.0)
                machine.now += 0.05
                count_sleep(0.05)
        assert channel.extension.computed() >= 9.9
    end.close(), other.close()
    of_others = [told_of.of_others for told_of in told]
    assert min(of_others) >= 1 and 4 * 185 < sum(of_others) < 4 * 195, "what a watchdog gives back"


@pytest.mark.quick
def test_a_wait_of_ours_that_ends_late_is_time_that_nobody_had(monkeypatch):
    """A system that limits the processor time of all of us books no wait for it."""
    machine, (end, other) = Crowded(queues=False), socket.socketpair()
    machine.computed = lambda: 0.01 * machine.now

    def poll(milliseconds):
        machine.now += 5.0
        return []

    monkeypatch.setattr("autograder.sandbox.waits.time.monotonic", lambda: machine.now)
    channel = Channel(end, Caps(), clocks=machine)
    channel._poll = SimpleNamespace(poll=poll)
    channel.begin(0.2)
    with pytest.raises(DeadlinePassed):
        while machine.now < 1000:
            channel._wait(select.POLLIN, 0.2)
    end.close(), other.close()
    assert channel.extension.computed() >= 0.2


@pytest.mark.quick
def test_what_is_slept_while_another_process_answers_is_no_time_without_a_processor(monkeypatch):
    """A test cell that is judged outside waits for the student's process, which may sleep."""
    machine, pairs = Crowded(queues=False), [socket.socketpair() for _ in range(2)]
    machine.computed = lambda: 0.0

    def poll(milliseconds):
        machine.now += milliseconds / 1000
        return []

    monkeypatch.setattr("autograder.sandbox.waits.time.monotonic", lambda: machine.now)
    asking, answering = (Channel(end, Caps(), clocks=machine) for end, _ in pairs)
    answering._poll = SimpleNamespace(poll=poll)
    asking.begin(10.0)
    while machine.now < 12.0:
        answering._wait(select.POLLIN, 20.0)
    with pytest.raises(DeadlinePassed):
        asking.require(10.0)
    for end in (*pairs[0], *pairs[1]):
        end.close()


@pytest.mark.quick
def test_who_sleeps_when_all_waits_are_used_up_is_out_of_time(monkeypatch):
    machine, (end, other) = Crowded(queues=False), socket.socketpair()
    machine.computed, waiting = lambda: 0.0, [True]
    machine.is_kept_waiting = lambda: waiting[0]
    monkeypatch.setattr("autograder.sandbox.waits.time.monotonic", lambda: machine.now)
    channel = Channel(end, Caps(), clocks=machine)
    channel.begin(1.0)
    with pytest.raises(TooBusy):
        while machine.now < 1000:
            channel.require(1.0)
            machine.sleep()
    waiting[0], begun = False, machine.now
    channel.begin(1.0)
    with pytest.raises(DeadlinePassed):
        while machine.now < begun + 1000:
            channel.require(begun + 1.0)
            machine.sleep()
    end.close(), other.close()


@pytest.mark.quick
def test_who_is_ready_to_compute_is_kept_waiting_and_who_sleeps_is_not():
    assert is_kept_waiting(os.getpid()), "it is this process that asks"
    sleeper = subprocess.Popen([sys.executable, "-c", "print(flush=True); input()"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    sleeper.stdout.readline()
    while is_kept_waiting(sleeper.pid):
        pass
    sleeper.communicate(b"\n")
    assert not is_kept_waiting(sleeper.pid)


@pytest.mark.quick
def test_a_process_that_is_gone_is_waited_for_no_longer():
    end, other = socket.socketpair()
    gone = Crowded(queues=False)
    gone.computed = lambda: float("inf")
    channel = Channel(end, Caps(), clocks=gone)
    channel.begin(1.0)
    with pytest.raises(DeadlinePassed):
        channel.require(0.0)
    end.close(), other.close()


@pytest.mark.quick
def test_our_own_time_in_the_queue_is_counted_once(monkeypatch):
    """By the one who was kept from running, and not by the clocks of the other side."""
    waited = {os.getpid(): 2.0, 1: 0.5}
    monkeypatch.setattr("autograder.sandbox.cpu_clock.waited_for_a_processor", waited.get)
    assert Clocks(1).queued() == 0.5
    machine, told = SimpleNamespace(now=0.0), []
    machine.computed, machine.queued = lambda: 0.0, lambda: 0.0
    monkeypatch.setattr("autograder.sandbox.waits.time.monotonic", lambda: machine.now)
    monkeypatch.setattr("autograder.sandbox.waits.time.thread_time", lambda: 0.0)
    monkeypatch.setattr("autograder.sandbox.waits._granted", waits._Granted())
    waits.tell_of_waits(told.append)
    extension = waits.DeadlineExtension(machine, 0.05)
    extension.begin(1.0)
    machine.now = 7.0
    assert extension.left(1.0) == pytest.approx(1.0 + waits.MOST_PATIENCE)
    assert told == [(0.0, 7.0)]


@pytest.mark.quick
def test_threads_that_wait_for_each_other_have_waited_no_longer_than_one_of_them():
    def waits():
        tasks = Path(f"/proc/{os.getpid()}/task").iterdir()
        return [int((task / "schedstat").read_text().split()[1]) / 1e9 for task in tasks]

    done = threading.Event()
    several = [threading.Thread(target=done.wait) for _ in range(20)]
    for thread in several:
        thread.start()
    try:
        least, found, most = max(waits()), waited_for_a_processor(os.getpid()), max(waits())
        assert sum(w > 0 for w in waits()) > 1
    finally:
        done.set()
    assert least <= found <= most


@pytest.mark.quick
def test_what_a_thread_has_waited_is_no_other_thread_s():
    def own():
        own = Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/schedstat")
        return int(own.read_text().split()[1]) / 1e9

    found = []

    def ask():
        found.append((own(), this_thread_waited(), own()))

    thread = threading.Thread(target=ask)
    thread.start(), thread.join()
    ask()
    assert all(least <= waited <= most for least, waited, most in found)
