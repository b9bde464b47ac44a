"""Beside every lesson lie the helpers that it imports: copies that `autograder build` makes."""

import os
import signal
import threading
from pathlib import Path

from autograder.handout.copies import HANDED_OUT, handed_out

IN_MAIN_THREAD = threading.current_thread() is threading.main_thread()  # no worker of `verify`
if IN_MAIN_THREAD and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # as a shell starts its background jobs
    signal.signal(signal.SIGINT, signal.default_int_handler)

LESSONS = Path(__file__).parents[1] / "source"


def pytest_configure():
    """Make what a fresh clone lacks, and anew what a pull has made old.

    Several processes may do so at the same time.
    """
    for name in HANDED_OUT:
        text = handed_out(name)
        for notebook in LESSONS.glob("*/*.ipynb"):
            copy = notebook.with_name(name)
            if not copy.exists() or copy.read_text(encoding="utf-8") != text:
                new = copy.with_name(f".{name}.{os.getpid()}")
                new.write_text(text, encoding="utf-8")
                new.replace(copy)
