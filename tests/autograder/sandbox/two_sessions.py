"""What one student's session can do to another's that is alive at the same time, and at work.

Run as a script, with the number of the user to be and the tiers to try; writes a JSON object.
"""

import json
import os
import sys
import tempfile
import threading
from pathlib import Path

if __name__ == "__main__":
    user = int(sys.argv[1])
    if user != os.getuid():
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)

from autograder.sandbox import Limits, Sandbox, SandboxError

SECRET = "VICTIM-8c1f"
VICTIM = f"""
import fcntl, os, threading, time
secret, nice = '{SECRET}' * 2, os.getpriority(os.PRIO_PROCESS, 0)
open('mine', 'w').write(secret)
print(os.getpid(), id(secret), os.getcwd(), sep='|')
def work():
    for step in range(100):
        open('mine', 'w').write(secret)
        with open('table.csv') as table:  # as HDF5 does with a file that it reads
            try: fcntl.flock(table, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno == 11: return 'locked out'
            assert table.read() == '1,2', 'the hand-out'
        assert open('mine').read() == secret, 'my file'
        assert os.listdir('.') in (['mine', 'table.csv'], ['table.csv', 'mine']), 'my folder'
        assert os.getpriority(os.PRIO_PROCESS, 0) == nice and secret == '{SECRET}' * 2, 'I'
        time.sleep(0.002)
    return 'done'
"""
ATTACKER = '''
import ctypes, errno, fcntl, os, platform, resource, signal
libc = ctypes.CDLL(None, use_errno=True)
PIDS, ADDRESS, FOLDER = <<facts>>
OWN = os.getpid()
through, tries = [], 0

def attempt(name, action, *arguments):
    """Whatever does not raise, or answers, has got through."""
    global tries
    tries += 1
    try:
        answer = action(*arguments)
    except (OSError, ValueError):
        return
    through.append(f'{name}: {str(answer)[:80]}')

def call(*arguments):
    answer = libc.syscall(*[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    if answer == -1:
        raise OSError(ctypes.get_errno(), 'refused')
    return answer

def read(path):
    with open(path, 'rb') as file:
        return file.read(64)

def write(path):
    with open(path, 'r+b', buffering=0) as file:
        return file.write(b'changed')

def memory(path):
    with open(path, 'r+b', buffering=0) as file:
        file.seek(ADDRESS)
        return file.read(64)

buffer = ctypes.create_string_buffer(64)
class Piece(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]
here = ctypes.byref(Piece(ctypes.addressof(buffer), 64))
there = ctypes.byref(Piece(ADDRESS, 64))

for pid in [p for p in PIDS if p != OWN]:
    for number in (0, signal.SIGKILL, signal.SIGSTOP, signal.SIGINT):
        attempt('kill', os.kill, pid, number)
        attempt('killpg', os.killpg, pid, number)
        attempt('sigqueue', lambda: call(129, pid, number, buffer))
        attempt('tgkill', lambda: call(234, pid, pid, number))
        attempt('tkill', lambda: call(200, pid, number))
    attempt('pidfd_open', lambda: call(434, pid, 0))
    for request in (16, 0x4206):  # attach, seize
        attempt('ptrace', lambda: call(101, request, pid, 0, 0))
    attempt('process_vm_readv', lambda: call(310, pid, here, 1, there, 1, 0))
    attempt('process_vm_writev', lambda: call(311, pid, here, 1, there, 1, 0))
    attempt('kcmp', lambda: call(312, OWN, pid, 0, 0, 0))
    attempt('get_robust_list', lambda: call(274, pid, buffer, ctypes.addressof(buffer) + 8))
    attempt('migrate_pages', lambda: call(256, pid, 1, buffer, buffer))
    attempt('perf_event_open', lambda: call(298, buffer, pid, -1, -1, 0))
    attempt('prlimit', resource.prlimit, pid, resource.RLIMIT_CPU)
    attempt('prlimit to nothing', resource.prlimit, pid, resource.RLIMIT_CPU, (1, 1))
    attempt('nice', os.setpriority, os.PRIO_PROCESS, pid, 19)
    attempt('affinity', os.sched_setaffinity, pid, {0})
    attempt('scheduler', os.sched_setscheduler, pid, os.SCHED_IDLE, os.sched_param(0))
    attempt('ioprio_set', lambda: call(251, 1, pid, 3 << 13))
    attempt('setpgid', os.setpgid, pid, pid)
    attempt('waitid', os.waitid, os.P_PID, pid, os.WEXITED | os.WNOHANG)
    for name in ('environ', 'cmdline', 'maps', 'status', 'stack', 'syscall', 'fd/1', 'fd/3'):
        attempt(f'/proc {name}', read, f'/proc/{pid}/{name}')
    attempt('/proc mem', memory, f'/proc/{pid}/mem')
    attempt('/proc task mem', memory, f'/proc/{pid}/task/{pid}/mem')
    attempt('/proc fd', os.listdir, f'/proc/{pid}/fd')
    for name in ('cwd', 'root'):
        attempt(f'/proc {name}', os.listdir, f'/proc/{pid}/{name}')
        attempt(f'/proc {name}', read, f'/proc/{pid}/{name}/mine')
    attempt('oom_score_adj', write, f'/proc/{pid}/oom_score_adj')
for number in (0, signal.SIGKILL):
    attempt('kill everybody', os.kill, -1, number)
    attempt('kill the group', os.kill, 0, number)
attempt('nice of all', os.setpriority, os.PRIO_USER, os.getuid(), 19)

for flags in (0, 0o1666):  # one that is there, or a new one
    attempt('shmget', lambda: call(29, 0x51, 4096, flags))
    attempt('semget', lambda: call(64, 0x51, 1, flags))
    attempt('msgget', lambda: call(68, 0x51, flags))
attempt('shm_open', lambda: open('/dev/shm/both', 'x'))
attempt('mq_open', lambda: call(240, b'both', 0o101, 0o666, 0))
attempt('memfd', os.memfd_create, 'both')
attempt('inotify', lambda: call(294, 0))
attempt('userfaultfd', lambda: call(323, 0))
attempt('lease', fcntl.fcntl, os.open('table.csv', os.O_RDONLY), 1024, fcntl.F_WRLCK)
attempt('signal by a file', fcntl.fcntl, 1, fcntl.F_SETOWN, PIDS[0])
for family in (1, 16):  # unix, abstract too; netlink
    attempt('socket', lambda: call(41, family, 1, 0))
    attempt('socketpair', lambda: call(53, family, 1, 0, buffer))

if FOLDER != os.getcwd():  # in tier B each has this path, for its own
    attempt('list', os.listdir, FOLDER)
    attempt('read', read, FOLDER + '/mine')
    attempt('write', write, FOLDER + '/mine')
    attempt('plant', lambda: open(FOLDER + '/planted', 'x'))
    attempt('remove', os.remove, FOLDER + '/mine')
    attempt('rename', os.rename, FOLDER + '/mine', 'got')
    attempt('link', os.link, FOLDER + '/mine', 'got')
    attempt('symlink', lambda: (os.symlink(FOLDER, 'door'), read('door/mine')))
    attempt('climb', lambda: read(os.path.relpath(FOLDER) + '/mine'))
    def enter():
        own = os.getcwd()
        try:
            os.chdir(FOLDER)
            return read('mine')
        finally:
            os.chdir(own)
    attempt('enter', enter)
attempt('their file under our name', read, 'mine')
held = open('table.csv')
attempt('a lock on what both read', fcntl.flock, held, fcntl.LOCK_EX | fcntl.LOCK_NB)
print(tries)
print(*through, sep='\\n')
'''


