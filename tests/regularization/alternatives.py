"""Right answers to `regularization`, written differently: all of them get full marks."""
# ruff: noqa: RUF059  (a cache is unpacked whole, as students do)

import numpy as np
from reg_utils import compute_cost, relu, sigmoid

from autograder.graders import alternative


@alternative("compute_cost_with_regularization")
def with_a_loop_over_entries(A3, Y, parameters, lambd):
    m = Y.shape[1]
    penalty = 0.0
    for name in ("W1", "W2", "W3"):
        for row in parameters[name]:
            for weight in row:
                penalty += weight**2
    return compute_cost(A3, Y) + lambd * penalty / m / 2


@alternative("compute_cost_with_regularization")
def with_frobenius_norms(A3, Y, parameters, lambd):
    norms = [np.linalg.norm(parameters["W" + str(layer)], "fro") for layer in range(1, 4)]
    print("the norms are", norms)
    return np.float64(compute_cost(A3, Y) + lambd / 2.0 / A3.shape[1] * np.dot(norms, norms))


@alternative("compute_cost_with_regularization")
def with_einsum(A3, Y, parameters, lambd):
    weights = [value for name, value in parameters.items() if name.startswith("W")]
    penalty = sum(np.einsum("ij,ij->", W, W) for W in weights)
    return np.array(compute_cost(A3, Y) + penalty * lambd * (1.0 / (2 * Y.size)))


@alternative("compute_cost_with_regularization")
def with_a_length_one_array(A3, Y, parameters, lambd):
    m = Y.shape[1]
    total = np.zeros(1)
    for layer in (1, 2, 3):
        total += np.sum(parameters[f"W{layer}"] ** 2)
    return compute_cost(A3, Y) + lambd * total / (2 * m)


@alternative("compute_cost_with_l1_regularization")
def with_norms_of_vectors(A3, Y, parameters, lambd):
    m = Y.shape[1]
    sizes = [np.linalg.norm(parameters[f"W{layer}"].ravel(), 1) for layer in (1, 2, 3)]
    return compute_cost(A3, Y) + lambd * sum(sizes) / m


@alternative("compute_cost_with_l1_regularization")
def with_signs(A3, Y, parameters, lambd):
    total = 0
    for name, value in parameters.items():
        if "W" in name:
            total = total + (value * np.sign(value)).sum()
    return compute_cost(A3, Y) + total * lambd / Y.shape[1]


