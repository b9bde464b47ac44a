"""Ways to the rest of the machine and the world: none is open, and nothing outside changes."""

from attacking import WRONG, Attack

TAIL = "\n" + WRONG["double"]


def trying(name, text, **more):
    tried = "\n".join(f"    {line}" for line in text.strip().splitlines())
    return Attack(
        "N", name, {"double": f"import os\ntry:\n{tried}\nexcept Exception: pass" + TAIL}, **more
    )


def syscall(name, call, extra=""):
    return trying(
        name,
        f"""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
{extra}
if {call} >= 0:
    print('<<WORKED>>')""",
    )


def program(name, text):
    return trying(name, text + "\nprint('<<WORKED>>')")


ATTACKS = [
    trying("TCP", "import socket\nsocket.create_connection(('127.0.0.1', <<port>>), 1)"),
    trying("TCP by an inherited kind of socket", """
import socket
s = socket.socket()
s.connect_ex(('127.0.0.1', <<port>>))
s.send(b'x')"""),
    trying("UDP", "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
           ".sendto(b'hello', ('127.0.0.1', <<udp>>))"),
    trying("A unix socket",
           "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('<<unix>>')"),
    trying("An abstract unix socket, a netlink and a raw one", """
import socket
for kind in ((socket.AF_UNIX, socket.SOCK_DGRAM), (socket.AF_NETLINK, socket.SOCK_RAW),
             (socket.AF_INET, socket.SOCK_RAW), (socket.AF_PACKET, socket.SOCK_RAW)):
    try:
        socket.socket(*kind)
        print('<<WORKED>>')
    except OSError:
        pass"""),
    trying("A server",
           "import socket\nsocket.create_server(('127.0.0.1', 0))\nprint('<<WORKED>>')"),
    trying("DNS", "import socket\nsocket.getaddrinfo('example.org', 80)\nprint('<<WORKED>>')"),
    trying("urllib", "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:<<port>>', "
           "timeout=1)"),
    trying("A socket pair", "import socket\nsocket.socketpair()\nprint('<<WORKED>>')"),
    program("subprocess", "import subprocess\nsubprocess.run(['/bin/true'], check=True)"),
    program("os.system", "assert os.system('touch <<witness>>/system') == 0"),
    program("os.popen", "assert os.popen('echo x').read()"),
    program("os.posix_spawn", "os.posix_spawn('/bin/true', ['true'], {})"),
    program("os.execv", "import sys\nos.execv(sys.executable, ['python', '-c', '0'])"),
    program("vfork and clone by ctypes", """
import ctypes
pid = ctypes.CDLL(None).syscall(57)
if pid == 0:
    os._exit(0)
assert pid > 0"""),
    program("execveat of a file in memory", """
import ctypes
fd = os.memfd_create('x')
os.write(fd, open('/bin/true', 'rb').read())
pid = os.fork()
if pid == 0:
    os.execve(fd, ['x'], {})"""),
    Attack("N", "!shell, %%bash, %sx and %run", {"double": """
!touch <<witness>>/shell
files = !echo wor""" + """ked
ip = get_ipython()
for magic, line in (('sx', 'touch <<witness>>/sx'), ('system', 'touch <<witness>>/system')):
    try: ip.run_line_magic(magic, line)
    except BaseException: pass
for magic in ('bash', 'sh', 'script', 'perl'):
    try: ip.run_cell_magic(magic, '', 'touch <<witness>>/' + magic)
    except BaseException: pass
ip.system_raw = ip.system_piped = os = None
import os
""" + TAIL}),
    Attack("N", "IPython's own way to a shell, unpatched", {"double": """
try:
    from IPython.core.interactiveshell import InteractiveShell
    InteractiveShell.system_raw(get_ipython(), 'touch <<witness>>/raw')
    InteractiveShell.system_piped(get_ipython(), 'touch <<witness>>/piped')
except BaseException:
    pass""" + TAIL}),
    trying("Writing over a file of somebody",
           "open('<<witness>>/precious.txt', 'w').write('mine')"),
    trying("Appending to a file of somebody",
           "open('<<witness>>/precious.txt', 'a').write('mine')"),
    trying("Emptying a file by truncate", "os.truncate('<<witness>>/precious.txt', 0)"),
    trying("Emptying a file by opening it to read",
           "os.open('<<witness>>/precious.txt', os.O_RDONLY | os.O_TRUNC)"),
    trying("Emptying a file by creat", "import ctypes\n"
           "ctypes.CDLL(None).creat(b'<<witness>>/precious.txt', 0o666)"),
    trying("Removing a file of somebody", "os.unlink('<<witness>>/precious.txt')"),
    trying("A new file, folder, link, pipe and socket elsewhere", """
for make in (lambda p: open(p, 'w'), os.mkdir, lambda p: os.symlink('/', p), os.mkfifo,
             lambda p: os.link('<<witness>>/precious.txt', p), os.mknod):
    for where in ('<<witness>>', '<<root>>', '/dev/shm', '/var/tmp', '/root'):
        try:
            make(where + '/planted-by-an-attack')
            print('<<WORKED>>')
        except OSError:
            pass""", ),
    trying("Moving a file away", "os.rename('<<witness>>/precious.txt', 'mine')"),
    trying("Swapping two names", "import ctypes\nopen('mine', 'w').write('x')\n"
           "ctypes.CDLL(None).renameat2(-100, b'mine', -100, b'<<witness>>/precious.txt', 2)"),
    trying("chmod", "os.chmod('<<witness>>/precious.txt', 0o777)"),
    trying("fchmodat and fchmodat2", """
import ctypes
libc = ctypes.CDLL(None)
libc.syscall(268, -100, b'<<witness>>/precious.txt', 0o777)
libc.syscall(452, -100, b'<<witness>>/precious.txt', 0o777, 0)"""),
    trying("chown", "os.chown('<<witness>>/precious.txt', 1234, 1234)"),
    trying("utime", "os.utime('<<witness>>/precious.txt', (0, 0))"),
    trying("Extended attributes", "os.setxattr('<<witness>>/precious.txt', 'user.x', b'x')\n"
           "print('<<WORKED>>')"),
    trying("chmod of the folder", "os.chmod('<<witness>>', 0o700)"),
    trying("Writing into the package folder of Python", """
import numpy
for folder in (os.path.dirname(numpy.__file__), os.path.dirname(os.__file__)):
    path = folder + '/planted_by_a_student.py'
    open(path, 'w').close()
    print('<<WORKED>>')
    os.unlink(path)"""),
    trying("Changing a hand-out for all who follow", """
target = os.path.realpath('public_check.py')
if os.path.dirname(target) != os.getcwd():
    open(target, 'a').write('\\n')
    print('<<WORKED>>')"""),
    trying("Signals to the judge and the warm process", """
import signal
for pid in (<<pid>>, <<maker>>):
    try:
        os.kill(pid, 0)
        print('<<WORKED>>')
    except ProcessLookupError:
        pass"""),
    trying("Signals by other names", """
import ctypes
libc = ctypes.CDLL(None)
for pid in (<<pid>>, <<maker>>):
    for number, arguments in ((200, (pid, 0)), (234, (pid, pid, 0)), (424, (pid, 0, 0, 0))):
        if libc.syscall(number, *arguments) == 0:
            print('<<WORKED>>')"""),
    trying("Priority, affinity and limits of the judge", """
import resource
for act in (lambda: os.setpriority(os.PRIO_PROCESS, <<pid>>, os.getpriority(os.PRIO_PROCESS, 0)),
            lambda: os.sched_setaffinity(<<pid>>, os.sched_getaffinity(<<pid>>)),
            lambda: resource.prlimit(<<pid>>, resource.RLIMIT_CORE, resource.prlimit(
                <<pid>>, resource.RLIMIT_CORE))):
    try:
        act()
        print('<<WORKED>>')
    except OSError:
        pass"""),
    syscall("A new user namespace", "libc.unshare(0x10000000)"),
    syscall("A new mount namespace", "libc.unshare(0x00020000)"),
    syscall("Entering the judge's namespaces", "libc.setns(fd, 0)",
            "fd = os.open('/proc/<<pid>>/ns/mnt', os.O_RDONLY)"),
    syscall("mount", "libc.mount(b'none', b'.', b'tmpfs', 0, None)"),
    syscall("pivot_root and chroot", "libc.chroot(b'.')"),
    syscall("io_uring", "libc.syscall(425, 4, ctypes.create_string_buffer(120))"),
    syscall("bpf", "libc.syscall(321, 0, ctypes.create_string_buffer(120), 120)"),
    syscall("perf_event_open", "libc.syscall(298, ctypes.create_string_buffer(120), 0, -1, -1, 0)"),
    syscall("userfaultfd", "libc.syscall(323, 1)"),
    syscall("The kernel's keyring", "libc.syscall(250, 0, -3, 1)"),
    syscall("A memory file without a name", "libc.syscall(447, 0)"),
    syscall("System V shared memory", "libc.shmctl(libc.shmget(0, 4096, 0o1600), 0, None)"),
    syscall("A message queue", "libc.msgctl(libc.msgget(0, 0o1600), 0, None)"),
    syscall("inotify on the course", "libc.inotify_add_watch(libc.inotify_init(), b'<<root>>', 2)"),
    syscall("A core dump pattern and other settings of the kernel",
            "libc.open(b'/proc/sys/kernel/core_pattern', 1)"),
    syscall("The log of the kernel", "libc.klogctl(10, None, 0)"),
    syscall("A new seccomp filter that lies to the runner",
            "0 if libc.syscall(317, 1, 0, None) < 0 and ctypes.get_errno() == 14 else -1"),
    syscall("No longer dumpable, or a new name for the process", "libc.prctl(4, 1, 0, 0, 0)"),
    syscall("The host name", "libc.sethostname(name, 7)", "name = b'student'"),
    syscall("Asking to be debugged", "libc.prctl(0x59616d61, -1, 0, 0, 0)"),
    trying("Typing into the terminal of the instructor", """
import fcntl
for path in ('/dev/tty', 0, 1, 2):
    try:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY) if isinstance(path, str) else path
        fcntl.ioctl(fd, 0x5412, b'x')
        print('<<WORKED>>')
    except OSError:
        pass"""),
    Attack("N", "Files whose names are no names", own="""
for n in ['a\\nb', 'c\\u202ed', 'e\\x9b2J', '-rf', '~', 'CON', '.hidden', 'x' * 250, b'\\xff\\xfe']:
    try: open(n, 'w').write('x')
    except OSError: pass"""),
    Attack("N", "A pipe, a link, a hole and a loop among its files", own="""
import os
for f in (lambda: os.mkfifo('p'), lambda: os.symlink('/etc/passwd', 'l'),
          lambda: os.symlink('l2', 'l2'), lambda: os.truncate(open('h', 'w').fileno(), 1 << 40),
          lambda: os.link('/etc/hostname', 'hl')):
    try: f()
    except Exception: pass"""),
    Attack("N", "Folders three thousand deep, and one that is left", own="""
import os
try:
    for _ in range(3000): os.mkdir('d'); os.chdir('d')
except OSError: pass
try: os.mkdir('g'); os.chdir('g'); os.rmdir('../g')
except OSError: pass"""),
    Attack("N", "Files that nobody may read", own="""
import os
os.umask(0o777)
try: open('u', 'w'); os.mkdir('ud')
except OSError: pass"""),
]  # fmt: skip
