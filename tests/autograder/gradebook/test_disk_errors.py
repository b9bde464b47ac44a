"""A page or table is written as a whole, or the earlier one stays."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest

from autograder.gradebook.disk_errors import refused, write_whole


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


FILE = "Path(sys.argv[1]).write_bytes(bytes(200_000))"
DATABASE = """
from sqlalchemy import create_engine, text
with create_engine("sqlite:///" + sys.argv[1]).begin() as connection:
    connection.execute(text("create table rows_ (content blob)"))
    connection.execute(text("insert into rows_ values (zeroblob(200000))"))
"""


GROW = (
    "{} cannot grow: there is a limit on the size of a file (0.125 MiB here). Take it away "
    "(`ulimit -f unlimited`), or ask whoever has set it, and run the same command again\n"
)
IN_DATABASE = (
    "{} cannot be written (disk I/O error). Here a file may grow to 0.125 MiB at most: take that "
    "limit away (`ulimit -f unlimited`) and run the same command again\n"
)


@pytest.mark.parametrize(
    ("name", "work", "told"), [("a.html", FILE, GROW), ("gradebook.db", DATABASE, IN_DATABASE)]
)
def test_a_limit_on_the_size_of_a_file_is_no_full_disk(tmp_path, name, work, told):
    """`ulimit -f`, which SQLite only calls an error of the disk."""
    place = tmp_path / name
    where = f"sqlite:///{place}" if name.endswith(".db") else str(place)
    script = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from autograder.gradebook.disk_errors import Refused, explained\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (131072, 131072))\n"
        f"try:\n    with explained({where!r}):\n{indent(work, ' ' * 8)}\n"
        "except Refused as error:\n    print(error)"
    )
    command = [sys.executable, "-c", script, str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == told.format(place)


def test_a_quota_is_no_full_disk():
    told = refused(OSError(errno.EDQUOT, "Disk quota exceeded", "/home/ada/gradebook.db"))
    assert str(told) == (
        "/home/ada/gradebook.db cannot be written: your quota on this disk is used up (`quota` "
        "shows it). Remove something of yours there, and run the same command again"
    )