@alternative("backward_propagation_with_regularization")
def with_matmul(X, Y, cache, lambd):
    m = Y.shape[1]
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    shrink = lambd / m
    dZ3 = A3 - Y
    dW3 = (1 / m) * (dZ3 @ A2.T) + shrink * W3
    db3 = (1 / m) * dZ3.sum(axis=1).reshape(-1, 1)
    dA2 = W3.T @ dZ3
    dZ2 = np.where(Z2 > 0, dA2, 0.0)
    dW2 = (1 / m) * np.matmul(dZ2, A1.T) + shrink * W2
    db2 = dZ2.mean(axis=1, keepdims=True)
    dA1 = W2.T @ dZ2
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = np.einsum("im,jm->ij", dZ1, X) / m + shrink * W1
    db1 = dZ1.mean(axis=1, keepdims=True)
    return {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
            "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1}  # fmt: skip


@alternative("backward_propagation_with_regularization")
def with_one_bracket(X, Y, cache, lambd):
    m = X.shape[1]
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
    gradients = {"dZ3": A3 - Y}
    inputs, weights = {3: A2, 2: A1, 1: X}, {3: W3, 2: W2, 1: W1}
    for layer in (3, 2, 1):
        dZ = gradients[f"dZ{layer}"]
        gradients[f"dW{layer}"] = 1.0 / m * (np.dot(dZ, inputs[layer].T) + lambd * weights[layer])
        gradients[f"db{layer}"] = 1.0 / m * np.sum(dZ, axis=1, keepdims=True)
        if layer > 1:
            gradients[f"dA{layer - 1}"] = np.dot(weights[layer].T, dZ)
            gradients[f"dZ{layer - 1}"] = gradients[f"dA{layer - 1}"] * (inputs[layer] > 0)
    return gradients


@alternative("update_parameters_with_weight_decay")
def with_the_penalty_in_the_gradient(parameters, grads, learning_rate, lambd, m):
    updated = {}
    for name, value in parameters.items():
        gradient = grads["d" + name]
        if name.startswith("W"):
            gradient = gradient + lambd / m * value
        updated[name] = value - learning_rate * gradient
    return updated


@alternative("update_parameters_with_weight_decay")
def in_two_steps(parameters, grads, learning_rate, lambd, m):
    new = {name: np.array(value) for name, value in parameters.items()}
    for name in new:
        if name[0] == "W":
            new[name] -= learning_rate * lambd * new[name] / m
        new[name] -= learning_rate * grads["d" + name]
    return new


@alternative("forward_propagation_with_dropout")
def with_four_lines_each(X, parameters, keep_prob=0.5):
    np.random.seed(1)
    W1, b1, W2 = parameters["W1"], parameters["b1"], parameters["W2"]
    b2, W3, b3 = parameters["b2"], parameters["W3"], parameters["b3"]
    Z1 = np.dot(W1, X) + b1
    A1 = relu(Z1)
    D1 = np.random.rand(A1.shape[0], A1.shape[1])
    D1 = (keep_prob > D1).astype(int)
    A1 = np.multiply(A1, D1)
    A1 = A1 / keep_prob
    Z2 = np.dot(W2, A1) + b2
    A2 = relu(Z2)
    D2 = np.random.rand(A2.shape[0], A2.shape[1])
    D2 = (keep_prob > D2).astype(int)
    A2 = np.multiply(A2, D2)
    A2 /= keep_prob
    Z3 = np.dot(W3, A2) + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


@alternative("forward_propagation_with_dropout")
def with_a_helper_and_where(X, parameters, keep_prob=0.5):
    def thin(A):
        kept = np.less(np.random.random_sample(A.shape), keep_prob)
        return kept, np.where(kept, A / keep_prob, 0)

    np.random.seed(1)
    (W1, W2, W3), (b1, b2, b3) = ([parameters[k + n] for n in "123"] for k in "Wb")
    Z1 = W1 @ X + b1
    D1, A1 = thin(relu(Z1))
    Z2 = W2 @ A1 + b2
    D2, A2 = thin(relu(Z2))
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


@alternative("forward_propagation_with_dropout")
def with_uniform_and_floats(X, parameters, keep_prob=0.5):
    np.random.seed(1)
    Z1 = np.matmul(parameters["W1"], X) + parameters["b1"]
    D1 = np.random.uniform(0.0, 1.0, size=Z1.shape) <= keep_prob
    A1 = relu(Z1) * D1.astype(float) / keep_prob
    Z2 = np.matmul(parameters["W2"], A1) + parameters["b2"]
    D2 = np.random.uniform(0.0, 1.0, size=Z2.shape) <= keep_prob
    A2 = relu(Z2) * D2.astype(float) / keep_prob
    Z3 = np.matmul(parameters["W3"], A2) + parameters["b3"]
    A3 = sigmoid(Z3)
    return A3, (Z1, D1, A1, parameters["W1"], parameters["b1"], Z2, D2, A2, parameters["W2"],
                parameters["b2"], Z3, A3, parameters["W3"], parameters["b3"])  # fmt: skip


@alternative("backward_propagation_with_dropout")
def with_two_lines_each(X, Y, cache, keep_prob):
    m = X.shape[1]
    (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dA2 *= D2
    dA2 /= keep_prob
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T)
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dA1 = dA1 * D1
    dA1 = dA1 / keep_prob
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
            "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1}  # fmt: skip


@alternative("backward_propagation_with_dropout")
def with_one_scale(X, Y, cache, keep_prob):
    (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3) = cache
    mean = 1 / Y.shape[1]
    gradients = {"dZ3": A3 - Y}
    gradients["dA2"] = (W3.T @ gradients["dZ3"]) * (D2 / keep_prob)
    gradients["dZ2"] = gradients["dA2"] * (Z2 > 0)
    gradients["dA1"] = (W2.T @ gradients["dZ2"]) * (D1 / keep_prob)
    gradients["dZ1"] = gradients["dA1"] * (Z1 > 0)
    for layer, A in ((3, A2), (2, A1), (1, X)):
        dZ = gradients[f"dZ{layer}"]
        gradients[f"dW{layer}"] = mean * np.einsum("im,jm->ij", dZ, A)
        gradients[f"db{layer}"] = mean * dZ.sum(axis=1)[:, np.newaxis]
    return gradients


@alternative("early_stopping")
def with_a_counter(dev_costs, patience):
    best, best_cost, waited = 0, np.inf, 0
    for epoch, cost in enumerate(dev_costs):
        if cost < best_cost:
            best, best_cost, waited = epoch, cost, 0
        else:
            waited += 1
        if waited == patience:
            return best
    return best


@alternative("early_stopping")
def with_numpy(dev_costs, patience):
    costs = np.asarray(dev_costs)
    best = 0
    while True:
        window = costs[best + 1 : best + 1 + patience]
        lower = np.flatnonzero(window < costs[best])
        if lower.size == 0:
            return np.int64(best)
        best = best + 1 + lower[0]


@alternative("flip_horizontal")
def with_flip(images):
    return np.flip(images, axis=2)


@alternative("flip_horizontal")
def with_loops(images):
    m, height, width, channels = images.shape
    flipped = np.empty_like(images)
    for image in range(m):
        for column in range(width):
            flipped[image, :, column] = images[image, :, width - 1 - column]
    return flipped


@alternative("flip_horizontal")
def image_by_image(images):
    return np.array([np.fliplr(image) for image in images])


@alternative("dropout_layer")
def with_an_early_return(A, keep_prob, training, seed):
    if not training:
        return A
    kept = np.random.default_rng(seed).random(A.shape)
    return np.where(kept < keep_prob, A / keep_prob, 0.0)


@alternative("dropout_layer")
def with_uniform_and_a_copy(A, keep_prob, training, seed):
    generator = np.random.default_rng(seed)
    if training:
        D = (generator.uniform(size=A.shape) < keep_prob).astype(int)
        return np.multiply(A, D) * (1 / keep_prob)
    return A.copy()
