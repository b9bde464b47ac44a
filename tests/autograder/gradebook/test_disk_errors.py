"""A page or table is written as a whole, or the earlier one stays."""

import os
from pathlib import Path

import pytest

from autograder.gradebook.disk_errors import write_whole


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_full_disk_leaves_the_earlier_page_and_is_an_error_of_the_page(tmp_path):
    page = tmp_path / "tiny.html"
    write_whole(page, "earlier")
    (tmp_path / ".tiny.html.new").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left") as caught:
        write_whole(page, "later")
    assert caught.value.filename == str(page) and page.read_text() == "earlier"
    assert [*tmp_path.iterdir()] == [page], "nothing is left beside it"
    write_whole(page, "later")
    assert page.read_text() == "later"


def test_a_link_to_a_page_stays_one_and_a_name_of_bytes_can_be_shown(tmp_path):
    page, link = tmp_path / "page.html", tmp_path / "link.html"
    page.touch()
    link.symlink_to(page)
    write_whole(link, os.fsdecode(b"J\xfcrg"))
    assert link.is_symlink() and page.read_text() == r"J\udcfcrg"
