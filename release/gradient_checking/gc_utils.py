"""What the lesson on gradient checking hands out: activations, and parameters as one long vector.

A network of any number of layers is a dictionary with ``W1``, ``b1``, ``W2``, ``b2``, …; its
vector is a column of all entries in this order, each array row by row.
"""

from math import prod

import numpy as np

EXAMPLE_SHAPES = {
    "W1": (5, 4), "b1": (5, 1), "W2": (3, 5), "b2": (3, 1), "W3": (1, 3), "b3": (1, 1),
}  # fmt: skip


def sigmoid(x):
    """Logistic function of an array of any shape, entry by entry."""
    return 1 / (1 + np.exp(-x))


def relu(x):
    """Larger of 0 and ``x``, entry by entry."""
    return np.maximum(0, x)


def dictionary_to_vector(parameters):
    """All parameters as a column ``(n, 1)``, and for each entry the name of its array.

    The column is a copy: changing it leaves the dictionary as it is.
    """
    names = _names(parameters)
    theta = np.concatenate([np.reshape(parameters[name], (-1, 1)) for name in names])
    keys = [name for name in names for _ in range(np.size(parameters[name]))]
    return theta, keys


def vector_to_dictionary(theta, parameters=None):
    """The inverse of `dictionary_to_vector`: arrays with the shapes of those in ``parameters``.

    Without ``parameters``, the shapes of the lesson's example (layers of 4, 5, 3 and 1 units).
    Raises ValueError when theta has another number of entries.
    """
    shapes = EXAMPLE_SHAPES
    if parameters is not None:
        shapes = {name: np.shape(parameters[name]) for name in _names(parameters)}
    total = sum(map(prod, shapes.values()))
    if np.size(theta) != total:
        raise ValueError(
            f"theta has {np.size(theta)} entries and the arrays have {total}: "
            "pass the parameters of this network as second argument"
        )
    entries, arrays, start = np.ravel(theta), {}, 0
    for name, shape in shapes.items():
        end = start + prod(shape)
        arrays[name] = entries[start:end].reshape(shape).copy()
        start = end
    return arrays


def gradients_to_vector(gradients):
    """``dW1``, ``db1``, ``dW2``, … as a column ``(n, 1)``, in the order of the parameters.

    Whatever else is in the dictionary (``dZ``, ``dA``) is left out.
    """
    names = ["d" + name for name in _names({name[1:]: None for name in gradients})]
    return np.concatenate([np.reshape(gradients[name], (-1, 1)) for name in names])


def _names(parameters):
    """W1, b1, W2, b2, … as far as the dictionary goes."""
    layers = sum(name.startswith("W") for name in parameters)
    return [f"{kind}{layer}" for layer in range(1, layers + 1) for kind in "Wb"]
