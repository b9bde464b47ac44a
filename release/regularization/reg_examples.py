"""Small inputs with documented answers, for the checks in the notebook.

Five examples of three features go through layers of 2, 3 and 1 units. The caches hold
eight decimals, as they were printed; so they are inputs to compute with, not exact forward passes.
"""

import numpy as np

SHAPES = {"W1": (2, 3), "b1": (2, 1), "W2": (3, 2), "b2": (3, 1), "W3": (1, 3), "b3": (1, 1)}
LABELS = [[1, 1, 0, 1, 0]]
INPUTS = np.random.RandomState(1).randn(3, 5)

Z1 = [
    [-1.52855314, 3.32524635, 2.13994541, 2.60700654, -0.75942115],
    [-1.98043538, 4.16009940, 0.79051021, 1.46493512, -0.45506242],
]
W1 = [[-1.09989127, -0.17242821, -0.87785842], [0.04221375, 0.58281521, -1.10061918]]
b1 = [[1.14472371], [0.90159072]]
W2 = [[0.50249434, 0.90085595], [-0.68372786, -0.12289023], [-0.93576943, -0.26788808]]
b2 = [[0.53035547], [-0.69166075], [-0.39675353]]
W3 = [[-0.68717270, -0.84520564, -0.67124613]]
b3 = [[-0.01266460]]


def _draw(random):
    return {name: random.randn(*shape) for name, shape in SHAPES.items()}


def _arrays(*values):
    return tuple(np.array(value) for value in values)


def cost_example():
    """``A3`` (1, 5), ``Y`` (1, 5) and the parameters of three layers."""
    A3 = np.array([[0.40682402, 0.01629284, 0.16722898, 0.10118111, 0.40682402]])
    return A3, np.array(LABELS), _draw(np.random.RandomState(1))


def backward_example():
    """``X`` (3, 5), ``Y`` (1, 5) and a cache of `forward_propagation`."""
    A1 = [
        [0.0, 3.32524635, 2.13994541, 2.60700654, 0.0],
        [0.0, 4.16009940, 0.79051021, 1.46493512, 0.0],
    ]
    Z2 = [
        [0.53035547, 5.94892323, 2.31780174, 3.16005701, 0.53035547],
        [-0.69166075, -3.47645987, -2.25194702, -2.65416996, -0.69166075],
        [-0.39675353, -4.62285846, -2.61101729, -3.22874921, -0.39675353],
    ]
    A2 = [[0.53035547, 5.94892323, 2.31780174, 3.16005701, 0.53035547], [0.0] * 5, [0.0] * 5]
    Z3 = [[-0.37711040, -4.10060224, -1.60539468, -2.18416951, -0.37711040]]
    A3 = [[0.40682402, 0.01629284, 0.16722898, 0.10118111, 0.40682402]]
    cache = _arrays(Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)
    return INPUTS.copy(), np.array(LABELS), cache


def dropout_example():
    """``X`` (3, 5) and the parameters of three layers."""
    random = np.random.RandomState(1)
    return random.randn(3, 5), _draw(random)


def dropout_backward_example():
    """``X`` (3, 5), ``Y`` (1, 5) and a cache of `forward_propagation_with_dropout`."""
    D1 = [[True, False, True, True, True], [True, True, True, True, False]]
    A1 = [
        [0.0, 0.0, 4.27989081, 5.21401307, 0.0],
        [0.0, 8.32019881, 1.58102041, 2.92987024, 0.0],
    ]
    Z2 = [
        [0.53035547, 8.02565606, 4.10524802, 5.78975856, 0.53035547],
        [-0.69166075, -1.71413186, -3.81223329, -4.61667916, -0.69166075],
        [-0.39675353, -2.62563561, -4.82528105, -6.06074490, -0.39675353],
    ]
    D2 = [
        [True, False, True, False, True],
        [False, True, False, True, True],
        [False, False, True, False, False],
    ]
    A2 = [[1.06071093, 0.0, 8.21049603, 0.0, 1.06071093], [0.0] * 5, [0.0] * 5]
    Z3 = [[-0.74155620, -0.01266460, -5.65469333, -0.01266460, -0.74155620]]
    A3 = [[0.32266394, 0.49683389, 0.00348883, 0.49683389, 0.32266394]]
    cache = _arrays(Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)
    return INPUTS.copy(), np.array(LABELS), cache
