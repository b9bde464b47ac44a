"""Scratch folders are counted, emptied and used again."""

import os

import pytest

from autograder.sandbox import Limits
from autograder.sandbox.scratch import ScratchFolders, empty_folder, over_limits

pytestmark = pytest.mark.family


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
