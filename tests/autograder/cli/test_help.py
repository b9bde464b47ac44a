"""`--help` of every command reads well, and a mistyped word is named, not ignored."""

import json
import re
import shlex
from dataclasses import replace
from datetime import datetime
from importlib import import_module

import adopt_course
import lesson_course as make
import pytest

from autograder.batch.pool import Failure, Fault
from autograder.cli.application import COMMANDS, AutograderApp
from autograder.cli.grade import points_by_hand
from autograder.cli.graded_class import changed_points
from autograder.cli.progress import Progress, Summary, Tally
from autograder.course import Course
from autograder.language.catalogue import words
from autograder.model import Check, Exercise, Report, Verdict


def app(command):
    return getattr(import_module(f"autograder.cli.{command}"), f"{command.capitalize()}App")


def help_of(made):
    return "\n".join(made().emit_help())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_says_how_it_is_typed_what_it_does_and_shows_examples(command):
    text = help_of(app(command))
    usage, blank, does, *_ = text.splitlines()
    assert usage.startswith(f"Usage: autograder {command} ") and not blank
    assert does[0].isupper() and "\n    autograder " + command in text
    assert all(len(line) <= 100 for line in text.splitlines())
    assert "Equivalent to" not in text and "nbgrader assign" not in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained_in_a_sentence(command):
    text = help_of(app(command)).split("-------\n", 1)[1].split("Examples\n")[0]
    entries = re.split(r"^  (--?[a-z][\w-]*)(?:=…)?[ \n]", text, flags=re.MULTILINE)[1:]
    said = dict(zip(entries[::2], entries[1::2], strict=True))
    assert {"--course-dir", "--log-level", "--debug", "--quiet"} <= set(said)
    for option, said_of in said.items():
        assert re.fullmatch(r"[A-Z].{8,}\.", " ".join(said_of.split())), option


def examples():
    for command in COMMANDS:
        for line in filter(None, map(str.strip, app(command).examples.splitlines())):
            yield pytest.param(command, shlex.split(line, comments=True), id=line.split("#")[0])


@pytest.mark.parametrize(("command", "words"), list(examples()))
def test_an_example_is_typed_with_options_that_exist(command, words):
    assert words[:2] == ["autograder", command]
    made = app(command)()
    made.parse_command_line(words[2:])
    wanted = [word for word in app(command).takes.split() if not word.startswith("[")]
    assert len(made.extra_args) >= len(wanted), "ASSIGNMENT and the like are given"


def test_the_page_of_all_commands_names_each_with_what_it_does():
    text = help_of(AutograderApp)
    for name, does in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(does)}$", text, re.MULTILINE)
    for line in re.findall(r"^    autograder (\w+)", text, re.MULTILINE):
        assert line in (*COMMANDS, "COMMAND")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("grad optimization", "no command 'grad'; did you mean grade?"),
        ("frobnicate", "no command 'frobnicate'; there are: init, new, build"),
    ],
)
def test_a_mistyped_command_is_an_error_with_a_hint(typed, hint):
    with pytest.raises(SystemExit, match=re.escape(hint)):
        AutograderApp().parse_command_line(typed.split())


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("optimization --forec", "no option '--forec'; did you mean --force?"),
        ("optimization --worker=3", "no option '--worker'; did you mean --workers?"),
        ("optimization --notebook=x", "no option '--notebook'; there are: "),
    ],
)
def test_a_mistyped_option_is_an_error_with_a_hint(typed, hint):
    with pytest.raises(SystemExit, match=re.escape(hint)):
        app("grade")().parse_command_line(typed.split())


def test_settings_of_the_config_file_can_be_given_in_full():
    made = app("grade")()
    made.parse_command_line(["optimization", "--Autograder.cell_seconds=3", "--student=a*"])
    assert made.config.Autograder.cell_seconds == "3" or made.config.Autograder.cell_seconds == 3
    assert made.extra_args == ["optimization"]


def graded(*verdicts):
    checks = tuple(
        Check(f"test_{n}", f"Title {n}", "f", Verdict(verdict))
        for n, verdict in enumerate(verdicts)
    )
    return Report("tiny", "ada", "tiny", (Exercise("f", 4, checks),), seconds={"cells": 0.25})


def test_a_difference_names_one_check_and_counts_several():
    before = graded("wrong", "not_attempted", "not_attempted", "passed")
    [line] = changed_points(before, graded(*["passed"] * 4), words("en"))
    assert line == "ada: f 1 → 4 (Title 0: wrong → passed; 2 checks: not attempted → passed)"
    assert changed_points(graded("wrong"), graded("wrong"), words("en")) == []


