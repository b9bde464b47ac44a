"""Hidden inputs and answers told to the student: feedback shows what the author made public.

The secret here is what a hidden call is made with. Every attack tries to bring the number in
`x` that it was called with out into what a student may read.
"""

from attacking import Attack


def telling(name, body, before="", **more):
    text = f"{before}\ndef double(x):\n    secret = 'SECRET:' + np.asarray(x).tobytes().hex()\n"
    text += "\n".join(f"    {line}" for line in body.splitlines())
    return Attack("K", name, {"double": text}, **more)


def forged(name, fields, **more):
    """The session's own module sends a result of these fields in place of the true one."""
    text = f"""
import sys
def double(x):
    secret = 'SECRET:' + np.asarray(x).tobytes().hex()
    number = int.from_bytes(np.asarray(x).tobytes()[-3:], 'little')
    inside = sys._getframe(1).f_globals
    wrap = inside['wrap']
    inside['_short'] = lambda result: dict({fields})
    return x + 1"""
    return Attack("K", name, {"double": text}, hurts=True, **more)


ATTACKS = [
    telling("In the text of an exception", "raise ValueError(secret)"),
    telling("In the name of an exception", "raise type(secret, (Exception,), {})('x')"),
    telling("In a note of an exception",
            "error = ValueError('x')\nerror.add_note(secret)\nraise error"),
    telling("In the cause of an exception", "raise ValueError('x') from ValueError(secret)"),
    telling("In the name of a function on the way",
            "f = eval('lambda: 1 / 0')\n"
            "f = type(f)(compile('1/0', '<ipython-input-1-x>', 'eval').replace(co_name=secret), {})"
            "\nreturn f()"),
    telling("In a line of source, by linecache", """
import linecache
name = '<ipython-input-99-abc>'
linecache.cache[name] = (9, None, [secret + '\\n'], name)
exec(compile('1/0', name, 'exec'))"""),
    telling("In a KeyError", "return {}[secret]"),
    telling("On standard output", "print(secret)\nreturn 0"),
    telling("On standard error", "import sys\nprint(secret, file=sys.stderr)\nreturn 0"),
    telling("As a rich output", "from IPython.display import display\ndisplay(secret)\nreturn 0"),
    telling("As a warning", "import warnings\nwarnings.warn(secret)\nreturn 0"),
    telling("In a key of the result", "return {secret: 1}"),
    telling("In a result that is a text", "return secret"),
    telling("In the name of a type that cannot cross", "return type(secret, (), {})()"),
    telling("In a subclass's name", "return type(secret, (set,), {})()"),
    telling("In an argument changed in place", "x[...] = 0 if np.ndim(x) else None\nreturn 0",
            hurts=True),
    telling("In a file that a later cell shows", "open('kept', 'w').write(secret)\nreturn 0"),
    telling("In a global that a later cell shows", "globals()['kept'] = secret\nreturn 0"),
    Attack("K", "Kept from a hidden call and told in a public one", {"double": """
kept = []
def double(x):
    kept.append(np.asarray(x).tobytes().hex())
    raise ValueError(' '.join('SECRET:' + secret for secret in kept))"""}),
    Attack("K", "Kept from one exercise and told in the other's public check", {"double": """
kept = []
def double(x):
    kept.append(np.asarray(x).tobytes().hex())
    return 0""", "norms": """
def norms(x):
    kept.append(np.asarray(x).tobytes().hex())
    raise ValueError(' '.join('SECRET:' + secret for secret in kept))"""},
           honest={"double": "def double(x):\n    return 0", "norms": "def norms(x):\n    1 / 0"}),
    telling("In a shape of no elements",
            "return np.empty((0, *np.frombuffer(np.asarray(x).tobytes()[:56], 'u2').astype(int)))"),
    Attack("K", "In what a stand-in is called with", {"norms": """
def norms(x):
    secret = 'SECRET:' + np.asarray(x).tobytes().hex()
    double(secret)
    return x[0]"""}, honest={"double": "def double(x):\n    return x * 2",
                             "norms": "def norms(x):\n    return x[0]"}, hurts=True),
    Attack("K", "The stand-in's answers in an exception", {"norms": """
def norms(x):
    raise ValueError('SECRET:' + np.asarray(double(x)).tobytes().hex())"""},
           honest={"double": "def double(x):\n    return x * 2",
                   "norms": "def norms(x):\n    return 1 / 0"}),
    telling("When the process dies", "import sys, os\nsys.stderr.write(secret)\n"
            "os.write(2, secret.encode())\nos._exit(3)"),
    telling("In the name of a thread and of the process", """
import threading, ctypes
threading.current_thread().name = secret
ctypes.CDLL(None).prctl(15, secret.encode()[:15], 0, 0, 0)
raise ValueError"""),
    forged("In the names of arguments that were changed",
           "status='value', value=wrap(x + 1), changed=[secret]"),
    forged("In the words about a function that is missing",
           "status='missing', error=(secret, secret)"),
    forged("In a number of bytes that no answer has",
           "status='unsupported', error=('', f'more than {number} bytes')"),
    forged("In the words about a value that cannot cross",
           "status='unsupported', error=('', 'a value of the type ' + secret)"),
    forged("In made-up lines of a traceback",
           "status='raised', error=('ValueError', 'x'), lines=['double, line 3: ' + secret, "
           "secret + ', line 1: def double(x):']"),
    forged("In a word of a made-up NameError", "status='raised', "
           "error=('NameError', 'name ' + repr(secret) + ' is not defined'), lines=[]"),
    forged("In the shapes of a made-up error", "status='raised', error=('ValueError', "
           "f'operands could not be broadcast together with shapes ({number},) (3,) ')"),
    forged("In the place of a made-up IndexError", "status='raised', error=('IndexError', "
           "f'index {number} is out of bounds for axis 0 with size {number}')"),
    forged("In the key of a made-up KeyError", "status='raised', error=('KeyError', secret)"),
    forged("In fields that no result has", "status='value', value=wrap(x + 1), message=secret, "
           "hint=secret, remarks=[secret], passed=True, verdict='passed'"),
    forged("In what was printed, as a field", "status='value', value=wrap(x + 1), cut=True, "
           "stdout=secret, outputs=[secret], seconds=-1e9"),
    Attack("K", "In a file that the cell shows when it is run again after a death", {"double": """
import os
if os.path.exists('kept'):
    print(open('kept').read())
def double(x):
    open('kept', 'w').write('SECRET:' + np.asarray(x).tobytes().hex())
    os._exit(1)"""}, hurts=True),
]  # fmt: skip
