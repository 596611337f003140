"""The commands, the papers that must be there, and how big files are."""

import re
import socket
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from scripts import serve

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def shell(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


def test_help_lists_every_target() -> None:
    listed = {
        line.split()[0]
        for line in shell("make", "--no-print-directory", "help").stdout.splitlines()
    }
    assert listed == targets() >= {"run", "test", "models", "bench", "lint", "screenshots", "help"}


def test_another_python_sets_up_and_ours_runs() -> None:
    planned = shell("make", "-n", "test", "PYTHON=python3.99").stdout
    assert ".venv/bin/python -m pytest" in planned
    assert "python3.99" not in planned  # it reaches scripts/setup.sh by the environment


def test_targets_call_scripts_that_exist() -> None:
    for script in re.findall(r"(?:scripts|tests)/[a-z_/]+\.(?:py|sh)", MAKEFILE):
        assert (ROOT / script).is_file(), script
    for module in re.findall(r"-m (scripts[a-z_.]+)", MAKEFILE):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


@pytest.mark.parametrize("script", [".ci/run", *map(str, ROOT.glob("scripts/*.sh"))])
def test_shell_scripts_are_sound(script: str) -> None:
    path = ROOT / script
    assert path.stat().st_mode & 0o111, "not executable"
    assert shell("bash", "-n", str(path)).returncode == 0


def test_readme_names_commands_and_files_that_exist() -> None:
    for target in re.findall(r"\bmake ([a-z]+)", README):
        assert target in targets(), target
    for path in re.findall(r"\]\(([^)#:]+)\)|(?:src|srcset)=\"([^\":]+)\"", README):
        name = "".join(path)
        assert (ROOT / name).exists(), name


def test_readme_says_what_one_must_know() -> None:
    for words in ("make run", "make test", "requirements.txt", "uvicorn app:app", "MIT"):
        assert words in README


def test_readme_shows_code_that_runs() -> None:
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names = {"x": np.ones((5, 2, 4)), "targets": np.zeros((5, 2), int)}
    exec(code, names)
    assert names["gradients"].total.W_hh.shape == (8, 8)


def test_licence_and_sources_of_data_are_named() -> None:
    assert "MIT License" in (ROOT / "LICENSE").read_text("utf-8")
    for source in ("UCI", "Noto Emoji", "VADER", "Census Bureau", "num2words"):
        assert source.lower() in README.lower(), source
    for name in ("vaderSentiment", "noto-emoji", "emoji-datasource"):
        assert (ROOT / "assets" / "data" / f"LICENSE.{name}.txt").stat().st_size > 500


def test_requirements_are_bounded_on_both_sides() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            wanted = line.split("#")[0].strip()
            if wanted and not wanted.startswith("-r "):
                assert re.fullmatch(r"[a-z0-9-]+>=[\d.]+,<[\d.]+", wanted), line


def test_port_is_the_first_free_one() -> None:
    first = serve.bind(["127.0.0.1"], "")
    second = serve.bind(["127.0.0.1"], "")
    ports = [sockets[0].getsockname()[1] for sockets in (first, second)]
    assert ports[1] > ports[0] >= serve.FIRST_PORT
    with pytest.raises(OSError, match=f"Port {ports[0]} is not available"):
        serve.bind(["127.0.0.1"], str(ports[0]))
    for listening in (*first, *second):
        listening.close()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80.5", "²"])
def test_bad_ports_are_named(port: str) -> None:
    with pytest.raises(ValueError, match="PORT is"):
        serve.bind(["127.0.0.1"], port)


def test_loopback_means_one_port_on_both_families() -> None:
    sockets = serve.bind(serve.LOOPBACK, "")
    assert len({listening.getsockname()[1] for listening in sockets}) == 1
    assert all(listening.proto == socket.IPPROTO_TCP for listening in sockets)
    for listening in sockets:
        listening.close()


def test_announcement_names_the_address() -> None:
    [listening] = serve.bind(["127.0.0.1"], "")
    port = listening.getsockname()[1]
    assert f"http://localhost:{port}" in serve.announcement(listening)
    listening.close()


def test_make_run_fails_clearly_on_a_taken_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, str(ROOT / "scripts" / "serve.py")],
            env={"PORT": str(port), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert f"Port {port} is not available" in done.stderr


def test_files_stay_readable() -> None:
    long = {
        file.relative_to(ROOT).as_posix(): count
        for room in ("rnn_core", "rnn_views", "pages", "serving", "assets/chain")
        for file in (ROOT / room).rglob("*")
        if file.suffix in (".py", ".js", ".css")
        and (count := len(file.read_text("utf-8").splitlines())) > 300
    }
    if long:
        warnings.warn(f"files over 300 lines want a reason: {long}", stacklevel=1)
    assert not {name: count for name, count in long.items() if count > 450}
