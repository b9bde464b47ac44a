"""Right answers of `practical_aspects` written differently: each must get full marks."""

import numpy as np

from autograder.graders import alternative


@alternative("split_sizes")
def by_cases(m):
    if m <= 10_000:
        dev = int(0.2 * m)
    elif m < 1_000_000:
        dev = 2_000 if m < 200_000 else int(m / 100)
    else:
        dev = int(0.01 * m)
    test = dev
    return m - dev - test, dev, test


@alternative("split_sizes")
def as_a_list_with_floor(m):
    held_out = int(np.floor(m / 5)) if m <= 10000 else max(2000, int(np.floor(m / 100)))
    print("holding out", held_out)
    return [m - 2 * held_out, held_out, held_out]


@alternative("split_sizes")
def as_an_array(m):
    held_out = max(2000, m // 100) if m > 10000 else m // 5
    return np.array([m - 2 * held_out, held_out, held_out])


@alternative("train_dev_test_split")
def with_split_and_take(X, Y, sizes, seed):
    np.random.seed(seed)
    order = np.random.permutation(X.shape[1])
    cuts = np.split(order, np.cumsum(sizes)[:2])
    return tuple((np.take(X, part, axis=1), np.take(Y, part, axis=1)) for part in cuts)


@alternative("train_dev_test_split")
def stacked_and_looped(X, Y, sizes, seed):
    def pick(columns):
        X_part = np.empty((X.shape[0], len(columns)), dtype=X.dtype)
        Y_part = np.empty((Y.shape[0], len(columns)), dtype=Y.dtype)
        for place, column in enumerate(columns):
            X_part[:, place] = X[:, column]
            Y_part[:, place] = Y[:, column]
        return [X_part, Y_part]

    order = list(np.random.RandomState(seed).permutation(X.shape[1]))
    train, dev, test = sizes
    return [
        pick(order[:train]),
        pick(order[train : train + dev]),
        pick(order[train + dev : train + dev + test]),
    ]


@alternative("diagnose")
def with_a_table(train_error, dev_error, bayes_error=0.0, gap=0.02):
    bias, variance = train_error - bayes_error, dev_error - train_error
    names = {(True, True): "both", (True, False): "high bias", (False, True): "high variance"}
    return names.get((bias > gap, variance > gap), "neither")


@alternative("diagnose")
def with_nested_ifs(train_error, dev_error, bayes_error=0.0, gap=0.02):
    if train_error - bayes_error <= gap:
        if dev_error - train_error <= gap:
            return "neither"
        return "high variance"
    if dev_error - train_error <= gap:
        return "high bias"
    return "both"


@alternative("normalize_inputs")
def with_numpy_std(X_train):
    mu = X_train.mean(1).reshape(-1, 1)
    sigma = X_train.std(1).reshape(-1, 1)
    sigma[sigma == 0] = 1
    return np.divide(np.subtract(X_train, mu), sigma), mu, sigma


@alternative("normalize_inputs")
def with_loops(X_train):
    n, m = X_train.shape
    X_norm, mu, sigma = np.zeros((n, m)), np.zeros((n, 1)), np.ones((n, 1))
    for i in range(n):
        mu[i, 0] = sum(X_train[i]) / m
        variance = sum((x - mu[i, 0]) ** 2 for x in X_train[i]) / m
        if variance > 0:
            sigma[i, 0] = variance**0.5
        for j in range(m):
            X_norm[i, j] = (X_train[i, j] - mu[i, 0]) / sigma[i, 0]
    return X_norm, mu, sigma


@alternative("normalize_inputs")
def from_the_mean_of_squares(X_train):
    m = X_train.shape[1]
    centred = X_train - np.einsum("ij->i", X_train)[:, None] / m
    sigma = np.sqrt(np.einsum("ij,ij->i", centred, centred)[:, None] / m)
    sigma += sigma == 0
    return centred / sigma, X_train.mean(axis=1, keepdims=True), sigma


@alternative("apply_normalization")
def factor_and_offset(X, mu, sigma):
    return X * (1 / sigma) - mu / sigma


@alternative("apply_normalization")
def column_by_column(X, mu, sigma):
    columns = [(X[:, j : j + 1] - mu) / sigma for j in range(X.shape[1])]
    return np.hstack(columns)


@alternative("apply_normalization")
def in_place_on_a_copy(X, mu, sigma):
    X = np.asfortranarray(X, dtype=float).copy(order="F")
    X -= mu
    X /= sigma
    return X


@alternative("prepare_data")
def in_a_loop(X, Y, seed):
    sets = train_dev_test_split(X, Y, split_sizes(X.shape[1]), seed)  # noqa: F821
    mu, sigma = normalize_inputs(sets[0][0])[1:]  # noqa: F821
    scaled = [(apply_normalization(X, mu, sigma), Y) for X, Y in sets]  # noqa: F821
    return (*scaled, (mu, sigma))


@alternative("prepare_data")
def written_out(X, Y, seed):
    parts = train_dev_test_split(X, Y, split_sizes(X.shape[1]), seed)  # noqa: F821
    X_train, mu, sigma = normalize_inputs(parts[0][0])  # noqa: F821
    dev, test = ([(X - mu) / sigma, Y] for X, Y in parts[1:])
    return [X_train, parts[0][1]], dev, test, [mu, sigma]


@alternative("deep_linear_output")
def with_the_matrix_power(W, L, X):
    return np.matmul(np.linalg.matrix_power(W, L), X)


@alternative("deep_linear_output")
def recursive(W, L, X):
    return X if L == 0 else np.dot(W, deep_linear_output(W, L - 1, X))  # noqa: F821


@alternative("deep_linear_output")
def with_einsum(W, L, X):
    A = X.astype(float)
    for _ in range(L):
        A = np.einsum("ij,jk->ik", W, A)
    return A
