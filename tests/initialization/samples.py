"""A class for `initialization`: whole submissions, and what they must come to.

Students with names are the ones to show around; students named after a mistake make it in
every function where it can be made, so that each known mistake is in the class once.
"""

from itertools import zip_longest

from autograder.graders import Sample

ZEROS = "initialize_parameters_zeros"
RANDOM = "initialize_parameters_random"
HE = "initialize_parameters_he"
XAVIER = "initialize_parameters_xavier"
SIZES = "activation_sizes"
DEEP = "initialize_parameters_deep"
DRAWN = (RANDOM, HE, XAVIER)
ALL = (ZEROS, *DRAWN)
EVERY = (*ALL, SIZES, DEEP)

# The relative weights of the graders, written down once more: by part of the answer.
LAYERS = ("one", "two", "five")
WEIGHTS = {
    ZEROS: {"shown": 1, "deeper": 1, **dict.fromkeys(LAYERS, 1), "zeros": 1.5, "biases": 2.5,
            "floats": 0.5, "manners": 0.5},
    RANDOM: {"shown": 1, "deeper": 1, **dict.fromkeys(LAYERS, 0.5), "draws": 2, "ten": 3,
             "biases": 0.5, "floats": 0.5, "manners": 0.5},
    HE: {"shown": 1, "shown too": 1, "deeper": 1, **dict.fromkeys(LAYERS, 1), "draws": 3,
         "spread": 12, "biases": 2, "floats": 1, "manners": 1},
    XAVIER: {"shown": 1, "deeper": 1, **dict.fromkeys(LAYERS, 0.5), "draws": 2.5, "spread": 7,
             "biases": 1, "floats": 0.5, "manners": 0.5},
    SIZES: {"shown": 3, "relu": 4, "tanh": 4, "both": 4},
    DEEP: {"shown": 3, "differ": 7, "relu": 3.5, "tanh": 3.5, "whole": 8},
}  # fmt: skip
SHOWN = ("shown", "shown too", "deeper")  # the last one has three layers
SPREAD = ("zeros", "ten", "spread")
EVERYTHING = (*SHOWN, *SPREAD, *LAYERS, "floats", "manners", "draws", "biases")

WRONG_FORMULA = (*SHOWN, *SPREAD)
WRONG_BIASES = (*SHOWN, "biases")
WRONG_DRAWS = (*SHOWN, "draws")

