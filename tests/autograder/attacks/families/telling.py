"""Hidden inputs and answers told to the student: feedback shows what the author made public.

The secret here is what a hidden call is made with. Every attack tries to bring the number in
`x` that it was called with out into what a student may read.
"""

from attacking import Attack


def telling(name, body, before="", **more):
    text = f"{before}\ndef double(x):\n    secret = 'SECRET:' + np.asarray(x).tobytes().hex()\n"
    text += "\n".join(f"    {line}" for line in body.splitlines())
    return Attack("K", name, {"double": text}, **more)


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
]  # fmt: skip
