"""The proof of an assignment's graders, on a small course."""

import json
import re
from html.parser import HTMLParser

import pytest
from proven_course import ALTERNATIVES, CENTERED, GRADERS, STEPPED, change, notebook, proven, write

from autograder.judge.checks import Recording
from autograder.verify.mutants import mutants
from autograder.verify.proof import Fate
from autograder.verify.proof_page import page
from autograder.verify.prove import prove
from autograder.verify.questions import Kind
from autograder.verify.terminal import matrix, summary

pytestmark = pytest.mark.family

SAMPLES = '''\
from autograder.graders import Sample

SAMPLES = [
    Sample("half", "One right, one endless", {"stepped": """def stepped(w, gradient, learning_rate):
    while True:
        w = w
"""}, {"stepped": "timeout"}),
    Sample("columns", "A known mistake", {"centered": "misconception:columns"}, {"centered": 0}),
]
'''


def test_good_graders_are_proven(course):
    proof = proven(course)
    assert proof.problems == ()
    assert proof.claimed(Kind.MISCONCEPTION) == (3, 3)
    assert proof.claimed(Kind.ALTERNATIVE) == (1, 1)
    assert proof.claimed(Kind.SUBMISSION) == (2, 2)
    assert proof.claimed(Kind.DOCUMENTED) == (1, 1)
    assert proof.count(Fate.KILLED) > 20
    assert proof.count(Fate.EQUIVALENT) > 0
    assert proof.count(Fate.NOTICED) == 1  # w -= … of the caller's array
    assert len(proof.mutants) == sum(
        len(mutants(source, name))
        for name, source in {"centered": CENTERED, "stepped": STEPPED}.items()
    )


@pytest.mark.slow
def test_samples_get_what_their_author_expects(course):
    write(course.tests("a") / "samples.py", SAMPLES)
    proof = proven(course)
    assert proof.claimed(Kind.SUBMISSION) == (4, 4)
    assert proof.problems == ()


@pytest.mark.slow
def test_a_sample_that_comes_to_something_else_is_a_problem(course):
    write(course.tests("a") / "samples.py", SAMPLES.replace('{"centered": 0}', '{"centered": 0.5}'))
    (problem,) = proven(course).problems
    assert problem.startswith("submission A known mistake: centered came to 0.0, expected 0.5")


@pytest.mark.slow
def test_a_check_too_few_lets_mutants_and_misconceptions_live(course):
    change(course, "test_a.py", "assert_same(student.stepped(w, gradient, 0.3)", "assert_same(w")
    change(course, "test_a.py", ", reference.stepped(w, gradient, 0.3))", ", w)")
    proof = proven(course, "stepped")
    assert "misconception stepped: uphill: no check catches it" in proof.problems
    alive = [m.after for m in proof.mutants if m.fate is Fate.SURVIVED]
    assert "w = w + learning_rate * gradient" in alive


@pytest.mark.slow
def test_a_check_too_many_refuses_right_answers(course):
    change(course, "test_a.py", "centered(X), reference", "centered(X).tolist(), reference")
    write(course.tests("a") / "alternatives.py", ALTERNATIVES.replace("len(row)", "(len(row) - 1)"))
    problems = "\n".join(proven(course, "centered").problems)
    assert "alternative centered: with_a_loop: test_centered_shown (wrong" in problems


@pytest.mark.slow
def test_a_misconception_without_its_own_hint_is_a_problem(course):
    twin = 'edited("centered", name="twin", hint="?", replace=[("axis=1", "axis=-2")])\n'
    text = (course.tests("a") / "misconceptions.py").read_text()
    write(course.tests("a") / "misconceptions.py", text + twin)
    assert (
        "misconception centered: twin: the student reads the hint of columns instead"
        in proven(course, "centered").problems
    )


@pytest.mark.slow
def test_a_check_that_is_right_by_luck_is_found_with_the_inputs_of_another_term(course):
    lucky = "    assert abs(float(rng.normal()) - LUCKY) < 1e-9\n"
    recording = Recording("test_stepped", course.seed)
    value = float(recording.generator().normal())
    change(course, "test_a.py", "    w, gradient = rng", f"{lucky}    w, gradient = rng")
    change(course, "test_a.py", "LUCKY", repr(value))
    problems = proven(course, "stepped").problems
    assert not any(problem.startswith("reference") for problem in problems)
    assert any(problem.startswith("term stepped: solution (term 2)") for problem in problems)


