"""What students do in good faith: full marks."""

from attacking import RIGHT, Attack, own_cell


def honest(name, double=RIGHT["double"], norms=RIGHT["norms"], **more):
    return Attack("", name, {"double": double, "norms": norms}, **more)


def broken_cell_elsewhere(nb):
    nb["cells"].append(own_cell("this is not python"))
    nb["cells"].insert(2, own_cell("1 / 0", "own-2"))


def copied_cells(nb):
    nb["cells"].append({**own_cell(RIGHT["double"], "copy")})
    nb["cells"].append({**own_cell("import numpy as np\ndouble(np.ones(3))", "copy-2")})


ATTACKS = [
    honest("Nothing special"),
    honest("A RuntimeWarning on the way",
           "def double(x):\n    np.log(np.zeros(1)) / np.zeros(1)\n    return 2 * x"),
    honest("Prints", "def double(x):\n    print('here', x)\n    return 2 * x"),
    honest("Words on standard error",
           "import sys\ndef double(x):\n    print('there', file=sys.stderr)\n    return 2 * x"),
    honest("float32", "def double(x):\n    return np.asarray(x, dtype=np.float32) * 2"),
    honest("Python scalars where they fit",
           "def double(x):\n    return float(2 * x) if np.ndim(x) == 0 else 2 * x"),
    honest("0-d arrays where they fit", "def double(x):\n    return np.asarray(2 * x)"),
    honest("Fortran order", "def double(x):\n    return np.asfortranarray(2 * x)"),
    honest("Arrays that are not contiguous",
           "def double(x):\n    return np.repeat(np.asarray(2 * x), 2, axis=-1)[..., ::2] "
           "if np.ndim(x) else 2 * x"),
    honest("Foreign byte order", "def double(x):\n    return (2.0 * np.asarray(x)).astype('>f8')"),
    honest("A stray input()", "def double(x):\n    return 2 * x\nname = input('Your name? ')"),
    honest("Plots", "import matplotlib.pyplot as plt\ndef double(x):\n    plt.plot([1, 2])\n"
           "    return 2 * x\nplt.plot([1, 2]); plt.show()"),
    honest("Copied cells", edit=copied_cells),
    honest("Threads", """
from concurrent.futures import ThreadPoolExecutor
def double(x):
    with ThreadPoolExecutor(2) as pool:
        return pool.submit(lambda: 2 * x).result()"""),
    honest("A helper in a cell of its own", "def double(x):\n    return helper(x)",
           own="import numpy as np\ndef helper(x):\n    return x + x"),
    honest("A slow but correct loop", """
def double(x):
    total = 0
    for i in range(100_000):
        total += i
    return 2 * x"""),
    honest("Broken cells elsewhere", edit=broken_cell_elsewhere),
    honest("Magics", "%matplotlib inline\n%time None\ndef double(x):\n    return 2 * x\n!ls"),
    honest("A class and a decorator", """
import functools
def loud(f):
    @functools.wraps(f)
    def inner(*a, **k):
        return f(*a, **k)
    return inner
@loud
def double(x):
    return 2 * x"""),
    honest("A random seed of one's own",
           "np.random.seed(1)\ndef double(x):\n    np.random.seed(2)\n    return 2 * x"),
    honest("Saving and reading a file", """
def double(x):
    np.save('x.npy', x)
    return 2 * np.load('x.npy')"""),
    honest("Chinese and emoji", "def double(x):\n    值 = 2 * x  # 两倍 🎉\n    return 值"),
    honest("A lambda", "double = lambda x: 2 * x"),
    honest("Large intermediate arrays",
           "def double(x):\n    np.ones(4_000_000).sum()\n    return 2 * x"),
    honest("exit() at the end of the notebook",
           edit=lambda nb: nb["cells"].append(own_cell("exit()"))),
    honest("An assertion of one's own that fails", RIGHT["double"] + "\nassert double(1) == 3"),
]  # fmt: skip
