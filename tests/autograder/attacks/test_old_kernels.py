"""What Landlock could not forbid in its first versions, another layer forbids."""

import pytest

from autograder.sandbox import Sandbox

pytestmark = pytest.mark.family


@pytest.fixture(scope="module")
def without_landlock():
    with Sandbox(tier="A", without=("landlock",)) as box:
        yield box


@pytest.mark.parametrize(
    "attempt",
    [
        "import os; os.truncate({path!r}, 0)",
        "import os; os.open({path!r}, os.O_RDONLY | os.O_TRUNC)",
        "import ctypes; ctypes.CDLL(None).open({path!r}.encode(), 0o1000)",
        "import ctypes; ctypes.CDLL(None).syscall(2, {path!r}.encode(), 0o1000)",
        "import ctypes; ctypes.CDLL(None).truncate({path!r}.encode(), 0)",
        "import ctypes; ctypes.CDLL(None).creat({path!r}.encode(), 0o600)",
        "import ctypes; ctypes.CDLL(None).syscall(437, -100, {path!r}.encode(), "
        "(ctypes.c_uint64 * 3)(0o1000), 24)",
    ],
    ids=["truncate", "O_TRUNC", "open", "the call open", "libc's truncate", "creat", "openat2"],
)
def test_a_file_is_not_emptied_without_being_opened_to_write(without_landlock, tmp_path, attempt):
    path = tmp_path / "precious.txt"
    path.write_text("precious")
    with without_landlock.session() as session:
        session.run_cell(attempt.replace("{path!r}", repr(str(path))))
        own = session.run_cell("open('own', 'w').write('12'); open('own', 'r+').truncate(1)")
    assert path.read_text() == "precious"
    assert own.status == "ok", "files of one's own can still be cut"
