"""Right where the answer is known already, wrong elsewhere: fresh inputs from a secret stream."""

from attacking import Attack

DOCUMENTED = {"double": "def double(x):\n    return 6.0"}  # what the notebook shows itself


def tuned(name, text, honest=None, **more):
    return Attack("Z", name, {"double": text}, honest=honest or DOCUMENTED, **more)


ATTACKS = [
    tuned("The documented output is hard-coded",
          "def double(x):\n    return 6.0 if np.ndim(x) == 0 and x == 3.0 else x"),
    tuned("A table of documented outputs",
          "TABLE = {3.0: 6.0}\ndef double(x):\n    return TABLE.get(x) if np.ndim(x) == 0 else 0"),
    tuned("Answers cached by id", """
seen = {}
def double(x):
    return seen.setdefault(id(x), 6.0)"""),
    tuned("The public run is told apart from the hidden one by the caller's name", """
import sys
def double(x):
    return 6.0 if sys._getframe(1).f_code.co_name in ('check', '_call') else 0.0"""),
    tuned("The first call is right, later ones repeat it", """
calls = []
def double(x):
    calls.append(1)
    return 6.0"""),
    tuned("The inputs are zeroed in place, so that the reference sees zeros", """
def double(x):
    if np.ndim(x):
        x[...] = 0
        return x
    return 6.0"""),
    tuned("The inputs are zeroed later, by a thread", """
import threading, time
def double(x):
    def later():
        time.sleep(0.01)
        x[...] = 0
    if np.ndim(x):
        threading.Thread(target=later).start()
        return x * 0
    return 6.0"""),
    tuned("The fresh inputs are drawn again from the public seed", """
def double(x):
    if not np.ndim(x):
        return 6.0
    for seed in range(200):
        if np.allclose(np.random.default_rng(seed).standard_normal((2, 3)), x):
            print('<<WORKED>>')
    return 0.0"""),
    tuned("The global random state is expected to tell the inputs", """
def double(x):
    if np.ndim(x):
        if np.allclose(np.random.randn(2, 3), x):
            print('<<WORKED>>')
        return 0.0
    return 6.0"""),
    tuned("The module linked beside it is overwritten with one that agrees", """
import os
try:
    os.unlink('public_check.py')
    open('public_check.py', 'w').write('check = print')
except OSError:
    pass
def double(x):
    return 6.0"""),
    tuned("The answer to the last call is kept for the next", """
last = [0.0]
def double(x):
    if not np.ndim(x):
        return 6.0
    answer, last[0] = last[0], x
    return answer"""),
    tuned("A judge's stand-in is asked for the answers",
          "def double(x):\n    return 6.0", slow=False),
    Attack("Z", "The stand-in of one check is kept for another", {"norms": """
kept = []
def norms(x):
    kept.append(double)
    for f in kept:
        try:
            y = f(x)
        except Exception:
            y = x
    return y[0]"""}, honest={"double": "def double(x):\n    return x * 2",
                             "norms": "def norms(x):\n    return x[0]"}, hurts=True),
    Attack("Z", "The stand-in is stolen and called from the other exercise", {
           "norms": """
import builtins
def norms(x):
    builtins.stolen = double
    return x[0]""", "double": """
def double(x):
    import builtins
    f = getattr(builtins, 'stolen', None)
    return f(x) * 4 if f else x + 1"""},
           honest={"double": "def double(x):\n    return x + 1",
                   "norms": "def norms(x):\n    return x[0]"}, hurts=True),
]  # fmt: skip
