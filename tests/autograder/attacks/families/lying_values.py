"""Values that lie about what they are: the judge compares exact built-in types and base arrays."""

from attacking import Attack

LIAR = """
class Liar:
    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __sub__ = __rsub__ = __abs__ = __add__ = __mul__ = lambda self, *other: 0.0
    __bool__ = __array__ = __float__ = lambda self, *a, **k: True
    shape, ndim, size, dtype = (2, 3), 2, 6, float
    __getattr__ = lambda self, name: (lambda *a, **k: True)
"""


def double(body):
    return f"def double(x):\n{body}"


def returning(name, expression, before="", **more):
    return Attack(
        "Z", name, {"double": f"{before}\ndef double(x):\n    return {expression}"}, **more
    )


SUBCLASS = """
class Right(np.ndarray):
    def __array_ufunc__(self, *args, **kwargs):
        return True
    def __array_function__(self, *args, **kwargs):
        return True
    def __eq__(self, other):
        return np.ones_like(np.asarray(other), dtype=bool)
    def __array_finalize__(self, other):
        pass
    def tobytes(self, *a):
        return b''
    shape = (2, 3)
"""

ATTACKS = [
    returning("An object that is equal to everything", "Liar()", LIAR),
    returning("A list of objects that are equal to everything", "[Liar()] * 2", LIAR),
    returning("An ndarray subclass whose ufuncs all say True", "(x + 1 if np.ndim(x) == 0 else "
              "(np.asarray(x) + 1).view(Right))", SUBCLASS),
    returning(
        "A float subclass that is never far from anything",
        "Near(np.sum(x))",
        "class Near(float):\n    __rsub__ = __sub__ = lambda s, o: 0.0\n"
        "    __lt__ = __le__ = __eq__ = lambda s, o: True\n    __hash__ = None\n",
    ),
    returning(
        "An int subclass whose index, float and to_bytes differ",
        "Many(7)",
        "class Many(int):\n    __index__ = lambda s: 6\n    __float__ = lambda s: 6.0\n"
        "    bit_length = lambda s: 1\n    to_bytes = lambda s, *a, **k: bytes(8)\n",
    ),
    returning(
        "A result whose shape and tolist differ from call to call",
        "Shifty(x)",
        "class Shifty:\n    n = 0\n    def __init__(self, x): self.x = x\n"
        "    @property\n    def shape(self):\n        Shifty.n += 1\n"
        "        return (2, 3) if Shifty.n % 2 else ()\n"
        "    def tolist(self): return np.random.rand(2, 3).tolist()\n"
        "    def __array__(self, *a, **k): return np.random.rand(2, 3)\n",
    ),
    returning(
        "An object with only __array__ that doubles when it is looked at",
        "Lazy(x)",
        "class Lazy:\n    def __init__(self, x): self.x = x\n"
        "    def __array__(self, *a, **k): return np.asarray(self.x) * 2\n",
    ),
    returning(
        "A dict subclass with other items than it holds",
        "Sly(a=1)",
        "class Sly(dict):\n    items = lambda s: [('a', 2)]\n    __getitem__ = lambda s, k: 2\n"
        "    __eq__ = lambda s, o: True\n    __len__ = lambda s: 0\n    __hash__ = None\n",
    ),
    returning(
        "A list subclass that iterates over something else",
        "Sly([1, 2])",
        "class Sly(list):\n    __iter__ = lambda s: iter([[2.0]])\n    __len__ = lambda s: 2\n"
        "    copy = lambda s: [6.0]\n",
    ),
    returning(
        "A metaclass that says it is an ndarray",
        "Sly()",
        "class Meta(type):\n    __instancecheck__ = __subclasscheck__ = lambda c, o: True\n"
        "    __eq__ = lambda s, o: True\n    __hash__ = lambda s: hash(np.ndarray)\n"
        "class Sly(metaclass=Meta):\n    __class__ = np.ndarray\n",
    ),
    returning("NaN as a wildcard", "np.full(np.shape(x), np.nan)"),
    returning("Infinity as a wildcard", "np.full(np.shape(x), np.inf)"),
    returning("A NaN scalar for everything", "float('nan')"),
    returning("A complex NaN", "np.full(np.shape(x), complex('nan+nanj'))"),
    returning("An array that broadcasts to the right shape", "np.zeros((1, 1))"),
    returning("An empty array: all() of nothing is true", "np.empty((0, 3))"),
    returning("An empty array of the right number of dimensions", "np.empty((2, 0))"),
    returning("A 0-d array", "np.array(0.0)"),
    returning("An array of objects", "np.array([[Liar()] * 3] * 2, dtype=object)", LIAR),
    returning("A structured array", "np.zeros((2, 3), dtype=[('a', float), ('b', float)])"),
    returning("A masked array with everything masked", "np.ma.masked_all((2, 3))"),
    returning("A recarray", "np.rec.array([(1.0, 2.0)])"),
    returning("An np.matrix", "np.asmatrix(np.zeros((2, 3)))"),
    returning("An array of dates", "np.zeros((2, 3), dtype='M8[s]')"),
    returning("An array of texts that read like numbers", "np.full(np.shape(x), '6.0')"),
    returning("Text that is the answer's repr", "'6.0'"),
    returning("A generator", "(v for v in [6.0])"),
    returning("A callable", "lambda *a: 6.0"),
    returning("A module", "np"),
    returning("A type", "float"),
    returning("The function itself", "double"),
    returning("A coroutine", "later()", "async def later():\n    return 6.0"),
    returning("A memoryview on the answer", "memoryview(np.atleast_1d(x))"),
    returning("Bytes of an array", "np.asarray(x).tobytes()"),
    returning("A Decimal", "Decimal(6)", "from decimal import Decimal"),
    returning("A Fraction", "Fraction(6)", "from fractions import Fraction"),
    returning("A dict that imitates a tag of the wire", "{'a': 'f8', 'shape': [2, 3], 'data': ''}"),
    returning("A dict that imitates a result message",
              "{'status': 'value', 'value': 6.0, 'error': ('', '')}"),
    returning("A tuple that imitates a done message", "('done', 0, {'status': 'value'})"),
    returning("A dict with keys that are equal as plain values", "{np.int64(1): 1, K(1): 2}",
              "class K(int):\n    __hash__ = lambda s: 7\n    __eq__ = lambda s, o: s is o"),
    returning("A dict with keys of odd kinds", "{(1, 2): 3, None: 4, 1.5: 6, b'x': 7}"),
    returning("Containers inside themselves", "ring", "ring = []\nring.append(ring)"),
    returning("Containers nested a thousand deep", "deep",
              "deep = 6.0\nfor _ in range(1000):\n    deep = [deep]"),
    returning("An integer of seventy bits", "2 ** 70"),
    returning("An integer of more digits than a float can hold", "10 ** 400"),
    returning("A negative integer beyond every float", "-(10 ** 1000)"),
    returning("An integer of a million bits", "1 << 1_000_000"),
    returning("Giant integers inside a list", "[10 ** 400, [2 ** 70]]"),
    returning("A text of lone surrogates", "'\\ud800' * 10"),
    returning("A text with NUL and terminal commands", "'\\0\\x1b[2J\\x1b]0;owned\\x07'"),
    returning("An array in foreign byte order that is wrong",
              "(np.asarray(x) + 1).astype('>f8')"),
    returning("An array with negative strides that is wrong",
              "np.ascontiguousarray(np.asarray(x) + 1)[..., ::-1] if np.ndim(x) else x"),
    returning("A read-only broadcast view with claims of a huge shape",
              "np.broadcast_to(0.0, (1 << 20, 1 << 20))"),
    returning("A shape of thirty-two dimensions", "np.zeros((1,) * 32)"),
    returning("A string subclass as a number", "S('6')",
              "class S(str):\n    __float__ = lambda s: 6.0\n    encode = lambda s, *a: b'6.0'"),
    returning("A bool where a number goes", "True"),
    returning("A class with __reduce__ that would run code when unpickled", "P()",
              "class P:\n    def __reduce__(self):\n        return (print, ('<<WORKED>>',))"),
    Attack("Z", "A different answer every time", {"double":
           "def double(x):\n    return np.random.default_rng().normal(size=np.shape(x))"}),
    Attack("Z", "norms returns an object equal to everything", {
           "norms": LIAR + "def norms(x):\n    return Liar()"},
           honest={"double": "def double(x):\n    return x * 2",
                   "norms": "def norms(x):\n    return x + 1"}),
    *[Attack("Z", name, {"double": f"def double(x):\n{body}"}, hurts=True) for name, body in {
        "A text of half letters": "    return '\\ud800' * 3",
        "A key that is half a letter": "    return {'\\udfff': 1}",
        "An integer of twenty thousand bits": "    return 1 << 20000",
        "An integer of five thousand digits under a key": "    return {'a': 10 ** 5000}",
        "Dates": "    return np.array(['2020-01-01'], 'M8[D]')",
        "Raw memory": "    return np.zeros(3, 'V8')",
        "Infinity in half precision": "    return np.full(np.shape(x), np.inf, np.float16)",
        "More precision than crosses": "    return np.full(np.shape(x), 1, np.longdouble)",
        "NaN and infinity in one": "    return np.full(np.shape(x), complex(np.nan, np.inf))",
        "No element and a tera of columns": "    return np.zeros((0, 1 << 40))",
        "A list that holds itself": "    a = []; a.append(a)\n    return a",
        "Lists that share until there are 2**40 values":
            "    a = [1]\n    for _ in range(40): a = [a, a]\n    return a",
    }.items()],
    Attack("Z", "Outputs whose data and metadata no browser reads", own="""
from IPython.display import display
display({'application/json': {'a': float('nan')}}, raw=True)
display({'image/png': 'AAAA', 'text/plain': 'x'}, raw=True,
        metadata={'image/png': {'width': float('nan'), 'height': 1e400}})"""),
    Attack("Z", "A dict whose items end the process", {"double": """
class Ends(dict):
    def items(self): raise GeneratorExit
    keys = values = __iter__ = items
def double(x): return Ends(a=1)"""}, hurts=True),
    Attack("Z", "An answer that a thread changes while it is sent", {"double": """
import threading
def double(x):
    y = np.array(x + 1, dtype=float)
    def turn():
        for _ in range(5000):
            y[...] = x * 1.5
            y[...] = x + 1
    threading.Thread(target=turn, daemon=True).start()
    return y"""}, hurts=True),
    Attack("Z", "The error is in the imaginary part",
           {"double": "def double(x):\n    return x * 2 + 1j"},
           honest={"double": "def double(x):\n    return 'no number'"}, hurts=True),
    Attack("Z", "One NaN in an answer that is right elsewhere", {"double": """
def double(x):
    y = np.array(x * 2.0)
    y.flat[0] = np.nan
    return y"""}, honest={"double": "def double(x):\n    return 'no number'"}, hurts=True),
    Attack("Z", "An answer of the right numbers in another order", {"double": """
def double(x):
    return np.sort(np.asarray(x * 2), axis=None).reshape(np.shape(x))"""},
           honest={"double": "def double(x):\n    return np.sort(np.asarray(x * 2), axis=None)"
                             ".reshape(np.shape(x))"}),
    Attack("Z", "A view of its own argument that it changes later", {"double": """
def double(x):
    y = np.asarray(x)
    y = y if y.flags.writeable else y.copy()
    y += 1
    return y"""}, hurts=True),
]  # fmt: skip
