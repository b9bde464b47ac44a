"""Searches for what the judge knows: nothing of it is where student code runs."""

from attacking import WRONG, Attack

TAIL = "\n" + WRONG["double"]
MARK = "MARK = 'CAN' + 'ARY-'\n"
TELL = (
    MARK
    + """
import re
def tell(found):
    for text in found:
        if isinstance(text, bytes):
            text = text.decode('latin-1')
        for hit in re.findall(MARK + r'[a-z]+-[0-9a-f]{16}', text):
            print(hit)
"""
)


def search(name, text, **more):
    return Attack("K", name, {"double": TELL + text + TAIL}, **more)


def reading(name, path):
    return search(
        name,
        f"""
import os, glob
for path in glob.glob({path!r}, recursive=True) or [{path!r}]:
    try:
        tell([open(path, 'rb').read(1 << 20)])
    except OSError:
        pass""",
    )


FILES = """
import os
def below(folder, left=4000):
    for place, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if f not in ('.venv', 'site-packages', '.git')]
        for name in names:
            left -= 1
            if left < 0:
                return
            yield os.path.join(place, name)
for path in below({folder!r}):
    try:
        if os.path.getsize(path) < 1 << 20:
            tell([open(path, 'rb').read()])
    except OSError:
        pass
"""

OBJECTS = """
import gc, sys
stack, seen = [*gc.get_objects(), *map(id, ())], set()
found = []
while stack:
    item = stack.pop()
    if id(item) in seen or item is MARK:
        continue
    seen.add(id(item))
    if isinstance(item, (str, bytes)):
        found.append(item)
    else:
        stack.extend(gc.get_referents(item))
tell(found)
"""

FRAMES = """
import sys
frame = sys._getframe()
while frame is not None:
    tell(map(repr, [*frame.f_locals.values(), *frame.f_globals.values()]))
    frame = frame.f_back
for frame in sys._current_frames().values():
    while frame is not None:
        tell(map(repr, frame.f_locals.values()))
        frame = frame.f_back
"""

# a pipe takes a page only if it is there: no /proc is needed to walk the heap, nothing crashes
MEMORY = """
import ctypes, os
libc, page = ctypes.CDLL(None), 4096
libc.write.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t]
reading, writing = os.pipe()
starts = {id(o) // page * page for o in [object(), {}, 'x' * 1000, tell, np, (1, 2)]}
starts |= {np.ones(n).ctypes.data // page * page for n in (10, 1000, 10_000, 100_000)}
starts |= {np.empty(n, 'u1').ctypes.data // page * page for n in range(100, 70_000, 5000)}
done, tail = set(), b''
for start in starts:
    for step in (page, -page):
        at = start if step > 0 else start - page
        for _ in range(8000):
            if at <= 0 or at in done or libc.write(writing, at, page) != page:
                break
            done.add(at)
            found = os.read(reading, page)
            if b'CAN' + b'ARY' in found:
                tell([found])
            at += step
"""

