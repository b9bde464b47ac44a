"""docs/performance.md and its plot, from what was measured: ``python -m benchmarks.page``."""

from __future__ import annotations

import json
import math
import statistics
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from autograder.handout.course_style import OKABE_ITO

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "images" / "scaling.png"

HEAD = """# Performance

Measured by `python -m benchmarks` and written by `python -m benchmarks.page`; do not edit by hand.
Timings are noisy on shared machines: read the ratios, which come from runs of the same command that
alternate. The class is varied: right answers in several styles, known mistakes, 5% untouched stubs,
2.5% each of syntax errors, endless loops and crashes. Where no other is named, the assignment
is `initialization`. Machine: {cores} cores, Python {python}, Linux {kernel}.
*Size of the class*, *Queries*, *The single writer*, *Memory* and *On paper* are of 26 November 2026, when
`initialization` had four graded functions instead of six; the others are of 29 and 30 November.
"""


def page(found: dict[str, Any]) -> str:
    """The whole page as Markdown."""
    parts = [HEAD.format(**found["machine"])]
    for name, write in (("doors", _doors), ("assignments", _assignments), ("processor", _processor), ("start", _start),
                        ("steps", _steps), ("floor", _floor), ("scale", _scale), ("gradebook", _gradebook),
                        ("writer", _writer), ("memory", _memory), ("watch", _watch), ("hints", _hints)):  # fmt: skip
        if name in found:
            parts.append(write(found[name]))
    if "scale" in found and "writer" in found:
        parts.append(_paper(found["scale"], found["writer"], found["machine"]["cores"]))
    return "\n".join(parts)


def _doors(found: dict[str, Any]) -> str:
    size, grade = found["submissions"], found["grade_seconds"]
    rows = [
        f"## A class of {size}: stock nbgrader and ours",
        "",
        "| command | seconds, each round | seconds per submission | submissions/s | ratio to stock |",
        "|---|---|---|---|---|",
    ]
    stock = statistics.mean(grade["stock"])
    for name, seconds in grade.items():
        ratios = [stock / one for one in seconds]
        command = {"stock": "stock `nbgrader autograde`", "autograder": "`autograder grade`"}
        rows.append(
            f"| {command.get(name, '`nbgrader autograde`, our config')} | {_list(seconds)} "
            f"| {statistics.mean(seconds) / size:.3f} | {size / statistics.mean(seconds):.1f} "
            f"| {min(ratios):.1f} to {max(ratios):.1f} |"
        )
    pages = found["feedback_seconds"]
    ratios = [s / o for s, o in zip(pages["stock"], pages["autograder"], strict=True)]
    rows += [
        "",
        f"Start-up of the commands is included. Feedback pages: stock {_list(pages['stock'])} s, "
        f"ours {_list(pages['autograder'])} s, {min(ratios):.1f} to {max(ratios):.1f} times as fast.",
        "",
    ]
    return "\n".join(rows)


def _assignments(found: dict[str, Any]) -> str:
    size, few = found["submissions"], found["stock_submissions"]
    rows = [
        "## Every assignment",
        "",
        f"A class of {size} by `autograder grade`, and its first {few} by stock `nbgrader autograde`, "
        "one after the other; seconds per submission, start-up included. Stock nbgrader's time is that "
        "of a kernel and of its imports, alike for all; ours is that of the student's own code and of "
        "the hidden checks, which stock nbgrader does not run.",
        "",
        "| assignment | hidden checks | stock | ours | ratio |",
        "|---|---|---|---|---|",
    ]
    rows += [
        f"| `{row['assignment']}` | {row['checks']} | {row['stock']:.2f} | {row['ours']:.4f} "
        f"| {row['stock'] / row['ours']:.0f} |"
        for row in found["rows"]
    ]
    return "\n".join([*rows, ""])


