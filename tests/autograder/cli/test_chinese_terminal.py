"""What a teacher of a Chinese course reads in the terminal after a class is Chinese."""

import re

import pytest

from autograder.batch.pool import Failure, Fault
from autograder.cli.columns import cells, wrapped
from autograder.cli.demo import print_table, rows
from autograder.cli.graded_class import because, changed_points
from autograder.cli.progress import Progress, Summary, Tally
from autograder.cli.similar import _table
from autograder.cli.watch import worded
from autograder.graders.samples import Sample
from autograder.language.catalogue import words
from autograder.language.translation import Translation
from autograder.model import Check, Exercise, Report, Verdict
from autograder.similar.comparing import Comparison, SimilarPair
from autograder.watch.responding import Event

SAY = words("zh")


def english(text, *names):
    """Words of Latin letters that are none of the names."""
    return set(re.findall(r"[A-Za-z]{2,}", text)) - {"ada", "bob", "tiny", *names}


def report(*checks, points=2.0):
    found = tuple(Check(str(n), title, "f", verdict) for n, (title, verdict) in enumerate(checks))
    return Report("tiny", "ada", "tiny", (Exercise("f", points, found),))


REASONS = {
    "the checks of f changed": "有改动：f 的检查",
    "the handed-out file data.csv is new": "新增：发放的文件 data.csv",
    "c.Autograder.seed changed": "有改动：c.Autograder.seed",
    "the submitted tiny.ipynb is gone": "不见了：提交的 tiny.ipynb",
    "its autograded folder is gone": "它的 autograded 文件夹不见了",
    "handed in at no known time → 2026-01-15 12:00:00": "提交时间 时间不详 → 2026-01-15 12:00:00",
    "late penalty of tiny none → 1 (1:00:00 late)": "tiny 的迟交扣分 无 → 1（迟交 1:00:00）",
    "test_f 1 → 2": "test_f 1 → 2",
}


@pytest.mark.parametrize("reason", REASONS)
def test_why_something_is_done_again(reason):
    names = ["ada", "bob", "cy", "dan", "eve"]
    [line] = because(SAY("graded again"), {name: [reason] for name in names}, SAY)
    assert line == f"重新评分（{REASONS[reason]}）：ada、bob、cy，还有 2 个"


def test_whose_points_would_change():
    before = report(("例子", Verdict.PASSED), ("一般情形", Verdict.PASSED))
    after = report(("例子", Verdict.WRONG), ("一般情形", Verdict.WRONG))
    [line] = changed_points(before, after, SAY)
    assert line == "ada：f 2 → 0（2 项检查：通过 → 答案不对）"
    assert changed_points(None, after, SAY) == ["ada：新提交，0 / 2 分"]


def test_the_summary():
    tally = Tally()
    tally.add(report(("例子", Verdict.WRONG)))
    failures = [Failure("bob", "/c/submitted/bob/tiny.ipynb: invalid JSON at 3", Fault.SUBMISSION)]
    lines = Summary(tally, failures, 3, 1.25, ["bob"], ["autograder report tiny"], "zh").lines()
    assert english("\n".join(lines), "autograder", "report", "JupyterLab", "File", "Revert",
                   "Notebook", "to", "Checkpoint") == set()  # fmt: skip
    assert len(lines) == 7


def test_the_line_of_progress(capsys):
    with Progress(2, "tiny", language="zh") as progress:
        progress.advance(report(("例子", Verdict.PASSED)))
    said = capsys.readouterr().err
    assert "1/2（每秒 " in said and english(said) == set()


def test_pairs_that_are_alike_stand_in_columns():
    pair = SimilarPair(("ada", "bob"), 120, (1.0, 0.5), ("acc",), ())
    found = Comparison("tiny", {"ada": "", "bob": ""}, [pair, pair], [])
    *_, heads, first, more = _table(found, 1, SAY).splitlines()
    assert re.split(" {2,}", heads) == ["甲", "乙", "相同", "占比", "共有的少见词"]
    assert re.split(" {2,}", first) == ["ada", "bob", "120", "100%/50%", "acc"]
    assert more == "……还有 1 对（--most）"
    assert english(_table(found, 1, SAY), "acc", "most") == set()
    alone = Comparison("tiny", {"ada": ""}, [], [])
    assert english(_table(alone, 1, SAY)) == set()


EVENTS = {
    "tiny ada：第 1 次提交，9 / 11 分（另有 7 分待人工评分），带提示，提交后 2.0 秒": Event(
        "answered", "tiny", "ada", "", 9, 18, "everything", 1, 2.0, 7
    ),
    "tiny ada：第 2 次提交，1 / 2 分，只显示分数，按约定补发": Event(
        "more", "tiny", "ada", "", 1, 2, "points", 2
    ),
    "tiny ada：仍以较好的那一次提交为准：1 / 2 分": Event("kept", "tiny", "ada", points=1, most=2),
    "正在等待提交：tiny": Event("watching", "tiny"),
    "提交目录（exchange）：恢复正常": Event("well", ""),
    "tiny ada：等待重试，本机出错：OSError": Event("failed", "tiny", "ada", "OSError"),
}


@pytest.mark.parametrize("line", EVENTS)
def test_what_the_watcher_did(line):
    assert worded(EVENTS[line], SAY) == line


def test_why_the_watcher_refused_somebody():
    said = worded(Event("refused", "tiny", "ada", "tiny.ipynb: invalid JSON at 3"), SAY)
    assert said.startswith("tiny ada：未能评分：")
    menus = ("JupyterLab", "File", "Revert", "Notebook", "to", "Checkpoint")
    assert english(said, *menus) == set()


def test_the_table_of_the_demonstration(capsys):
    hint = Check("a", "例子", "f", Verdict.WRONG, hint="小了一半。" * 20)
    exercises = (Exercise("f", 2.0, (hint,)),)
    found = [Sample("ada", "Half"), Sample("bob", "Nothing")]
    graded = Report("tiny", "ada", "tiny", exercises)
    print_table(
        list(rows(found, [graded], Translation("zh", {"Half": "一半"}))), "tiny：谁得了多少分"
    )
    said = capsys.readouterr().out
    assert "ada  0/2  一半" in said and "f 0/2：小了一半。小了" in said and "未能评分" in said
    assert max(map(cells, said.splitlines())) <= 110


def test_lines_break_between_chinese_characters_and_not_before_a_full_stop():
    assert wrapped("小了一半。小了", 8) == ["小了一", "半。小了"]
    assert wrapped("one two  three", 7) == ["one two", "three"]
    assert wrapped("a_word_that_is_longer", 4) == ["a_word_that_is_longer"]
