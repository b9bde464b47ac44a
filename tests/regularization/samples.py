"""Whole submissions of `regularization` and what they must come to."""

from autograder.graders import Sample

SHOUTING = """
import warnings

def early_stopping(dev_costs, patience):
    warnings.warn("I warn in every call")
    print("epochs:", len(dev_costs))
    best, waited = 0, 0
    for epoch, cost in enumerate(dev_costs):
        if cost < dev_costs[best]:
            best, waited = epoch, 0
        elif epoch:
            waited += 1
        if waited >= patience:
            break
    return best
"""

ENDLESS = """
def early_stopping(dev_costs, patience):
    epoch = 0
    while dev_costs[epoch] > 0:
        epoch = epoch
    return epoch
"""

SYNTAX_ERROR = """
def flip_horizontal(images):
    flipped = images[:, :, ::-1, :
    return flipped
"""

IN_PLACE = """
def update_parameters_with_weight_decay(parameters, grads, learning_rate, lambd, m):
    for layer in range(1, len(parameters) // 2 + 1):
        parameters["W" + str(layer)] *= 1 - learning_rate * lambd / m
        parameters["W" + str(layer)] -= learning_rate * grads["dW" + str(layer)]
        parameters["b" + str(layer)] -= learning_rate * grads["db" + str(layer)]
    return parameters
"""

NOTHING_DONE = dict.fromkeys(
    (
        "compute_cost_with_regularization",
        "backward_propagation_with_regularization",
        "update_parameters_with_weight_decay",
        "compute_cost_with_l1_regularization",
        "forward_propagation_with_dropout",
        "backward_propagation_with_dropout",
        "early_stopping",
        "flip_horizontal",
        "dropout_layer",
    ),
    "stub",
)

SAMPLES = [
    Sample("reg-full", "Full marks with the reference's own code"),
    Sample(
        "reg-own-style",
        "Full marks, every function written another way",
        {
            "compute_cost_with_regularization": "alternative:with_a_loop_over_entries",
            "backward_propagation_with_regularization": "alternative:with_matmul",
            "update_parameters_with_weight_decay": "alternative:in_two_steps",
            "compute_cost_with_l1_regularization": "alternative:with_signs",
            "forward_propagation_with_dropout": "alternative:with_four_lines_each",
            "backward_propagation_with_dropout": "alternative:with_two_lines_each",
            "early_stopping": SHOUTING,
            "flip_horizontal": "alternative:image_by_image",
            "dropout_layer": "alternative:with_an_early_return",
        },
    ),
    Sample(
        "reg-empty",
        "Nothing attempted",
        NOTHING_DONE,
        dict.fromkeys(NOTHING_DONE, "not_attempted"),
    ),
    Sample(
        "reg-lecture-notes",
        "What notes get wrong: factors of L1 and weight decay, dropout without dividing",
        {
            "compute_cost_with_l1_regularization": "misconception:half_the_factor",
            "update_parameters_with_weight_decay": "misconception:without_the_learning_rate",
            "backward_propagation_with_regularization": "misconception:data_part_not_divided_by_m",
            "forward_propagation_with_dropout": "misconception:not_divided_by_keep_prob",
            "backward_propagation_with_dropout": "misconception:not_divided_by_keep_prob",
        },
        {
            "compute_cost_with_l1_regularization": "wrong",
            "update_parameters_with_weight_decay": "wrong",
            "backward_propagation_with_regularization": "wrong",
            "forward_propagation_with_dropout": "wrong",
            "backward_propagation_with_dropout": "wrong",
            "compute_cost_with_regularization": 1.0,
        },
    ),
    Sample(
        "reg-mask-upside-down",
        "Drops what it should keep; its backward pass is right and costs nothing",
        {"forward_propagation_with_dropout": "misconception:mask_keeps_what_it_should_drop"},
        {"forward_propagation_with_dropout": "wrong", "backward_propagation_with_dropout": 1.0},
    ),
    Sample(
        "reg-upside-down-cats",
        "Flips a batch with fliplr, and stops an epoch late",
        {
            "flip_horizontal": "misconception:upside_down",
            "early_stopping": "misconception:one_epoch_too_patient",
        },
        {"flip_horizontal": "wrong", "early_stopping": "wrong"},
    ),
    Sample(
        "reg-half-repaired",
        "One of the two faults of the dropout layer found",
        {"dropout_layer": "misconception:still_shrinks_when_predicting"},
        {"dropout_layer": 8 / 14, "forward_propagation_with_dropout": 1.0},
    ),
    Sample(
        "reg-endless",
        "A loop that never ends in one function, the others right",
        {"early_stopping": ENDLESS},
        {"early_stopping": "timeout", "flip_horizontal": 1.0},
    ),
    Sample(
        "reg-syntax-error",
        "A cell that is not Python, the others right",
        {"flip_horizontal": SYNTAX_ERROR},
        {"flip_horizontal": "missing", "early_stopping": 1.0},
    ),
    Sample(
        "reg-in-place",
        "Right values, the caller's arrays changed in place: full marks with a remark",
        {"update_parameters_with_weight_decay": IN_PLACE},
        {"update_parameters_with_weight_decay": 1.0},
    ),
]