def test_the_summary_of_one_submission_reads_as_of_one():
    tally = Tally()
    tally.add(graded("not_attempted"))
    assert Summary(tally, seconds=1.5).lines()[:3] == [
        "graded 1 submission in 1.5 s",
        "points: lowest 0, median 0, highest 0 of 4",
        "exercises: 1 not attempted",
    ]


def a_run():
    """Two graded, one of them wrong without a hint; three not graded, four not handed in."""
    tally = Tally()
    tally.add(replace(graded("passed"), flags=("edited",)))
    tally.add(replace(graded("wrong"), student="bob"))
    failures = [
        Failure(name, f"{name}/{why}", Fault.SUBMISSION)
        for name, why in (
            ("cyn", "a.ipynb: no notebook"),
            ("dan", "a.ipynb: no notebook"),
            ("eve", "takes long"),
        )
    ]
    return Summary(tally, failures, 3, 2.0, ("x", "y"), ("autograder feedback tiny",))  # fmt: skip


def test_the_summary_says_who_was_late_and_after_which_time():
    lines = Summary(Tally(), due=datetime(2026, 3, 29, 1), late=("ada", "ben")).lines()
    assert "late, after 2026-03-29 01:00 UTC (2): ada, ben" in lines
    assert not any("late" in line for line in Summary(Tally(), due=datetime(2026, 3, 29)).lines())


def test_the_summary_says_what_is_urgent_first_and_what_to_type_at_the_end():
    student = graded("passed").student
    assert a_run().lines() == [
        "graded 2 submissions in 2.0 s, 3 unchanged since the last time",
        "points: lowest 0, median 2, highest 4 of 4",
        "exercises: 1 passed, 1 wrong",
        "not graded: 3 (2 × a.ipynb: no notebook; 1 × takes long)",
        "NOT GRADED cyn (set aside, old grade kept): cyn/a.ipynb: no notebook",
        "NOT GRADED dan (set aside, old grade kept): dan/a.ipynb: no notebook",
        "NOT GRADED eve (set aside, old grade kept): eve/takes long",
        "not handed in (2): x, y",
        f"flagged (1): {student}",
        "wrong, and no hint explains why (1): f ×1",
        "next: autograder feedback tiny",
    ]


def test_only_a_submission_that_takes_long_is_named_as_slow():
    tally = Tally()
    tally.add(replace(graded("passed"), seconds={"cells": 0.9}))
    assert not any("slowest" in line for line in Summary(tally).lines())
    tally.add(replace(graded("passed"), student="bob", seconds={"cells": 0.9, "checks": 1.1}))
    assert "slowest: bob 2.0 s" in Summary(tally).lines()


def test_points_that_a_person_gives_are_said_beside_what_checks_give_at_most():
    tally = Tally()
    tally.add(graded("passed"))
    line = "points: lowest 4, median 4, highest 4 of 4 (2.5 more by hand)"
    assert Summary(tally, by_hand=2.5).lines()[1] == line


def test_a_person_gives_the_points_of_answers_and_tasks(tmp_path):
    folder = tmp_path / "release" / "ps1"
    folder.mkdir(parents=True)
    task = make.markdown("task", "Draw it.", {"task": True, "points": 1.5})
    nb = adopt_course.notebook()
    nb["cells"].append(task)
    (folder / "ps1.ipynb").write_text(json.dumps(nb))
    assert points_by_hand(Course(tmp_path), "ps1") == 3.5


def test_a_chinese_course_reads_its_summary_in_chinese():
    lines = replace(a_run(), language="zh").lines()
    assert lines[0] == "已评分 2 份提交，用时 2.0 秒，另有 3 份自上次以来没有变化"
    assert lines[7:] == [
        "未提交 (2)：x、y", f"有标记 (1)：{graded('passed').student}",
        "错了，但没有提示知道原因 (1)：f ×1", "接下来：autograder feedback tiny",
    ]  # fmt: skip


def test_names_of_a_summary_move_no_cursor_and_a_long_line_of_them_is_cut():
    names = ["\x1b[2Jeve", *(f"s{n}" for n in range(12))]
    [line] = Summary(Tally(), missing=names).lines()[1:]
    assert line == "not handed in (13): eve, s0, s1, s2, s3, s4, s5, s6, s7, s8 and 3 more"


def test_progress_tells_a_rate_and_the_time_left_until_all_is_done(capsys, monkeypatch):
    clock = iter([100.0, 110.0, 115.0])
    monkeypatch.setattr("autograder.cli.progress.time.monotonic", lambda: next(clock))
    with Progress(2, "tiny") as progress:
        progress.advance({})
        progress.advance({})
    assert capsys.readouterr().err.splitlines() == [
        "tiny: 1/2 (0.1 submissions/s, 10 s left)",
        "tiny: 2/2",
    ]
