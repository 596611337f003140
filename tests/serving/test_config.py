"""The settings of .streamlit/config.toml are in force, whoever starts the app from wherever."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAUNCHERS = {
    "uvicorn": "import app",
    "streamlit run": (
        "from streamlit import config; config._main_script_path = {app!r}; import app"
    ),
}
REPORT = """
import json, sys
sys.path.insert(0, {root!r})
{launch}
from streamlit import config
print(json.dumps({{key: config.get_option(key) for key in {keys!r}}}))
"""
PROMISES = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "viewer",
    "runner.postScriptGC": False,
    "server.enableXsrfProtection": True,
    "server.fileWatcherType": "none",
    "server.headless": True,
}


def report(launch: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    code = REPORT.format(
        root=str(ROOT), launch=launch.format(app=str(ROOT / "app.py")), keys=list(PROMISES)
    )
    clean = {key: value for key, value in os.environ.items() if not key.startswith("STREAMLIT_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env=clean | {"HOME": str(cwd)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_in_force_from_another_folder(launcher: str, tmp_path: Path) -> None:
    done = report(LAUNCHERS[launcher], tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == PROMISES


def test_stronger_than_the_settings_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text("[browser]\ngatherUsageStats = true\n")
    done = report(LAUNCHERS["uvicorn"], tmp_path)
    assert json.loads(done.stdout) == PROMISES


def test_refuses_to_start_on_other_values(tmp_path: Path) -> None:
    launch = "from streamlit import config; config._main_script_path = '/nowhere/x.py'; import app"
    done = report(launch, tmp_path)
    assert done.returncode != 0
    assert "gatherUsageStats is True instead of False" in done.stderr


def test_file_says_so() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    for key, value in PROMISES.items():
        section, name = key.split(".")
        assert settings[section][name] == value


def test_asks_no_host_for_its_address(tmp_path: Path) -> None:
    launch = """
import app, requests
from streamlit.web.server.server_util import is_url_from_allowed_origins
def refuse(*args, **kwargs): raise SystemExit("asked a host")
requests.get = refuse
assert not is_url_from_allowed_origins("https://elsewhere.example.org")
"""
    done = report(launch, tmp_path)
    assert done.returncode == 0, done.stderr


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#8ab4ff", "#ffffff") < 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_can_be_read(theme: str) -> None:
    colours = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"][
        theme
    ]
    assert contrast(colours["primaryColor"], "#ffffff") >= 4.5  # white text on buttons
    for surface in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(colours["textColor"], colours[surface]) >= 7
        assert contrast(colours["linkColor"], colours[surface]) >= 4.5
