"""Nothing gets out and nothing secret is in reach, in tier A and in tier B."""

import contextlib
import os
import re
import socket
import threading
from pathlib import Path

import pytest

from autograder.sandbox import Sandbox, SandboxError, Tier
from autograder.sandbox.limits import LayersMissing

pytestmark = pytest.mark.family


@pytest.fixture(scope="module", params=["A", "B"])
def box(request):
    try:
        with Sandbox(tier=request.param) as box:
            yield box
    except SandboxError as error:
        if request.param == "A":
            raise
        pytest.skip(f"no tier B here: {error}")


@pytest.fixture
def session(box):
    with box.session() as session:
        yield session


@pytest.fixture
def secret(tmp_path):
    """A world-readable file that knows an answer."""
    tmp_path.chmod(0o755)
    path = tmp_path / "canary.txt"
    path.write_text("CANARY-7f3a")
    path.chmod(0o644)
    return path


def shown(result):
    return str(result.outputs)


@pytest.mark.quick("A-open({path!r}).read()", "A-attempt8")
@pytest.mark.parametrize(
    "attempt",
    [
        "open({path!r}).read()",
        "import os; os.read(os.open({path!r}, os.O_RDONLY), 99)",
        "import os; os.listdir({parent!r})",
        "import os; os.symlink({path!r}, 'link'); open('link').read()",
        "import os; os.link({path!r}, 'link'); open('link').read()",
        "open('../../' * 20 + {path!r}).read()",
        "import os; os.chdir({parent!r}); open('canary.txt').read()",
        "import numpy as np; np.fromfile({path!r}, dtype='S1')",
        "import ctypes; c = ctypes.CDLL(None); b = ctypes.create_string_buffer(99); "
        "fd = c.open({path!r}.encode(), 0); assert fd >= 0; c.read(fd, b, 99); b.value",
        "get_ipython().run_line_magic('cat', {path!r})",
        "%load {path}",
        "%run {path}",
        "%pycat {path}",
        "import runpy; runpy.run_path({path!r})",
        "import sys; sys.path.insert(0, {parent!r}); import canary",
        "import mmap, os; mmap.mmap(os.open({path!r}, os.O_RDONLY), 0, prot=1)[:]",
        "import os; os.rename({path!r}, 'mine'); open('mine').read()",
    ],
)
def test_a_file_outside_cannot_be_read(session, secret, attempt):
    source = attempt.replace("{path!r}", repr(str(secret))).replace("{path}", str(secret))
    result = session.run_cell(source.replace("{parent!r}", repr(str(secret.parent))))
    assert "CANARY" not in shown(result)
    assert session.run_cell("1").status == "ok"


@pytest.mark.quick("A-/proc/mounts")
@pytest.mark.parametrize(
    "path",
    [
        "/etc/shadow",
        "/etc/passwd",
        "/proc/self/environ",
        "/proc/1/environ",
        "/proc/self/mem",
        "/proc/self/cmdline",
        "/proc/mounts",
        "/dev/mem",
        "/dev/shm",
        "/dev/tty",
        "/sys/kernel",
        "/home",
        "/root",
        "/var/log",
        __file__,
        str(Path(__file__).parents[3] / "pyproject.toml"),
    ],
)
def test_the_machine_cannot_be_read(session, path):
    result = session.run_cell(
        f"import os\ntry:\n    found = os.listdir({path!r})\n"
        f"except NotADirectoryError:\n    found = open({path!r}, 'rb').read(10)\nfound"
    )
    assert result.error_name in ("PermissionError", "FileNotFoundError")


def test_the_environment_and_the_arguments_hold_nothing_of_ours(session, monkeypatch):
    result = session.run_cell("import os, sys\n(dict(os.environ), sys.argv)")
    text = shown(result)
    assert "work/main" not in text and "PYTEST" not in text and str(Path.home()) not in text


def test_our_environment_never_reaches_a_session(monkeypatch):
    monkeypatch.setenv("COURSE_SEED", "CANARY-seed")
    with Sandbox(tier="A") as box, box.session() as session:
        assert "CANARY" not in shown(session.run_cell("import os; dict(os.environ)"))


