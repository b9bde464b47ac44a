"""Tools of the grader's trade, poisoned where the student's code runs: the judge has its own."""

from attacking import WRONG, Attack

TAIL = "\n" + WRONG["double"]


def poisoned(name, text, **more):
    return Attack("Z", name, {"double": text + TAIL}, **more)


ATTACKS = [
    poisoned("np.allclose always agrees", "np.allclose = lambda *a, **k: True"),
    poisoned("np.testing asserts nothing", "for n in dir(np.testing):\n"
             "    if n.startswith('assert'): setattr(np.testing, n, lambda *a, **k: None)"),
    poisoned("np.linalg.norm is always zero", "np.linalg.norm = lambda *a, **k: 0.0"),
    poisoned("np.array_equal, isclose and all agree",
             "np.array_equal = np.isclose = np.all = lambda *a, **k: True"),
    poisoned("The seed cannot be set", "np.random.seed = lambda *a: None"),
    poisoned("random returns constants",
             "np.random.randn = np.random.rand = lambda *s: np.ones(s)"),
    poisoned("The builtins all, abs, isinstance, len and type lie",
             "import builtins\nbuiltins.all = builtins.isinstance = lambda *a: True\n"
             "builtins.abs = lambda x: 0", hurts=True),
    poisoned("print is replaced", "import builtins\nbuiltins.print = lambda *a, **k: 1/0"),
    poisoned("Importing is replaced",
             "import builtins\nbuiltins.__import__ = lambda *a, **k: np", hurts=True),
    poisoned("AssertionError is something else",
             "import builtins\nclass Nice(BaseException): pass\nbuiltins.AssertionError = Nice"),
    poisoned("Exceptions cannot be named", "import builtins\nbuiltins.Exception = int"),
    poisoned("An AST transformer rewrites the check into nothing", """
import ast
class Nothing(ast.NodeTransformer):
    def visit_Expr(self, node):
        return ast.Expr(ast.Constant(4.0))
get_ipython().ast_transformers.append(Nothing())"""),
    poisoned("An input transformer turns every later cell into points", """
get_ipython().input_transformers_cleanup.append(lambda lines: ['4.0\\n'])""", hurts=True),
    poisoned("run_cell answers with success",
             "get_ipython().run_cell = lambda *a, **k: type('R', (), dict(error_before_exec=None, "
             "error_in_exec=None, success=True))()", hurts=True),
    poisoned("showtraceback is silent", "get_ipython().showtraceback = lambda *a, **k: None\n"
             "get_ipython()._showtraceback = lambda *a, **k: None"),
    poisoned("The display hook shows points", "import sys\nsys.displayhook = lambda v: print(4.0)"),
    poisoned("A forged result of the grade cell", """
from IPython.display import display
class Points:
    def _repr_mimebundle_(self, **k):
        return {'text/plain': '4.0', 'text/html': 'full marks'}
display(Points())
check = lambda *a, **k: Points()"""),
    poisoned("check is replaced", "check = lambda *a, **k: 4.0", weak=True),
    poisoned("The module public_check is replaced in sys.modules",
             "import sys, types\nm = types.ModuleType('public_check')\n"
             "m.check = lambda *a, **k: 4.0\nsys.modules['public_check'] = m\n"
             "from public_check import check"),
    poisoned("A pre_run_cell hook redefines the functions", """
def fix(*a):
    get_ipython().user_ns['double'] = lambda x: x + 1
    get_ipython().user_ns['norms'] = lambda x: x + 1
get_ipython().events.register('post_run_cell', fix)""",
             honest={"norms": "def norms(x):\n    return x + 1"}),
    poisoned("sys.settrace watches everything",
             "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)"),
    poisoned("An audit hook raises at everything", """
import sys
def hook(event, args):
    if event in ('open', 'import', 'compile'):
        raise RuntimeError('no')
sys.addaudithook(hook)""", honest={"norms": "def norms(x:"}),
    poisoned("sitecustomize and .pth beside the notebook", """
for name in ('sitecustomize.py', 'usercustomize.py', 'x.pth', 'conftest.py', 'pytest.ini',
             'pyproject.toml', 'setup.cfg', 'nbgrader_config.py', 'ipython_config.py'):
    try:
        open(name, 'w').write('import os; print("<<WORKED>>")')
    except OSError:
        pass"""),
    poisoned("PYTHON variables for whoever comes next",
             "import os\nos.environ.update(PYTHONSTARTUP='x.py', PYTHONPATH='.', "
             "PYTEST_ADDOPTS='-p evil', PYTHONINSPECT='1', LD_PRELOAD='./x.so')"),
    poisoned("Planted plugin metadata for pytest", """
import os
os.makedirs('evil-1.0.dist-info', exist_ok=True)
open('evil-1.0.dist-info/entry_points.txt', 'w').write('[pytest11]\\nevil = evil\\n')
open('evil-1.0.dist-info/METADATA', 'w').write('Name: evil\\nVersion: 1.0\\n')"""),
    poisoned("numpy.py, json.py and public_check.py beside the notebook", """
import os
for name in ('numpy.py', 'json.py', 'public_check.py', 'random.py'):
    try:
        os.unlink(name)
    except OSError:
        pass
    open(name, 'w').write('def check(*a, **k): return 4.0')"""),
    poisoned("The session's own socket functions are replaced", """
import os, socket, struct, gc
os.write = lambda *a: 0
struct.pack = lambda *a: b''""", verdict=("timeout", "error", "wrong", "missing"), slow=True,
             endless=True, hurts=True),
    poisoned("The encoder in memory says what the student wants", """
import gc, types
for f in gc.get_objects():
    if isinstance(f, types.FunctionType) and f.__name__ == 'wrap':
        f.__globals__['encode'] = lambda value, caps=None: [b'\\x01\\0\\0\\0N']""",
             verdict=("timeout", "error", "wrong", "missing")),
    poisoned("The answer is always that all went well", """
import gc
for o in gc.get_objects():
    if type(o).__name__ == 'Session':
        type(o)._encoded = lambda self, value: {'status': 'value', 'value': True}""",
             verdict=("timeout", "error", "wrong", "missing"), hurts=True),
    poisoned("The locale, print options and error state of numpy are bent",
             "np.set_printoptions(threshold=0, precision=0, suppress=True)\n"
             "np.seterr(all='raise')"),
    poisoned("Warnings become errors", "import warnings\nwarnings.simplefilter('error')"),
    poisoned("The recursion limit is tiny",
             "import sys\ntry:\n    sys.setrecursionlimit(60)\nexcept RecursionError:\n    pass",
             verdict=("timeout", "error", "wrong", "missing")),
    poisoned("gc and memory are disturbed", "import gc\ngc.disable()\ngc.set_threshold(1)\n"
             "gc.callbacks.append(lambda *a: 1/0)"),
    poisoned("The clock stands still", "import time\ntime.time = time.monotonic = lambda: 0.0"),
    poisoned("numpy's C function table of ndarray is patched", """
import ctypes
try:
    class A(np.ndarray): pass
    ctypes.pythonapi.PyType_Modified.argtypes = [ctypes.py_object]
    import gc
    d = gc.get_referents(np.ndarray.__dict__)[0]
    d['tobytes'] = lambda *a: b''
    d['__eq__'] = lambda *a: True
    ctypes.pythonapi.PyType_Modified(np.ndarray)
except Exception:
    pass"""),
    *[Attack("Z", name, {"double": f"{text}\ndef double(x):\n    return x + 1"}, hurts=True)
      for name, text in {
        "compile and exec are gone": "import builtins\nbuiltins.compile = builtins.exec = None",
        "A finder of modules that interrupts": "import sys\nclass F:\n    @staticmethod\n"
            "    def find_spec(*a): raise KeyboardInterrupt\nsys.meta_path.insert(0, F)",
        "A source of another coding": "# -*- coding: utf-7 -*-",
        "A source of signs without end": "y = " + "-" * 50000 + "1",
        "A source of alternatives without end": "if 0: pass\n" + "elif 0: pass\n" * 7000,
      }.items()],
    poisoned("Setting the seed ends the process", """
import random
def leave(*_): raise SystemExit(0)
np.random.seed = random.seed = leave""", hurts=True),
    poisoned("The names of the notebook are a dict that lies", """
class Names(dict):
    def get(self, name, otherwise=None):
        return (lambda x: x * 2) if name == 'norms' else dict.get(self, name, otherwise)
get_ipython().user_ns = Names(get_ipython().user_ns)""", hurts=True),
    poisoned("A timer interrupts the session's own code a thousand times a second", """
import signal
def interrupt(*_): raise KeyboardInterrupt
signal.signal(signal.SIGALRM, interrupt)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)""", hurts=True),
]  # fmt: skip
