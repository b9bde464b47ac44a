"""The judge's side of the wall: what it lets in, what it clears away, what it reports."""

import os
import socket
import struct
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox import Limits, SandboxError, Tier
from autograder.sandbox.channel import Channel, ChannelClosed, ChannelError, DeadlinePassed
from autograder.sandbox.doctor import probe
from autograder.sandbox.frames import pack
from autograder.sandbox.received_outputs import clean_output, join_streams
from autograder.sandbox.roots import readable_roots, refuse_readable_secrets
from autograder.sandbox.scratch import ScratchFolders, empty_folder, over_limits
from autograder.sandbox.wire_format import Caps

pytestmark = pytest.mark.family

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ["name", "text", "data", "metadata", "execution_count", "ename", "evalue", "traceback"]
MIMES = ["text/plain", "application/json", "application/geo+json", "image/png", "text/x-json"]
KINDS = ["stream", "display_data", "execute_result", "error", "update_display_data", "pages"]


def hostile_outputs():
    kind = st.fixed_dictionaries({"output_type": st.sampled_from(KINDS) | ANYTHING})
    bundle = st.dictionaries(st.sampled_from(MIMES), ANYTHING)
    fields = st.dictionaries(st.sampled_from(FIELDS), ANYTHING | bundle)
    return ANYTHING | st.builds(lambda a, b: {**b, **a}, kind, fields)


@pytest.mark.quick
@settings(max_examples=200, deadline=None)
@given(hostile_outputs())
def test_whatever_a_child_sends_becomes_a_valid_output_or_nothing(output):
    cleaned = clean_output(output)
    if cleaned is not None:
        cell = nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(cleaned)])
        notebook = nbformat.v4.new_notebook(cells=[cell])
        nbformat.validate(notebook)
        assert nbformat.reads(nbformat.writes(notebook), as_version=4) == notebook


def test_sound_outputs_are_kept_as_they_are():
    for output in (
        {"output_type": "stream", "name": "stderr", "text": "x"},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a", "b"]},
        {
            "output_type": "execute_result",
            "execution_count": 3,
            "data": {"text/plain": "1", "application/json": {"a": [1, None]}},
            "metadata": {"image/png": {"alt": "text"}},
        },
    ):
        assert clean_output(output) == output


def test_foreign_mime_types_and_binary_data_are_dropped():
    data = {"text/plain": "x", "not a mime": "x", "image/png": [1], 3: "x", "text/html": None}
    cleaned = clean_output({"output_type": "display_data", "data": data, "metadata": 3})
    assert cleaned == {"output_type": "display_data", "data": {"text/plain": "x"}, "metadata": {}}


def test_pieces_of_a_stream_are_joined_and_nothing_else():
    def stream(name, text):
        return {"output_type": "stream", "name": name, "text": text}

    error = {"output_type": "error", "ename": "", "evalue": "", "traceback": []}
    pieces = [stream("stdout", "a"), stream("stdout", "b"), stream("stderr", "c"), error]
    pieces += [stream("stderr", "d"), stream("stderr", "e")]
    assert join_streams(pieces) == [
        stream("stdout", "ab"),
        stream("stderr", "c"),
        error,
        stream("stderr", "de"),
    ]


@pytest.fixture
def line():
    ours, theirs = socket.socketpair()
    channel = Channel(ours, Caps(size=1000), tick_seconds=0.02)
    yield channel, theirs
    channel.close()
    theirs.close()


def soon(seconds=0.2):
    return time.monotonic() + seconds


@pytest.mark.quick
def test_a_message_in_pieces_is_one_message(line):
    channel, theirs = line
    frame = pack(("done", 1, "x" * 500))

    def drip():
        for place in range(0, len(frame), 100):
            theirs.sendall(frame[place : place + 100])
            time.sleep(0.002)

    thread = threading.Thread(target=drip)
    thread.start()
    assert channel.receive(soon(5)) == ("done", 1, "x" * 500)
    thread.join()


@pytest.mark.quick("-DeadlinePassed")
@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (b"", DeadlinePassed),
        (b"\x05", DeadlinePassed),
        (struct.pack("<Q", 1001), ChannelError),
        (struct.pack("<Q", 5) + b"\0\0\0\0?", ChannelError),
        (struct.pack("<Q", 900), DeadlinePassed),
    ],
)
def test_bad_and_missing_frames_are_told_apart(line, sent, error):
    channel, theirs = line
    theirs.sendall(sent)
    with pytest.raises(error) as caught:
        channel.receive(soon())
    assert caught.type is error


def test_a_closed_line_is_noticed_at_once(line):
    channel, theirs = line
    theirs.close()
    with pytest.raises(ChannelClosed):
        channel.receive(soon(60))