ATTACKS = [
    search("All objects of the garbage collector", OBJECTS),
    search("All frames", FRAMES),
    search("The heap, page by page", MEMORY),
    search("Memory that was freed before",
           "for n in (10, 1000, 100_000, 1_000_000):\n    tell([np.empty(n).tobytes()])"),
    search("sys.modules and what they hold", """
import sys
for name, module in list(sys.modules.items()):
    if 'solution' in name or 'tests.' in name or name.startswith(('autograder.', 'test_')):
        print('<<WORKED>>', name)
    tell(repr(v) for v in vars(module).values() if isinstance(v, (str, bytes, dict, list)))"""),
    search("linecache, inspect and tracebacks", """
import linecache, inspect, sys
tell(''.join(lines[2]) for lines in linecache.cache.values() if len(lines) > 2)
tell(inspect.getsource(sys.modules[name]) for name in ('__main__',) if False)"""),
    search("In[], Out[] and the history", """
tell(map(str, [*In, *Out.values(), *dir(), *globals().values()]))
tell(map(str, get_ipython().history_manager.input_hist_raw))"""),
    search("The environment", "import os\ntell(map(str, os.environ.items()))\n"
           "tell([os.environb.get(b'AUTOGRADER_TEST_SECRET', b'')])", weak=True),
    search("The environment as C sees it", """
import ctypes
environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), 'environ')
i = 0
while environ and environ[i]:
    tell([environ[i]]); i += 1"""),
    search("The command line and the arguments", "import sys\ntell([*sys.argv, *sys.orig_argv])"),
    search("Importing the solution", """
import sys, importlib
sys.path[:0] = ['<<root>>', '<<root>>/solutions', '<<root>>/tests/tiny', '<<root>>/source/tiny']
for name in ('tiny', 'solutions.tiny', 'test_tiny', 'misconceptions', 'tests.tiny.test_tiny'):
    try:
        importlib.invalidate_caches()
        tell(map(repr, vars(importlib.import_module(name)).values()))
    except BaseException:
        pass"""),
    search("Importing the package that grades", """
try:
    import autograder.course, autograder.judge
    tell(repr(vars(m)) for m in (autograder.course, autograder.judge))
except ImportError:
    pass"""),
    search("Every file of the course", FILES.format(folder="<<root>>"), slow=False),
    search("Every file of the parent folder", FILES.format(folder="..")),
    search("Every file of /tmp", FILES.format(folder="/tmp"), slow=True),
    search("Every file of the home folder", FILES.format(folder="/root"), slow=True),
    search("Through a symbolic link", """
import os
try:
    os.symlink('<<root>>/solutions/tiny.py', 'link.py')
    tell([open('link.py').read()])
except OSError:
    pass"""),
    search("Through a hard link", """
import os
try:
    os.link('<<root>>/solutions/tiny.py', 'hard.py')
    tell([open('hard.py').read()])
except OSError:
    pass"""),
    search("A move into the own folder", """
import os
try:
    os.rename('<<root>>/tests/tiny/documented_cases.json', 'mine.json')
    tell([open('mine.json').read()])
except OSError:
    pass"""),
    search("numpy, ctypes and mmap open files too", """
import ctypes, mmap, os
for path in ('<<root>>/tests/tiny/test_tiny.py', '<<root>>/solutions/tiny.py'):
    for way in (lambda: np.fromfile(path, 'u1').tobytes(), lambda: np.memmap(path)[:].tobytes(),
                lambda: mmap.mmap(os.open(path, 0), 0, prot=1)[:]):
        try:
            tell([way()])
        except (OSError, ValueError):
            pass
    libc = ctypes.CDLL(None)
    fd, buffer = libc.open(path.encode(), 0), ctypes.create_string_buffer(1 << 16)
    if fd >= 0:
        libc.read(fd, buffer, 1 << 16)
        tell([buffer.raw])"""),
    search("Magics that read", """
ip = get_ipython()
for path in ('<<root>>/tests/tiny/test_tiny.py',):
    for magic in ('cat', 'less', 'pycat', 'load', 'run', 'more', 'edit'):
        try:
            ip.run_line_magic(magic, path)
        except BaseException:
            pass"""),
    reading("The gradebook", "<<root>>/gradebook.db"),
    search("The gradebook through sqlite", """
import sqlite3
for uri in ('file:<<root>>/gradebook.db?mode=ro', 'file:<<root>>/gradebook.db?immutable=1'):
    try:
        tell(map(str, sqlite3.connect(uri, uri=True).execute('select * from canary')))
    except sqlite3.Error:
        pass"""),
    reading("Other submissions", "<<root>>/submitted/ada/tiny/tiny.ipynb"),
    reading("The configuration", "<<root>>/nbgrader_config.py"),
    reading("The judge's environment", "/proc/<<pid>>/environ"),
    reading("The judge's command line", "/proc/<<pid>>/cmdline"),
    reading("The environment of everybody", "/proc/[0-9]*/environ"),
    reading("Open files of everybody", "/proc/[0-9]*/fd/*"),
    reading("The own process's files", "/proc/self/environ"),
    search("The root folder of other processes", FILES.format(folder="/proc/<<pid>>/root<<root>>")),
    search("The working directory of other processes",
           FILES.format(folder="/proc/<<pid>>/cwd/tests/tiny")),
    search("The memory of the judge by /proc", """
def memory(pid):
    with open(f'/proc/{pid}/maps') as maps, open(f'/proc/{pid}/mem', 'rb', 0) as memory:
        for line in maps:
            if ' rw' not in line:
                continue
            start, end = (int(n, 16) for n in line.split()[0].split('-'))
            try:
                memory.seek(start)
                tell([memory.read(min(end - start, 1 << 26))])
            except (OSError, ValueError, OverflowError):
                pass
for pid in (<<pid>>, <<maker>>):
    try:
        memory(pid)
    except OSError:
        pass""", slow=True),
    search("The memory of the judge by process_vm_readv", """
import ctypes
class IO(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('len', ctypes.c_size_t)]
libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(1 << 20)
for at in {id(o) >> 20 << 20 for o in (object(), tell, np, {}, 'x' * 1000)}:
    for k in range(-8, 64):
        n = libc.process_vm_readv(<<pid>>, ctypes.byref(IO(ctypes.addressof(buffer), 1 << 20)), 1,
                                  ctypes.byref(IO(at + (k << 20), 1 << 20)), 1, 0)
        if n > 0:
            print('<<WORKED>>')
            tell([buffer.raw[:n]])"""),
    search("ptrace of the judge and of the warm process", """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for pid in (<<pid>>, <<maker>>):
    if libc.ptrace(0x4206, pid, 0, 0) == 0:  # PTRACE_SEIZE
        print('<<WORKED>>')
        libc.ptrace(17, pid, 0, 0)"""),
    search("Descriptors of others by pidfd_getfd", """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for pid in (<<pid>>, <<maker>>):
    pidfd = libc.syscall(434, pid, 0)
    if pidfd >= 0:
        for fd in range(30):
            if libc.syscall(438, pidfd, fd, 0) >= 0:
                print('<<WORKED>>')"""),
    search("Descriptors that were inherited", """
import os, stat
for fd in range(4, 1024):
    try:
        kind = os.fstat(fd).st_mode
    except OSError:
        continue
    if not stat.S_ISREG(kind):
        print('<<WORKED>>', fd)
    elif fd > 3:
        tell([os.pread(fd, 1 << 20, 0)])"""),
    search("A handle to a file opened without its name", """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
class Handle(ctypes.Structure):
    _fields_ = [('bytes', ctypes.c_uint), ('type', ctypes.c_int), ('data', ctypes.c_char * 128)]
handle, mount = Handle(128), ctypes.c_int()
path = b'<<root>>/solutions/tiny.py'
if libc.name_to_handle_at(-100, path, ctypes.byref(handle), ctypes.byref(mount), 0) == 0:
    fd = libc.open_by_handle_at(-100, ctypes.byref(handle), 0)
    if fd >= 0:
        import os
        tell([os.read(fd, 1 << 16)])"""),
    search("What the hidden calls are made with", "double = None", honest={
           "double": "double = None"}),
    Attack("K", "The random state before and after the calls", {"double": TELL + """
states = []
def double(x):
    import random
    states.append((np.random.get_state()[1].tobytes(), str(random.getstate())))
    for state in states:
        tell(state)
    return x + 1"""}),
    Attack("K", "Frames and objects during a hidden call", {"double": TELL + """
import gc, sys
def double(x):
    frame = sys._getframe()
    while frame is not None:
        tell(repr(v) for v in frame.f_locals.values())
        frame = frame.f_back
    tell(o for o in gc.get_objects() if isinstance(o, str))
    return x + 1"""}),
    Attack("K", "What a stand-in of the judge carries", {"norms": TELL + """
import gc
def norms(x):
    f = double
    tell(map(repr, [f, getattr(f, '__globals__', {}), getattr(f, '__closure__', ())]))
    for cell in getattr(f, '__closure__', None) or ():
        tell([repr(cell.cell_contents), repr(vars(cell.cell_contents))
              if hasattr(cell.cell_contents, '__dict__') else ''])
    try:
        f(object())
    except BaseException as error:
        tell([repr(error), str(error.__traceback__)])
    return x[0]"""}, honest={"double": "def double(x):\n    return x * 2",
                             "norms": "def norms(x):\n    return x[0]"}),
    Attack("K", "A stand-in asked with what breaks the judge", {"norms": """
def norms(x):
    for bad in (None, 'x', [], {}, 10 ** 400, np.zeros((0, 3)), float('nan')):
        try:
            double(bad)
        except BaseException as error:
            if 'File' in str(error) or '<<root>>' in str(error) or 'lambda' in str(error):
                print('<<WORKED>>', error)
    return x[0]"""}, honest={"double": "def double(x):\n    return x * 2",
                             "norms": "def norms(x):\n    return x[0]"}),
]  # fmt: skip
