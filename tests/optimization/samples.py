"""Whole submissions and what they must come to."""

from autograder.graders import Sample

ADAM = "update_parameters_with_adam"
BATCHES = "random_mini_batches"

EVERYTHING = (
    "update_parameters_with_gd",
    BATCHES,
    "exponentially_weighted_average",
    "initialize_velocity",
    "update_parameters_with_momentum",
    "update_parameters_with_rmsprop",
    ADAM,
    "update_parameters_with_adamw",
    "update_lr",
    "schedule_lr_decay",
    "warmup_cosine_lr",
)

SAMPLES = [
    Sample("ada", "Everything right, as in the solution"),
    Sample(
        "blaise",
        "Everything right, written layer by layer; Adam returns three values",
        {
            "update_parameters_with_gd": "alternative:layer_by_layer",
            BATCHES: "alternative:full_batches_and_the_rest",
            "exponentially_weighted_average": "alternative:filled_array",
            "initialize_velocity": "alternative:velocity_layer_by_layer",
            "update_parameters_with_momentum": "alternative:momentum_layer_by_layer",
            "update_parameters_with_rmsprop": "alternative:rmsprop_layer_by_layer",
            ADAM: "alternative:adam_layer_by_layer_three_values",
            "update_parameters_with_adamw": "alternative:shrunk_first",
            "schedule_lr_decay": "alternative:integer_division",
            "warmup_cosine_lr": "alternative:by_cases",
        },
    ),
    Sample(
        "carl",
        "Right values, arrays changed in place: full marks and a remark",
        {
            "update_parameters_with_gd": "misconception:gd_in_place",
            "update_parameters_with_momentum": "misconception:momentum_in_place",
            "update_parameters_with_rmsprop": "misconception:rmsprop_in_place",
            ADAM: "misconception:adam_in_place",
        },
    ),
    Sample(
        "diophantus",
        "Nothing attempted",
        {name: "stub" for name in EVERYTHING},
        expect={name: "not_attempted" for name in EVERYTHING},
    ),
    Sample(
        "emmy",
        "Half way: gradient descent and mini-batches done, the rest untouched",
        {name: "stub" for name in EVERYTHING[2:]},
        expect={name: "not_attempted" for name in EVERYTHING[2:]},
    ),
    Sample(
        "fatima",
        "A syntax error in Adam costs Adam and nothing else",
        {ADAM: "def update_parameters_with_adam(parameters, grads, v, s, t:\n    return v"},
        expect={ADAM: 0.0},
    ),
    Sample(
        "gauss",
        "An endless loop in the mini-batches costs the mini-batches and nothing else",
        {
            BATCHES: (
                "def random_mini_batches(X, Y, mini_batch_size=64, seed=0):\n"
                "    mini_batches = []\n"
                "    while len(mini_batches) * mini_batch_size != X.shape[1] + 0.5:\n"
                "        mini_batches = mini_batches[:10] + [(X, Y)]\n"
                "    return mini_batches"
            )
        },
        expect={BATCHES: "timeout"},
    ),
    Sample(
        "hypatia",
        "The cell of gradient descent is gone, and the schedule raises an exception",
        {
            "update_parameters_with_gd": "missing",
            "schedule_lr_decay": (
                "def schedule_lr_decay(learning_rate0, epoch_num, decay_rate, "
                "time_interval=1000):\n"
                "    return learning_rate0 / (1 + decay_rate * floor(epoch_num / time_interval))"
            ),
        },
        expect={"update_parameters_with_gd": "missing", "schedule_lr_decay": "error"},
    ),
    Sample(
        "isaac",
        "A schedule and a warm-up are wrong; the learning rates beside them stay right",
        {
            "schedule_lr_decay": "misconception:interval_ignored",
            "warmup_cosine_lr": "misconception:warmup_begins_at_zero",
        },
        expect={"schedule_lr_decay": "wrong", "warmup_cosine_lr": 3.5 / 7},
    ),
    Sample(
        "katherine",
        "One of the two faults of AdamW is left; epsilon inside Adam's root",
        {
            "update_parameters_with_adamw": "misconception:decay_still_divided",
            ADAM: "misconception:epsilon_inside_the_root",
        },
        expect={"update_parameters_with_adamw": 0.3, ADAM: 14 / 20},
    ),
    Sample(
        "johannes",
        "Everything right, with names of its own, prints, a plot and a RuntimeWarning",
        {
            "update_parameters_with_gd": "alternative:entry_by_entry_and_talkative",
            "update_lr": (
                "import numpy\n"
                "import matplotlib.pyplot as draw\n\n"
                "draw.plot([1, 2, 3])\n"
                "numpy.log(numpy.zeros(2))\n\n\n"
                "def one_plus(x):\n"
                "    return 1 + x\n\n\n"
                "def update_lr(learning_rate0, epoch_num, decay_rate):\n"
                "    print('epoch', epoch_num)\n"
                "    return numpy.float64(learning_rate0 / one_plus(decay_rate * epoch_num))"
            ),
        },
    ),
]