@pytest.mark.slow
def test_right_values_with_wrong_manners_need_a_remark(course):
    text = (course.tests("a") / "misconceptions.py").read_text()
    clean = text.replace(
        "    w -= learning_rate * gradient\n", "    w = w - learning_rate * gradient\n"
    )
    write(course.tests("a") / "misconceptions.py", clean)
    assert "misconception stepped: in_place: earns no remark" in proven(course, "stepped").problems


@pytest.mark.slow
def test_a_documented_number_that_the_solution_does_not_give_is_a_problem(course):
    change(course, "documented_cases.json", "-1.0, 1.0", "-1.0, 1.5")
    problems = "\n".join(proven(course).problems)
    assert "documented a: centered, one row" in problems


@pytest.mark.slow
def test_a_solution_left_in_the_release_is_a_problem(course):
    write(course.release("a") / "a.ipynb", notebook())
    assert any("still holds the solution" in problem for problem in proven(course).problems)


@pytest.mark.slow
def test_a_hidden_file_in_the_release_is_a_problem(course):
    write(course.release("a") / "notes.py", GRADERS)
    assert any("copy of a hidden file" in problem for problem in proven(course).problems)


@pytest.mark.slow
def test_an_excuse_that_excuses_nothing_is_a_problem(course):
    entry = '\n[[equivalent]]\nid = "centered-000000"\nreason = "It was here once upon a time."\n'
    path = course.tests("a") / "equivalent_mutants.toml"
    path.write_text(path.read_text() + entry)
    (problem,) = proven(course).problems
    assert "centered-000000" in problem


@pytest.mark.slow
def test_a_variant_listed_as_inapplicable_must_really_fail(course):
    entry = (
        '\n[[inapplicable]]\nfunction = "stepped"\nvariant = "prints"\nreason = "Not really so."\n'
    )
    path = course.tests("a") / "equivalent_mutants.toml"
    path.write_text(path.read_text() + entry.replace("Not really so.", "It prints its answer."))
    assert (
        "variant stepped: prints: is listed as inapplicable, but earns full marks"
        in proven(course, "stepped").problems
    )


@pytest.mark.slow
def test_a_broken_grader_is_one_problem_and_no_crash(course):
    change(course, "test_a.py", "import numpy as np", "import numpy as np\nundefined_name")
    proof = proven(course, "stepped")
    assert not proof.holds
    assert any("undefined_name" in problem for problem in proof.problems)


@pytest.mark.slow
def test_a_broken_assignment_does_not_stop_the_others(course):
    write(course.root / "source/b/b.ipynb", "{}")
    b, a = prove(course, ["b", "a"], workers=1)
    assert a.holds
    assert not b.holds


@pytest.mark.slow
def test_one_exercise_can_be_proven_alone(course):
    proof = proven(course, "stepped")
    assert proof.exercises == ("stepped",)
    assert proof.problems == ()
    (failed,) = prove(course, ["a"], exercise="unknown", workers=1)
    assert "no exercise 'unknown'" in failed.problems[0]


@pytest.mark.slow
def test_the_proof_is_the_same_on_one_process_and_on_two(course):
    one, two = (
        prove(course, ["a"], exercise="stepped", workers=workers)[0].to_json() for workers in (1, 2)
    )
    assert one.pop("seconds") >= 0
    assert two.pop("seconds") >= 0
    assert one == two


@pytest.mark.slow
def test_a_proof_is_plain_data_a_table_and_a_page(course):
    proof = proven(course)
    data = json.loads(json.dumps(proof.to_json()))
    assert data["holds"] is True
    assert data["fates"]["survived"] == 0
    assert "mutants: " in summary([proof])
    assert summary([proof]).splitlines()[-1].startswith("proven")
    assert re.search(r"columns +x +x", matrix(proof))
    text = page([proof])
    parser = Headings()
    parser.feed(text)
    assert parser.without_scope == []
    assert '<td class="caught">✗</td>' in text
    assert "://" not in text  # self-contained


class Headings(HTMLParser):
    """Collects table headings that do not say what they head."""

    def __init__(self):
        super().__init__()
        self.without_scope = []

    def handle_starttag(self, tag, attrs):
        if tag == "th" and "scope" not in dict(attrs):
            self.without_scope.append(attrs)


@pytest.mark.slow
def test_a_check_that_another_makes_superfluous_is_named(course):
    again = GRADERS[GRADERS.index('@pytest.mark.exercise("stepped")') :]
    assert proven(course, "stepped").redundant == ()
    change(course, "test_a.py", again, f"{again}\n\n{again.replace('test_stepped', 'test_twin')}")
    assert proven(course, "stepped").redundant == ("test_stepped", "test_twin")
