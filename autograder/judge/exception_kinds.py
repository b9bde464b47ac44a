"""Kinds of exceptions, and what is said of each: one sentence, true wherever its pattern fits.

Python's or numpy's message proves what was tried with what; the sentence says no more than that. It
repeats nothing of the message, which may hold a hidden input.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """A kind of exception: how to recognise it, and its sentence with `{line}` and `{name}`.

    `{name}` is the group `name` of the pattern that matched the student's own line.
    """

    error: str
    message: str
    line: str
    says: str


# What a call is given, and what it is called by: whatever the values are.
ARGUMENTS = (
    r"(missing|takes|got|unexpected).*(argument|keyword)|expected (at (least|most) )?\d+ arguments?"
    r"|^order must be|requires stop to be specified|'out' must be an array|must be of ArrayType"
)
OF_A_MODULE = r"^module '?\w"
COMPARES = "Line {line}: `==` compares, and puts nothing into a variable: a single `=` does."
FRACTION = (
    "Line {line}: `range`, slices and indices count with whole numbers, and `/` never gives one, "
    "even where it divides evenly."
)
_ONE_NUMBER = (
    "Line {line}: a single number goes here, and what is put there is an array or a list (of "
    "length 1, perhaps): take its number out, as with `[0]` or `.item()`."
)
_NONE = (
    "Line {line}: a value here is still `None`: a line above it is not filled in, or a function "
    "returns nothing."
)
_PRODUCT = r"^matmul: .*mismatch in its core dimension|not aligned: .*\(dim 0\)$"
_NO_LENGTH = r"expected a sequence of integers or a single integer, got '(np\.float\d*\()?\d+\.\d"
_NUMBER = r"(int|float|bool|numpy\.(float|u?int|bool)\d*_?)"
_FUNCTION = (
    r"(function|method|builtin_function_or_method|numpy\.ufunc|numpy\._ArrayFunctionDispatcher)"
)
_OPERAND = r"(unsupported operand|bad operand).*"
KNOWN = (
    # Numbers and shapes that functions take.
    Known("TypeError", r"Cannot interpret '\d|Field elements must be",
          r"np\.(?P<name>zeros|ones|empty)\((?!\()",
          "Line {line}: `np.{name}` takes one shape, a tuple: its second argument is the kind of "
          "number. The widths need brackets of their own."),
    Known("TypeError", r"as a data type|Field elements must be|data type '.*' not understood", r"",
          "Line {line}: something in this call is taken for a kind of number, as `float` and "
          "`int` are, and is none."),
    Known("TypeError", r"'(tuple|list)' object cannot be interpreted as an integer",
          r"\.(?P<name>randn|rand)\(\s*[\(\[]|\.(?P<other>randn|rand)\(\s*\w+\.shape",
          "Line {line}: `randn` and `rand` take the widths one by one, not a tuple: one pair of "
          "brackets is too many."),
    Known("TypeError", rf"'float' object cannot be interpreted|{_NO_LENGTH}",
          r"range\(|/", FRACTION),
    Known("TypeError", r"slice indices must be integers", r"", FRACTION),
    Known("TypeError", r"'(numpy\.)?float\d*' object cannot be interpreted",
          r"(?:^|=|return)\s*np\.(?P<name>sum|mean|max|min|prod)\(\s*[\w.\[\]]+\s*,\s*[A-Za-z_]\w*\s*\)",
          "Line {line}: `np.{name}` works on its first argument alone: the second one is an "
          "axis, and no further number."),
    Known("TypeError", rf"'(numpy\.)?float\d*' object cannot be interpreted|{_NO_LENGTH}"
          r"|Cannot cast (scalar|array data) from dtype\('float\d+'\) to dtype\('u?int", r"",
          "Line {line}: something that has to be a whole number here is a fraction."),
    Known("TypeError", r"only integer scalar arrays",
          r"np\.(?P<name>concatenate|stack)\((?![\(\[])[^()]*,\s*(?!axis|-?\d)",
          "Line {line}: `np.{name}` takes the arrays that it puts together as one tuple or list: "
          "they need brackets of their own."),
    Known("TypeError", r"only integer scalar arrays",
          r"(?:^|=|return)\s*np\.(?P<name>max|min)\(\s*[\w.\[\]]+\s*,\s*[A-Za-z_]\w*\s*\)",
          "Line {line}: `np.{name}` works on its first argument alone: the second one is an "
          "axis, and no further array."),
    Known("TypeError", r"only integer scalar arrays", r"",
          "Line {line}: an array stands where a whole number goes, as a width, a count, an axis "
          "or an index does."),
    Known("TypeError", r"'(list|tuple|str|dict|range)' object cannot be interpreted as an int", r"",
          "Line {line}: a list, a tuple, a text or a dictionary stands where a whole number "
          "goes."),
    Known("ValueError", r"negative dimensions", r"",
          "Line {line}: a width of the new array is negative: what is it counted by?"),
    Known("AxisError", r"", r"",
          "Line {line}: the array has no such axis: one with a single row of numbers has the "
          "axis 0 alone, a matrix 0 and 1."),
    # What is changed in place, or put into an entry.
    Known("UFuncTypeError", r"[Cc]annot cast .* to dtype\('(u?int|bool)", r"",
          "Line {line}: what is changed in place here holds whole numbers, or True and False: "
          "the result does not fit into it."),
    Known("UFuncTypeError", r"[Cc]annot cast .*from dtype\('O'\)", r"",
          "Line {line}: an array of numbers is changed in place by something that is no number, "
          "as `None`, a dictionary or an array of such."),
    Known("ValueError", r"inhomogeneous", r"",
          "Line {line}: an array is made here of parts that have different lengths or shapes."),
    Known("ValueError", r"setting an array element with a sequence", r"=", _ONE_NUMBER),
    Known("TypeError", r"0-dimensional arrays|length-1 arrays|size-1 arrays", r"\bmath\.\w",
          "Line {line}: an array stands where a single number goes: the functions of `math` take "
          "one number, those of numpy with the same names whole arrays."),
    Known("TypeError", r"0-dimensional arrays|length-1 arrays|size-1 arrays", r"", _ONE_NUMBER),
    Known("ValueError", r"array of size 1 to a Python scalar", r"",
          "Line {line}: a single number is to be taken out of an array that holds several, or "
          "none."),
    Known("ValueError", r"could not convert string to|invalid literal for int", r"",
          "Line {line}: a text stands where a number goes."),
    Known("TypeError", r"must be real number, not str|type str doesn't define", r"",
          "Line {line}: a text stands where a number goes."),
    Known("TypeError", r"^(int|float)\(\) argument must be .*not '(list|tuple|dict|set)'", r"",
          "Line {line}: a list, a tuple or a dictionary stands where a single number goes."),
    Known("TypeError", rf"'(tuple|str|{_NUMBER})' object does not support item assignment", r"",
          "Line {line}: an entry is to be filled here, and what stands before the square "
          "brackets is a tuple, a text or a single number: none of them can be changed like "
          "that."),
    Known("ValueError", r"read-only", r"",
          "Line {line}: this array cannot be changed: a copy of it can."),
    Known("RuntimeError", r"changed size during iteration|keys changed during iteration", r"",
          "Line {line}: the loop changes the dictionary that it goes through: `list(...)` of it "
          "stays as it was."),
    # Indices, keys and names on the left.
    Known("IndexError", r"only integers, slices", r"",
          "Line {line}: an index has to be a whole number. A key in quotes asks for a "
          "dictionary: is this an array that was to be turned into one?"),
    Known("TypeError", r"(list|tuple|string) indices must be integers(?!.*NoneType)", r"",
          "Line {line}: the index of a list, a tuple or a text is one whole number or a slice: a "
          "key in quotes asks for a dictionary, two numbers with a comma for an array."),
    Known("IndexError", r"^Replacement index", r"",
          "Line {line}: the text has more places for values (`{{}}`) than `format` is given."),
    Known("IndexError", r"out of (bounds|range)", r"",
          "Line {line}: an index is past the end. Where does the counting begin, and where does "
          "it stop?"),
    Known("IndexError", r"too many indices", r"",
          "Line {line}: more indices than the array has axes: look at its shape."),
    Known("IndexError", r"invalid index to scalar", r"",
          "Line {line}: square brackets pick an entry, and what stands before them is a single "
          "number."),
    Known("IndexError", r"boolean index did not match", r"",
          "Line {line}: the mask has another shape than the array that it picks from."),
    Known("IndexError", r"indexing arrays could not be broadcast", r"",
          "Line {line}: the lists of indices for the several axes have different lengths."),
    Known("UnboundLocalError", r"", r"^\w+\s*==(?!=)", COMPARES),
    Known("NameError", r"", r"^\w+\s*==(?!=)", COMPARES),
    Known("UnboundLocalError", r"", r"",
          "Line {line}: a variable is used before anything was put into it. A loop that never "
          "runs, or a branch that is not taken, leaves it empty."),
    Known("KeyError", r"^\d+$", r"",
          "Line {line}: there is no such key: does the loop begin or end at a layer that does "
          "not exist?"),
    Known("KeyError", r"^'.*\{.*\}.*'$", r"",
          "Line {line}: the key that is looked for has braces in it: they are filled in only "
          "where an `f` stands before the quotes, or by `format`."),
    Known("KeyError", r"^'?[A-Za-z_]+\d+'?$", r"",
          "Line {line}: there is no such key: does the loop begin or end at a layer that does "
          "not exist, or is the key another one (`W1` or `dW1`)?"),
    Known("KeyError", r"", r"",
          "Line {line}: there is no such key in this dictionary: compare letter by letter with "
          "the keys that it holds."),
    Known("TypeError", r"unhashable type", r"",
          "Line {line}: something stands for a key here that cannot be one, as a list, an array, "
          "a dictionary or a slice: keys are texts, numbers or tuples."),
    Known("ValueError", r"not enough values to unpack", r"",
          "Line {line}: there are more names to be filled here than there are values for them."),
    Known("ValueError", r"too many values to unpack", r"",
          "Line {line}: there are fewer names to be filled here than there are values for them."),
    # Shapes.
    Known("ValueError", r"matmul: .*does not have enough dimensions", r"",
          "Line {line}: a product of matrices is made here with a single number: `*` multiplies "
          "by a number."),
    Known("ValueError", _PRODUCT, r"",
          "Line {line}: the shapes do not fit together: in a product of matrices the columns of "
          "the first have to be as many as the rows of the second. One of them may have got its "
          "shape in a line above."),
    Known("ValueError", r"broadcast|not aligned|mismatch in its core dimension|shape-mismatch", r"",
          "Line {line}: the shapes do not fit together. Print both: which one is not what you "
          "think?"),
    Known("ValueError", r"all (the )?input arrays? ?(dimensions)?.*must (have|match)", r"",
          "Line {line}: these arrays cannot be put together: but for the axis along which they "
          "are joined their shapes have to be alike."),
    Known("ValueError", r"array split does not result", r"",
          "Line {line}: the array cannot be cut into so many parts of the same length."),
    Known("ValueError", r"cannot reshape", r"",
          "Line {line}: the new shape holds another number of entries than the array."),
    Known("ValueError", r"truth value of an (empty )?array", r"",
          "Line {line}: a whole array is asked whether it is true; a condition wants one number. "
          "Compare one, or use numpy's own function for all entries."),
    Known("ValueError", r"empty sequence|zero-size array|iterable argument is empty"
          r"|at least one array", r"", "Line {line}: what this works on is empty."),
    Known("IndexError", r"pop from empty", r"", "Line {line}: what this works on is empty."),
    # What is still nothing, and what is given to a call.
    Known("TypeError", r"NoneType", r"", _NONE),
    Known("AttributeError", r"NoneType", r"", _NONE),
    Known("TypeError", r"cannot unpack non-iterable", r"",
          "Line {line}: several names are to be filled here, and there is one single value for "
          "them."),
    Known("TypeError", ARGUMENTS, r"",
          "Line {line}: this call does not have the arguments that the function takes: look at "
          "how many, in which order, and at their names."),
    Known("TypeError", rf"'{_NUMBER}' object is not iterable|0-d array", r"",
          "Line {line}: this goes through the items of a single number, which has none. `range` "
          "counts up to a number; or was this to hold several?"),
    Known("TypeError", rf"object of type '{_NUMBER}' has no len|len\(\) of unsized", r"",
          "Line {line}: `len` counts the items of what holds several, and this is a single "
          "number."),
    Known("TypeError", r"np\.sum\(generator\)|generator", r"np\.sum\(",
          "Line {line}: `np.sum` does not add up a generator. Python's builtin `sum` does, or "
          "`np.sum` of a list."),
    # What is calculated with.
    Known("TypeError", r"unsupported operand.* \^|ufunc 'bitwise_xor'", r"",
          "Line {line}: `^` is no power in Python: look at how a power is written."),
    Known("TypeError", r"numpy boolean (subtract|negative)", r"",
          "Line {line}: True and False are subtracted here, which numpy does not do: turn them "
          "into numbers first, or turn them round with `~`."),
    Known("TypeError", rf"{_OPERAND}'{_FUNCTION}'|'{_FUNCTION}' object is not iterable"
          rf"|object of type '{_FUNCTION}' has no len", r"",
          "Line {line}: the name of a function stands here in place of a value: are the round "
          "brackets missing that call it, or is another variable meant?"),
    Known("TypeError", rf"{_OPERAND}'dict'|of type dict which", r"",
          "Line {line}: a whole dictionary is calculated with here: which of its entries is "
          "meant?"),
    Known("TypeError", r"can only concatenate str|^must be str"
          r"|unsupported operand.* for \+=?: .*'str'", r"",
          "Line {line}: a text is joined here to something that is no text: `str(...)` makes a "
          "text of a number, as in a key."),
    Known("TypeError", rf"{_OPERAND}'(list|tuple|range)'|can only concatenate (list|tuple)"
          r"|multiply sequence by non-int", r"",
          "Line {line}: a list, a tuple or a text is calculated with here: only an array "
          "calculates with each of its entries."),
    Known("TypeError", rf"{_OPERAND}'str'", r"", "Line {line}: a text is calculated with here."),
    Known("UFuncTypeError", r"did not contain a loop.*<U", r"",
          "Line {line}: a text is calculated with here."),
    Known("TypeError", r"ufunc '\w+' not supported for the input types", r"",
          "Line {line}: numpy is given something here that it cannot calculate with in this way, "
          "as a text or an array of other things than numbers."),
    Known("TypeError", r"^'[<>]=?' not supported between instances of (?!.*'complex')", r"",
          "Line {line}: two things are compared here by size, and one of them is no number."),
    Known("ValueError", r"[Ii]ntegers to negative integer powers", r"",
          "Line {line}: numpy takes no negative powers of whole numbers: of `2.0` it does."),
    Known("ZeroDivisionError", r"", r"", "Line {line}: something is divided by zero."),
    Known("ValueError", r"math domain error|expected a (positive|nonnegative) ", r"",
          "Line {line}: a function of `math` is given a number that it is not defined for, as a "
          "logarithm of 0 or the root of a negative number is not."),
    Known("ValueError", r"cannot convert float (NaN|infinity)", r"",
          "Line {line}: what is to become a whole number here is NaN or infinite."),
    Known("OverflowError", r"cannot convert float (NaN|infinity)", r"",
          "Line {line}: what is to become a whole number here is NaN or infinite."),
    Known("OverflowError", r"Range exceeds", r"",
          "Line {line}: the limits between which is drawn here are infinite or NaN, or too far "
          "apart."),
    Known("OverflowError", r"math range error|too large|out of range", r"",
          "Line {line}: a number becomes too large here."),
    # Brackets, dots and texts.
    Known("TypeError", r"'module' object is not callable", r"",
          "Line {line}: a module is called here like a function: the name of the function is "
          "missing behind it."),
    Known("TypeError", rf"'({_NUMBER}|numpy\.ndarray)' object is not callable", r"",
          "Line {line}: what stands before round brackets is called, and here that is a number "
          "or an array: is a `*` missing, do square brackets belong here, or has a variable "
          "taken the name of a function?"),
    Known("TypeError", r"'(dict_(keys|values|items)|zip|map|filter|enumerate|generator|set)' obj"
          r"ect is not subscriptable", r"",
          "Line {line}: what stands before the square brackets has no numbered entries: "
          "`list(...)` of it does."),
    Known("TypeError", rf"'{_FUNCTION}' object is not subscriptable|^type '\w+' is not subsc", r"",
          "Line {line}: what stands before the square brackets is a function: round brackets "
          "call it; or is another variable meant?"),
    Known("TypeError", rf"'{_NUMBER}' object is not subscriptable", r"",
          "Line {line}: square brackets pick an entry, and what stands before them is a single "
          "number."),
    Known("TypeError", r"not subscriptable|not callable", r"",
          "Line {line}: round and square brackets are mixed up, or a name means something else "
          "than you think: round ones call a function, square ones pick an entry."),
    Known("AttributeError", r"deprecated alias for the builtin", r"",
          "Line {line}: numpy has this name no longer: Python's own `float`, `int`, `bool` and "
          "the like mean the same."),
    Known("AttributeError", r"^module '?numpy", r"",
          "Line {line}: numpy has no function of this name: look at its spelling."),
    Known("AttributeError", OF_A_MODULE, r"",
          "Line {line}: the module before the dot has nothing of this name: look at its "
          "spelling."),
    Known("AttributeError", r"'numpy\.ndarray' object has no", r"",
          "Line {line}: what stands before the dot is an array, which has nothing of that name: "
          "look at the spelling, and whether it is a function of numpy's own (`np.…`)."),
    Known("AttributeError", r"'(list|tuple)' object has no", r"",
          "Line {line}: what stands before the dot is a list or a tuple, which has nothing of "
          "that name: look at the spelling; or was it to be an array?"),
    Known("AttributeError", r"'dict' object has no", r"",
          "Line {line}: what stands before the dot is a dictionary, which has nothing of that "
          "name: its entries are picked by their keys, in square brackets."),
    Known("AttributeError", rf"'{_NUMBER}' object has no", r"",
          "Line {line}: what stands before the dot is a single number, which has nothing of that "
          "name."),
    Known("AttributeError", r"", r"",
          "Line {line}: what stands before the dot has nothing of that name: look at the "
          "spelling and at what the variable holds."),
    Known("ValueError", r"incomplete format|unsupported format character|Unknown format code"
          r"|nvalid format specifier|in format string", r"",
          "Line {line}: a place for a value in this text is written wrongly: it is `%d`, `%s`, "
          "or braces, and fits the value that is put in."),
    Known("TypeError", r"format string|during string formatting|format: .* required", r"",
          "Line {line}: the values that are put into this text are not as many as it has places "
          "for, or of another kind."),
    Known("AssertionError", r"", r"^assert\b",
          "Line {line}: the condition of this `assert` does not hold: print what it compares."),
    Known("ModuleNotFoundError", r"", r"import",
          "Line {line}: what is imported here is not there: look at its spelling."),
    Known("ImportError", r"", r"import",
          "Line {line}: what is imported here is not there: look at its spelling."),
    Known("RecursionError", r"", r"",
          "Line {line}: the function calls itself without end."),
)  # fmt: skip
