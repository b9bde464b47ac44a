"""Cells behind the wall run as they would in a Jupyter kernel."""

import base64
import re

import nbformat
import pytest

from autograder.sandbox import Limits, Sandbox

pytestmark = pytest.mark.family


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    assets = tmp_path_factory.mktemp("assets")
    (assets / "course_helper.py").write_text("def twice(x):\n    return 2 * x\n")
    (assets / "data").mkdir()
    (assets / "data" / "table.csv").write_text("1,2\n")
    (assets / "lesson.ipynb").write_text("{}")
    limits = Limits(output_bytes=100_000)
    with Sandbox(limits, assets=assets, preload=["json"]) as box:
        yield box


@pytest.fixture
def session(box):
    with box.session() as session:
        yield session


def texts(result):
    """What a reader sees, in order: (kind or stream, text)."""
    seen = []
    for output in result.outputs:
        if output["output_type"] == "stream":
            seen.append((output["name"], output["text"]))
        elif output["output_type"] == "error":
            seen.append(("error", output["ename"]))
        else:
            seen.append((output["output_type"], output["data"].get("text/plain")))
    return seen


@pytest.mark.quick
def test_the_last_expression_is_the_result_of_the_cell(session):
    result = session.run_cell("x = 20\nx + 1")
    assert result.status == "ok"
    assert texts(result) == [("execute_result", "21")]
    assert result.outputs[0]["execution_count"] == 1


def test_names_stay_from_cell_to_cell(session):
    session.run_cell("def f(x):\n    return x + 1")
    assert texts(session.run_cell("f(1)")) == [("execute_result", "2")]
    assert texts(session.run_cell("_ * 10")) == [("execute_result", "20")]


def test_prints_errors_and_displays_keep_their_order(session):
    result = session.run_cell(
        "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')\n"
        "display({'d': 1})\nprint('e')\n1/0"
    )
    assert texts(result) == [
        ("stdout", "a\n"),
        ("stderr", "b\n"),
        ("stdout", "c\n"),
        ("display_data", "{'d': 1}"),
        ("stdout", "e\n"),
        ("error", "ZeroDivisionError"),
    ]
    assert (result.status, result.error_name) == ("error", "ZeroDivisionError")
    assert result.error_message == "division by zero"


def test_outputs_are_what_nbformat_allows(session):
    sources = ["1/0", "print(1)", "2", "import matplotlib.pyplot as plt\nplt.plot([1]);", "def f(:"]
    cells = [
        nbformat.v4.new_code_cell(source, outputs=session.run_cell(source).outputs)
        for source in sources
    ]
    nbformat.validate(nbformat.v4.new_notebook(cells=cells))


