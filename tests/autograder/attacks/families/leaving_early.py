"""Ends that come before the judge has asked, and answers made in advance."""

from attacking import WRONG, Attack

TAIL = "\n" + WRONG["double"]


def when_called(name, text, **more):
    body = "\n".join(f"    {line}" for line in text.splitlines())
    return Attack("Z", name, {"double": f"def double(x):\n{body}\n    return x + 1"}, **more)


def in_the_cell(name, text, **more):
    return Attack("Z", name, {"double": text + TAIL}, **more)


DONE = "{'status': 'value', 'value': x, 'error': ('', ''), 'cut': False}"
FORGE = """
import os, struct
def frame(payload): return struct.pack('<Q', len(payload)) + payload
def text(s): return b's' + struct.pack('<I', len(s)) + s.encode()
def message(token):
    value = b'f' + struct.pack('<d', 6.0)
    value = struct.pack('<I', len(value)) + value
    array = b'au' + struct.pack('<BBQ', 1, 1, len(value))
    header = (b't' + struct.pack('<I', 3) + text('done')
              + b'i' + struct.pack('<H', 8) + token.to_bytes(8, 'little', signed=True)
              + b'd' + struct.pack('<I', 4) + text('status') + text('value') + text('value')
              + array + text('cut') + b'F' + text('changed') + b'l' + struct.pack('<I', 0))
    return frame(struct.pack('<I', len(header)) + header + value)
"""

ATTACKS = [
    when_called("sys.exit(0) in the call", "import sys; sys.exit(0)"),
    when_called("os._exit(0) in the call", "import os; os._exit(0)", verdict=("error",)),
    when_called("SystemExit with a value", "raise SystemExit(6.0)"),
    when_called("KeyboardInterrupt", "raise KeyboardInterrupt"),
    when_called("GeneratorExit", "raise GeneratorExit"),
    when_called("A BaseException of its own",
                "class Bye(BaseException): pass\nraise Bye('passed')"),
    when_called("pytest.skip", "import pytest; pytest.skip('passed')"),
    when_called("pytest.exit with returncode 0",
                "import pytest; pytest.exit('done', returncode=0)"),
    when_called("pytest.xfail", "import pytest; pytest.xfail('known')"),
    when_called("unittest.SkipTest", "import unittest; raise unittest.SkipTest('x')"),
    when_called("The grader's own words for a mistake",
                "class Mismatch(AssertionError):\n    message = shown = ''\nraise Mismatch('')"),
    when_called("An exception group", "raise BaseExceptionGroup('g', [SystemExit(0)])"),
    when_called("An exception whose str, repr and name fail", """
class Meta(type):
    __name__ = property(lambda c: 1/0)
class Bad(Exception, metaclass=Meta):
    __str__ = __repr__ = lambda s: 1/0
raise Bad()"""),
    when_called("An exception whose text ends the process",
                "class E(Exception):\n    def __str__(s): import os; os._exit(0)\nraise E()",
                hurts=True),
    in_the_cell("sys.exit in the cell", "double = lambda x: x + 1\nimport sys\nsys.exit(0)"),
    in_the_cell("quit() in the cell", "quit()"),
    in_the_cell("os._exit in the cell", "import os; os._exit(0)", hurts=True, weak=True),
    in_the_cell("os.abort in the cell", "import os; os.abort()", hurts=True),
    in_the_cell("atexit prints success", "import atexit\natexit.register(print, '<<WORKED>>')"),
    in_the_cell("__del__ answers last", """
class Late:
    def __del__(self):
        print('6.0')
late = Late()"""),
    in_the_cell("A thread overwrites the answers later", """
import threading, time
def later():
    while True:
        time.sleep(0.001)
        globals()['answer'] = 6.0
threading.Thread(target=later, daemon=True).start()"""),
    in_the_cell("A result is written to every descriptor", """
import os
for fd in [*range(0, 3), *range(4, 256)]:
    try:
        os.write(fd, b'{"score": 4.0, "passed": true}\\n4.0\\nPASSED\\n')
    except OSError:
        pass"""),
    in_the_cell("Newlines forge records in the output",
                "print('\\n4.0\\npassed\\n' * 10 + '{\"verdict\": \"passed\"}')"),
    in_the_cell("Everything is closed", "import os\nfor fd in range(256):\n    try: os.close(fd)\n"
                "    except OSError: pass", hurts=True),
    in_the_cell("Garbage goes to the session's socket", "import os\nos.write(3, b'\\xff' * 64)",
                hurts=True),
    in_the_cell("A done message with a guessed token waits in the socket",
                FORGE + "x = 6.0\nfor token in (0, 1, 2**61):\n    os.write(3, message(token))",
                hurts=True),
    Attack("Z", "A forged answer with the real token, found in a frame", {"double": FORGE + """
import sys
def double(x):
    frame_ = sys._getframe()
    while frame_ is not None:
        token = frame_.f_locals.get('token')
        if isinstance(token, int) and token > 1 << 20:
            os.write(3, message(token))
            break
        frame_ = frame_.f_back
    return x + 1
"""}, honest={"double": "def double(x):\n    return 6.0"}, hurts=True),
    Attack("Z", "Twice as many answers as questions", {"double": FORGE + """
import sys
def double(x):
    frame_ = sys._getframe()
    while frame_ is not None and not isinstance(frame_.f_locals.get('token'), int):
        frame_ = frame_.f_back
    if frame_ is not None:
        for _ in range(50):
            os.write(3, message(frame_.f_locals['token']))
    return 6.0
"""}, honest={"double": "def double(x):\n    return 6.0"}, hurts=True),
    Attack("Z", "A module that is a function's name", {"double": "import math as double"},
           honest={"double": "def double(x):\n    raise TypeError"}),
    Attack("Z", "A callable object that answers with the judge's word for right",
           {"double": "class D:\n    __call__ = lambda self, x: 'passed'\ndouble = D()"}),
    Attack("Z", "A function that is its own decorator's victim", {"double": """
def forever(f):
    return lambda *a: NotImplemented
@forever
def double(x):
    return 2 * x"""}),
    *[Attack("Z", name, {"double": text}, {**WRONG, "double": "def double(x):\n    1 / 0"})
      for name, text in {
        "An exception of half a letter": "def double(x):\n    raise ValueError('\\ud800')",
        "An exception named with control and turned letters":
            "E = type('\\u202e\\x9bE', (Exception,), {})\n"
            "def double(x):\n    raise E('\\u2028\\x9b2J')",
        "Exceptions in two thousand groups": "def double(x):\n    e = ValueError(1)\n"
            "    for _ in range(2000): e = ExceptionGroup('g', [e])\n    raise e",
        "Exceptions that are each other's cause": "def double(x):\n"
            "    a, b = ValueError(1), KeyError(2)\n    a.__cause__, b.__cause__ = b, a\n"
            "    raise a",
      }.items()],
]  # fmt: skip