def test_sending_to_nobody_who_listens_ends_at_the_deadline(line):
    channel, _ = line
    with pytest.raises(DeadlinePassed):
        channel.send(("x" * 10_000_000,), soon())


@pytest.mark.quick
def test_limits_are_looked_at_while_waiting():
    ticks = []
    watch = SimpleNamespace(look=ticks.append)
    ours, theirs = socket.socketpair()
    channel = Channel(ours, Caps(size=1000), watch=watch, tick_seconds=0.02)
    with pytest.raises(DeadlinePassed):
        channel.receive(soon(0.2))
    channel.close(), theirs.close()
    assert len(ticks) >= 3


def test_a_hostile_folder_is_emptied_without_following_links(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("kept")
    folder = tmp_path / "scratch"
    folder.mkdir()
    (folder / "to_folder").symlink_to(kept)
    (folder / "to_file").symlink_to(kept / "file")
    (folder / "closed").mkdir(mode=0)
    (folder / ".moved-1-1").mkdir()
    here = os.open(folder, os.O_RDONLY)
    for _ in range(1100):  # deeper than a path can say, and than Python recurses
        os.mkdir("deeper", dir_fd=here)
        deeper = os.open("deeper", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    empty_folder(folder)
    assert list(folder.iterdir()) == [] and (kept / "file").read_text() == "kept"


@pytest.mark.quick("2-600-True")
@pytest.mark.parametrize(
    ("files", "size", "over"), [(3, 10, False), (6, 1, True), (2, 600, True), (0, 0, False)]
)
def test_files_and_bytes_are_counted(tmp_path, files, size, over):
    (tmp_path / "folder").mkdir()
    for number in range(files):
        (tmp_path / "folder" / str(number)).write_bytes(b"x" * size)
    assert over_limits(tmp_path, Limits(scratch_files=5, scratch_bytes=1000)) is over


def test_scratch_folders_are_used_again_and_leave_nothing():
    folders = ScratchFolders()
    first = folders.take()
    (first / "x").write_text("x")
    second = folders.take()
    folders.give_back(first)
    assert folders.take() == first != second and list(first.iterdir()) == []
    folders.remove()
    assert not folders.base.exists()


def test_all_hand_outs_but_notebooks_are_copied(tmp_path):
    for name in ("helper.py", "lesson.ipynb", ".hidden.txt", "__seed__.txt"):
        (tmp_path / name).write_text("")
    folders = ScratchFolders()
    copied = folders.copy_assets(tmp_path)
    names = {path.name for path in copied.iterdir()}
    assert names == {"helper.py", ".hidden.txt", "__seed__.txt"}
    folders.remove()


@pytest.mark.quick
def test_python_is_readable_and_this_course_is_not():
    roots = readable_roots()
    for module in (os, pytest, nbformat):
        assert any(Path(module.__file__).resolve().is_relative_to(root) for root in roots)
    assert not any(Path(__file__).resolve().is_relative_to(root) for root in roots)


@pytest.mark.quick("course/tests-False")
@pytest.mark.parametrize(
    ("secret", "refused"),
    [("packages/course/tests", True), ("packages", True), ("", True), ("course/tests", False)],
)
def test_secrets_inside_around_or_beside_what_is_readable(tmp_path, secret, refused):
    readable = [tmp_path / "packages"]
    if not refused:
        refuse_readable_secrets([tmp_path / secret], readable)
        return
    with pytest.raises(SandboxError, match="must stay secret"):
        refuse_readable_secrets([tmp_path / secret], readable)


def test_a_secret_behind_a_link_is_refused_too(tmp_path):
    (tmp_path / "packages").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "packages")
    with pytest.raises(SandboxError):
        refuse_readable_secrets([tmp_path / "link" / "tests"], [tmp_path / "packages"])


def test_the_doctor_names_the_tier_and_tries_every_layer():
    findings = probe()
    assert findings.tier in (Tier.A, Tier.B) and findings.landlock_abi >= 1
    verified = {layer.name for layer in findings.layers if layer.verified}
    assert {"descriptors", "limits", "capabilities", "landlock", "seccomp"} <= verified
    assert f"tier {findings.tier}" in str(findings)


def test_the_doctor_says_what_is_missing_and_what_to_do(monkeypatch):
    """A machine whose Landlock is blind, as far as the self-check can see."""
    monkeypatch.setattr("autograder.sandbox.box.readable_roots", lambda: [Path("/")])
    findings = probe()
    assert findings.tier is Tier.WEAK
    assert "landlock" in {layer.name for layer in findings.missing}
    assert "lsm=" in str(findings) and "✗ landlock" in str(findings)
