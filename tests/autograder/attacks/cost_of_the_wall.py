"""What the wall costs per submission: prints milliseconds per tier and what each layer takes.

    python tests/autograder/attacks/cost_of_the_wall.py [SUBMISSIONS]

A right submission of the tiny assignment is graded again and again, the tiers in turns; "bare" is
tier A with every layer left out, so a plain fork.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from attacking import Arena
from layer_table import LAYERS, tiny_course

BARE = LAYERS[1:]
WALLS = {"bare": ("A", BARE), "A": ("A", ()), "B": ("B", ())}


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        arenas = {}
        for name, (tier, without) in WALLS.items():
            arenas[name] = Arena(tiny_course(Path(folder, name, "course")), tier, without)
        seconds: dict[str, list[float]] = {name: [] for name in WALLS}
        for _ in range(count):
            for name, arena in arenas.items():
                start = time.perf_counter()
                if problem := arena.next_is_right():
                    raise SystemExit(problem)
                seconds[name].append(time.perf_counter() - start)
        bare = statistics.median(seconds["bare"])
        print("| wall | median, ms | 90 %, ms | against a bare fork |\n|---|---|---|---|")
        for name, found in seconds.items():
            median, late = statistics.median(found), statistics.quantiles(found, n=10)[-1]
            print(f"| {name} | {median * 1e3:.1f} | {late * 1e3:.1f} | {median / bare:.2f} × |")
        for name in ("A", "B"):
            steps = arenas[name].grader.sandbox.last_steps
            print(f"{name}: " + ", ".join(f"{k} {v * 1e3:.2f} ms" for k, v in steps.items()))
        for arena in arenas.values():
            arena.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
