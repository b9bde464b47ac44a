"""The seccomp layer: the system calls that numerical Python needs, and no other.

Everything not named here fails with EPERM: no new process, no exec, no socket, no signal to
anyone, no ptrace, no namespace, no mount, no io_uring, no bpf, no memfd or shared memory, no
change of owners, modes, times or extended attributes.
"""

from __future__ import annotations

import errno
import os
import tempfile

import pyseccomp  # type: ignore[import-untyped]

_FILES = """
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek _llseek
    close close_range stat fstat lstat newfstatat statx access faccessat faccessat2
    readlink readlinkat getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat
    rename renameat renameat2 ftruncate fsync fdatasync fadvise64 readahead umask
    statfs fstatfs dup dup2 dup3 pipe pipe2 sendfile copy_file_range
    poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait
    epoll_pwait2 eventfd2
"""
_MEMORY = "mmap munmap mremap mprotect madvise brk msync mincore"
_THREADS = """
    futex futex_waitv set_robust_list get_robust_list rseq set_tid_address gettid membarrier
    sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max
    sched_get_priority_min getcpu exit exit_group restart_syscall
"""
_TIME = """
    nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times alarm setitimer
    getitimer pause
"""
_SELF = """
    getpid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getgroups getresuid
    getresgid getrusage getrlimit getpriority uname sysinfo getrandom wait4 waitid
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait
    sigaltstack
"""
ALLOWED = tuple(" ".join((_FILES, _MEMORY, _THREADS, _TIME, _SELF)).split())

_TERMINAL_AND_FLAG_REQUESTS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS … FIOCLEX
_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030)  # dup, flags, locks
_PRCTL_THREAD_NAME = (15, 16)

# Before its third version Landlock cannot forbid truncation: a file is emptied by truncate(2),
# or when it is opened to be read. So O_TRUNC goes with writing only, which Landlock knows.
_NOT_EMPTYING_WHAT_IS_READ = (
    (os.O_TRUNC, 0),
    (os.O_ACCMODE, os.O_WRONLY),
    (os.O_ACCMODE, os.O_RDWR),
)

_LOCK_EX = 2  # of flock(2)

CLONE_THREAD = 0x00010000
_CLONE_NEW_NAMESPACE = 0x7E020080


def build_filter() -> bytes:
    """The filter as a kernel program: made once, so that no child pays for it.

    Raises OSError when the library refuses.
    """
    with tempfile.TemporaryFile() as file:
        _rules().export_bpf(file)
        file.seek(0)
        return file.read()


def _rules() -> pyseccomp.SyscallFilter:
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    rules.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)
    for name in ALLOWED:
        _allow(rules, name)
    for name, position, values in (
        ("ioctl", 1, _TERMINAL_AND_FLAG_REQUESTS),
        ("fcntl", 1, _FCNTL_COMMANDS),
        ("prctl", 0, _PRCTL_THREAD_NAME),
        ("prlimit64", 0, (0,)),  # one's own limits
    ):
        for value in values:
            _allow(rules, name, pyseccomp.Arg(position, pyseccomp.EQ, value))
    for name, position in (("open", 1), ("openat", 2)):
        for mask, value in _NOT_EMPTYING_WHAT_IS_READ:
            _allow(rules, name, pyseccomp.Arg(position, pyseccomp.MASKED_EQ, mask, value))
    mask = CLONE_THREAD | _CLONE_NEW_NAMESPACE
    _allow(rules, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, mask, CLONE_THREAD))
    # hand-outs are every session's: one that held them for itself would lock out the others.
    # HDF5, which locks whatever it opens, goes on without a lock where there are none
    _allow(rules, "flock", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _LOCK_EX, 0))
    exclusive = pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _LOCK_EX, _LOCK_EX)
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "flock", exclusive)
    # glibc then falls back to clone, whose flags a filter can read
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    return rules


def _allow(rules: pyseccomp.SyscallFilter, name: str, *arguments: pyseccomp.Arg) -> None:
    if pyseccomp.resolve_syscall(pyseccomp.system_arch(), name) >= 0:
        rules.add_rule(pyseccomp.ALLOW, name, *arguments)
