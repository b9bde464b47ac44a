"""The special methods that the judge may ask an object of the student's for."""

from collections.abc import Iterable

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
OBJECT = "an object"  # among what a cell has used: it did something with an object

# One may answer for another: `a < b` for ``__gt__``, a loop for ``__getitem__``.
_KIN = (
    {"__lt__", "__le__", "__gt__", "__ge__"},
    {"__eq__", "__ne__"},
    {"__str__", "__repr__", "__format__"},
    {"__int__", "__float__", "__index__", "__complex__"},
    {"__bool__", "__len__"},
    {"__iter__", "__next__", "__reversed__", "__contains__", "__getitem__", "__len__"},
    *(
        {f"__{name}__", f"__r{name}__", f"__i{name}__"}
        for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")
    ),
)


def with_kin(names: Iterable[str]) -> frozenset[str]:
    """Special methods, and those by which another author would have given the same."""
    named = frozenset(names)
    return named.union(*(kin for kin in _KIN if kin & named))