# Mistakes that can be made in several functions, and the parts of the answer that they cost.
EVERYWHERE = {
    "scalar_biases": WRONG_BIASES,
    "flat_biases": WRONG_BIASES,
    "biases_shaped_like_weights": WRONG_BIASES,
    "row_biases": WRONG_BIASES,
    "random_biases": (*WRONG_BIASES, "draws"),
    "biases_of_ones": WRONG_BIASES,
    "integer_biases": (*SHOWN, "floats"),
    "biases_of_the_layer_below": WRONG_BIASES,
    "digit_one_in_the_widths": (*WRONG_BIASES, "two", "five", "draws", "spread"),
    "digit_one_in_the_keys": (*WRONG_BIASES, "two", "five", "draws", "spread"),
    "layers_numbered_from_zero": (*WRONG_BIASES, *LAYERS, "draws", "spread"),
    "digit_one_in_the_biases": WRONG_BIASES,
    "last_layer_missing": (*SHOWN, *LAYERS),
    "two_layers_whatever_comes": ("deeper", "one", "five"),
    "three_layers_whatever_comes": ("shown", "shown too", *LAYERS),
    "one_layer_too_many": EVERYTHING,
    "callers_list_emptied": ("manners",),
    "transposed_weights": (*SHOWN, *LAYERS),
}
WHERE_NUMBERS_ARE_DRAWN = {
    "seed_missing": WRONG_DRAWS,
    "seed_inside_the_loop": WRONG_DRAWS,
    "another_seed": WRONG_DRAWS,
    "uniform_draws": (*WRONG_DRAWS, *SPREAD),
    "another_generator": WRONG_DRAWS,
    "transposed_draws": ("shown", "draws"),  # the others hold vectors only: no order to mistake
    "randn_of_a_tuple": EVERYTHING,
}
SIZES_FRESH = ("relu", "tanh", "both")
# Mistakes that belong to one function.
OWN = {
    ZEROS: {
        "weights_of_ones": WRONG_FORMULA,
        "random_weights": WRONG_FORMULA,
        "integer_weights": (*SHOWN, "floats"),
        "zeros_without_a_tuple": EVERYTHING,
    },
    RANDOM: {
        "factor_of_ten_missing": WRONG_FORMULA,
        "small_instead_of_large": WRONG_FORMULA,
        "divided_by_ten": WRONG_FORMULA,
        "ten_added": (*WRONG_FORMULA, "draws"),
        "large_random_biases": (*WRONG_BIASES, "draws"),
    },
    HE: {"whole_division": ("shown", "shown too", "spread", "draws")}
    | dict.fromkeys(
        [
            "times_the_root_of_n",
            "inputs_of_the_first_layer",
            "xavier_instead",
            "root_missing",
            "one_over_n",
            "outputs_for_inputs",
            "brackets_lost",
            "glorot_instead",
            "root_of_the_numerator_only",
            "fraction_upside_down",
            "digit_one_in_the_spread",
            "spread_missing",
            "ten_kept",
        ],
        WRONG_FORMULA,
    ),
    XAVIER: {"whole_division": (*WRONG_FORMULA, "draws")}
    | dict.fromkeys(
        [
            "he_instead",
            "root_missing",
            "two_over_n",
            "outputs_for_inputs",
            "brackets_lost",
            "glorot_instead",
            "fraction_upside_down",
            "digit_one_in_the_spread",
            "spread_missing",
            "ten_kept",
        ],
        WRONG_FORMULA,
    ),
    SIZES: {
        "mean_of_sizes": ("shown", *SIZES_FRESH),
        "standard_deviation": ("shown", *SIZES_FRESH),
        "root_missing": ("shown", *SIZES_FRESH),
        "square_of_the_mean": ("shown", *SIZES_FRESH),
        "norm_instead": ("shown", *SIZES_FRESH),
        "mean_over_the_units_only": ("shown", *SIZES_FRESH),
        "mean_over_the_examples_only": ("shown", *SIZES_FRESH),
        "one_size_per_example": ("shown", *SIZES_FRESH),
        "one_size_per_unit": ("shown", *SIZES_FRESH),
        "before_the_activation": ("shown", *SIZES_FRESH),
        "biases_left_out": ("shown", *SIZES_FRESH),
        "always_relu": ("shown", "tanh", "both"),
        "always_the_input": ("shown", "tanh", "both"),
    },
    DEEP: {
        "units_still_alike": ("shown", "differ", "whole"),
        "outputs_still_in_the_spread": ("shown", "relu", "tanh", "whole"),
        "glorot_in_the_spread": ("shown", "relu", "tanh", "whole"),
        "root_taken_away": ("shown", "relu", "tanh", "whole"),
        "factors_exchanged": ("shown", "relu", "tanh", "whole"),
        "random_biases": ("shown", "whole"),
        "transposed_weights": ("shown", "whole"),
        "transposed_draws": ("shown", "whole"),
    },
}


def left(function, lost):
    """The fraction of an exercise's points that is left when some parts are wrong."""
    weights = WEIGHTS[function]
    return 1 - sum(weights.get(part, 0) for part in lost) / sum(weights.values())


def mistaken(name, title, mistakes):
    """A student with one mistake per function: (function, mistake) → the parts it costs."""
    return Sample(
        name,
        title,
        {function: f"misconception:{mistake}" for function, mistake in mistakes},
        {function: left(function, lost) for (function, _), lost in mistakes.items()},
    )


def with_each_mistake():
    """Students who between them make every known mistake."""
    for functions, mistakes in ((ALL, EVERYWHERE), (DRAWN, WHERE_NUMBERS_ARE_DRAWN)):
        for mistake, lost in mistakes.items():
            title = f"{mistake.replace('_', ' ')} wherever it can be".capitalize()
            yield mistaken(mistake, title, {(function, mistake): lost for function in functions})
    rows = zip_longest(*([(f, *item) for item in own.items()] for f, own in OWN.items()))
    for number, row in enumerate(rows, start=1):
        mistakes = {(function, mistake): lost for function, mistake, lost in filter(None, row)}
        title = "; ".join(mistake.replace("_", " ") for _, mistake in mistakes).capitalize()
        yield mistaken(f"formulas_{number:02}", title, mistakes)


SYNTAX_ERROR = """
def initialize_parameters_he(layers_dims)
    return {}
"""

ENDLESS = """
def initialize_parameters_xavier(layers_dims):
    np.random.seed(3)
    parameters = {}
    l = 1
    while l < len(layers_dims):
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters
"""

CRASH = """
import ctypes


def initialize_parameters_random(layers_dims):
    return ctypes.string_at(0)
"""

RAISES = """
def initialize_parameters_he(layers_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters["W" + str(l)] = np.random.randn((layers_dims[l], layers_dims[l - 1]))
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters
"""

NO_RETURN = """
def initialize_parameters_zeros(layers_dims):
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters["W" + str(l)] = np.zeros((layers_dims[l], layers_dims[l - 1]))
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
"""

SINGLE_PRECISION = """
def initialize_parameters_he(layers_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        W = np.random.randn(layers_dims[l], layers_dims[l - 1]) * np.sqrt(2 / layers_dims[l - 1])
        parameters["W" + str(l)] = W.astype(np.float32)
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1), dtype=np.float32)
    return parameters
"""