def tried(tier: str) -> dict[str, object]:
    """What got through, how many attempts were made, and how the other one fared."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "table.csv").write_text("1,2")
        with Sandbox(Limits(), assets=Path(folder), tier=tier) as box, box.session() as victim:
            pid, address, home = _text(victim.run_cell(VICTIM)).strip().split("|")
            with box.session() as attacker:
                facts = ([int(pid), victim.channel.peer, os.getpid()], int(address), home)
                results = []
                at_work = threading.Thread(target=lambda: results.append(victim.call("work")))
                at_work.start()
                cell = attacker.run_cell(ATTACKER.replace("<<facts>>", repr(facts)))
                at_work.join()
                tries, *through = _text(cell).splitlines() or ["0"]
            after = victim.call("work")
    return {
        "through": [line for line in through if line],
        "attempts": int(tries),
        "attacker": f"{cell.error_name} {cell.error_message}".strip(),
        "others": [
            r.value or f"{r.status}: {r.error_name} {r.error_message}" for r in (*results, after)
        ],
    }


def _text(result) -> str:
    return "".join(output.get("text", "") for output in result.outputs)


if __name__ == "__main__":
    found = {}
    for name in sys.argv[2:]:
        try:
            found[name] = tried(name)
        except SandboxError as error:
            found[name] = str(error)
    sys.stdout.write(json.dumps(found))
