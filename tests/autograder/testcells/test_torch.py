"""torch's values cross between the two sides; only where torch is installed."""

import pytest

from autograder.sandbox import Limits, Sandbox
from autograder.sandbox.requests import QUESTIONS
from tests.autograder.testcells.conftest import Course

pytest.importorskip("torch")

SOLUTION = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a = nn.Linear(n, 2)
    def forward(self, x):
        return self.a(x)
net = Net(3)
def double(x):
    return 2 * x
def fill(x, value):
    with torch.no_grad():
        x.fill_(value)
def step(w, rate):
    with torch.no_grad():
        w -= rate * w.grad
def draw():
    return torch.rand(2)
half = torch.ones(2, 3, dtype=torch.bfloat16).T
"""


@pytest.fixture(scope="module")
def torch_course():
    with Sandbox(Limits(cell_seconds=60.0), preload=[QUESTIONS, "torch"]) as box:
        yield Course(box)


@pytest.fixture(scope="module")
def plan(torch_course):
    """All of these at once: torch is slow to import."""
    return torch_course.plan(SOLUTION, *TESTS.values())


TESTS = {
    "a tensor comes back as it is": "y = double(torch.tensor([1, 2]))\n"
    "assert type(y) is torch.Tensor and y.dtype == torch.int64 and torch.equal(y, "
    "torch.tensor([2, 4]))\nassert half.dtype is torch.bfloat16 and half.shape == (3, 2)\n"
    "assert type(half.shape) is torch.Size",
    "an argument that is changed": "x = torch.zeros(2)\nfill(x, 3.0)\nassert x.tolist() == [3, 3]",
    "a gradient goes along": "w = torch.ones(2, requires_grad=True)\n(w * w).sum().backward()\n"
    "step(w, 0.25)\nassert w.tolist() == [0.5, 0.5] and w.requires_grad and w.is_leaf",
    "a network is one": "assert isinstance(net, nn.Module) and isinstance(Net(2), Net)\n"
    "out = net(torch.zeros(5, 3))\nassert out.shape == (5, 2) and out.requires_grad\n"
    "assert out.grad_fn is not None\nassert sum(p.numel() for p in net.parameters()) == 8\n"
    "assert all(type(p) is nn.Parameter for p in net.parameters())",
    "weights that are set reach the network": "with torch.no_grad():\n    net.a.weight.fill_(1.0)\n"
    "    net.a.bias.zero_()\nassert net(torch.ones(1, 3)).tolist() == [[3, 3]]",
    "a seed reaches the student": "torch.manual_seed(7)\na = draw()\ntorch.manual_seed(7)\n"
    "assert torch.equal(a, draw()) and not torch.equal(a, draw())",
    "back through the student's computation": "w = torch.ones(2, requires_grad=True)\n"
    "double(w).sum().backward()\nassert w.grad.tolist() == [2, 2]",
}


@pytest.mark.parametrize("kind", list(TESTS)[:-1])
def test_the_author_s_own_passes_outside(plan, kind):
    name = f"t{list(TESTS).index(kind) + 1}"
    assert name in plan.outside, plan.inside.get(name)


def test_a_computation_stays_where_it_was_made(plan):
    assert "fails outside" in plan.inside[f"t{len(TESTS)}"]


@pytest.mark.parametrize(
    "wrong",
    ["def double(x):\n    return (2 * x).numpy()", "def double(x):\n    return 2.0 * x",
     "def double(x):\n    return [2, 4]"],
)  # fmt: skip
def test_a_wrong_answer_fails_as_inside(torch_course, wrong):
    [found] = torch_course.judge(SOLUTION, TESTS["a tensor comes back as it is"],
                                 submission=f"{SOLUTION}\n{wrong}").results  # fmt: skip
    assert found.error_name in ("AssertionError", "TypeError")
