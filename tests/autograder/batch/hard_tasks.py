"""Tasks that a worker may be given: from a module that any process can import."""

import os
import signal
import tempfile
import time

from autograder.grading.only_hints import only_hints_are_left


def deaf_for_ever():
    """Python code that no signal but one ends."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass


def in_c_for_ever():
    """Holds the interpreter's lock, so that nothing else in its process runs."""
    return sum(range(10**14))


def eat(mebibytes):
    kept = [b"x" * (1 << 20) for _ in range(mebibytes)]
    time.sleep(600)
    return kept


def eat_when_judged(mebibytes):
    only_hints_are_left()
    return eat(mebibytes)


def die_when_judged():
    only_hints_are_left()
    die()


def own_pid():
    return os.getpid()


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(text):
    raise ValueError(text)


def put_something_aside():
    return tempfile.mkdtemp()
