"""What people do to a command line: cut its output, close its streams, name a student 李雷."""

import json
import os
import subprocess
import sys

import pytest

from autograder import cli
from autograder.authoring.build import build
from autograder.authoring.problems import source_problems
from autograder.model import CourseError, SubmissionError
from autograder.notebook.reading import read, read_bytes
from autograder.notebook.safe_outputs import for_a_terminal


def shell(root, words, **environment):
    words = words.replace("autograder", f"{sys.executable} -m autograder")
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", words],
        cwd=root, capture_output=True, text=True, check=False, env={**os.environ, **environment},
    )  # fmt: skip


@pytest.mark.slow
def test_a_reader_that_leaves_ends_a_command_without_a_traceback(tiny, submit):
    for student in ("ada", "bob", "cy"):
        submit(student)
    # the pipe is closed before anything is written
    said = shell(tiny.root, "autograder grade tiny --json --workers 1 | true")
    assert said.returncode in (0, cli.NOBODY_READS) and said.stderr == "", said.stderr
    assert shell(tiny.root, "autograder grade tiny --workers 1").returncode == 0
    said = shell(tiny.root, "autograder report tiny | true")
    assert said.returncode in (0, cli.NOBODY_READS) and said.stderr == "", said.stderr


def test_one_process_can_run_one_command_after_another(tiny, monkeypatch, capfd):
    monkeypatch.chdir(tiny.root)
    for command in ("report", "plan", "hints"):
        with pytest.raises(SystemExit):
            cli.main([command, "nowhere"])
        assert "unknown assignment 'nowhere'" in capfd.readouterr().err


@pytest.mark.slow
def test_a_student_of_another_script_needs_no_unicode_terminal(tiny, submit):
    submit("李雷")
    said = shell(tiny.root, "autograder grade tiny --workers 1 --diff", PYTHONIOENCODING="latin-1")
    assert said.returncode == 0, said.stderr
    assert "\\u674e\\u96f7: new, 10 of 10 points" in said.stdout
    said = shell(tiny.root, "autograder grade tiny --workers 1 2>&- >&-")
    assert said.returncode == 0
    assert (tiny.root / "autograded/李雷/tiny/tiny.ipynb").is_file()
    assert "1 unchanged" in shell(tiny.root, "autograder grade tiny 2>&-").stdout


def test_file_names_are_read_as_utf8_or_the_command_starts_again(monkeypatch):
    started = []
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "iso8859-1")
    monkeypatch.setattr(sys, "flags", type("Flags", (), {"utf8_mode": 0}))
    monkeypatch.setattr(os, "execve", lambda *words: started.append(words))
    cli._start_again_where_needed([])
    [(program, words, environment)] = started
    assert program == sys.executable == words[0] and words[1:] == sys.orig_argv[1:]
    assert environment["PYTHONUTF8"] == "1"
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "utf-8")
    cli._start_again_where_needed([])
    assert len(started) == 1


@pytest.mark.parametrize(
    ("command", "before", "after"),
    [
        ("grade", None, "0"), ("verify", "random", "0"), ("watch", "7", None), ("plan", "0", None),
        ("report", None, None),
    ],
)  # fmt: skip
def test_commands_that_judge_start_again_with_fixed_hashes(monkeypatch, command, before, after):
    started = []
    monkeypatch.setattr(os, "execve", lambda *parts: started.append(parts[2]["PYTHONHASHSEED"]))
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    if before:
        monkeypatch.setenv("PYTHONHASHSEED", before)
    cli._start_again_where_needed([command])
    assert started == ([after] if after else [])


def test_an_exercise_may_be_worth_nothing_but_says_so(tiny):
    path = tiny.source_notebook("tiny")
    nb = json.loads(path.read_text())
    [cell] = [c for c in nb["cells"] if c["id"] == "test_double"]
    cell["metadata"]["nbgrader"]["points"] = 0
    path.write_text(json.dumps(nb))
    build(tiny.root)
    del cell["metadata"]["nbgrader"]["points"]
    path.write_text(json.dumps(nb))
    [problem] = source_problems(read(path, error=CourseError))
    assert "grade cell 'test_double' has no points" in problem


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("warm_up (1).ipynb", "notes.txt"), "no such notebook, but warm_up (1).ipynb."),
        (("notes.txt", ".hidden"), "no such notebook, but notes.txt."),
        ((), "no such notebook: its folder is empty."),
        ([f"{n}.ipynb" for n in range(7)], "2.ipynb, 3.ipynb, 4.ipynb and 2 more."),
    ],
)  # fmt: skip
def test_where_a_notebook_is_missing_it_is_said_what_is_there(tmp_path, names, told):
    for name in names:
        (tmp_path / name).write_text("")
    with pytest.raises(SubmissionError) as error:
        read_bytes(tmp_path / "warm_up.ipynb")
    assert told in str(error.value)


@pytest.mark.slow
def test_a_python_without_asserts_and_docstrings_grades_nobody(tiny, submit):
    submit("ada")
    said = shell(tiny.root, "autograder grade tiny --workers 1", PYTHONOPTIMIZE="1")
    assert said.returncode == 1
    assert "Python runs without assert statements and docstrings here" in said.stderr
    assert not (tiny.root / "autograded").exists()


def test_a_notebook_over_its_size_is_told_what_may_be_large_and_the_setting(tmp_path):
    large = tmp_path / "large.ipynb"
    large.write_bytes(b" " * 2_000_001)
    with pytest.raises(SubmissionError) as caught:
        read_bytes(large, 2 << 20 >> 1)
    for word in ("1 MiB", "notebook_mib", "outputs", "pictures", "Widget State", "submit it again"):
        assert word in str(caught.value)
    assert len(read_bytes(large, 2 << 20)) == 2_000_001


@pytest.mark.parametrize("text", ["", "{", "[]", '{"nbformat": 4}', "\udcff"])
def test_nobody_is_sent_to_jupyterlab_with_what_it_cannot_open(tmp_path, text):
    broken = tmp_path / "broken.ipynb"
    broken.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(SubmissionError) as caught:
        read(broken)
    assert "JupyterLab does not open it either. Take an earlier version" in str(caught.value)
    assert "Open it in JupyterLab" not in str(caught.value)


def test_a_students_words_steer_no_terminal():
    """Neither by control characters, old (ESC) or new (one byte of C1), nor by turning lines."""
    odd = "a\x1b[2Jb\x9b2Jc\x85d\u202etxt.exe\u2066e\u200f\rf\nGRADED\u2028GRADED"
    shown = for_a_terminal(odd)
    assert all(c.isprintable() or c == "\n" for c in shown)
    assert shown.splitlines()[1:] == ["    GRADED", "    GRADED"]
    assert for_a_terminal("李雷 ‘é’ שלום") == "李雷 ‘é’ שלום"
