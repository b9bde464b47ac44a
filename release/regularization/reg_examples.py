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


def backward_expected():
    """What the backward pass with L2 gives for `backward_example` and lambd = 0.7."""
    return {
        "dZ3": [[-0.59317598, -0.98370716, 0.16722898, -0.89881889, 0.40682402]],
        "dW3": [[-1.77691347, -0.11832879, -0.09397446]],
        "db3": [[-0.38032981]],
        "dA2": [
            [0.40761434, 0.67597671, -0.11491519, 0.61764380, -0.27955836],
            [0.50135568, 0.83143484, -0.14134288, 0.75968680, -0.34384996],
            [0.39816708, 0.66030962, -0.11225181, 0.60332870, -0.27307905],
        ],
        "dZ2": [
            [0.40761434, 0.67597671, -0.11491519, 0.61764380, -0.27955836],
            [0.0, 0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 0.0, 0.0],
        ],
        "dW2": [[0.79276486, 0.85133918], [-0.09572190, -0.01720463], [-0.13100772, -0.03750433]],
        "db2": [[0.26135226], [0.0], [0.0]],
        "dA1": [
            [0.20482390, 0.33967447, -0.05774423, 0.31036252, -0.14047649],
            [0.36720180, 0.60895764, -0.10352203, 0.55640810, -0.25184181],
        ],
        "dZ1": [
            [0.0, 0.33967447, -0.05774423, 0.31036252, 0.0],
            [0.0, 0.60895764, -0.10352203, 0.55640810, 0.0],
        ],
        "dW1": [[-0.25604646, 0.12298827, -0.28297129], [-0.17706303, 0.34536094, -0.44105710]],
        "db1": [[0.11845855], [0.21236874]],
    }


# Of `dropout_example` with keep_prob = 0.7: Z, D and A of the two hidden layers, then Z of the last.
_Z1 = [
    [-1.52855314, 3.32524635, 2.13994541, 2.60700654, -0.75942115],
    [-1.98043538, 4.16009940, 0.79051021, 1.46493512, -0.45506242],
]
_D1 = [[True, False, True, True, True], [True, True, True, True, True]]
_A1 = [
    [0.0, 0.0, 3.05706487, 3.72429505, 0.0],
    [0.0, 5.94299915, 1.12930030, 2.09276446, 0.0],
]
_Z2 = [
    [0.53035547, 5.88414161, 3.08385015, 4.28707196, 0.53035547],
    [-0.69166075, -1.42199726, -2.92064114, -3.49524533, -0.69166075],
    [-0.39675353, -1.98881216, -3.55998747, -4.44246165, -0.39675353],
]
_D2 = [
    [True, True, True, False, True],
    [True, True, True, True, True],
    [False, False, True, True, False],
]
_A2 = [
    [0.75765067, 8.40591658, 4.40550021, 0.0, 0.75765067],
    [0.0, 0.0, 0.0, 0.0, 0.0],
    [0.0, 0.0, 0.0, 0.0, 0.0],
]
_Z3 = [[-0.53330145, -5.78898099, -3.04000407, -0.01266460, -0.53330145]]
_A3 = [[0.36974721, 0.00305176, 0.04565099, 0.49683389, 0.36974721]]


def dropout_expected(parameters):
    """What the forward pass with dropout gives for `dropout_example` and keep_prob = 0.7."""
    weights = [(parameters[f"W{layer}"], parameters[f"b{layer}"]) for layer in (1, 2, 3)]
    (W1, b1), (W2, b2), (W3, b3) = weights
    return _A3, (_Z1, _D1, _A1, W1, b1, _Z2, _D2, _A2, W2, b2, _Z3, _A3, W3, b3)


def dropout_backward_expected():
    """What the backward pass with dropout gives for `dropout_backward_example`, keep_prob = 0.8."""
    return {
        "dZ3": [[-0.67733606, -0.50316611, 0.00348883, -0.50316611, 0.32266394]],
        "dW3": [[-0.06951191, 0.0, 0.0]],
        "db3": [[-0.27150310]],
        "dA2": [
            [0.58180856, 0.0, -0.00299679, 0.0, -0.27715731],
            [0.0, 0.53159854, 0.0, 0.53159854, -0.34089673],
            [0.0, 0.0, -0.00292733, 0.0, 0.0],
        ],
        "dZ2": [
            [0.58180856, 0.0, -0.00299679, 0.0, -0.27715731],
            [0.0, 0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 0.0, 0.0],
        ],
        "dW2": [[-0.00256518, -0.00094760], [0.0, 0.0], [0.0, 0.0]],
        "db2": [[0.06033089], [0.0], [0.0]],
        "dA1": [
            [0.36544439, 0.0, -0.00188233, 0.0, -0.17408748],
            [0.65515713, 0.0, -0.00337459, 0.0, 0.0],
        ],
        "dZ1": [[0.0, 0.0, -0.00188233, 0.0, 0.0], [0.0, 0.0, -0.00337459, 0.0, 0.0]],
        "dW1": [[0.00019884, 0.00028657, 0.00012138], [0.00035647, 0.00051375, 0.00021761]],
        "db1": [[-0.00037647], [-0.00067492]],
    }


def dropout_faults(layer):
    """What is still wrong with a dropout layer, in words; "nothing" when all is well.

    layer(A, keep_prob, training, seed) gives what is handed on, of the shape of A (n_l, m).
    """
    A = np.random.RandomState(2).uniform(0.5, 1.5, size=(30, 200))
    one, predicted = layer(A, 0.8, True, 1), layer(A, 0.8, False, 1)
    kept = one != 0
    found = []
    if not np.allclose(predicted, A):
        found.append("predicting changes the activations")
    if np.all(kept == kept[:, :1]):
        found.append("all examples lose the same units")
    elif np.all(kept == kept[:1]):
        found.append("an example loses all of its units or none")
    elif not np.array_equal(kept, np.random.default_rng(1).random(A.shape) < 0.8):
        found.append("the units that are kept are not those that the seed draws")
    if not np.allclose(one[kept], A[kept] / 0.8):
        found.append("kept activations are not divided by keep_prob")
    return "; ".join(found) or "nothing"
