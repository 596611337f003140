"""A variable that cannot be used ends the start with one sentence, however it is started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.app_server import ROOT, serve_app
from serving.environment import (
    ALLOWED_HOSTS,
    FRAME_ANCESTORS,
    BadEnvironmentError,
    Environment,
    read_environment,
    read_listening,
)

STARTS = {
    "make run": (sys.executable, str(ROOT / "scripts" / "serve.py")),
    "uvicorn": (sys.executable, "-m", "uvicorn", "app:app", "--app-dir", str(ROOT), "--port", "0"),
    "python app.py": (sys.executable, str(ROOT / "app.py")),
}
BAD = {
    FRAME_ANCESTORS: [
        "",
        "  ",
        "*; script-src *",
        "'self', *",
        "a\nb",
        "self'",
        "'none' *",
        "a b\t",
    ],
    ALLOWED_HOSTS: ["https://a.example", "a.example:80", "a/b", "*.*.example", "a..b", "exa mple*"],
    "UNROLLED_FRAME_ANCESTOR": ["'self'"],
}
LISTENING = {
    "PORT": ["abc", "0", "65536", "-1", "80.5", "²", "8" * 400],
    "HOST": ["http://0.0.0.0", "0.0.0.0:80", "a b", "*", "300.1.1.1:1"],
}
CASES = [(name, value) for name, values in BAD.items() for value in values]


def test_nothing_set_is_the_default() -> None:
    assert read_environment({}) == Environment("'self'", ())
    assert read_environment({ALLOWED_HOSTS: ""}) == Environment()
    assert read_listening({}) == read_listening({"PORT": "", "HOST": ""}) == (None, None)


def test_what_a_cluster_sets_for_a_service_of_this_name_is_no_mistake() -> None:
    names = ("SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT", "PORT_8501_TCP_ADDR")
    read_environment({f"UNROLLED_{name}": "tcp://10.0.0.1:8501" for name in names})


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in LISTENING.items() for value in values]
)
def test_where_to_listen_is_checked(name: str, value: str) -> None:
    with pytest.raises(BadEnvironmentError, match=f"{name} is "):
        read_listening({name: value})


@pytest.mark.parametrize(
    ("sources", "read"),
    [
        ("'self' https://moodle.example.org", "'self' https://moodle.example.org"),
        (" https://*.example.org:8443  'self' ", "https://*.example.org:8443 'self'"),
        ("*", "*"),
        ("'none'", "'none'"),
        ("https:", "https:"),
        ("moodle.example.org", "moodle.example.org"),
    ],
)
def test_sources_are_read(sources: str, read: str) -> None:
    assert read_environment({FRAME_ANCESTORS: sources}).frame_ancestors == read


def test_hosts_are_read() -> None:
    found = read_environment({ALLOWED_HOSTS: "Unrolled.Example.org,*.school.example ::1"})
    assert found.allowed_hosts == ("unrolled.example.org", "*.school.example", "::1")


@pytest.mark.parametrize(("name", "value"), CASES)
def test_what_cannot_be_used_is_named_in_a_sentence(name: str, value: str) -> None:
    with pytest.raises(BadEnvironmentError, match=name) as refused:
        read_environment({name: value})
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(
    ("name", "value"), [(FRAME_ANCESTORS, "a; b"), (ALLOWED_HOSTS, "http://x"), ("PORT", "x")]
)
def test_the_start_ends_in_one_sentence(start: str, name: str, value: str, tmp_path: Path) -> None:
    if start == "uvicorn" and name == "PORT":
        pytest.skip("uvicorn has an option for it, and does not look at the variable")
    done = subprocess.run(
        STARTS[start],
        cwd=tmp_path,
        env=os.environ | {name: value},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert name in done.stderr
    assert "ready" not in done.stdout
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


@pytest.mark.parametrize("start", ["python app.py"])
def test_python_app_py_serves(start: str) -> None:
    """It said nothing and ended."""
    with serve_app("sh", "-c", f"PORT={{port}} exec '{sys.executable}' '{ROOT}/app.py'") as app:
        assert app.address