@pytest.mark.quick
@pytest.mark.parametrize(
    "source",
    [
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.title('t')\nplt.show()",
        "%matplotlib inline\nfrom matplotlib import pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    ],
    ids=["left open", "shown", "with the magic"],
)
def test_a_figure_comes_as_one_png(session, source):
    result = session.run_cell(source)
    figures = [o for o in result.outputs if o["output_type"] == "display_data"]
    assert result.status == "ok"
    assert [o["output_type"] for o in result.outputs if o["output_type"] == "stream"] == []
    assert len(figures) == 1
    assert base64.b64decode(figures[0]["data"]["image/png"]).startswith(b"\x89PNG")


def test_signs_that_no_font_has_do_not_disturb_the_session(session):
    result = session.run_cell("import matplotlib.pyplot as plt\nplt.title('训练 \U0001f40d');")
    assert any("image/png" in output.get("data", {}) for output in result.outputs)
    assert "Exception ignored" not in str(result.outputs)
    assert session.run_cell("1").status == "ok"


def test_alternative_text_of_a_figure_is_kept(session):
    result = session.run_cell(
        "import matplotlib.pyplot as plt\nfig = plt.figure(); plt.plot([1])\n"
        "display(fig, metadata={'image/png': {'alt': 'a line'}}); plt.close(fig)"
    )
    assert result.outputs[0]["metadata"]["image/png"]["alt"] == "a line"


def test_magics_work(session):
    assert "Wall time" in texts(session.run_cell("%time sum(range(10))"))[0][1]
    assert session.run_cell("%%time\nx = 1").status == "ok"
    assert session.run_cell("%who").status == "ok"


def test_a_shell_command_says_no_and_the_cell_goes_on(session):
    result = session.run_cell("!ls\nvalue = 3")
    assert result.status == "ok" and "do not run" in texts(result)[0][1]
    assert texts(session.run_cell("value")) == [("execute_result", "3")]


@pytest.mark.quick
@pytest.mark.parametrize("source", ["%%bash\nls", "import subprocess\nsubprocess.run(['ls'])"])
def test_programs_do_not_start_and_the_session_lives_on(session, source):
    assert session.run_cell(source).status == "error"
    assert session.run_cell("1").status == "ok"


def test_a_question_is_refused_as_in_a_kernel_without_a_user(session):
    assert session.run_cell("input('name?')").error_name == "StdinNotImplementedError"


def test_standard_input_is_empty(session):
    assert texts(session.run_cell("import sys\nsys.stdin.read()")) == [("execute_result", "''")]


@pytest.mark.quick("def f(:-SyntaxError", "raise SystemExit(0)-SystemExit")
@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def f(:", "SyntaxError"),
        ("raise SystemExit(0)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("class E(BaseException): pass\nraise E('x')", "E"),
        ("raise ExceptionGroup('g', [ValueError(1)])", "ExceptionGroup"),
        ("def f(): return f()\nf()", "RecursionError"),
    ],
)
def test_errors_end_the_cell_and_not_the_session(session, source, name):
    result = session.run_cell(source)
    assert (result.status, result.error_name) == ("error", name)
    assert session.run_cell("1").status == "ok"


def test_exit_ends_nothing(session):
    assert session.run_cell("exit").status == "ok"
    assert session.run_cell("quit()").status == "ok"
    assert session.run_cell("1").status == "ok"


def test_a_traceback_is_made_without_a_search_of_all_modules(session):
    """The search takes milliseconds for each frame, where many modules are imported."""
    session.run_cell(
        "import inspect, types\nfound = []\nreal = inspect.ismodule\n"
        "inspect.ismodule = lambda thing: found.append(thing) or real(thing)\n"
        "def f():\n    return 1 / 0"
    )
    result = session.run_cell("f()")
    assert "----> 1 f()" in "\n".join(result.outputs[-1]["traceback"])
    counted = session.run_cell("print(len([t for t in found if type(t) is types.ModuleType]))")
    assert texts(counted) == [("stdout", "0\n")]
    after = session.run_cell("inspect.ismodule = real; inspect.getmodule(inspect.unwrap).__name__")
    assert texts(after) == [("execute_result", "'inspect'")]


def test_a_traceback_shows_the_students_own_lines_only(session):
    result = session.run_cell("import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))")
    text = "\n".join(result.outputs[-1]["traceback"])
    assert "np.linalg.inv(np.zeros((2, 2)))" in text
    assert "site-packages" not in text and "autograder" not in text


def test_what_c_code_writes_is_recorded_too(session):
    assert texts(session.run_cell("import os\nos.write(1, b'low level');")) == [
        ("stdout", "low level")
    ]


@pytest.mark.quick
def test_threads_are_allowed(session):
    result = session.run_cell(
        "import threading\nt = threading.Thread(target=lambda: print('in a thread'))\n"
        "t.start(); t.join()"
    )
    assert texts(result) == [("stdout", "in a thread\n")]


def test_helper_modules_and_data_are_there_but_no_notebook(session):
    assert session.run_cell("from course_helper import twice\ntwice(4)").status == "ok"
    assert texts(session.run_cell("open('data/table.csv').read()"))[0][1] == "'1,2\\n'"
    listing = texts(session.run_cell("import os; sorted(os.listdir('.'))"))[0][1]
    assert listing == "['course_helper.py', 'data']"


def test_files_can_be_saved_beside_the_hand_outs(session):
    assert session.run_cell("import numpy as np\nnp.save('data/x.npy', np.ones(3))").status == "ok"
    assert session.run_cell("np.savez('y.npz', a=1); np.load('y.npz')['a']").status == "ok"
    assert session.run_cell("import tempfile\ntempfile.TemporaryFile().write(b'x')").status == "ok"


def test_a_hand_out_that_was_overwritten_is_the_authors_again_for_the_next(box):
    with box.session() as session:
        changed = "open('course_helper.py', 'w').write('A = 7'); open('course_helper.py').read()"
        assert texts(session.run_cell(changed))[0][1] == "'A = 7'"
    with box.session() as session:
        again = texts(session.run_cell("open('course_helper.py').read()"))[0][1]
        assert again and "A = 7" not in again


def test_sessions_start_alike(box):
    answers = set()
    for _ in range(2):
        with box.session() as session:
            source = "import numpy as np, random\n(np.random.rand(), random.random(), hash('a'))"
            answers.add(texts(session.run_cell(source))[0][1])
    assert len(answers) == 1


def test_a_session_sees_nothing_of_the_one_before(box):
    with box.session() as first:
        first.run_cell("import builtins, numpy as np\nbuiltins.left = 1; np.left = 2")
        first.run_cell("open('left.txt', 'w').write('3')")
    with box.session() as second:
        result = second.run_cell(
            "import builtins, os, numpy as np\n"
            "hasattr(builtins, 'left'), hasattr(np, 'left'), os.path.exists('left.txt')"
        )
        assert texts(result) == [("execute_result", "(False, False, False)")]


@pytest.mark.quick
def test_outputs_beyond_the_limit_are_cut_and_say_so(session):
    result = session.run_cell("for i in range(20_000): print('flood', i)")
    assert result.status == "output"
    assert sum(len(text) for _, text in texts(result)) <= 100_000
    assert session.run_cell("1").status == "ok"


def test_scikit_learn_can_be_imported_late(session):
    source = "from sklearn.datasets import make_moons\nmake_moons(4)[0].shape"
    assert texts(session.run_cell(source, seconds=60))[-1] == ("execute_result", "(4, 2)")


PLAIN = [
    "x = 1\nx",
    "'''only a text'''",
    "x = 3",
    "for i in range(2): print(i)\ni",
    "1\n2\n3;",
    "def f():\n    return 1 / 0\nf()",
    "def g(: pass",
    "return 1",
    "yield 1",
    "x = 5\nbreak",
    "raise SystemExit(3)",
    "raise KeyboardInterrupt",
    "import sys\nprint('a', file=sys.stderr)\nNone",
    "from __future__ import annotations\ndef h(x: undefined): pass\nh.__annotations__",
    "class A: pass\nA.__module__, __name__",
    "_, __, _i, len(In), sorted(Out)",
    "get_ipython().execution_count",
    "import matplotlib.pyplot as plt\nfig = plt.figure(figsize=(1, 1))\nprint('drawn')",
    "%time 1 + 1",
    "!ls",
    "?print",
    "x = !ls\nx",
    "nonlocal x",
    "'\\ud800'",
    "x = 1;",
    "\n\n# nothing\n",
    "import asyncio\nasync def k(): return 2\nk",
    "lambda: 0\n(yield)",
    "assert x == 2, 'no'",
    "del x\nx",
]


@pytest.mark.quick("raise SystemExit(3)", "get_ipython().execution_count", "nonlocal x")
@pytest.mark.parametrize("cell", PLAIN)
def test_the_short_way_of_plain_cells_gives_what_ipython_gives(box, cell):
    """`run_source` against `run_cell`, with what other cells see afterwards."""
    seen = []
    for short in (True, False):
        with box.session() as session:
            if not short:
                long_way = (
                    "from IPython import get_ipython as _g\n"
                    "def _long(source, shell=_g()):\n"
                    "    done = shell.run_cell(source, store_history=True)\n"
                    "    return done.error_before_exec or done.error_in_exec\n"
                    "_g().run_source = _long"
                )
            else:
                long_way = "from IPython import get_ipython as _g\ndef _long(source): pass\n0;"
            session.run_cell(long_way)
            result = session.run_cell(cell)
            after = session.run_cell(
                "(_g().execution_count, _g().last_execution_succeeded, _i, len(In), sorted(Out),\n"
                " __import__('linecache').cache.keys() and _g().history_manager.input_hist_raw[-2])"
            )
            seen.append((result.status, result.error_name, _steady(result), _steady(after)))
    assert seen[0] == seen[1]


def _steady(result):
    """Outputs without what differs from process to process, and the lines of a slow machine."""
    text = re.sub(r"(Compiler|Parser) *: [^\\]*\\n", "", str(result.outputs))
    return re.sub(r"0x[0-9a-f]+|\d+(\.\d+)?(e[+-]\d+)? [µμnm]?s\b|[A-Za-z0-9+/]{200,}", "…", text)
