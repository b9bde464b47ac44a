"""Stubs: nothing of the solution stays, everything else does, and the result is Python."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.authoring.regions import PLACEHOLDER
from autograder.authoring.stub import regions, stub, without_markers
from autograder.model import CourseError

pytestmark = pytest.mark.family


def region_of(solved: str, indent: int = 4) -> str:
    """The stub of a region, given its solved lines, without the function around it."""
    body = textwrap.indent(textwrap.dedent(solved).strip("\n"), " " * indent)
    pad = " " * indent
    cell = f"def f():\n{pad}### START CODE HERE ###\n{body}\n{pad}### END CODE HERE ###\n"
    made = stub(cell).split("\n")
    assert made[0] == "def f():" and made[1].strip() == "### START CODE HERE ###"
    assert made[-2].strip() == "### END CODE HERE ###"
    return textwrap.dedent("\n".join(made[2:-2]))


@pytest.mark.quick
def test_each_assignment_becomes_none_once():
    assert region_of("a = 1\nb = a + 1\na = b") == "a = None\nb = None"


def test_subscripts_and_tuples_keep_the_form_the_course_uses():
    solved = """
        thetaplus[i][0] = thetaplus[i][0] + epsilon
        J_plus[i], _ = forward(X, Y)
        parameters["W" + str(l)] = np.zeros((layers_dims[l], layers_dims[l - 1]))
    """
    assert region_of(solved).split("\n") == [
        "thetaplus[i][0] = None",
        "J_plus[i], _ = None",
        'parameters["W" + str(l)] = None',
    ]


def test_augmented_annotated_and_chained_assignments_count():
    assert (
        region_of("x += 1\ny: int = 2\nz: int\nu = v = 3")
        == "x = None\ny = None\nu = None\nv = None"
    )


def test_a_walrus_and_a_call_are_not_assignments():
    assert region_of("print(n := 5)\nitems.append(n)") == PLACEHOLDER


@pytest.mark.quick
def test_a_region_with_nothing_to_fill_raises():
    assert region_of("return np.maximum(0, Z)") == PLACEHOLDER


def test_a_return_at_the_end_leaves_a_return_to_be_seen():
    """Without it a student who fills in every name would hand in a function that returns None."""
    assert region_of("y = x + 1\nreturn y  # of the next") == (
        "y = None\nreturn None  # of the next"
    )
    assert region_of("if x:\n    return 1\ny = x\nreturn") == "y = None"


def test_comments_stay_even_where_the_code_behind_them_goes():
    solved = """
        # first the mask
        D = rand(3) < p  # keeps p of them
        D *= 2  # scale
        print(D)
        # done
    """
    assert region_of(solved).split("\n") == [
        "# first the mask",
        "D = None  # keeps p of them",
        "# scale",
        "# done",
    ]


def test_comments_inside_an_expression_go_with_it():
    assert region_of("x = g(\n    1,  # one\n    # two\n    2,\n)  # after") == "x = None  # after"


def test_a_hash_in_a_text_is_no_comment():
    assert region_of('x = "# not a comment"\ny = """\n# nor this\n"""') == "x = None\ny = None"


@pytest.mark.quick
def test_loops_and_branches_are_kept_when_they_hold_something_to_fill():
    solved = """
        for l in range(1, L):  # each layer
            # its weights
            W[l] = 1
            print(l)
        for l in range(1, L):
            print(l)
        if m % size != 0:
            X = 1
        elif m:
            print(m)
        else:
            Y = 2
    """
    assert region_of(solved).split("\n") == [
        "for l in range(1, L):  # each layer",
        "    # its weights",
        "    W[l] = None",
        "if m % size != 0:",
        "    X = None",
        "elif m:",
        "    pass",
        "else:",
        "    Y = None",
    ]


def test_a_first_branch_without_assignments_is_held_open():
    assert region_of("if a:\n    print(1)\nelse:\n    x = 1").split("\n") == [
        "if a:", "    pass", "else:", "    x = None",
    ]  # fmt: skip


