"""The special methods that the judge may ask an object of the student's for."""

SPECIALS = (
    "__call__", "__len__", "__bool__", "__iter__", "__next__", "__reversed__", "__contains__",
    "__getitem__", "__setitem__", "__delitem__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__",
    "__ge__", "__hash__", "__str__", "__repr__", "__format__", "__int__", "__float__", "__index__",
    "__complex__", "__round__", "__abs__", "__neg__", "__pos__", "__invert__", "__add__",
    "__radd__", "__iadd__", "__sub__", "__rsub__", "__isub__", "__mul__", "__rmul__", "__imul__",
    "__truediv__", "__rtruediv__", "__floordiv__", "__rfloordiv__", "__mod__", "__rmod__",
    "__pow__", "__rpow__", "__matmul__", "__rmatmul__", "__and__", "__or__", "__xor__",
    "__enter__", "__exit__",
)  # fmt: skip
