"""Whole submissions of `gradient_checking` and what they must come to."""

from autograder.graders import Sample

ENDLESS = """
def gradient_check(x, theta, epsilon=1e-7):
    while epsilon > 0:
        grad = backward_propagation(x, theta)
    return grad
"""

CRASH = """
def gradient_check(x, theta, epsilon=1e-7):
    gradapprox = (forward_propagation(x, theta + epsilon) - forward_propagation(x)) / epsilon
    return gradapprox
"""

SYNTAX_ERROR = """
def forward_propagation(x, theta):
    J = theta *
    return J
"""

OF_ANOTHER_COURSE = """
def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7, print_msg=False):
    parameters_values, _ = dictionary_to_vector(parameters)
    grad = gradients_to_vector(gradients)
    num_parameters = parameters_values.shape[0]
    J_plus = np.zeros((num_parameters, 1))
    J_minus = np.zeros((num_parameters, 1))
    gradapprox = np.zeros((num_parameters, 1))
    for i in range(num_parameters):
        theta_plus = np.copy(parameters_values)
        theta_plus[i] += epsilon
        J_plus[i], _ = forward_propagation_n(X, Y, vector_to_dictionary(theta_plus))
        theta_minus = np.copy(parameters_values)
        theta_minus[i] -= epsilon
        J_minus[i], _ = forward_propagation_n(X, Y, vector_to_dictionary(theta_minus))
        gradapprox[i] = np.divide(J_plus[i] - J_minus[i], 2 * epsilon)
    difference = np.linalg.norm(gradapprox - grad) / (
        np.linalg.norm(gradapprox) + np.linalg.norm(grad)
    )
    if print_msg:
        print("There is a mistake" if difference > 2e-7 else "All is well", difference)
    return difference
"""

EXERCISES = (
    "forward_propagation",
    "backward_propagation",
    "gradient_check",
    "gradient_check_n",
    "differences_by_name",
    "backward_propagation_n",
)

SAMPLES = [
    Sample("gc-full", "Full marks with the reference's own code"),
    Sample(
        "gc-own-style",
        "Full marks, every function written another way",
        {
            "forward_propagation": "alternative:with_dot",
            "backward_propagation": "alternative:as_a_float",
            "gradient_check": "alternative:with_a_message",
            "gradient_check_n": "alternative:with_a_comprehension_and_unit_vectors",
            "differences_by_name": "alternative:with_sums_of_squares",
            "backward_propagation_n": "alternative:with_matmul_and_means",
        },
    ),
    Sample(
        "gc-brought-along",
        "Full marks with a function solved elsewhere, which knows the example's shapes only",
        {"gradient_check_n": OF_ANOTHER_COURSE},
    ),
    Sample(
        "gc-empty",
        "Nothing attempted, the wrong backward pass as it was handed out",
        dict.fromkeys(EXERCISES, "stub"),
        dict.fromkeys(EXERCISES, "not_attempted"),
    ),
    Sample(
        "gc-wrong-derivative",
        "A wrong one-dimensional derivative costs its own points only",
        {"backward_propagation": "misconception:derivative_with_respect_to_x"},
        {"backward_propagation": "wrong", "gradient_check": 1.0},
    ),
    Sample(
        "gc-wrong-cost",
        "A wrong one-dimensional cost costs its own points only",
        {"forward_propagation": "misconception:sum_for_product"},
        {"forward_propagation": "wrong", "gradient_check": 1.0},
    ),
    Sample(
        "gc-never-asks",
        "A check that holds its own formulas, and a vector made from the other",
        {
            "gradient_check": "misconception:never_asks_the_backward_pass",
            "gradient_check_n": "misconception:minus_from_plus",
        },
        {"gradient_check": "wrong", "gradient_check_n": "wrong", "backward_propagation_n": 1.0},
    ),
    Sample(
        "gc-half-repaired",
        "One of the two faults found",
        {"backward_propagation_n": "misconception:only_dw2_repaired"},
        {"backward_propagation_n": "wrong", "gradient_check_n": 1.0},
    ),
    Sample(
        "gc-endless",
        "A loop that never ends in one function, the others right",
        {"gradient_check": ENDLESS},
        {"gradient_check": "timeout", "gradient_check_n": 1.0},
    ),
    Sample(
        "gc-raises",
        "A call with an argument too few",
        {"gradient_check": CRASH},
        {"gradient_check": "error"},
    ),
    Sample(
        "gc-syntax-error",
        "A cell that is not Python; what calls its function is graded on its own",
        {"forward_propagation": SYNTAX_ERROR},
        {"forward_propagation": "missing", "gradient_check": 1.0},
    ),
]