def test_a_comment_below_else_stays_there():
    solved = "if a:\n    x = 1\nelse:\n    # first\n    # second\n    x = 2"
    assert region_of(solved) == solved.replace("1", "None").replace("2", "None")
    assert region_of("if a: x = 1\nelse: x = 2  # two").split("\n") == [
        "if a:", "    x = None", "else:", "    x = None  # two",
    ]  # fmt: skip


def test_while_and_try_leave_their_assignments_and_cannot_hang():
    solved = "while error > 1:\n    x = 1\ntry:\n    y = 1\nexcept KeyError:\n    y = 2"
    assert region_of(solved) == "x = None\ny = None"


@pytest.mark.quick
def test_with_and_one_line_blocks_are_kept():
    solved = "with np.errstate(all='ignore'):\n    x = 1\nfor i in y: z = 2"
    assert region_of(solved).split("\n") == [
        "with np.errstate(all='ignore'):", "    x = None", "for i in y:", "    z = None",
    ]  # fmt: skip


def test_a_header_over_several_lines_keeps_its_lines():
    solved = "if (a[1:2]\n        and (lambda q: q)(b)):\n    x = 1"
    assert region_of(solved) == "if (a[1:2]\n        and (lambda q: q)(b)):\n    x = None"


def test_text_with_non_ascii_letters_before_a_target_is_cut_right():
    assert region_of('größe["é"], b = f()  # für später') == 'größe["é"], b = None  # für später'


def test_several_regions_are_independent_and_what_is_between_stays():
    cell = textwrap.dedent(
        '''
        def f(X):
            """Doc with START CODE HERE in it."""
            total = 0
            for x in X:
                ### START CODE HERE ### (≈ 1 line of code)
                total = total + x
                ### END CODE HERE ###
                print(total)
            ### START CODE HERE ### (≈ 2 lines of code)
            total = total / len(X)
            mean = total
            ### END CODE HERE ###
            return mean
        '''
    )
    expected = cell.replace("total = total + x", "total = None")
    expected = expected.replace("total = total / len(X)", "total = None").replace(
        "mean = total", "mean = None"
    )
    assert stub(cell) == expected


@pytest.mark.quick
def test_a_function_inside_a_region_keeps_its_signature_and_docstring():
    solved = 'def f(x):\n    """Doc."""\n    y = x\n    return y'
    cell = f"### START CODE HERE ###\n{solved}\n### END CODE HERE ###"
    made = stub(cell)
    assert made.split("\n")[1:-1] == ["def f(x):", '    """Doc."""', "    y = None"]


@pytest.mark.quick
@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        ("def f():\n    ### START CODE HERE ###\n    x = 1", "without an END"),
        ("def f():\n    x = 1\n    ### END CODE HERE ###", "without a START"),
        ("### START CODE HERE ###\n### START CODE HERE ###\n### END CODE HERE ###", "inside the"),
        ("def f(:\n    pass", "not Python"),
        ("def f():\n  if a:\n    ### START CODE HERE ###\n    x = 1\n  else:\n    x = 2\n"
         "    ### END CODE HERE ###", "block outside"),
        ("def f():\n  ### START CODE HERE ###\n  x = (1 +\n  ### END CODE HERE ###\n  2)",
         "ends inside"),
        ("### START CODE HERE ###\nprint(1)\n### END CODE HERE ###\ndef f(): pass",
         "outside of a f"),
    ],
)  # fmt: skip
def test_a_marker_mistake_is_named_with_its_line(cell: str, complaint: str):
    with pytest.raises(CourseError, match=complaint) as caught:
        stub(cell)
    assert "line" in str(caught.value)


@pytest.mark.quick
def test_markers_can_be_dropped_from_the_solution():
    cell = "def f():\n    ### START CODE HERE ### (≈ 1)\n    x = 1\n    ### END CODE HERE ###"
    assert without_markers(cell) == "def f():\n    x = 1"
    assert [(r.start, r.end, r.indent) for r in regions(cell)] == [(2, 4, "    ")]


# --- properties ---------------------------------------------------------------------------

