"""Beside every lesson lie the helpers that it imports: copies that `autograder build` makes."""

import os
import signal
from pathlib import Path

from autograder.handout.copies import HANDED_OUT, handed_out

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts its background jobs
    signal.signal(signal.SIGINT, signal.default_int_handler)

LESSONS = Path(__file__).parents[1] / "source"


def pytest_configure():
    """Make what a fresh clone lacks; several processes may do so at the same time."""
    for notebook in LESSONS.glob("*/*.ipynb"):
        for name in HANDED_OUT:
            copy = notebook.with_name(name)
            if not copy.exists():
                new = copy.with_name(f".{name}.{os.getpid()}")
                new.write_text(handed_out(name), encoding="utf-8")
                new.replace(copy)
