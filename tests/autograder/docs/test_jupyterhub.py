"""What docs/jupyterhub.md has copied into a machine's files, as far as it can be checked here."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[3] / "docs/jupyterhub.md").read_text()


def block(language: str) -> str:
    (text,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return text


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_takes_the_unit(tmp_path):
    unit = block("ini")
    for ours, here in (
        ("User=grader", "User=root"),
        ("/home/grader/course", "/"),
        ("/opt/hub/bin/autograder watch", shutil.which("true")),
    ):
        assert ours in unit
        unit = unit.replace(ours, here)
    path = tmp_path / "autograder-watch.service"
    path.write_text(unit)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_the_deployment_runs_one_watcher_with_the_volumes_that_it_names():
    deployment = pytest.importorskip("yaml").safe_load(block("yaml"))
    spec = deployment["spec"]
    pod = spec["template"]["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
    (container,) = pod["containers"]
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounts.keys() == {volume["name"] for volume in pod["volumes"]}
    assert container["workingDir"] == mounts["course"]
    assert f'"{mounts["exchange"]}"' in PAGE, "where the course's own files say that it is"