names = st.sampled_from(["a", "b", "W[l]", 'p["dW" + str(i)]', "x.y", "c[1:, :k]", "(u, v)"])
secret = st.sampled_from(
    ["SECRET", "SECRET(1,\n  # SECRET inner\n  2)", '"# SECRET"', "SECRET[0:1]"]
)
comment = st.sampled_from(["", "", "  # kept"])


def simple() -> st.SearchStrategy[str]:
    assign = st.builds("{} = {}{}".format, names, secret, comment)
    plus = st.builds("{} += {}{}".format, names.filter(lambda n: n[0] != "("), secret, comment)
    tuple_ = st.builds("{}, _ = {}{}".format, names, secret, comment)
    call = st.builds("SECRET({}){}".format, secret, comment)
    others = st.sampled_from(["# kept", "", "return SECRET", "pass", "x: SECRET", "import SECRET"])
    return st.one_of(assign, plus, tuple_, call, others)


def block(body: list[str]) -> str:
    text = textwrap.indent("\n".join(body), "    ")
    return text if any(n.strip() and n.strip()[0] != "#" for n in body) else text + "\n    pass"


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    heads = st.sampled_from(
        [
            "for i in range(3):",
            "if q:  # kept",
            "with r as s:",
            "while SECRET:",
            "for i in (\n    q):",
        ]
    )
    bodies = st.lists(inner, min_size=1, max_size=4).map(block)
    plain = st.builds("{}\n{}".format, heads, bodies)
    branch = st.builds("if q:\n{}\nelif r:\n{}\nelse:\n{}".format, bodies, bodies, bodies)
    caught = st.builds("try:\n{}\nexcept SECRET:\n{}\nfinally:\n{}".format, bodies, bodies, bodies)
    nested = st.builds("def SECRET():\n{}".format, bodies)
    return st.one_of(plain, branch, caught, nested)


solved_regions = st.lists(
    st.recursive(simple(), compound, max_leaves=8), min_size=1, max_size=6
).map("\n".join)


def cell_of(parts: list[str]) -> str:
    lines = ["def f(q, r):", '    """Doc."""']
    for number, part in enumerate(parts):
        marked = f"### START CODE HERE ### (≈ {number})\n{part}\n### END CODE HERE ###"
        head = f"    for outside_{number} in q:\n        outside()"
        lines += [head, textwrap.indent(marked, " " * 8)]
    return "\n".join([*lines, "    return q", ""])


@settings(deadline=None, max_examples=40)
@given(st.lists(solved_regions, min_size=1, max_size=3))
def test_any_stub_parses_hides_the_solution_and_changes_nothing_else(parts: list[str]):
    cell = cell_of(parts)
    ast.parse(cell)  # the strategy makes Python
    made = stub(cell)
    tree = ast.parse(made)
    assert [node.name for node in tree.body if isinstance(node, ast.FunctionDef)] == ["f"]
    assert "SECRET" not in made
    outside = [n for n in cell.split("\n") if "CODE HERE" in n or "outside" in n or "return q" in n]
    assert [n for n in made.split("\n") if n in outside] == outside


@settings(deadline=None, max_examples=40)
@given(st.lists(solved_regions, min_size=1, max_size=3))
def test_a_stub_of_a_stub_is_itself(parts: list[str]):
    once = stub(cell_of(parts))
    assert stub(once) == once


@settings(deadline=None, max_examples=40)
@given(solved_regions)
def test_every_comment_of_its_own_stays(part: str):
    made = stub(cell_of([part]))
    assert made.count("# kept") == cell_of([part]).count("# kept")


@pytest.mark.quick
@settings(deadline=None, max_examples=40)
@given(st.lists(st.builds("{} = {}".format, names, secret), min_size=1, max_size=8))
def test_straight_assignments_give_one_line_per_target(assignments: list[str]):
    made = stub(cell_of(["\n".join(assignments)]))
    targets = [ast.unparse(ast.parse(text).body[0].targets[0]) for text in assignments]  # type: ignore[attr-defined]
    wanted = list(dict.fromkeys(targets))
    body = [n.strip() for n in made.split("\n") if n.endswith("= None")]
    assert [ast.unparse(ast.parse(n).body[0].targets[0]) for n in body] == wanted  # type: ignore[attr-defined]
