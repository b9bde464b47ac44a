"""Fuzz what reads a child's bytes, guided by coverage, for some minutes:

    pip install atheris
    python tests/autograder/sandbox/fuzz/fuzz_decode.py [-max_total_time=600] [CORPUS_FOLDER]

Options are libFuzzer's. A finding is written to a file ``crash-…`` and ends the run.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

UNDER_TEST = [
    "autograder.sandbox.wire",
    "autograder.sandbox.wire_format",
    "autograder.handout.arrays",
    "autograder.handout.differences",
    "autograder.sandbox.received_outputs",
]

with atheris.instrument_imports(include=[*UNDER_TEST, "one_input"]):
    from one_input import seeds, try_one


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number, payload in enumerate(seeds()):
            Path(folder, f"seed-{number}").write_bytes(payload)
        options = ["-rss_limit_mb=1024", "-timeout=10", "-max_len=4096", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *options, *sys.argv[1:], folder], lambda data: try_one(data))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
