"""Appetite: a verdict about resources, and the next submission is graded right."""

from attacking import WRONG, Attack

TAIL = "\n" + WRONG["double"]
OVER = ("memory", "error", "timeout", "wrong")


def eating(name, body, verdict=OVER, **more):
    text = "def double(x):\n" + "\n".join(f"    {line}" for line in body.splitlines())
    return Attack("R", name, {"double": text}, verdict=verdict, **more)


def cell(name, text, **more):
    return Attack("R", name, {"double": text + TAIL}, hurts=True, **more)


ATTACKS = [
    eating("A giant numpy array", "return np.ones(1 << 36)", ("memory",)),
    eating("A list that grows for ever", "a = []\nwhile True: a.append(bytes(1 << 22))",
           ("memory",)),
    eating("bytearray of a terabyte", "return bytearray(1 << 40)", ("memory",)),
    eating("Memory errors are caught and it goes on", """
kept = []
for _ in range(10_000):
    try:
        kept.append(np.ones(1 << 20))
    except MemoryError:
        break
return x + 1"""),
    eating("Anonymous maps", """
import mmap
kept = []
while True:
    m = mmap.mmap(-1, 1 << 26)
    m[::4096] = bytes(len(m) // 4096)
    kept.append(m)""", ("memory", "error")),
    eating("Recursion without end", "return double(x)", ("error",)),
    eating("Recursion in C", """
import sys
sys.setrecursionlimit(1 << 30)
def f(): return f()
return f()""", slow=True),
    eating("A segmentation fault", "import ctypes\nctypes.string_at(0)", ("error",)),
    eating("An illegal instruction by a broken code object",
           "double.__code__ = double.__code__.replace(co_code=b'\\xff\\0' * 20)\nreturn double(x)"),
    eating("A flood on standard output", "while True: print('x' * 10_000)", ("timeout", "error"),
           slow=True, endless=True),
    eating("A flood on standard error",
           "import sys\nwhile True: sys.stderr.write('y' * 10_000)", ("timeout", "error"),
           slow=True, endless=True),
    eating("A flood of small rich outputs", """
from IPython.display import display, HTML
while True: display(HTML('x'))""", ("timeout", "error"), slow=True, endless=True),
    eating("A flood straight into the judge's socket",
           "import os\nwhile True: os.write(3, b'\\0' * (1 << 20))", ("timeout", "error")),
    eating("A reply larger than the cap", "return np.zeros(1 << 21)"),
    eating("A reply just under the cap, every time", "return np.zeros((1 << 20) - 10_000)"),
    eating("A list of half a million", "return [0.0] * 499_990", slow=True),
    eating("A million values in a list", "return list(range(1_000_000))"),
    eating("A million keys", "return {str(i): i for i in range(400_000)}", slow=True),
    eating("A reply that claims to be exabytes",
           "import os, struct\nos.write(3, struct.pack('<Q', 1 << 60))\nreturn 1"),
    eating("A reply that claims more than it sends",
           "import os, struct\nos.write(3, struct.pack('<Q', 1000))\nwhile True: pass",
           ("timeout", "error"), slow=True, endless=True),
    eating("A text of many megabytes", "return 'x' * (7 << 20)"),
    eating("An exception with a text of many megabytes", "raise ValueError('x' * (64 << 20))",
           ("error", "memory"), slow=True),
    eating("An exception whose type has an endless name",
           "raise type('E' * (1 << 20), (Exception,), {})('x')", ("error",)),
    eating("A traceback of a thousand frames",
           "def f(n): return f(n - 1) if n else 1 / 0\nreturn f(900)", ("error",)),
    eating("A chain of a thousand causes", """
error = None
for i in range(1000):
    new = ValueError(i)
    new.__cause__ = new.__context__ = error
    error = new
raise error""", ("error",)),
    eating("Threads without end", """
import threading, time
while True: threading.Thread(target=time.sleep, args=(9,)).start()""", OVER),
    cell("A file that fills the disk", """
try:
    with open('big', 'wb') as f:
        for _ in range(8):
            f.write(bytes(1 << 20))
    print('<<WORKED>>')
except OSError:
    pass"""),
    cell("Many files that fill the disk together", """
written = 0
try:
    for i in range(40):
        with open(f'f{i}', 'wb') as f:
            written += f.write(bytes(1 << 19))
        import time; time.sleep(0.005)
    print('<<WORKED>>')
except OSError:
    pass"""),
    cell("Files without end", """
import time
try:
    for i in range(500):
        open(f'f{i}', 'w').close()
        time.sleep(0.001)
    print('<<WORKED>>')
except OSError:
    pass"""),
    cell("Folders nested without end", """
import os, time
try:
    for i in range(500):
        os.mkdir('d'); os.chdir('d')
        time.sleep(0.001)
    print('<<WORKED>>')
except OSError:
    pass"""),
    cell("A sparse file of a terabyte", """
try:
    with open('sparse', 'wb') as f:
        f.truncate(1 << 40)
    print('<<WORKED>>')
except (OSError, ValueError):
    pass"""),
    Attack("R", "Shared memory in /dev/shm", {"double": """
try:
    open('/dev/shm/eaten', 'wb').write(bytes(1 << 20))
    print('<<WORKED>>')
    import os; os.unlink('/dev/shm/eaten')
except OSError:
    pass""" + TAIL}),
    Attack("R", "A memory file", {"double": """
import os
try:
    fd = os.memfd_create('x')
    os.ftruncate(fd, 1 << 30)
    print('<<WORKED>>')
except OSError:
    pass""" + TAIL}),
    Attack("R", "Every descriptor there is", {"double": """
import os
kept = []
try:
    while True: kept.append(os.open('/dev/null', os.O_RDONLY))
except OSError:
    print(len(kept) > 1000 and '<<WORKED>>')
for fd in kept: os.close(fd)""" + TAIL}),
    Attack("R", "The output of a cell beyond the limit", {"double":
           "print('z' * (1 << 22))" + TAIL}),
    cell("The limits are raised again", """
import resource
for kind in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU,
             resource.RLIMIT_NOFILE):
    try:
        resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print('<<WORKED>>')
    except (OSError, ValueError):
        pass"""),
    Attack("R", "Source that is hard to compile", {"double": "x = " + "(" * 150 + "1" + ")" * 150
           + "\ny = " + "-" * 50_000 + "1" + TAIL}, hurts=True),
    Attack("R", "A compile bomb: constants folded into gigabytes",
           {"double": "bomb = (1,) * 9999999999" + TAIL}, hurts=True),
    Attack("R", "A cell of half a million statements", {"double": "x=1\n" * 500_000 + TAIL},
           hurts=True, slow=True, endless=True),
]  # fmt: skip
