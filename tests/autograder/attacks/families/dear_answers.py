"""Answers that are dear to read, to compare and to put in words."""

from attacking import Attack

PACKED = """
import struct, sys
def _packed(head):
    frame = sys._getframe(1)
    while frame and "wrap" not in frame.f_globals:
        frame = frame.f_back
    packed = np.frombuffer(struct.pack("<I", len(head)) + bytes(head), np.uint8)
    if frame:
        frame.f_globals["wrap"] = lambda value, caps=None: packed
"""


def packed(name, head):
    text = f"{PACKED}\ndef double(x):\n    _packed({head})\n    return x + 1"
    return Attack("Z", name, {"double": text}, hurts=True)


def returned(name, value):
    return Attack("Z", name, {"double": f"def double(x):\n    return {value}"})


INTEGER = "b'i' + struct.pack('<H', 9) + (k * ((1 << 61) - 1)).to_bytes(9, 'little') + b'N'"

ATTACKS = [
    packed("A dict whose integer keys all have one hash",
           f"b'd' + struct.pack('<I', 8000) + b''.join({INTEGER} for k in range(1, 8001))"),
    packed("A hundred thousand empty lists",
           "b'l' + struct.pack('<I', 100000) + b'l\\0\\0\\0\\0' * 100000"),
    returned("An array of twenty short axes", "np.zeros((2,) * 20, dtype=bool)"),
    returned("A hundred thousand keys", "{i: None for i in range(100000)}"),
    returned("A text of a million letters", "'x' * 1000000"),
    returned("Ten thousand integers of 500 bytes", "[1 << 4000] * 10000"),
    returned("A list in a list, thirty deep", "eval('[' * 30 + ']' * 30)"),
    returned("Keys that are floats of one hash", "{2.0 ** (61 * n): n for n in range(-17, 17)}"),
]  # fmt: skip
