"""What works in a stock kernel works behind the wall, and says nothing more than there."""

import sys
import tempfile
from pathlib import Path

import pytest

from autograder.sandbox import Sandbox, SandboxError

pytestmark = pytest.mark.family

POOL = """
from multiprocessing.pool import ThreadPool
with ThreadPool(2) as pool:
    print(pool.map(abs, [-1, -2]))
"""
LOCKS = """
from multiprocessing import Lock, RLock, Semaphore
with RLock() as again, Lock():
    semaphore = Semaphore(1)
    print(semaphore.acquire(), semaphore.acquire(False), semaphore.release())
try:
    RLock().release()
except AssertionError as error:
    print(error)
"""


@pytest.fixture(scope="module", params=["A", "B"])
def box(request, tmp_path_factory):
    assets = tmp_path_factory.mktemp("assets")
    (assets / "data").mkdir()
    (assets / "data" / "table.csv").write_text("1,2\n")
    (assets / "numbers.txt").write_text("author's")
    (assets / ".hidden").write_text("hidden")
    try:
        with Sandbox(tier=request.param, assets=assets) as box:
            yield box
    except SandboxError as error:
        if request.param == "A":
            raise
        pytest.skip(f"no tier B here: {error}")


def shown(box, source):
    """Text of all outputs, standard error and exceptions marked."""
    with box.session() as session:
        result = session.run_cell(source, seconds=60.0)
    return [
        output["text"] if output.get("name") == "stdout"
        else f"{output.get('name', '')}{output.get('ename', '')}: "
             f"{output.get('text') or output.get('evalue')}"
        if "data" not in output
        else output["data"]["text/plain"]
        for output in result.outputs
    ]  # fmt: skip


