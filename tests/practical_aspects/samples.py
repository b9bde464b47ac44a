"""Whole submissions of `practical_aspects` and what they must come to."""

from autograder.graders import Sample

ENDLESS = """
def deep_linear_output(W, L, X):
    A = X
    while L > 0:
        A = W @ A
    return A
"""

SAMPLES = [
    Sample("pa-full", "Full marks with the reference's own code"),
    Sample(
        "pa-own-style",
        "Full marks, every function written another way",
        {
            "split_sizes": "alternative:by_cases",
            "train_dev_test_split": "alternative:with_split_and_take",
            "diagnose": "alternative:with_nested_ifs",
            "normalize_inputs": "alternative:with_loops",
            "apply_normalization": "alternative:factor_and_offset",
            "prepare_data": "alternative:in_a_loop",
            "deep_linear_output": "alternative:with_the_matrix_power",
        },
    ),
    Sample(
        "pa-started",
        "The first half done, the rest not attempted",
        {
            "normalize_inputs": "stub",
            "apply_normalization": "stub",
            "prepare_data": "stub",
            "deep_linear_output": "stub",
        },
        {
            "normalize_inputs": "not_attempted",
            "apply_normalization": "not_attempted",
            "prepare_data": "not_attempted",
            "deep_linear_output": "not_attempted",
        },
    ),
    Sample(
        "pa-lecture-notes",
        "Divides by σ² everywhere, as some notes have it",
        {
            "normalize_inputs": "misconception:divided_by_the_variance",
            "apply_normalization": "misconception:applied_with_the_variance",
        },
        {"normalize_inputs": 17 / 25, "apply_normalization": 0.0},
    ),
    Sample(
        "pa-sets-apart",
        "Shuffles X and Y apart; diagnoses without the Bayes error",
        {
            "train_dev_test_split": "misconception:shuffled_apart",
            "diagnose": "misconception:bayes_error_ignored",
        },
        {"train_dev_test_split": 0.45, "diagnose": 5.5 / 15},
    ),
    Sample(
        "pa-half-repaired",
        "One of the two faults of the pipeline is left",
        {"prepare_data": "misconception:test_set_by_itself"},
        {"prepare_data": 6 / 15},
    ),
    Sample(
        "pa-own-statistics",
        "Normalizes new data with their own statistics",
        {"apply_normalization": "misconception:statistics_of_the_new_data"},
        {"apply_normalization": 0.0},
    ),
    Sample(
        "pa-syntax",
        "A cell that does not parse costs its own exercise only",
        {"split_sizes": "def split_sizes(m)\n    return m, 0, 0\n"},
        {"split_sizes": 0.0},
    ),
    Sample(
        "pa-endless",
        "An endless loop costs its own exercise only",
        {"deep_linear_output": ENDLESS},
        {"deep_linear_output": 0.0},
    ),
    Sample(
        "pa-deleted",
        "A deleted cell is missing, the others count",
        {"diagnose": "missing"},
        {"diagnose": "missing"},
    ),
    Sample(
        "pa-sizes",
        "60/20/20 for any amount of data",
        {"split_sizes": "misconception:always_a_fifth"},
        {"split_sizes": 0.35},
    ),
]
