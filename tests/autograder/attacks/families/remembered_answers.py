"""Answers made to be remembered as somebody else's: nobody honest may pay for them."""

from attacking import RIGHT, WRONG, Attack

SESSION = """
import sys
def _outside():
    frame = sys._getframe(1)
    while frame and "wrap" not in frame.f_globals:
        frame = frame.f_back
    return frame.f_globals if frame else {}
def _disguised(change):
    found = _outside()
    if "wrap" in found and "_honest" not in found:
        honest = found["_honest"] = found["wrap"]
        found["wrap"] = lambda value, caps=None: change(honest(value))
"""


def disguised(name, change):
    """The right answer, packed and then changed."""
    text = f"{SESSION}\ndef double(x):\n    _disguised(lambda packed: {change})\n    return x * 2"
    return Attack("Z", name, {"double": text}, {**WRONG, "double": "double = None"}, hurts=True)


ATTACKS = [
    disguised("The right bytes as signed bytes", "packed.view(np.int8)"),
    disguised("The right bytes as booleans", "packed.view(bool)"),
    disguised("The right bytes in a row", "packed.reshape(1, -1)"),
    disguised("The right bytes in a column", "packed.reshape(-1, 1)"),
    disguised("The right bytes with a tail", "np.append(packed, packed[:1])"),
    disguised("The right bytes without the last one", "packed[:-1]"),
    disguised("The right bytes as a text", "packed.tobytes().decode('latin-1')"),
    disguised("The right bytes as a list", "packed.tolist()"),
    disguised("The right bytes as wide characters", "packed[:packed.size // 2 * 2].view('>u2')"),
    Attack("Z", "A right answer, and then the process ends",
           {"double": "import os\nn = 0\ndef double(x):\n    global n\n    n += 1\n"
            "    if n > 1: os._exit(0)\n    return x * 2"},
           RIGHT, hurts=True),
    Attack("Z", "A right answer, and then more than a reply may hold",
           {"double": "n = 0\ndef double(x):\n    global n\n    n += 1\n"
            "    return x * 2 if n == 1 else np.zeros(1 << 21)"},
           {"double": "def double(x):\n    return np.zeros(1 << 21)"}, hurts=True),
]  # fmt: skip
