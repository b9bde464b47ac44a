"""What a hostile session calls the files that its cells have made ends no run and leads nowhere."""

import base64

import pytest

from autograder.grading.made_files import beside_what_is_there, sound_files, take_back
from autograder.sandbox import Limits

LIMITS = Limits(made_bytes=1000, scratch_files=5, handed_in_files=3)
X = base64.b64encode(b"x").decode()
SOUND = {"a.txt": X, "deep/er/b.bin": X, "ünï.txt": "", "\udcff": X}


@pytest.mark.parametrize(
    "answer",
    [None, 3, "x", (), ({},), ({}, 1, 2), [{}, 0], ([], 0), (None, None)],
    ids=repr,
)
def test_what_is_no_answer_is_no_file(answer):
    assert sound_files(answer, LIMITS) == ({}, ())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x", "a"), ("x", "é"), ("x", "====="), ("x", 3), ("x", b"eA=="), ("x", None),
        (1, X), (None, X), (1.5, X), ("", X), (".", X), ("/x", X), ("../x", X), ("a/../../x", X),
        ("a//b", X), ("./a", X), ("a/", X), ("a\0b", X), ("\ud800", X), ("x" * 241, X),
        ("é" * 121, X), ("a/" * 40 + "b", X), ("a/" * 1000 + "b", X), ("x.ipynb", X),
        ("x.IPYNB", X), ("x.ipynb/y", X), ("timestamp.txt", X), ("submission_secret.txt", X),
        ("timestamp.txt/x", X), ("x", base64.b64encode(bytes(1001)).decode()),
    ],
)  # fmt: skip
def test_what_is_no_file_is_left_out_and_the_others_stay(name, content):
    kept, flags = sound_files(({name: content, **SOUND}, 0), LIMITS)
    assert kept == SOUND
    assert len(flags) == 1 and ("larger" if len(str(content)) > 1000 else "names") in flags[0]


def test_no_more_files_and_bytes_than_a_session_can_have_written():
    many = {f"{n}": X for n in range(100)}
    assert len(sound_files((many, 5), LIMITS)[0]) == 8
    large = {f"{n}": base64.b64encode(bytes(400)).decode() for n in range(5)}
    assert list(sound_files((large, 0), LIMITS)[0]) == ["0", "1"]


@pytest.mark.parametrize(
    ("answer", "reasons"),
    [
        ((SOUND, 0), []),
        (({f"{n}": X for n in range(8)}, 0), []),
        (({f"{n}": X for n in range(9)}, 0), ["there are more than 8"]),
        ((SOUND, 1), ["larger than 0 MiB"]),
        (({"n" * 241: X}, 0), ["names of more than 240 bytes"]),
        (({"n" * 241: X, **{f"{n}": X for n in range(9)}}, 2),
         ["larger than 0 MiB", "there are more than 8", "names of more than 240 bytes"]),
    ],
)  # fmt: skip
def test_why_files_were_left_out_is_said_as_it_is(answer, reasons):
    flags = sound_files(answer, LIMITS)[1]
    assert [reason in flag for reason, flag in zip(reasons, flags, strict=True)] == [
        True for _ in reasons
    ]


def test_no_file_is_a_folder_of_another():
    assert list(sound_files(({"f": X, "f/g": X, "d/e": X, "d": X}, 0), LIMITS)[0]) == ["f", "d/e"]
    made = {"helper.py/x": X, "data": X, "new": X, "helper.py": X, "data/other": X}
    assert list(beside_what_is_there(made, ["helper.py", "data/a.csv"])) == ["new", "data/other"]


def test_files_come_back_under_new_names_and_never_through_a_link(tmp_path):
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir(), outside.mkdir()
    (folder / "link").symlink_to(outside)
    (folder / "file").write_text("mine")
    (folder / "gone").symlink_to(outside / "planted")
    take_back({"link/x": X, "file": X, "file/x": X, "gone": X, "new/y": X}, folder)
    assert (folder / "new/y").read_bytes() == b"x" and (folder / "file").read_text() == "mine"
    assert list(outside.iterdir()) == []
