"""A class to grade: right, wrong, untouched, looping and crashing submissions, alike for all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.build import build
from autograder.course import Course
from autograder.graders.samples import Parts, Sample

LOOP = "def {name}({args}):\n    while True:\n        pass\n"
CRASH = "import ctypes\ndef {name}({args}):\n    ctypes.string_at(0)\n"
SYNTAX = "def {name}({args}:\n    return 1\n"
TIMESTAMP = "2026-01-15 12:00:00 UTC\n"
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "benchmark"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "*.mat"]
c.ClearSolutions.enforce_metadata = False
c.Autograde.create_student = True
"""


@dataclass(frozen=True)
class Mix:
    """Share of each kind of submission in a class; the rest is right."""

    wrong: float = 0.35
    stub: float = 0.05
    syntax: float = 0.025
    loop: float = 0.025
    crash: float = 0.025


def members(parts: Parts, size: int, mix: Mix = Mix()) -> Iterator[Sample]:
    """The class: kinds spread evenly, so that any first n of it are mixed alike."""
    exercises = list(parts.solutions)
    wrong = [v for v in parts.misconceptions if v.wrong]
    right = list(parts.alternatives)
    due = dict.fromkeys(("loop", "crash", "syntax", "stub", "wrong"), 0.0)
    for number in range(size):
        for kind in due:
            due[kind] += getattr(mix, kind)
        kind = next((k for k in due if due[k] >= 1 - 1e-9), "right")
        if kind != "right":
            due[kind] -= 1
        name = exercises[number % len(exercises)]
        cells: dict[str, str] = {}
        if kind == "stub":
            cells = dict.fromkeys(exercises, "stub")
        elif kind == "wrong":
            version = wrong[number % len(wrong)]
            cells = {version.function: f"misconception:{version.name}"}
        elif kind == "right" and right and number % 2:
            version = right[number % len(right)]
            cells = {version.function: f"alternative:{version.name}"}
        elif kind in ("loop", "crash", "syntax"):
            text = {"loop": LOOP, "crash": CRASH, "syntax": SYNTAX}[kind]
            cells = {name: text.format(name=name, args="*args, **kwargs")}
        yield Sample(f"s{number:05d}-{kind}", kind, cells)


def make_course(root: Path, original: Course, assignment: str, config: str = "") -> Course:
    """A built course of one assignment, with `config` in place of its own config."""
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("source", "tests"):
        shutil.copytree(
            original.root / folder / assignment,
            root / folder / assignment,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    shutil.copyfile(original.root / "nbgrader_config.py", root / "nbgrader_config.py")
    build(root, [assignment])
    if config:
        (root / "nbgrader_config.py").write_text(config)
    return Course.load(root)


def submit(course: Course, assignment: str, size: int) -> list[str]:
    """Hand in a class; returns its students."""
    parts = Parts.load(course, assignment)
    students = []
    for sample in members(parts, size):
        folder = course.submitted(assignment, sample.name)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{assignment}.ipynb").write_text(json.dumps(parts.notebook(sample)))
        (folder / "timestamp.txt").write_text(TIMESTAMP)
        students.append(sample.name)
    return students
