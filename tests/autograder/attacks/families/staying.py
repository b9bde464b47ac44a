"""Code that does not end: a verdict within the limit, and nothing that lives on."""

from attacking import RIGHT, WRONG, Attack

TAIL = "\n" + WRONG["double"]


def endless(name, body, **more):
    text = "def double(x):\n" + "\n".join(f"    {line}" for line in body.splitlines())
    return Attack("T", name, {"double": text}, verdict=("timeout",), slow=True,
                  endless=True, **more)  # fmt: skip


def cell(name, text, **more):
    return Attack("T", name, {"double": text + TAIL}, slow=True, endless=True, hurts=True, **more)


ATTACKS = [
    Attack("T", "A loop that never ends", {"double": "def double(x):\n    while True: pass"},
           verdict=("timeout",), endless=True),
    endless("A loop that swallows every exception",
            "while True:\n    try:\n        while True: pass\n    except BaseException: pass"),
    endless("A loop in C", "sum(iter(int, 1))"),
    endless("A regular expression that backtracks",
            "import re\nre.match('(a+)+$', 'a' * 60 + 'b')"),
    endless("A power of giants", "9 ** 9 ** 9 ** 9"),
    endless("Sleep", "import time\ntime.sleep(1e6)"),
    endless("All signals are ignored", """
import signal
for n in range(1, 65):
    try: signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass"""),
    endless("All signals are blocked",
            "import signal\nsignal.pthread_sigmask(0, range(1, 65))\nwhile True: pass"),
    endless("A lock that nobody releases",
            "import threading\nl = threading.Lock()\nl.acquire()\nl.acquire()"),
    endless("A read from a pipe that nobody writes to", "import os\nos.read(os.pipe()[0], 1)"),
    endless("Reading the judge's socket dry", "import os\nwhile True: os.read(3, 1 << 20)"),
    endless("A loop in __str__ of the exception", """
class E(Exception):
    def __str__(self):
        while True: pass
raise E()"""),
    Attack("T", "Just under the limit, every time", {
           "double": "import time\ndef double(x):\n    time.sleep(0.5)\n    return x + 1"},
           slow=True),
    cell("The cell itself never ends", "while True: pass"),
    cell("The cell ends in __del__ that loops",
         "class D:\n    def __del__(self):\n        while True: pass\nD()"),
    Attack("T", "A thread that outlives the call", {"double": """
import threading
def double(x):
    def spin():
        while True: pass
    threading.Thread(target=spin, daemon=True).start()
    return x + 1"""}, slow=True, hurts=True),
    Attack("T", "A thread that is no daemon", {"double": """
import threading, time
threading.Thread(target=time.sleep, args=(1e6,)).start()""" + TAIL}),
    Attack("T", "A timer of the system goes off in a later call", {"double": """
import signal
signal.signal(signal.SIGALRM, lambda *a: 1 / 0)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)""" + TAIL}, hurts=True),
    Attack("T", "A stand-in is called without end", {"norms":
           "def norms(x):\n    while True: double(x)"}, slow=True, endless=True,
           honest={"double": RIGHT["double"], "norms": "def norms(x):\n    return 0"}),
    Attack("N", "A fork bomb", {"double": """
import os
for _ in range(20):
    try:
        pid = os.fork()
    except OSError:
        continue
    if pid == 0:
        import time
        time.sleep(1)
        os._exit(0)
    open('<<witness>>/forked', 'w')
    print('<<WORKED>>')
    break""" + TAIL}, honest=None),
    Attack("N", "A daemon", {"double": """
import os
try:
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        import time
        time.sleep(1)
        try: open('<<witness>>/daemon', 'w')
        finally: os._exit(0)
    os.wait()
    print('<<WORKED>>')
except OSError:
    pass""" + TAIL}),
    Attack("N", "multiprocessing and concurrent.futures", {"double": """
try:
    import multiprocessing
    p = multiprocessing.get_context('fork').Process(target=print, args=('x',))
    p.start(); p.join()
    print('<<WORKED>>')
except BaseException as error:
    print(type(error).__name__)""" + TAIL}),
]  # fmt: skip
