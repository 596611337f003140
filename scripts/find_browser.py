"""Find a Chromium or Chrome for the tests and screenshots; --install gets one if none is there."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
FLAGS = (  # no sandbox inside containers; nothing that talks to other hosts
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser(bundled: str | None = None) -> str | None:
    """Return the path of a browser that starts, or None.

    The environment variable CHROME names one explicitly. `bundled` is where Playwright keeps
    its own, the last resort.
    """
    return next((path for path in _candidates(bundled) if _starts(path)), None)


def _candidates(bundled: str | None) -> Iterator[str]:
    if chosen := os.environ.get("CHROME"):
        yield chosen
        return
    yield from filter(None, map(shutil.which, NAMES))
    yield from PLACES
    yield bundled or _ask_playwright()


def _ask_playwright() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _starts(path: str) -> bool:
    if not Path(path).exists():
        return False
    if os.name == "nt":  # where --version opens a window
        return True
    asked = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    return asked.returncode == 0


def install_browser() -> bool:
    """Install Debian's Chromium when we may, else Playwright's. True if that went well."""
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Debian's Chromium for the browser tests …", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
        ):
            subprocess.run(
                command, env=environment, stdout=subprocess.DEVNULL, timeout=900, check=False
            )
        if find_browser():
            return True
    print("Installing Playwright's Chromium for the browser tests …", flush=True)
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(command, timeout=900, check=False)
    return find_browser() is not None


def main() -> None:
    """Print the browser's path, or fail and say what to do."""
    path = find_browser()
    if path is None and "--install" in sys.argv[1:] and install_browser():
        path = find_browser()
    if path is None:
        sys.exit(
            "No Chromium or Chrome was found for the browser tests, and none could be installed.\n"
            "Install one (Debian: sudo apt install chromium), or name the one you have:\n"
            "CHROME=/path/to/chrome make test"
        )
    if "--install" not in sys.argv[1:]:
        print(path)


if __name__ == "__main__":
    main()