def test_no_module_of_ours_that_knows_an_answer_is_in_memory(session):
    """Everything that can be reached from the stack, module dicts included."""
    session.run_cell(
        "import gc, sys\n"
        "def reach():\n"
        "    rest, seen, found = [sys._getframe(), sys.modules], set(), set()\n"
        "    while rest:\n"
        "        thing = rest.pop()\n"
        "        if id(thing) in seen: continue\n"
        "        seen.add(id(thing))\n"
        "        if type(thing) is dict and type(thing.get('__name__')) is str:\n"
        "            found.add(thing['__name__'])\n"
        "        rest += gc.get_referents(thing)\n"
        "    return sorted(name for name in found if name.startswith('autograder'))"
    )
    found = session.call("reach", seconds=30).value
    assert "autograder.sandbox.inside.conversation" in found  # the search does find what is there
    known = {
        "autograder",
        "autograder.sandbox",
        "autograder.sandbox.wire",
        "autograder.sandbox.wire_format",
        "autograder.sandbox.frames",
    }
    known |= {"autograder.sandbox.reaping", "autograder.sandbox.replacing"}
    inside = re.compile(r"autograder\.sandbox\.(inside|warm)\b")
    assert {name for name in found if not inside.match(name)} <= known


@pytest.mark.quick("A")
def test_the_modules_of_the_wall_are_not_there_to_import(session):
    listed = session.run_cell("import sys; [m for m in sys.modules if m.startswith('autograder')]")
    assert listed.outputs[0]["data"]["text/plain"] == "[]"


def test_only_four_descriptors_and_fonts_are_open(session):
    result = session.run_cell(
        "import os, stat\n"
        "kinds = {}\n"
        "for fd in range(3, 300):\n"
        "    try:\n        mode = os.fstat(fd).st_mode\n"
        "    except OSError:\n        continue\n"
        "    kinds[fd] = stat.filemode(mode)[0]\n"
        "(kinds.pop(3), set(kinds.values()) <= {'-'})"
    )
    assert "('s', True)" in shown(result)


def test_no_library_holds_the_descriptor_that_becomes_the_session():
    """matplotlib opens font files; one of them at 3 would be read from the judge's socket."""
    with Sandbox(tier="A") as box:
        held = Path(f"/proc/{box._maker._process.pid}/fd")
        assert (held / "3").readlink() == Path(os.devnull)
        files = {str(fd.readlink()) for fd in held.iterdir()}
        assert not [name for name in files if name.endswith((".ttf", ".py", ".pyc"))]


@pytest.mark.quick(
    "A-import os; os.kill(-1, 0)",
    "A-import os; os.sched_setaffinity(0, {0})",
    "B-import os; os.kill(-1, 0)",
    "B-import os; os.sched_setaffinity(0, {0})",
)
@pytest.mark.parametrize(
    "attempt",
    [
        "import os; os.fork()",
        "import os; os.forkpty()",
        "import os; os.posix_spawn('/bin/true', ['true'], {})",
        "import os; os.execv('/bin/true', ['true'])",
        "import subprocess; subprocess.run(['true'], close_fds=False)",
        "import multiprocessing as m; p = m.Process(target=print); p.start()",
        "from concurrent.futures import ProcessPoolExecutor as P; list(P(1).map(abs, [1]))",
        "import socket; socket.socket()",
        "import socket; socket.socketpair()",
        "import socket; socket.getaddrinfo('example.org', 80)",
        "import urllib.request as u; u.urlopen('http://127.0.0.1:9')",
        "import os; os.kill(os.getppid(), 0)",
        "import os; os.kill(-1, 0)",
        "import os; os.killpg(0, 0)",
        "import os, signal; signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 0)",
        "import os; os.memfd_create('x')",
        "import os; os.setuid(0)",
        "import os; os.chroot('.')",
        "import os; os.setsid()",
        "import os; os.nice(-5)",
        "import os; os.sched_setaffinity(0, {0})",
        "import os; os.mkfifo('fifo')",
        "import os; os.mknod('node')",
        "import os; open('f', 'w').close(); os.chmod('f', 0o777)",
        "import os; open('f', 'w').close(); os.fchmod(os.open('f', 0), 0o777)",
        "import os; open('f', 'w').close(); os.utime('f')",
        "import os; open('f', 'w').close(); os.chown('f', 0, 0)",
        "import os; open('f', 'w').close(); os.setxattr('f', 'user.x', b'1')",
        "from multiprocessing.shared_memory import SharedMemory as S; S(create=True, size=9)",
        "import resource; resource.prlimit(1, resource.RLIMIT_CPU)",
        "import fcntl, os; fcntl.fcntl(1, fcntl.F_SETOWN, os.getppid())",
        "import fcntl; fcntl.ioctl(0, 0x5412, b'x')",
    ],
)
def test_what_numbers_do_not_need_is_refused(session, attempt):
    assert session.run_cell(attempt).error_name in (
        "PermissionError",
        "FileNotFoundError",
        "OSError",
        "gaierror",
        "URLError",
        "BrokenProcessPool",
    )
    assert session.alive


