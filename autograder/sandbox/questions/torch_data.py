"""torch's tensors and parameters as plain data: numbers, `requires_grad` and the gradient.

A computed tensor comes without its graph: only the student's session can go back through the
student's computation.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.sandbox.named import part_named
from autograder.sandbox.questions import arrays
from autograder.sandbox.questions.arrays import Malformed, Node, Unsendable

_HALF = "bfloat16"  # which numpy does not know


def _torch() -> Any:
    return importlib.import_module("torch")


def value_writer(kind: type) -> Callable[[Any, Any], Node] | None:
    """What writes a value of torch's that cannot change, or None."""
    torch = _torch()
    if kind is torch.Size:
        return lambda value, packing: ("size", [int(length) for length in value])
    if kind in (torch.dtype, torch.device):
        return lambda value, packing: (f"torch.{kind.__name__}", str(value))
    return None


def content_writer(kind: type) -> Callable[[Any, Any], Node] | None:
    """What writes a tensor or parameter, or None."""
    torch = _torch()
    return _write_tensor if kind in (torch.Tensor, torch.nn.Parameter) else None


def _write_tensor(value: Any, packing: Any) -> Node:
    torch = _torch()
    if value.layout is not torch.strided or value.device.type != "cpu" or value.is_quantized:
        raise Unsendable(f"a tensor on {value.device!s:.20} with layout {value.layout!s:.40}")
    data = value.detach().resolve_conj().resolve_neg()
    is_half = value.dtype is torch.bfloat16
    array = (data.view(torch.int16) if is_half else data).numpy()
    return (
        "tensor",
        _HALF if is_half else "",
        (type(value) is torch.nn.Parameter, value.requires_grad, not value.is_leaf),
        arrays.content(array, packing),
        packing.node(value.grad) if value.is_leaf else None,
    )


def _make_tensor(node: tuple[Any, ...], reading: Any) -> Any:
    torch = _torch()
    half, (is_parameter, takes_gradient, is_computed), content, gradient = node
    array = arrays.MAKERS["array"](content[1:], reading)
    if content[0] != "array" or type(array) is not np.ndarray:
        raise Malformed("a malformed tensor")
    grad = reading.value(gradient)
    try:
        made = torch.from_numpy(array)
        if half == _HALF:
            made = made.view(torch.bfloat16)
        if is_parameter is True:
            made = torch.nn.Parameter(made, requires_grad=takes_gradient is True)
        else:
            made.requires_grad_(takes_gradient is True)
        if grad is not None:
            made.grad = grad
        if takes_gradient is True and is_computed is True:
            with torch.enable_grad():
                made = made.view_as(made)
        return made
    except (RuntimeError, TypeError) as error:
        raise Malformed(f"a malformed tensor: {error!s:.100}") from None


def _name_in(node: tuple[Any, ...]) -> str:
    (text,) = node
    if not re.fullmatch(r"(torch\.)?\w{1,20}(:\d{1,3})?", text):
        raise Malformed("a malformed name")
    return str(text)


def _read_device(node: tuple[Any, ...], reading: Any) -> Any:
    return _torch().device(_name_in(node))


def _read_dtype(node: tuple[Any, ...], reading: Any) -> Any:
    torch = _torch()
    found = part_named("torch", _name_in(node).removeprefix("torch."))
    if type(found) is not torch.dtype:
        raise Malformed("a malformed dtype")
    return found


READERS: dict[str, Callable[[tuple[Any, ...], Any], Any]] = {
    "size": lambda node, reading: _torch().Size(node[0]),
    "torch.dtype": _read_dtype,
    "torch.device": _read_device,
}
MAKERS: dict[str, Callable[[tuple[Any, ...], Any], Any]] = {"tensor": _make_tensor}


def update(old: Any, made: Any) -> None:
    """Give a tensor the numbers of another; raises Malformed where it became another."""
    if old.shape != made.shape or old.dtype is not made.dtype:
        raise Malformed("a tensor that became another")
    old.data.copy_(made.data)
    if old.is_leaf:
        old.requires_grad_(made.requires_grad)
        old.grad = made.grad if made.is_leaf else None
