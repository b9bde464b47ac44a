"""Right answers written differently: each must get full marks."""

import math

import numpy as np

from autograder.graders import alternative

# --- gradient descent ---------------------------------------------------------------------


@alternative("update_parameters_with_gd")
def layer_by_layer(parameters, grads, learning_rate):
    L = len(parameters) // 2
    for layer in range(L):
        W, b = "W" + str(layer + 1), "b" + str(layer + 1)
        parameters[W] = parameters[W] - learning_rate * grads["d" + W]
        parameters[b] = parameters[b] - learning_rate * grads["d" + b]
    return parameters


@alternative("update_parameters_with_gd")
def comprehension(parameters, grads, learning_rate):
    return {key: value - learning_rate * grads[f"d{key}"] for key, value in parameters.items()}


@alternative("update_parameters_with_gd")
def entry_by_entry_and_talkative(parameters, grads, learning_rate):
    import warnings

    warnings.warn("a slow way", stacklevel=1)
    updated = {}
    for key, value in parameters.items():
        updated[key] = np.empty(value.shape, order="F")
        for i in range(value.shape[0]):
            for j in range(value.shape[1]):
                updated[key][i, j] = value[i, j] - learning_rate * grads["d" + key][i, j]
        print(key, updated[key])
    return updated


# --- mini-batches -------------------------------------------------------------------------