def _processor(found: dict[str, Any]) -> str:
    then = {row["assignment"]: row for row in found["then"]["rows"]}
    rows = [
        "## Processor time of one submission",
        "",
        f"Milliseconds that one submission more takes, in a class of {found['submissions']} without its endless "
        "loops, which take their limit: the judge, the student's session, the process that forks it, the "
        "notebook's text; no gradebook and no files. `python -m benchmarks --only processor` gives them, also on a "
        f"busy machine, where they are more. *Then* is commit {found['then']['commit']}. Both graded a submission "
        "each in turns on one busy machine: the ratios tell more than the milliseconds.",
        "",
        "| assignment | exercises then | now | ms then | now | now / then | ms of an exercise then | now |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in found["rows"]:
        old = then[row["assignment"]]
        each = [r["milliseconds"] / r["exercises"] for r in (old, row)]
        rows.append(
            f"| `{row['assignment']}` | {old['exercises']} | {row['exercises']} "
            f"| {old['milliseconds']:.0f} | {row['milliseconds']:.0f} "
            f"| {row['milliseconds'] / old['milliseconds']:.2f} | {each[0]:.1f} | {each[1]:.1f} |"
        )
    rows += [
        "",
        "Where it went on 29 November, of a right answer to `optimization` (about 90 ms): the judge 25, of which 10 are 255 "
        "messages; the session 64, of which 27 are 218 calls (18 of these packing and unpacking), 25 cells and "
        "public checks, 2 the search for stubs, and 9 the birth of the process and its messages. "
        "Since then a call's arguments cross in one payload (session 72.6 to 68.0 ms, in turns on a busy machine), "
        "the cells that most notebooks hold are compiled before the fork (69.3 to 62.4), and an answer is "
        "written by what all answers of a request begin with (the calls 22.9 to 19.6).",
        "",
        "Of `initialization`, on 1 December, the whole command over a class of 195 takes 83 ms a submission, sampled "
        "on a busy machine: the sessions 36 (11 of them in the kernel: a session copies 2,850 pages, an idle one "
        "1,050), three workers 28, the process that reads and records 10, the child-makers 5 (2 of them copying "
        "tables of pages), the nursery 4. What was known of the author's versions, for the lines beside a hint, took "
        "each worker 0.50 s in `optimization` and takes 0.12.",
    ]
    return "\n".join([*rows, ""])


def _start(found: dict[str, Any]) -> str:
    return "\n".join(
        [
            "## Start-up", "",
            f"A class of {found['submissions']}, {len(found['first'])} runs: the first submission was "
            f"graded {min(found['first']):.2f} to {max(found['first']):.2f} s after the command was given, "
            f"all were graded and recorded after {min(found['whole']):.2f} to {max(found['whole']):.2f} s.", "",
        ]
    )  # fmt: skip


def _steps(found: dict[str, Any]) -> str:
    rows = ["## One submission, step by step", "", f"Medians in one warm worker, tier {found['tier']}.",
            "", "| step | ms |", "|---|---|"]  # fmt: skip
    rows += [f"| {name} | {value:.2f} |" for name, value in found["milliseconds"].items()]
    return "\n".join([*rows, ""])


def _floor(found: dict[str, Any]) -> str:
    rows = [
        "## Close to the limit", "",
        "The floor is the same cells, calls and graders in one warm process with no wall, no files and no "
        "gradebook (loops and crashes left out, which it would not survive). Ours is the whole way with one "
        "worker, start-up taken out; milliseconds of one submission. The search for slips, which the floor does "
        "not do, can be turned off (`repair_seconds = 0`).", "",
        "| assignment | floor | ours, without the search | times the floor | ours | times the floor |",
        "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for row in found["rows"]:
        bare, without, whole = row["floor_ms"], row["without_search_ms"], row["ours_ms"]
        rows.append(
            f"| `{row['assignment']}` | {bare:.1f} | {without:.1f} | {without / bare:.1f} "
            f"| {whole:.1f} | {whole / bare:.1f} |"
        )
    return "\n".join([*rows, ""])


def _scale(found: dict[str, Any]) -> str:
    rows = [
        "## Size of the class", "", "![Seconds over the number of submissions](images/scaling.png)",
        "", "| submissions | grade | again, nothing changed | feedback | report | nbgrader export "
        "| main process | all processes |", "|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for row in found["rows"]:
        rows.append(
            f"| {row['submissions']} | {row['grade']:.1f} s | {row['nothing_changed']:.1f} s "
            f"| {row['feedback']:.1f} s | {row['report']:.1f} s | {row['export']:.1f} s "
            f"| {row['main_mib']:.0f} MiB | {row['all_mib']:.0f} MiB |"
        )
    return "\n".join([*rows, ""])


def _gradebook(found: dict[str, Any]) -> str:
    rows = found["rows"]
    sizes = sorted({row["submissions"] for row in rows})
    heads = " | ".join(f"{size} submissions" for size in sizes)
    lines = [
        "## Queries that grow with the class", "",
        "Seconds of processor (SQL statements, thousands of SQLite's own steps). The last column is the exponent "
        "of the seconds between the two largest classes: 1 is linear, 2 quadratic.", "",
        f"| operation | {heads} | exponent |", "|---|" + "---|" * (len(sizes) + 1),
    ]  # fmt: skip
    for name in dict.fromkeys(row["operation"] for row in rows):
        mine = {row["submissions"]: row for row in rows if row["operation"] == name}
        cells = " | ".join(
            f"{mine[n]['seconds']:.2f} ({mine[n]['statements']}, {mine[n]['steps']})" for n in sizes
        )
        lines.append(f"| {name} | {cells} | {_exponent(mine, sizes):.2f} |")
    return "\n".join([*lines, ""])


def _exponent(mine: dict[int, dict[str, Any]], sizes: list[int]) -> float:
    if len(sizes) < 2:
        return math.nan
    small, large = sizes[-2:]
    seconds = mine[large]["seconds"] / mine[small]["seconds"]
    return math.log(seconds) / math.log(large / small)


def _writer(found: dict[str, Any]) -> str:
    return "\n".join(
        [
            "## The single writer", "",
            f"Of {found['submissions']} submissions, medians: {found['stage_ms']:.2f} ms each to "
            "prepare and stage in a worker; in the one process that records, "
            f"{found['record_ms']:.2f} ms for a new submission ({1000 / found['record_ms']:.0f} per "
            f"second) and {found['again_ms']:.2f} ms for one that was there "
            f"({1000 / found['again_ms']:.0f} per second).", "",
        ]
    )  # fmt: skip


def _memory(found: dict[str, Any]) -> str:
    lines = [
        "## Memory of the main process", "",
        "Of `autograder grade` with results that come from an executor ready made.", "",
        "| submissions | all recorded | again, nothing changed |", "|---|---|---|",
    ]  # fmt: skip
    for row in found["rows"]:
        lines.append(f"| {row['submissions']} | {row['main_mib']} MiB | {row['again_mib']} MiB |")
    return "\n".join([*lines, ""])


def _watch(found: dict[str, Any]) -> str:
    alone, burst = found["alone"], found["burst"]
    first, *later = alone["seconds"]
    rows = [
        "## Grading on arrival",
        "",
        "From a hand-in to its released page, `autograder watch` against stock `collect`, "
        "`autograde`, `generate_feedback` and `release_feedback` of the same hand-ins.",
        "",
        "| | median, seconds | worst, seconds | stock, seconds |",
        "|---|---|---|---|",
        f"| one at a time, {len(later)} of them | {statistics.median(later):.2f} "
        f"| {max(later):.2f} | {statistics.median(alone['stock']):.1f} |",
        f"| {burst['hand_ins']} at once | {burst['median']:.1f} | {burst['worst']:.1f} "
        f"| {burst['stock']:.1f} |",
        "",
        f"The very first hand-in, while the workers get warm, took {first:.1f} s.",
        "",
    ]
    return "\n".join(rows)


def _hints(found: dict[str, Any]) -> str:
    seconds, left = found["seconds"], found["unexplained"]
    rows = [
        "## Looking for slips",
        "",
        f"A class of {found['submissions']} for `{found['assignment']}` in which 30% of all functions "
        f"are wrong ({found['wrong']}; half of them known mistakes, half mutants), graded with and "
        f"without `repair_seconds`, in turns: {seconds['with']:.0f} and {seconds['without']:.0f} "
        f"seconds of processor time, {found['ratio']:.2f} times as long. Without it "
        f"{left['without']} wrong functions have no hint, with it {left['with']}; `autograder hints` "
        "takes up the others when the points are out.",
        "",
    ]
    return "\n".join(rows)


def _paper(scale: dict[str, Any], writer: dict[str, Any], cores: int) -> str:
    """What 100,000 submissions would cost, from the slope of the two largest classes."""
    small, large = scale["rows"][-2:]
    slope = (large["grade"] - small["grade"]) / (large["submissions"] - small["submissions"])
    core = cores * slope  # seconds of one core for one submission
    written = writer["record_ms"] / 1000
    rows = [
        "## On paper: 100,000 submissions", "",
        f"Each further submission costs {1000 * slope:.1f} ms on {cores} cores, "
        f"{1000 * core:.0f} ms of one; the single writer takes {1000 * written:.2f} ms of its own "
        f"process, so it is the limit from about {core / written:.0f} cores on. With more, let "
        "shards write reports and record them afterwards.", "",
        "| cores | grading | the writer | together |", "|---|---|---|---|",
    ]  # fmt: skip
    for number in (1, 16, 256):
        grading, writing = 100_000 * core / number / 60, 100_000 * written / 60
        rows.append(
            f"| {number} | {grading:.1f} min | {writing:.1f} min "
            f"| {max(grading, writing):.1f} min |"
        )
    return "\n".join([*rows, ""])


def plot(found: dict[str, Any], path: Path) -> None:
    """Seconds over the number of submissions, both axes logarithmic."""
    rows = found["scale"]["rows"]
    sizes = [row["submissions"] for row in rows]
    canvas = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = canvas.subplots()
    series = [("grade", "o", "-"), ("feedback", "s", "--"), ("export", "^", ":")]
    colours = list(OKABE_ITO.values()) if isinstance(OKABE_ITO, dict) else list(OKABE_ITO)
    for (name, marker, line), colour in zip(series, colours[1:], strict=False):
        axes.loglog(sizes, [row[name] for row in rows], marker=marker, linestyle=line,
                    color=colour, label=name)  # fmt: skip
    axes.set(xlabel="submissions", ylabel="seconds")
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas.savefig(path, dpi=110)


def _list(seconds: list[float]) -> str:
    return ", ".join(f"{s:.1f}" for s in seconds)


if __name__ == "__main__":
    measured = json.loads(RESULTS.read_text())
    PAGE.write_text(page(measured), encoding="utf-8")
    if "scale" in measured:
        plot(measured, PLOT)