WRITES = {
    "open for writing": "open('numbers.txt', 'w').write('mine')",
    "open for both": "file = open('numbers.txt', 'r+'); file.write('mine'); file.truncate()",
    "pathlib": "from pathlib import Path; Path('numbers.txt').write_text('mine')",
    "a descriptor": "import os\n"
    "os.write(os.open('numbers.txt', os.O_WRONLY | os.O_TRUNC), b'mine')",
    "numpy": "import numpy as np; np.savetxt('numbers.txt', [], header='mine', comments='')",
    "another file in its place": "import os; open('new', 'w').write('mine'); "
    "os.replace('new', 'numbers.txt')",
    "removed first": "import os; os.remove('numbers.txt'); open('numbers.txt', 'x').write('mine')",
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_handed_out_file_can_be_overwritten_and_the_next_student_sees_the_authors(box, write):
    text = (
        f"{write}\n'file' in globals() and file.close()\nprint(open('numbers.txt').read().strip())"
    )
    assert shown(box, text) == ["mine\n"]
    assert shown(box, "print(open('numbers.txt').read())") == ["author's\n"]


def test_what_is_appended_stands_behind_what_the_author_wrote(box):
    append = (
        "import os\nos.chdir('data')\nwith open('table.csv', 'a') as file: file.write('3,4\\n')"
    )
    assert shown(box, f"{append}\nprint(open('table.csv').read())") == ["1,2\n3,4\n\n"]


def test_a_file_that_must_not_exist_does_exist(box):
    assert shown(box, "open('numbers.txt', 'x')")[0].startswith("FileExistsError")


SOUND = {
    "a file whose name begins with a dot": ("print(open('.hidden').read())", ["hidden\n"]),
    "a pool of threads": (POOL, ["[1, 2]\n"]),
    "locks of multiprocessing": (
        LOCKS,
        ["True False None\nattempt to release recursive lock not owned by thread\n"],
    ),
    "the machine": ("print('processor' in open('/proc/cpuinfo').read())", ["True\n"]),
    "%cd": ("import os; os.mkdir('sub')\n%cd -q sub\nprint(os.path.basename(os.getcwd()))",
            ["sub\n"]),
    "%store": ("kept = 1\n%store kept\ndel kept\n%store -r kept\nprint(kept)",
               ["Stored 'kept' (int)\n1\n"]),
    "no terminal": ("print(hasattr(get_ipython(), 'kernel'))", ["True\n"]),
}  # fmt: skip


@pytest.mark.parametrize(("source", "seen"), SOUND.values(), ids=SOUND)
def test_as_in_a_kernel(box, source, seen):
    assert shown(box, source) == seen


SKLEARN = {
    "KMeans": "from sklearn.cluster import KMeans\n"
    "print(KMeans(2, n_init=1).fit([[0, 0], [9, 9]]).labels_.shape)",
    "neighbours": "from sklearn.neighbors import KNeighborsClassifier\n"
    "print(KNeighborsClassifier(1).fit([[0], [1]], [0, 1]).predict([[0.2]]).shape)",
    "all cores": "from sklearn.ensemble import RandomForestClassifier\n"
    "print(RandomForestClassifier(3, n_jobs=-1).fit([[0], [1]], [0, 1]).predict([[0]]).shape)",
    "two jobs": "from sklearn.model_selection import cross_val_score\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "X = [[n] for n in range(8)]\n"
    "print(cross_val_score(LogisticRegression(), X, [0, 1] * 4, cv=2, n_jobs=2).shape)",
}


@pytest.mark.parametrize("source", SKLEARN.values(), ids=SKLEARN)
def test_scikit_learn_works_and_warns_of_nothing(box, source):
    pytest.importorskip("sklearn")
    [text] = shown(box, source)
    assert text in ("(2,)\n", "(1,)\n")


def test_joblib_works_and_warns_of_nothing(box):
    pytest.importorskip("joblib")
    text = (
        "from joblib import Parallel, delayed\nprint(Parallel(2)(delayed(abs)(-n) for n in [1, 2]))"
    )
    assert shown(box, text) == ["[1, 2]\n"]


def test_a_progress_bar_is_a_widget_and_no_standard_error(box):
    pytest.importorskip("tqdm")
    pytest.importorskip("ipywidgets")
    [text] = shown(box, "from tqdm.auto import tqdm\nfor _ in tqdm(range(2)): pass")
    assert "| 0/2 [" in text and not text.startswith("stderr")


def test_pandas_shows_as_many_columns_as_in_a_notebook(box):
    pytest.importorskip("pandas")
    assert shown(box, "import pandas; print(pandas.get_option('display.max_columns'))") == ["20\n"]


LISTS = "import os; print(sorted(os.listdir('/tmp')), sorted(os.listdir('.')))"


def test_tmp_is_a_sessions_own_in_tier_b_and_closed_in_tier_a(box):
    """What a cell writes there, the next session does not see; `tempfile` works in both."""
    if box.tier == "B" and Path(sys.prefix).is_relative_to("/tmp"):
        pytest.skip("Python itself lies in /tmp, which stays readable: no session's own")
    writes = f"open('/tmp/mine.txt', 'w').write('mine'); {LISTS}"
    if box.tier == "B":
        handed_out = ".hidden', 'data', 'numbers.txt"
        assert shown(box, writes) == [f"['mine.txt'] ['{handed_out}']\n"]
        assert shown(box, LISTS) == [f"[] ['{handed_out}']\n"]
    else:
        assert shown(box, writes) == [
            "PermissionError: [Errno 13] Permission denied: '/tmp/mine.txt'"
        ]
    with_tempfile = (
        "import tempfile\nwith tempfile.NamedTemporaryFile() as f: print(f.write(b'12'))"
    )
    assert shown(box, with_tempfile) == ["2\n"]


def test_no_folder_is_left_when_a_sandbox_is_closed(tmp_path, monkeypatch):
    """Hand-outs may lie outside of /tmp, which is each session's own in tier B."""
    (tmp_path / "a.txt").write_text("a")
    made = []
    make = tempfile.mkdtemp

    def mkdtemp(*arguments, **options):
        made.append(make(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", mkdtemp)
    with Sandbox(tier="A", assets=tmp_path):
        assert made and all(Path(folder).exists() for folder in made)
    assert not any(Path(folder).exists() for folder in made)
