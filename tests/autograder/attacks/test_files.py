"""Submissions that are more than a notebook: nothing outside their folder is read or written."""

import io
import json
import os
import socket
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.pool import Failure, close_graders
from autograder.batch.recording import RecordingRun
from autograder.batch.run import ClassRun
from autograder.gradebook.recorder import Recorder
from autograder.grading import warm as warm_module
from autograder.model import Graded, SubmissionError
from autograder.nbgrader_plugins import collecting, configure
from autograder.notebook.reading import read_bytes

SECRET = "CANARY-beside-0123456789"

pytestmark = [pytest.mark.family, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]


@pytest.fixture(autouse=True)
def cold():
    yield
    close_graders()
    warm_module.cool_down_all()


@pytest.fixture
def secret(tiny):
    """A file of the course that only the instructor may read."""
    path = tiny.tests("tiny") / "secret.txt"
    path.write_text(SECRET)
    return path


def plant(folder, secret):
    """What a student may leave beside a notebook, or a tar archive holds."""
    (folder / "link.txt").symlink_to(secret)
    (folder / "relative.txt").symlink_to(os.path.relpath(secret, folder))
    (folder / "linked").symlink_to(secret.parent)
    (folder / "chain.txt").symlink_to("link.txt")
    (folder / "sub").mkdir()
    (folder / "sub" / "deep.txt").symlink_to(secret)
    (folder / "honest.txt").write_text("mine")


def plant_pipes(folder):
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as end:
        before = Path.cwd()
        os.chdir(folder)  # the path of a socket is short
        end.bind("socket.txt")
        os.chdir(before)


def everything_below(folder):
    return "".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


def fast_door(course):
    """Records the class and returns who failed, with the reason."""
    run = ClassRun(course, "tiny")
    with Recorder(CourseDirectory(root=str(course.root)), "tiny") as recorder:
        recording = RecordingRun(run, recorder)
        outcomes = [o for _, o in run.outcomes(1)]
        for outcome in outcomes:
            if isinstance(outcome, Graded):
                recording.take(outcome)
        recording.finish()
    failures = [o for o in outcomes if isinstance(o, Failure)]
    return {f.student: f.reason for f in [*failures, *recording.failures, *run.plan.unreadable]}


def stock_door(course):
    """Whether everybody was graded."""
    config = Config()
    sys.path.insert(0, str(course.root))
    configure(config)
    config.CourseDirectory.course_id = "tiny_course"
    coursedir = CourseDirectory(root=str(course.root), assignment_id="tiny")
    try:
        Autograde(coursedir=coursedir, config=config).start()
    except NbGraderException:
        return False
    finally:
        sys.path.remove(str(course.root))
    return True


def graded(course, student):
    return (course.autograded("tiny", student) / "tiny.ipynb").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("door", [fast_door, stock_door])
def test_links_beside_a_notebook_lead_nowhere(tiny, submit, secret, door):
    plant(submit("eve"), secret)
    submit("zoe")
    door(tiny)
    autograded = tiny.root / "autograded"
    assert graded(tiny, "eve") and graded(tiny, "zoe")
    assert SECRET not in everything_below(autograded)
    assert (autograded / "eve/tiny/honest.txt").read_text() == "mine"
    assert not any(path.is_symlink() for path in autograded.rglob("*"))


@pytest.mark.slow
@pytest.mark.parametrize("door", [fast_door, stock_door])
def test_pipes_and_sockets_stop_nobody_else(tiny, submit, door):
    plant_pipes(submit("eve"))
    submit("zoe")
    door(tiny)
    assert graded(tiny, "zoe")
    assert not list((tiny.root / "autograded").rglob("pipe.txt"))


