"""First visit: bytes on the wire and time to the first picture, page by page.

    make bench ARGS=first_visit

For every page a new browser context (empty cache) opens the link: bytes as they crossed the wire,
compressed and with headers, the websocket's frames among them; number of requests; milliseconds
from the click to the finished page with its picture. Before that, the same from a server that is
not running yet. Then a second visit with the cache filled. Prints a table and writes JSON if asked.
"""

import argparse
import json
import os
import platform
import statistics
import time
from pathlib import Path
from typing import Any

import streamlit
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from scripts.app_server import PAGES, launch_browser, serve_app, wait_until_idle


def open_page(context: BrowserContext, address: str) -> dict[str, float]:
    """Open a link in a new tab; return kilobytes, requests and milliseconds."""
    page = context.new_page()
    counts = {"kB": 0.0, "kB_socket": 0.0, "requests": 0.0}
    _count(page, counts)
    begun = time.perf_counter()
    page.goto(address, wait_until="commit")
    wait_until_idle(page)
    counts["ms"] = (time.perf_counter() - begun) * 1000
    page.wait_for_load_state("networkidle")
    page.close()
    return counts


def _count(page: Page, counts: dict[str, float]) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def finished(event: dict[str, Any]) -> None:
        counts["kB"] += event["encodedDataLength"] / 1000
        counts["requests"] += 1

    def framed(event: dict[str, Any]) -> None:
        text = event["response"]["payloadData"]
        # Binary frames come in base64.
        size = len(text) * (3 / 4 if event["response"]["opcode"] == 2 else 1) / 1000
        counts["kB_socket"] += size
        counts["kB"] += size

    session.on("Network.loadingFinished", finished)
    session.on("Network.webSocketFrameReceived", framed)
    session.on("Network.webSocketFrameSent", framed)


def measure(browser: Browser, address: str, path: str, repeats: int) -> dict[str, float]:
    """Return medians over several first visits, and the second visit of the last one."""
    firsts = []
    for _ in range(repeats):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        firsts.append(open_page(context, f"{address}/{path}"))
        again = open_page(context, f"{address}/{path}")
        context.close()
    report = {name: statistics.median(first[name] for first in firsts) for name in firsts[0]}
    return report | {"again_ms": again["ms"], "again_kB": again["kB"]}


def measure_cold_start(browser: Browser) -> float:
    """Return seconds from starting the server to the first picture."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    begun = time.perf_counter()
    with serve_app() as app:
        open_page(context, f"{app.address}/unroll")
        seconds = time.perf_counter() - begun
    context.close()
    return seconds


def main() -> None:
    """Measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, help="where to write the report")
    arguments = parser.parse_args()
    with sync_playwright() as playwright:
        browser = launch_browser(playwright)
        cold = statistics.median(measure_cold_start(browser) for _ in range(3))
        print(f"cold start to first picture: {cold:.2f} s (server and page together)\n")
        print(
            f"{'page':12}{'kB':>8}{'socket':>8}{'requests':>10}{'ms':>8}{'again kB':>10}{'ms':>8}"
        )
        pages = {}
        with serve_app() as app:
            open_page(browser.new_context(), app.address)  # the first visitor of a server
            for path in PAGES:
                seen = pages[path or "start"] = measure(
                    browser, app.address, path, arguments.repeats
                )
                print(
                    f"{path or 'start':12}{seen['kB']:8.0f}{seen['kB_socket']:8.1f}"
                    f"{seen['requests']:10.0f}{seen['ms']:8.0f}"
                    f"{seen['again_kB']:10.1f}{seen['again_ms']:8.0f}"
                )
        browser.close()
    if arguments.json:
        report = {
            "cold_start_s": cold,
            "pages": pages,
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "versions": f"Python {platform.python_version()}, Streamlit {streamlit.__version__}",
        }
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