@alternative("random_mini_batches")
def full_batches_and_the_rest(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    m = X.shape[1]
    permutation = list(np.random.permutation(m))
    shuffled_X = X[:, permutation]
    shuffled_Y = Y[:, permutation].reshape((1, m))
    mini_batches = []
    complete = math.floor(m / mini_batch_size)
    for k in range(complete):
        begin, end = k * mini_batch_size, (k + 1) * mini_batch_size
        mini_batches.append((shuffled_X[:, begin:end], shuffled_Y[:, begin:end]))
    if m % mini_batch_size != 0:
        begin = complete * mini_batch_size
        mini_batches.append((shuffled_X[:, begin:], shuffled_Y[:, begin:]))
    return mini_batches


@alternative("random_mini_batches")
def range_with_a_stride(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    order = np.random.permutation(X.shape[1])
    starts = range(0, len(order), mini_batch_size)
    chosen = [order[start : start + mini_batch_size] for start in starts]
    return [[X[:, columns], Y[:, columns]] for columns in chosen]


@alternative("random_mini_batches")
def array_split(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    m = X.shape[1]
    pairs = np.vstack([X, Y])[:, np.random.permutation(m)]
    cuts = np.arange(mini_batch_size, m, mini_batch_size)
    return [(both[:-1], both[-1:]) for both in np.split(pairs, cuts, axis=1)]


# --- exponentially weighted averages ------------------------------------------------------


@alternative("exponentially_weighted_average")
def filled_array(thetas, beta, bias_correction=True):
    n = len(thetas)
    averages = np.zeros(n)
    v = 0
    for i in range(n):
        v = v + (1 - beta) * (thetas[i] - v)
        averages[i] = v
    if bias_correction:
        averages /= 1 - beta ** np.arange(1, n + 1)
    return averages


@alternative("exponentially_weighted_average")
def as_a_matrix(thetas, beta, bias_correction=True):
    thetas = np.asarray(thetas, dtype=float)
    age = np.subtract.outer(np.arange(thetas.size), np.arange(thetas.size))
    weights = np.where(age >= 0, (1 - beta) * float(beta) ** np.maximum(age, 0), 0.0)
    if bias_correction:
        weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("ij,j->i", weights, thetas)


# --- zeros to start from ------------------------------------------------------------------


@alternative("initialize_velocity")
def velocity_layer_by_layer(parameters):
    L = len(parameters) // 2
    v = {}
    for layer in range(1, L + 1):
        v["dW" + str(layer)] = np.zeros_like(parameters["W" + str(layer)])
        v["db" + str(layer)] = np.zeros_like(parameters["b" + str(layer)])
    return v


@alternative("initialize_velocity")
def velocity_from_shapes(parameters):
    return {f"d{key}": np.zeros((p.shape[0], p.shape[1])) for key, p in parameters.items()}


# --- momentum -----------------------------------------------------------------------------


@alternative("update_parameters_with_momentum")
def momentum_layer_by_layer(parameters, grads, v, beta, learning_rate):
    L = len(parameters) // 2
    for layer in range(L):
        n = str(layer + 1)
        v["dW" + n] = beta * v["dW" + n] + (1 - beta) * grads["dW" + n]
        v["db" + n] = beta * v["db" + n] + (1 - beta) * grads["db" + n]
        parameters["W" + n] = parameters["W" + n] - learning_rate * v["dW" + n]
        parameters["b" + n] = parameters["b" + n] - learning_rate * v["db" + n]
    return parameters, v


@alternative("update_parameters_with_momentum")
def momentum_by_comprehension(parameters, grads, v, beta, learning_rate):
    velocity = {key: grads[key] + beta * (v[key] - grads[key]) for key in v}
    moved = {key: np.subtract(p, learning_rate * velocity["d" + key])
             for key, p in parameters.items()}  # fmt: skip
    return moved, velocity


# --- RMSprop ------------------------------------------------------------------------------


@alternative("update_parameters_with_rmsprop")
def rmsprop_layer_by_layer(parameters, grads, s, beta2, learning_rate, epsilon=1e-8):
    L = len(parameters) // 2
    for layer in range(1, L + 1):
        for letter in ("W", "b"):
            key = letter + str(layer)
            g = grads["d" + key]
            s["d" + key] = beta2 * s["d" + key] + (1 - beta2) * np.square(g)
            parameters[key] = parameters[key] - learning_rate * g / (
                np.sqrt(s["d" + key]) + epsilon
            )
    return parameters, s


@alternative("update_parameters_with_rmsprop")
def rmsprop_with_multiply_and_power(parameters, grads, s, beta2, learning_rate, epsilon=1e-8):
    new_s = {d: np.multiply(beta2, s[d]) + np.multiply(1 - beta2, grads[d] * grads[d]) for d in s}
    new = {}
    for d, g in grads.items():
        root = np.power(new_s[d], 0.5)
        new[d[1:]] = parameters[d[1:]] - np.divide(learning_rate, root + epsilon) * g
    return new, new_s


# --- Adam ---------------------------------------------------------------------------------


@alternative("update_parameters_with_adam")
def adam_layer_by_layer_three_values(parameters, grads, v, s, t, learning_rate=0.01,
                                     beta1=0.9, beta2=0.999, epsilon=1e-8):  # fmt: skip
    L = len(parameters) // 2
    v_corrected, s_corrected = {}, {}
    for layer in range(L):
        for letter in ("W", "b"):
            d = "d" + letter + str(layer + 1)
            key = letter + str(layer + 1)
            v[d] = beta1 * v[d] + (1 - beta1) * grads[d]
            v_corrected[d] = v[d] / (1 - np.power(beta1, t))
            s[d] = beta2 * s[d] + (1 - beta2) * np.power(grads[d], 2)
            s_corrected[d] = s[d] / (1 - np.power(beta2, t))
            parameters[key] = parameters[key] - learning_rate * (
                v_corrected[d] / (np.sqrt(s_corrected[d]) + epsilon)
            )
    return parameters, v, s


@alternative("update_parameters_with_adam")
def adam_by_comprehensions_five_values(parameters, grads, v, s, t, learning_rate=0.01,
                                       beta1=0.9, beta2=0.999, epsilon=1e-8):  # fmt: skip
    v = {d: beta1 * v[d] + (1 - beta1) * g for d, g in grads.items()}
    s = {d: beta2 * s[d] + (1 - beta2) * g**2 for d, g in grads.items()}
    v_hat = {d: value / (1 - beta1**t) for d, value in v.items()}
    s_hat = {d: value / (1 - beta2**t) for d, value in s.items()}
    step = {d: v_hat[d] / (s_hat[d] ** 0.5 + epsilon) for d in grads}
    moved = {key: p - learning_rate * step["d" + key] for key, p in parameters.items()}
    return moved, v, s, v_hat, s_hat


@alternative("update_parameters_with_adam")
def adam_with_the_paper_s_other_order(parameters, grads, v, s, t, learning_rate=0.01,
                                      beta1=0.9, beta2=0.999, epsilon=1e-8):  # fmt: skip
    def averages(old, new, beta):
        return {d: old[d] - (1 - beta) * (old[d] - new[d]) for d in old}

    v = averages(v, grads, beta1)
    s = averages(s, {d: g * g for d, g in grads.items()}, beta2)
    root = np.sqrt(1 - beta2**t)
    rate = learning_rate * root / (1 - beta1**t)
    moved = {key: p - rate * v["d" + key] / (np.sqrt(s["d" + key]) + epsilon * root)
             for key, p in parameters.items()}  # fmt: skip
    return [moved, v, s]


# --- learning rate decay ------------------------------------------------------------------


@alternative("update_lr")
def one_over(learning_rate0, epoch_num, decay_rate):
    return 1 / (1 + decay_rate * epoch_num) * learning_rate0


@alternative("update_lr")
def as_an_array(learning_rate0, epoch_num, decay_rate):
    return np.array([learning_rate0]) / np.add(1, np.multiply(decay_rate, epoch_num))


@alternative("schedule_lr_decay")
def integer_division(learning_rate0, epoch_num, decay_rate, time_interval=1000):
    return learning_rate0 / (1 + decay_rate * (epoch_num // time_interval))


@alternative("schedule_lr_decay")
def truncated(learning_rate0, epoch_num, decay_rate, time_interval=1000):
    intervals = int(epoch_num / time_interval)
    return (1 / (1 + decay_rate * intervals)) * learning_rate0


# --- warm-up and cosine, and the repaired AdamW -------------------------------------------


@alternative("warmup_cosine_lr")
def one_expression(learning_rate0, step, warmup_steps, total_steps):
    rising = (step + 1) / warmup_steps if warmup_steps else np.inf
    share = np.clip((step - warmup_steps) / (total_steps - warmup_steps), 0, 1)
    return learning_rate0 * min(rising, np.cos(np.pi * share / 2) ** 2)


@alternative("warmup_cosine_lr")
def by_cases(learning_rate0, step, warmup_steps, total_steps):
    import math

    if step < warmup_steps:
        return learning_rate0 / warmup_steps * (step + 1)
    if step >= total_steps:
        return 0
    left = total_steps - step
    return 0.5 * learning_rate0 * (1 - math.cos(math.pi * left / (total_steps - warmup_steps)))


@alternative("update_parameters_with_adamw")
def shrunk_first(parameters, grads, v, s, t, learning_rate=0.01, weight_decay=0.01,
                 beta1=0.9, beta2=0.999, epsilon=1e-8):  # fmt: skip
    moved, new_v, new_s = {}, {}, {}
    for key, value in parameters.items():
        g, d = grads["d" + key], "d" + key
        new_v[d] = beta1 * v[d] + (1 - beta1) * g
        new_s[d] = beta2 * s[d] + (1 - beta2) * g * g
        value = (1 - learning_rate * weight_decay) * value
        corrected = new_v[d] / (1 - beta1**t), new_s[d] / (1 - beta2**t)
        moved[key] = value - learning_rate * corrected[0] / (np.sqrt(corrected[1]) + epsilon)
    return moved, new_v, new_s


@alternative("update_parameters_with_adamw")
def beside_adam(parameters, grads, v, s, t, learning_rate=0.01, weight_decay=0.01,
                beta1=0.9, beta2=0.999, epsilon=1e-8):  # fmt: skip
    moved, v, s = update_parameters_with_adam(  # noqa: F821
        parameters, grads, v, s, t, learning_rate, beta1, beta2, epsilon
    )[:3]
    taken = {key: learning_rate * weight_decay * value for key, value in parameters.items()}
    return {key: value - taken[key] for key, value in moved.items()}, v, s
