"""Whole submissions of `batchnorm_softmax_tuning` and what they must come to."""

from autograder.graders import Sample

ENDLESS = """
def random_search(space, objective, n, seed):
    best = None
    while best is None:
        seed = seed + 1
    return best
"""

OF_NO_NUMBER = """
def random_search(space, objective, n, seed):
    point = {name: float("nan") for name in space}
    values = [objective(point) for _ in range(2 * n)]
    return point, min(values)
"""

SAMPLES = [
    Sample("bn-full", "Full marks with the reference's own code"),
    Sample(
        "bn-own-style",
        "Full marks, every function written another way",
        {
            "sample_log_uniform": "alternative:with_natural_logarithms",
            "sample_beta": "alternative:built_on_the_other_sampler",
            "random_search": "alternative:best_so_far",
            "batchnorm_forward": "alternative:unit_by_unit",
            "batchnorm_backward": "alternative:step_by_step_through_the_graph",
            "update_running_statistics": "alternative:as_a_correction",
            "batchnorm_inference": "alternative:factor_and_offset",
            "softmax": "alternative:by_log_sum_exp",
            "compute_softmax_cost": "alternative:by_the_true_class",
            "softmax_backward": "alternative:at_the_true_class",
            "predict_probabilities": "alternative:written_out",
        },
    ),
    Sample(
        "bn-samplers-only",
        "The samplers done, nothing else attempted",
        {
            name: "stub"
            for name in (
                "random_search",
                "batchnorm_forward",
                "batchnorm_backward",
                "update_running_statistics",
                "batchnorm_inference",
                "softmax",
                "compute_softmax_cost",
                "softmax_backward",
                "predict_probabilities",
            )
        },
        {
            name: "not_attempted"
            for name in (
                "random_search",
                "batchnorm_forward",
                "batchnorm_backward",
                "update_running_statistics",
                "batchnorm_inference",
                "softmax",
                "compute_softmax_cost",
                "softmax_backward",
                "predict_probabilities",
            )
        },
    ),
    Sample(
        "bn-lecture-notes",
        "The formulas as some notes have them",
        {
            "batchnorm_forward": "misconception:divided_by_the_variance",
            "batchnorm_inference": "misconception:beta_for_the_running_mean",
            "softmax_backward": "misconception:true_minus_predicted",
        },
        {"batchnorm_forward": 4 / 14, "batchnorm_inference": 0.0, "softmax_backward": 0.0},
    ),
    Sample(
        "bn-constants",
        "Takes mean and variance for constants on the way back; a mistake costs once",
        {"batchnorm_backward": "misconception:statistics_held_fixed"},
        {"batchnorm_backward": 4 / 18},
    ),
    Sample(
        "bn-overflow",
        "A softmax that overflows, a cost that takes the log of 0",
        {
            "softmax": "misconception:not_shifted",
            "compute_softmax_cost": "misconception:log_of_zero",
        },
        {"softmax": 0.5, "compute_softmax_cost": 0.5},
    ),
    Sample(
        "bn-linear-scale",
        "Draws on a linear scale; the other sampler builds on it and loses nothing for that",
        {
            "sample_log_uniform": "misconception:uniform_values",
            "sample_beta": "alternative:built_on_the_other_sampler",
        },
        {"sample_log_uniform": 0.0, "sample_beta": 0.75},
    ),
    Sample(
        "bn-batch-of-one",
        "Predicts with the statistics of the batch",
        {"batchnorm_inference": "misconception:statistics_of_the_batch"},
        {"batchnorm_inference": 0.0},
    ),
    Sample(
        "bn-half-repaired",
        "One of the two faults of the predictor is left",
        {"predict_probabilities": "misconception:batch_statistics_when_predicting"},
        {"predict_probabilities": 0.3},
    ),
    Sample(
        "bn-endless",
        "An endless loop costs its own exercise only",
        {"random_search": ENDLESS},
        {"random_search": 0.0},
    ),
    Sample(
        "bn-nan-points",
        "Asks for points that are nan: they lie nowhere in the space",
        {"random_search": OF_NO_NUMBER},
        {"random_search": 0.0},
    ),
    Sample(
        "bn-syntax",
        "A cell that does not parse and a deleted one",
        {"softmax": "def softmax(Z:\n    return Z\n", "sample_beta": "missing"},
        {"softmax": 0.0, "sample_beta": "missing"},
    ),
]
