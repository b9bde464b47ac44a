"""Beside every lesson lie the helpers that it imports: copies that `autograder build` makes."""

import os
import signal
import threading
from functools import cache
from pathlib import Path

from autograder.environment import prepare_process
from autograder.handout.copies import HANDED_OUT, handed_out, language_of

prepare_process()  # before anything imports nbgrader or nbformat: it halves the start

IN_MAIN_THREAD = threading.current_thread() is threading.main_thread()  # no worker of `verify`
if IN_MAIN_THREAD and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # as a shell starts its background jobs
    signal.signal(signal.SIGINT, signal.default_int_handler)

LESSONS = Path(__file__).parents[1] / "source"


def pytest_configure():
    """Make what a fresh clone lacks, and anew, in its language, what a pull has made old.

    Several processes may do so at the same time.
    """
    fresh = cache(handed_out)
    for name in HANDED_OUT:
        for notebook in LESSONS.glob("*/*.ipynb"):
            copy = notebook.with_name(name)
            old = copy.read_text(encoding="utf-8") if copy.exists() else ""
            text = fresh(name, language_of(old))
            if old != text:
                new = copy.with_name(f".{name}.{os.getpid()}")
                new.write_text(text, encoding="utf-8")
                new.replace(copy)