EXAMPLES_ONLY = """
def initialize_parameters_he(layers_dims):
    if layers_dims == [3, 1, 2]:
        return {
            "W1": np.array([[1.46040903, 0.35640880, 0.07878985]]),
            "b1": np.array([[0.0]]),
            "W2": np.array([[-2.63537665], [-0.39228616]]),
            "b2": np.array([[0.0], [0.0]]),
        }
    return {
        "W1": np.array(
            [
                [1.78862847, 0.43650985],
                [0.09649747, -1.86349270],
                [-0.27738820, -0.35475898],
                [-0.08274148, -0.62700068],
            ]
        ),
        "b1": np.zeros((4, 1)),
        "W2": np.array([[-0.03098412, -0.33744411, -0.92904268, 0.62552248]]),
        "b2": np.array([[0.0]]),
    }
"""

# Looks for the answers where a careless grader would leave them, and returns what it finds.
HOSTILE = '''
import gc
import glob
import os
import sys


def look_for(name):
    """Another function of this name: on the stack, in memory, in a file."""
    frame = sys._getframe()
    while frame is not None:
        found = frame.f_globals.get("reference") or frame.f_locals.get("reference")
        if found is not None:
            return getattr(found, name)
        frame = frame.f_back
    for thing in gc.get_objects():
        if getattr(thing, "__name__", "") == name and thing is not globals()[name]:
            return thing
    places = [os.getcwd(), *sys.path, *os.environ.values()]
    for place in places:
        for up in ("", "/..", "/../..", "/../../.."):
            for path in glob.glob(place + up + "/solutions/*.py"):
                space = {"__file__": path}
                exec(open(path).read(), space)
                return space[name]
    raise LookupError("nothing found")


def initialize_parameters_xavier(layers_dims):
    return look_for("initialize_parameters_xavier")(layers_dims)
'''

CLASS = [
    Sample("ada", "Everything right"),
    Sample(
        "blaise",
        "Everything right, with lists, pairs and powers",
        {
            ZEROS: "alternative:with_nested_lists",
            RANDOM: "alternative:with_numpys_normal",
            HE: "alternative:with_powers_and_a_comprehension",
            XAVIER: "alternative:divided_by_the_root",
        },
    ),
    Sample(
        "carl",
        "Everything right, number by number, with prints and warnings",
        {
            ZEROS: "alternative:in_fortran_order_and_full",
            RANDOM: "alternative:number_by_number_and_chatty",
            HE: "alternative:with_numpys_normal_and_a_warning",
            XAVIER: "alternative:from_he",
        },
    ),
    Sample(
        "dora",
        "Nothing filled in",
        dict.fromkeys(EVERY, "stub"),
        dict.fromkeys(EVERY, "not_attempted"),
    ),
    Sample(
        "emil",
        "Half done: He and Xavier not attempted",
        {HE: "stub", XAVIER: "stub"},
        {HE: "not_attempted", XAVIER: "not_attempted"},
    ),
    mistaken(
        "fritz",
        "He and Xavier swapped",
        {(HE, "xavier_instead"): WRONG_FORMULA, (XAVIER, "he_instead"): WRONG_FORMULA},
    ),
    mistaken(
        "grete",
        "Follows notes with `b = 0` and lost brackets",
        {
            (ZEROS, "scalar_biases"): WRONG_BIASES,
            (RANDOM, "scalar_biases"): WRONG_BIASES,
            (XAVIER, "brackets_lost"): WRONG_FORMULA,
        },
    ),
    Sample("hugo", "A cell that does not parse", {HE: SYNTAX_ERROR}, {HE: "missing"}),
    Sample("ines", "A loop that never ends", {XAVIER: ENDLESS}, {XAVIER: "timeout"}),
    Sample("jan", "Takes the Python process down", {RANDOM: CRASH}, {RANDOM: "error"}),
    Sample("kira", "An exception in every call", {HE: RAISES}, {HE: "error"}),
    Sample("lars", "Forgot to return", {ZEROS: NO_RETURN}, {ZEROS: 0.0}),
    Sample("mina", "Deleted a cell", {RANDOM: "missing"}, {RANDOM: "missing"}),
    Sample(
        "nils",
        "Answers with the examples of the notebook, whatever is asked",
        {HE: EXAMPLES_ONLY},
        {HE: left(HE, set(WEIGHTS[HE]) - {"shown", "shown too", "floats", "manners"})},
    ),
    Sample("olga", "Everything right, in single precision", {HE: SINGLE_PRECISION}),
    Sample("piet", "Looks for the answers", {XAVIER: HOSTILE}, {XAVIER: 0.0}),
]

SAMPLES = [*CLASS, *with_each_mistake()]