# x86-64 numbers of: vfork, clone(no thread), clone3, execve, execveat, socket, ptrace,
# process_vm_readv, process_vm_writev, unshare, setns, mount, umount2, pivot_root, bpf,
# perf_event_open, userfaultfd, io_uring_setup, keyctl, add_key, memfd_secret, shmget, msgget,
# semget, personality, seccomp, prctl(PR_SET_DUMPABLE), tgkill, tkill, rt_sigqueueinfo,
# open_by_handle_at, name_to_handle_at, kcmp, pidfd_getfd, mount_setattr, fanotify_init,
# inotify_init1, quotactl, reboot, kexec_load, init_module, acct, swapon, sethostname, chroot,
# setrlimit of another, capset, modify_ldt, iopl, landlock_create_ruleset, splice, vmsplice
NUMBERS = [
    58, 56, 435, 59, 322, 41, 101, 310, 311, 272, 308, 165, 166, 155, 321,
    298, 323, 425, 250, 248, 447, 29, 68,
    64, 135, 317, 157, 234, 200, 129,
    304, 303, 312, 438, 442, 300,
    294, 179, 169, 246, 175, 163, 167, 170, 161,
    160, 126, 154, 172, 444, 275, 278,
]  # fmt: skip


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="numbers of x86-64")
def test_raw_system_calls_are_refused(session):
    result = session.run_cell(
        "import ctypes, errno\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        f"let = []\nfor number in {NUMBERS}:\n"
        "    ctypes.set_errno(0)\n"
        "    zero = [ctypes.c_long(4 if number == 157 else 0)] + [ctypes.c_long(0)] * 5\n"
        "    answer = libc.syscall(ctypes.c_long(number), *zero)\n"
        "    refused = ctypes.get_errno() in (errno.EPERM, errno.ENOSYS)\n"
        "    if answer != -1 or not refused:\n"
        "        let.append((number, answer, ctypes.get_errno()))\n"
        "let"
    )
    assert result.outputs[-1]["data"]["text/plain"] == "[]"


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x86-64 machine code")
def test_the_32_bit_door_is_closed(session):
    """int 0x80 enters the kernel with other numbers; the filter kills the process for it."""
    code = bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3])  # mov eax, getpid; int 0x80; ret
    result = session.run_cell(
        "import ctypes, mmap\nm = mmap.mmap(-1, 4096, prot=7)\n"
        f"m.write({code!r})\n"
        "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()"
    )
    assert result.status == "crashed"


@pytest.mark.quick("A")
def test_files_outside_cannot_be_made_or_changed(session, tmp_path):
    tmp_path.chmod(0o777)
    target = tmp_path / "kept.txt"
    target.write_text("kept")
    target.chmod(0o666)
    for attempt in (
        f"open({str(target)!r}, 'w').write('changed')",
        f"open({str(tmp_path / 'new')!r}, 'w')",
        f"import os; os.remove({str(target)!r})",
        f"import os; os.truncate({str(target)!r}, 0)",
        f"import os; os.mkdir({str(tmp_path / 'folder')!r})",
        f"import os; open('mine', 'w').close(); os.rename('mine', {str(target)!r})",
        f"import os; os.chmod({str(target)!r}, 0)",
        "import os, numpy; os.remove(numpy.__file__)",
        "import numpy; open(numpy.__file__, 'a')",
    ):
        assert session.run_cell(attempt).status == "error"
    assert target.read_text() == "kept" and list(tmp_path.iterdir()) == [target]


