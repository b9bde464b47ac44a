"""Right answers of `batchnorm_softmax_tuning` written differently: each must get full marks."""

import numpy as np

from autograder.graders import alternative


@alternative("sample_log_uniform")
def with_natural_logarithms(low, high, n, seed):
    np.random.seed(seed)
    return np.exp(np.random.uniform(np.log(low), np.log(high), n))


@alternative("sample_log_uniform")
def with_ratios_in_a_loop(low, high, n, seed):
    u = np.random.RandomState(seed).rand(n)
    samples = np.empty(n)
    for i, share in enumerate(u):
        samples[i] = low * (high / low) ** share
    return samples


@alternative("sample_beta")
def built_on_the_other_sampler(low, high, n, seed):
    return 1 - sample_log_uniform(1 - high, 1 - low, n, seed)  # noqa: F821


@alternative("sample_beta")
def with_power(low, high, n, seed):
    u = np.random.RandomState(seed).rand(n)
    a, b = np.log10([1 - high, 1 - low])
    return 1 - np.power(10, u * b + (1 - u) * a)


@alternative("random_search")
def with_dictionaries(space, objective, n, seed):
    np.random.seed(seed)
    tried = []
    for shares in np.random.rand(n, len(space)):
        tried.append((objective(point_at(space, shares)), len(tried), shares))  # noqa: F821
    center = min(tried)[2]
    low, high = np.clip(center - 0.125, 0, 1), np.clip(center + 0.125, 0, 1)
    for _ in range(n):
        shares = np.random.uniform(low, high)
        tried.append((objective(point_at(space, shares)), len(tried), shares))  # noqa: F821
    value, _, shares = min(tried)
    return point_at(space, shares), value  # noqa: F821


@alternative("random_search")
def best_so_far(space, objective, n, seed):
    rng = np.random.RandomState(seed)
    best, best_value = None, np.inf

    def consider(rows):
        nonlocal best, best_value
        for row in rows:
            value = objective(point_at(space, list(row)))  # noqa: F821
            if value < best_value:
                best, best_value = row, value

    consider(rng.rand(n, len(space)))
    box = [(max(0.0, c - 1 / 8), min(1.0, c + 1 / 8)) for c in best]
    fine = rng.rand(n, len(space))
    consider([[a + (b - a) * u for (a, b), u in zip(box, row, strict=True)] for row in fine])
    return [point_at(space, best), best_value]  # noqa: F821


@alternative("batchnorm_forward")
def with_numpy_statistics(Z, gamma, beta, epsilon=1e-8):
    mu, sigma2 = Z.mean(1)[:, None], Z.var(1)[:, None]
    Z_norm = np.divide(Z - mu, (sigma2 + epsilon) ** 0.5)
    cache = dict(Z_norm=Z_norm, mu=mu, sigma2=sigma2, gamma=gamma, epsilon=epsilon)
    return np.add(np.multiply(gamma, Z_norm), beta), cache


@alternative("batchnorm_forward")
def unit_by_unit(Z, gamma, beta, epsilon=1e-8):
    n, m = Z.shape
    mu, sigma2, Z_norm = np.zeros((n, 1)), np.zeros((n, 1)), np.zeros((n, m))
    for i in range(n):
        mu[i, 0] = sum(Z[i]) / m
        sigma2[i, 0] = sum((z - mu[i, 0]) ** 2 for z in Z[i]) / m
        for j in range(m):
            Z_norm[i, j] = (Z[i, j] - mu[i, 0]) / np.sqrt(sigma2[i, 0] + epsilon)
    cache = {"Z_norm": Z_norm, "mu": mu, "sigma2": sigma2, "gamma": gamma, "epsilon": epsilon}
    return np.asfortranarray(gamma * Z_norm + beta), cache


@alternative("batchnorm_backward")
def step_by_step_through_the_graph(dZ_tilde, cache):
    Z_norm, gamma = cache["Z_norm"], cache["gamma"]
    s = np.sqrt(cache["sigma2"] + cache["epsilon"])
    m = dZ_tilde.shape[1]
    centred = Z_norm * s
    dZ_norm = dZ_tilde * gamma
    dsigma2 = np.sum(dZ_norm * centred, axis=1, keepdims=True) * (-0.5) / s**3
    dmu = -np.sum(dZ_norm, axis=1, keepdims=True) / s
    dZ = dZ_norm / s + dsigma2 * 2 * centred / m + dmu / m
    dgamma = np.sum(dZ_tilde * Z_norm, axis=1, keepdims=True) / m
    return dZ, dgamma, dZ_tilde.mean(axis=1).reshape(-1, 1)


