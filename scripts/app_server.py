"""A running app and a browser to look at it: for browser tests, screenshots and benchmarks."""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

from scripts.find_browser import FLAGS, find_browser

ROOT = Path(__file__).parents[1]
PAGES = (
    "",
    "unroll",
    "topologies",
    "train",
    "compare",
    "memory",
    "bugs",
)  # URL paths, in the order of the menu


@dataclass(frozen=True)
class LiveApp:
    """A server that answers: where, and which process it is."""

    address: str
    pid: int


@contextmanager
def serve_app(
    *arguments: str,
    port: int | None = None,
    patience: float = 60.0,
    cwd: str | None = None,
    path: str = "/",
) -> Iterator[LiveApp]:
    """Serve the app in a process of its own.

    It starts in an empty working directory (or `cwd`), as it must work from any.

    Parameters
    ----------
    arguments
        What to run instead of `python -m uvicorn app:app`; `{port}` stands for the port.
    port
        The port; a free one when left out.
    patience
        Seconds to wait until the app answers.
    path
        Where the app is on its server: "/lessons/" with `--server.baseUrlPath lessons`.

    Raises
    ------
    RuntimeError
        If the app does not answer in time or dies; the message ends with its log.
    """
    number = free_port() if port is None else port
    command = [part.format(port=number) for part in arguments] or [
        *(sys.executable, "-m", "uvicorn", "app:app", "--app-dir", str(ROOT)),
        *("--port", str(number), "--ws", "websockets-sansio"),
    ]
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, cwd=cwd or empty, stdout=log, stderr=log)
        try:
            address = f"http://localhost:{number}"
            if not _answers(f"{address}{path}_stcore/health", process, patience):
                log.seek(0)
                raise RuntimeError(f"{' '.join(command)} does not answer:\n{log.read()[-4000:]}")
            yield LiveApp(address, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch_browser(playwright: Playwright) -> Browser:
    """Start the system's Chromium or Chrome without a window.

    Raises
    ------
    RuntimeError
        If there is none.
    """
    path = find_browser(playwright.chromium.executable_path)
    if path is None:
        raise RuntimeError("no Chromium or Chrome found; `make test` installs one")
    return playwright.chromium.launch(executable_path=path, args=list(FLAGS))


def wait_until_idle(page: Page, timeout: float = 60_000) -> None:
    """Wait until the page the address names has run to its end, and its chains are drawn.

    After "Back" the address changes first and the page later: where the menu is in the document,
    it has to name the page of the address.
    """
    page.wait_for_selector(
        '[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=timeout
    )
    page.wait_for_function(
        """() => {
            const isFilled = ({ shadowRoot }) => {
                const holder = shadowRoot?.querySelector(".chain-holder");
                return holder
                    ? holder.style.minHeight === "" && holder.querySelector(".chain")
                    : shadowRoot?.childElementCount > 0;
            };
            const app = document.querySelector('[data-testid="stApp"]');
            const main = document.querySelector('[data-testid="stMain"]');
            const current = document.querySelector('a[aria-current="page"]');
            return app.dataset.testScriptState === "notRunning"
                && main && main.querySelector('[data-testid="stElementContainer"]')
                && (!current || current.pathname === location.pathname)
                && !main.querySelector('[data-stale="true"]')
                && !main.querySelector('[data-testid="stSkeleton"]')
                && [...main.querySelectorAll('[data-testid="stBidiComponentIsolated"]')]
                    .every(isFilled);
        }""",
        timeout=timeout,
    )


def _answers(address: str, process: subprocess.Popen[bytes], patience: float) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    return False