def test_a_server_on_this_machine_hears_nothing(session):
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)

        def listen():
            with contextlib.suppress(TimeoutError):
                heard.append(server.accept())

        thread = threading.Thread(target=listen)
        thread.start()
        session.run_cell(
            "import ctypes, struct, socket\n"
            f"address = struct.pack('<HH', 2, socket.htons({server.getsockname()[1]}))\n"
            "libc = ctypes.CDLL(None)\n"
            "libc.connect(libc.socket(2, 1, 0), address + bytes([127, 0, 0, 1]) + bytes(8), 16)"
        )
        thread.join()
    assert heard == []


def test_limits_cannot_be_raised(session):
    session.run_cell(
        "import resource\nsoft, hard = resource.getrlimit(resource.RLIMIT_AS)\n"
        "try:\n    resource.setrlimit(resource.RLIMIT_AS, (2 * hard, 2 * hard))\n"
        "except (ValueError, OSError):\n    pass"
    )
    result = session.run_cell("resource.getrlimit(resource.RLIMIT_AS) == (soft, hard)")
    assert result.outputs[0]["data"]["text/plain"] == "True"


def test_every_layer_was_tried_before_the_first_session(box):
    expected = {"descriptors", "limits", "capabilities", "landlock", "seccomp"}
    expected |= {"namespaces"} if box.tier is Tier.B else set()
    assert box.layers == dict.fromkeys(expected, "holds")


def test_secrets_do_not_even_exist_in_tier_b(box, secret):
    if box.tier is not Tier.B:
        pytest.skip("tier A shows that a path exists")
    with box.session() as session:
        result = session.run_cell(f"import os; os.path.exists({str(secret)!r})")
        assert result.outputs[0]["data"]["text/plain"] == "False"


def test_hand_outs_are_readable_in_either_tier(box, tmp_path):
    """Their copy lies in the temporary folder, which tier B replaces."""
    (tmp_path / "table.csv").write_text("1,2")
    with Sandbox(assets=tmp_path, tier=str(box.tier)) as other, other.session() as session:
        assert session.run_cell("open('table.csv').read()").status == "ok"
        assert session.run_cell("import tempfile; tempfile.TemporaryFile()").status == "ok"


def test_a_secret_that_could_be_read_is_refused_at_the_start():
    with pytest.raises(SandboxError, match="must stay secret"):
        Sandbox(secrets=[Path(pytest.__file__).parent])


def test_hand_outs_that_hold_a_secret_are_refused(tmp_path):
    (tmp_path / "tests").mkdir()
    with pytest.raises(SandboxError, match="must stay secret"):
        Sandbox(assets=tmp_path, secrets=[tmp_path / "tests"])


@pytest.mark.parametrize(
    ("layer", "attempt"),
    [
        ("landlock", "open('/etc/hostname').read()"),
        ("seccomp", "import os; pid = os.fork()\nif not pid: os._exit(0)\nos.waitpid(pid, 0);"),
    ],
)
def test_a_sandbox_without_a_layer_is_weak_and_lets_through_what_the_layer_holds(layer, attempt):
    with Sandbox(tier="A", without=[layer]) as box, box.session() as session:
        assert box.tier is Tier.WEAK
        assert session.run_cell(attempt).status == "ok"


def test_a_layer_that_does_not_hold_stops_the_start(monkeypatch):
    """A machine whose Landlock is blind: the whole disk is among the readable folders."""
    monkeypatch.setattr("autograder.sandbox.box.readable_roots", lambda: [Path("/")])
    with pytest.raises(LayersMissing, match="landlock"):
        Sandbox(tier="A")


def test_auto_never_falls_below_tier_a(monkeypatch):
    monkeypatch.setattr("autograder.sandbox.box.readable_roots", lambda: [Path("/")])
    with pytest.raises(SandboxError):
        Sandbox(tier="auto")


def test_the_weak_tier_runs_cells_and_says_that_it_is_weak():
    with Sandbox(tier="weak") as box, box.session() as session:
        assert box.tier is Tier.WEAK
        assert session.run_cell("def f(x): return x + 1").status == "ok"
        assert session.call("f", [1]).value == 2
