"""Start of the confined side: ``python -s -P __main__.py CONTROL_FD [OTHER_FD]``."""

from __future__ import annotations

import sys
from pathlib import Path

_PROJECT = str(Path(__file__).resolve().parents[3])
sys.path.insert(0, _PROJECT)
from autograder.sandbox.warm.start import start  # noqa: E402

sys.path.remove(_PROJECT)

if __name__ == "__main__":
    start(*map(int, sys.argv[1:]))