NO_FILES = {
    "link": lambda path: path.symlink_to("../../ada/tiny/tiny.ipynb"),
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "huge": lambda path: [path.touch(), os.truncate(path, 1 << 34)],
    "device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.slow
@pytest.mark.parametrize("door", [fast_door, stock_door])
def test_a_notebook_that_is_no_file_is_refused_and_the_class_goes_on(tiny, submit, door):
    submit("ada")
    for kind, make in NO_FILES.items():
        path = submit(kind) / "tiny.ipynb"
        path.unlink()
        make(path)
    submit("zoe")
    assert (tiny.submitted("tiny", "link") / "tiny.ipynb").is_file()
    door(tiny)
    assert [name for name in ("ada", *NO_FILES, "zoe") if graded(tiny, name)] == ["ada", "zoe"]


@pytest.mark.slow
def test_a_folder_that_is_a_link_is_nobodys_submission(tiny, submit):
    submit("ada")
    submit("zoe")
    (tiny.root / "submitted/eve").mkdir()
    tiny.submitted("tiny", "eve").symlink_to(tiny.submitted("tiny", "ada"))
    failures = fast_door(tiny)
    assert "link" in failures["eve"]
    assert graded(tiny, "ada") and not graded(tiny, "eve")


@pytest.mark.quick
@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/"])
def test_what_is_no_regular_file_is_never_read(path):
    with pytest.raises(SubmissionError):
        read_bytes(Path(path))


def test_collecting_takes_regular_files_only(tmp_path):
    inbound, secret = tmp_path / "inbound", tmp_path / "secret.txt"
    inbound.mkdir()
    secret.write_text(SECRET)
    (inbound / "tiny.ipynb").write_text("{}")
    plant(inbound, secret)
    plant_pipes(inbound)
    left_out = collecting.copy_regular_files(inbound, tmp_path / "copy")
    assert {"link.txt", "pipe.txt", "socket.txt", "linked", "sub/deep.txt"} <= set(left_out)
    copied = {str(p.relative_to(tmp_path / "copy")) for p in (tmp_path / "copy").rglob("*")}
    assert copied == {"tiny.ipynb", "honest.txt", "sub"}


@pytest.fixture
def extractor():
    return collecting.ExtractWithinBounds(force=True)


def zipped(path, files, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def extract(extractor, folder):
    target = folder.parent / "extracted"
    target.mkdir(exist_ok=True)
    extractor.extract(str(folder), str(target))
    return {str(p.relative_to(target)) for p in target.rglob("*") if p.is_file()}


@pytest.fixture
def archives(tmp_path):
    folder = tmp_path / "box" / "archive"
    folder.mkdir(parents=True)
    return folder


def test_an_honest_archive_is_unpacked_into_its_own_folder(extractor, archives):
    zipped(archives / "ada.zip", {"tiny.ipynb": "{}", "data/x.txt": "1"})
    (archives / "bob.ipynb").write_text("{}")
    assert extract(extractor, archives) == {"ada/tiny.ipynb", "ada/data/x.txt", "bob.ipynb"}


def nested(path, outer):
    """An archive of archives: {name: files or text}."""
    packed = {}
    for name, content in outer.items():
        if isinstance(content, dict):
            inner = path.with_name("inner.tmp")
            zipped(inner, content)
            content = inner.read_bytes()
            inner.unlink()
        packed[name] = content
    zipped(path, packed)


def test_a_class_archive_of_students_archives_is_unpacked_with_them(extractor, archives):
    students = {
        "ps1_ada_attempt_2026-01-15-12-00-00_x.zip": {"tiny.ipynb": "{}"},
        "deep/ps1_bob_attempt_2026-01-15-13-00-00_x.zip": {"tiny.ipynb": "{}", "d/x.txt": "1"},
        "readme.txt": "all",
    }
    nested(archives / "download_all.zip", students)
    assert extract(extractor, archives) == {
        "download_all/ps1_ada_attempt_2026-01-15-12-00-00_x/tiny.ipynb",
        "download_all/deep/ps1_bob_attempt_2026-01-15-13-00-00_x/tiny.ipynb",
        "download_all/deep/ps1_bob_attempt_2026-01-15-13-00-00_x/d/x.txt",
        "download_all/readme.txt",
    }


def test_an_archive_is_unpacked_one_level_and_within_the_bounds_of_all(
    extractor, archives, monkeypatch
):
    monkeypatch.setattr(collecting, "MAX_ARCHIVE_BYTES", 1 << 20)
    third = archives.parent / "third.zip"
    zipped(third, {"deep.txt": "x"})
    large = {"big.bin": bytes(600_000)}
    nested(archives / "all.zip", {
        "ada.zip": large, "bob.zip": large, "cy.zip": {"tiny.ipynb": "{}"},
        "eve.zip": {"third.zip": third.read_bytes()},
    })  # fmt: skip
    assert extract(extractor, archives) == {"all/ada/big.bin", "all/cy/tiny.ipynb"}


def test_names_that_climb_out_of_an_archive_stay_inside(extractor, archives):
    names = ["../up.txt", "../../box2/up.txt", "/abs.txt", "a/../../up.txt", "../archive-x/up.txt",
             "..\\up.txt", "C:\\up.txt", "ok.txt"]  # fmt: skip
    with zipfile.ZipFile(archives / "eve.zip", "w") as archive:
        for name in names:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name
            archive.writestr(info, "x")
    found = extract(extractor, archives)
    outside = {
        p.name for p in archives.parents[1].rglob("*up.txt") if "extracted/eve" not in str(p)
    }
    assert not outside and "eve/ok.txt" in found
    assert not Path("/abs.txt").exists()


@pytest.mark.quick
def test_links_and_devices_in_an_archive_are_not_made(extractor, archives, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    with tarfile.open(archives / "eve.tar.gz", "w:gz") as archive:
        for name, kind, target in (
            ("link.txt", tarfile.SYMTYPE, str(secret)),
            ("hard.txt", tarfile.LNKTYPE, str(secret)),
            ("up", tarfile.SYMTYPE, "../.."),
            ("pipe", tarfile.FIFOTYPE, ""),
            ("device", tarfile.CHRTYPE, ""),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
        archive.addfile(tarfile.TarInfo("up/planted.txt"), io.BytesIO(b""))
        archive.addfile(tarfile.TarInfo("fine.txt"), io.BytesIO(b""))
    with zipfile.ZipFile(archives / "mal.zip", "w") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, str(secret))
    extract(extractor, archives)
    made = list((archives.parent / "extracted").rglob("*"))
    assert not any(p.is_symlink() or p.is_fifo() or p.is_char_device() for p in made)
    assert SECRET not in everything_below(archives.parent / "extracted")
    assert not list(tmp_path.glob("planted.txt")) and not (archives.parent / "planted.txt").exists()


@pytest.mark.parametrize("shape", ["large", "many", "nested", "lying"])
def test_bombs_are_left_packed_and_the_others_unpacked(extractor, archives, monkeypatch, shape):
    monkeypatch.setattr(collecting, "MAX_ARCHIVE_BYTES", 1 << 20)
    monkeypatch.setattr(collecting, "MAX_ARCHIVE_FILES", 50)
    files = {
        "large": {"big.bin": bytes(2 << 20)},
        "many": {f"f{i}": b"" for i in range(60)},
        "nested": {"inner.zip": b"PK"},
        "lying": {"big.bin": bytes(2 << 20)},
    }[shape]
    path = archives / "eve.zip"
    zipped(path, files)
    if shape == "lying":
        data = path.read_bytes()
        path.write_bytes(data.replace((2 << 20).to_bytes(4, "little"), (9).to_bytes(4, "little")))
    zipped(archives / "ada.zip", {"tiny.ipynb": "{}"})
    found = extract(extractor, archives)
    assert "ada/tiny.ipynb" in found
    assert sum(p.stat().st_size for p in (archives.parent / "extracted").rglob("*")) < 1 << 20


def of_a_later_version(path):
    """An archive that says it needs version 9.9 of the format."""
    zipped(path, {"tiny.ipynb": "{}"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 6] = 99
    path.write_bytes(data)


def of_a_broken_stream(path):
    """An archive whose packed bytes (LZMA) have no sense."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("tiny.ipynb", bytes(range(256)) * 16)
    data = bytearray(path.read_bytes())
    data[60:200] = bytes(140)
    path.write_bytes(data)


@pytest.mark.parametrize("broken", [of_a_later_version, of_a_broken_stream])
def test_an_archive_that_breaks_its_reader_stops_nobody_else(extractor, archives, broken):
    broken(archives / "a_eve.zip")
    zipped(archives / "bob.zip", {"tiny.ipynb": "{}"})
    assert "bob/tiny.ipynb" in extract(extractor, archives)


def test_the_course_configuration_collects_this_way():
    config = Config()
    configure(config)
    assert config.ExchangeFactory.collect.endswith("CollectRegularFiles")
    assert config.ZipCollectApp.extractor_plugin.endswith("ExtractWithinBounds")
    assert config.ZipCollectApp.collector_plugin.endswith("CollectOwnNames")


BROKEN = {
    "no JSON": b"{",
    "empty": b"",
    "NUL bytes": b"\0" * 100,
    "half UTF-8": b'{"cells": "\xff"}',
    "UTF-16": '{"cells": []}'.encode("utf-16"),
    "a list": b"[]",
    "a number": b"17",
    "nested a million deep": b"[" * 1_000_000,
    "nested objects": b'{"a":' * 100_000,
    "a giant integer": b'{"nbformat": ' + b"4" * 10_000 + b"}",
    "version 3": b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}',
    "version true": b'{"nbformat": true, "nbformat_minor": 0, "metadata": {}, "cells": []}',
    "no metadata": b'{"nbformat": 4, "nbformat_minor": 5, "cells": []}',
    "cells of numbers": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}',
    "a lone surrogate": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, '
    b'"cells": [{"cell_type": "code", "source": "\\ud800", "metadata": {}}]}',
    "infinite minor": b'{"nbformat": 4, "nbformat_minor": 1e999, "metadata": {}, "cells": []}',
    "a pickle": b"\x80\x04\x95",
    "a zip": b"PK\x03\x04" + bytes(100),
    "another notebook": json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
            {"cell_type": "code", "source": "1", "id": "a", "outputs": [], "execution_count": None,
             "metadata": {"nbgrader": {"grade_id": "other", "grade": True, "points": 99,
                                       "solution": False, "locked": True, "schema_version": 3}}}]}
    ).encode(),
}  # fmt: skip


@pytest.mark.quick("NUL bytes", "version 3", "another notebook")
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_a_clear_refusal(arena, name):
    with pytest.raises(SubmissionError) as caught:
        arena.grader.grade(BROKEN[name], "eve")
    assert len(str(caught.value)) < 600
    assert arena.next_is_right() == ""


@pytest.mark.parametrize("source", [
    "\ufeffdef double(x):\n    return x + 1", "def double(x):\r\n    return x + 1\r\n",
    "def dοuble(x):\n    return x + 1", "\0", "def double(x):\n\treturn x + 1\f",
    "# -*- coding: utf-7 -*-\ndef double(x):\n    return x + 1",
], ids=["BOM", "CRLF", "homoglyph", "NUL", "form feed", "foreign coding"])  # fmt: skip
def test_odd_text_in_a_cell_is_only_a_wrong_answer(arena, source):
    report = arena.grade_cells({"double": source, "norms": "def norms(x):\n    return 0"}).report
    assert report.points == 0