@alternative("batchnorm_backward")
def from_the_learned_gradients(dZ_tilde, cache):
    Z_norm = cache["Z_norm"]
    m = dZ_tilde.shape[1]
    dgamma = np.einsum("ij,ij->i", dZ_tilde, Z_norm)[:, None] / m
    dbeta = dZ_tilde @ np.ones((m, 1)) / m
    scale = cache["gamma"] / np.sqrt(cache["sigma2"] + cache["epsilon"])
    return scale * (dZ_tilde - dbeta - Z_norm * dgamma), dgamma, dbeta


@alternative("update_running_statistics")
def as_a_correction(mu, sigma2, running, momentum=0.9):
    step = 1 - momentum
    return {
        "mu": running["mu"] + step * (mu - running["mu"]),
        "sigma2": running["sigma2"] + step * (sigma2 - running["sigma2"]),
    }


@alternative("update_running_statistics")
def with_a_comprehension(mu, sigma2, running, momentum=0.9):
    batch = dict(sigma2=sigma2, mu=mu)
    return {key: momentum * running[key] + (1 - momentum) * batch[key] for key in running}


@alternative("batchnorm_inference")
def factor_and_offset(Z, gamma, beta, running, epsilon=1e-8):
    factor = gamma / np.sqrt(running["sigma2"] + epsilon)
    return factor * Z + (beta - factor * running["mu"])


@alternative("batchnorm_inference")
def example_by_example(Z, gamma, beta, running, epsilon=1e-8):
    columns = []
    for j in range(Z.shape[1]):
        z = Z[:, [j]] - running["mu"]
        columns.append(gamma * z / (running["sigma2"] + epsilon) ** 0.5 + beta)
    return np.concatenate(columns, axis=1)


@alternative("softmax")
def by_log_sum_exp(Z):
    top = Z.max(axis=0)
    log_sum = top + np.log(np.exp(Z - top).sum(axis=0))
    return np.exp(Z - log_sum)


@alternative("softmax")
def column_by_column(Z):
    A = np.zeros(Z.shape)
    for j in range(Z.shape[1]):
        powers = np.exp(Z[:, j] - max(Z[:, j]))
        A[:, j] = powers / sum(powers)
    return A


@alternative("compute_softmax_cost")
def by_the_true_class(A, Y):
    given = np.sum(A * Y, axis=0)
    return float(-np.log(np.clip(given, 1e-12, 1)).mean())


@alternative("compute_softmax_cost")
def with_a_tiny_number_added(A, Y):
    m = A.shape[1]
    total = 0.0
    for j in range(m):
        for c in range(A.shape[0]):
            if Y[c, j] == 1:
                total -= np.log(A[c, j] + 1e-12)
    return total / m


@alternative("compute_softmax_cost")
def with_einsum(A, Y):
    return -np.einsum("cj,cj->", Y, np.log(np.maximum(A, 1e-12))) / Y.shape[1]


@alternative("softmax_backward")
def with_subtract(A, Y):
    return np.subtract(A, Y)


@alternative("softmax_backward")
def at_the_true_class(A, Y):
    dZ = A.copy()
    dZ[np.argmax(Y, axis=0), np.arange(Y.shape[1])] -= 1
    return dZ


@alternative("predict_probabilities")
def written_out(X, parameters, running):
    L = len(parameters) // 3
    for layer in range(1, L):
        Z_norm = (parameters[f"W{layer}"] @ X - running[layer]["mu"]) / np.sqrt(
            running[layer]["sigma2"] + 1e-8
        )
        X = np.maximum(parameters[f"gamma{layer}"] * Z_norm + parameters[f"beta{layer}"], 0)
    Z = parameters[f"W{L}"] @ X + parameters[f"beta{L}"]
    powers = np.exp(Z - Z.max(axis=0))
    return powers / powers.sum(axis=0)
