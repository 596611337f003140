"""How quickly the chain answers: steps, play, morph, first picture, bytes on the wire.

    PYTHONPATH=. python benchmarks/interaction.py [--json FILE]

Runs the chain of fixed samples in the system's Chromium. A step is timed from the key event, sent
at a random moment of a frame, to the first animation frame after the picture changed; "handler" is
the script's own share. Frames are counted by requestAnimationFrame while playing at speed 4 and
while the chain rolls up and out; "play CPU" is what the page's main thread used for one of them,
which a busy machine hardly changes. Bytes are what the page sends over its websocket meanwhile.
Edits of a weight are made on the app's own pages, and timed from the request to the first animation
frame after the engine's new picture is drawn.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from scripts.app_server import ROOT, launch_browser, serve_app, wait_until_idle

SAMPLES = {
    "sentence": "T 5, H 8",
    "bench": "T 12, H 16",
    "translation": "T 3 + 5, H 24",
    "long": "T 100, H 64",
}

EDITED = {
    "What is an RNN?": "unroll",
    "Types of RNN": "topologies?task=names",
    "Training": "train",
    "Training, back": "train#t=2&phase=backward",
    "Why not feed-forward?": "compare",
}
EDITS = 30

STEPS = """async (view, count) => {
    const root = view.closest(".chain")
    const frame = () => new Promise(requestAnimationFrame)
    const wait = ms => new Promise(done => setTimeout(done, ms))
    const times = [], handler = []
    view.focus()
    for (let n = 0; n < count; n++) {
        await wait(260 + Math.random() * 17)
        const before = root.dataset.t
        const key = n % 8 < 4 ? "ArrowRight" : "ArrowLeft"
        const began = performance.now()
        view.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }))
        handler.push(performance.now() - began)
        if (root.dataset.t === before) throw new Error("the picture did not change")
        await frame()
        times.push(performance.now() - began)
    }
    return { times, handler }
}"""

FRAMES = """async (view, [key, milliseconds]) => {
    const frames = []
    view.focus()
    let last = await new Promise(requestAnimationFrame)
    const end = last + milliseconds
    view.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }))
    while (last < end) {
        const now = await new Promise(requestAnimationFrame)
        frames.push(now - last)
        last = now
    }
    return frames
}"""


def quantile(values: list[float], share: float) -> float:
    """Return the value below which `share` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def processor_ms(session: CDPSession) -> float:
    """Return how much processor time the page's main thread has used for its tasks."""
    found = session.send("Performance.getMetrics")["metrics"]
    return 1000 * float(next(one["value"] for one in found if one["name"] == "TaskDuration"))


def measure(browser: Browser, address: str, sample: str) -> dict[str, Any]:
    """Return the figures of one sample."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    sent: list[int] = []
    page.on("websocket", lambda ws: ws.on("framesent", lambda frame: sent.append(len(frame))))
    page.goto(f"{address}/?sample={sample}")
    page.wait_for_selector("[data-testid=chain][data-t]")
    page.wait_for_timeout(1500)
    first = page.evaluate("() => performance.getEntriesByName('chain: first picture')[0].duration")
    view = page.locator(".scroller").first
    before = sum(sent)
    steps = view.evaluate(STEPS, 40)
    press_speed(page)
    view.press("Home")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    spent = processor_ms(session)
    playing = view.evaluate(FRAMES, [" ", 2200])
    spent = processor_ms(session) - spent
    view.press("b")
    view.press("b")
    morphing = view.evaluate(FRAMES, ["r", 850]) + view.evaluate(FRAMES, ["r", 850])
    figures = {
        "first picture ms": first,
        "step median ms": quantile(steps["times"], 0.5),
        "step p95 ms": quantile(steps["times"], 0.95),
        "handler median ms": quantile(steps["handler"], 0.5),
        "play frames/s": 1000 / (sum(playing) / len(playing)),
        "play p99 ms": quantile(playing, 0.99),
        "play CPU ms/frame": spent / len(playing),
        "morph frames/s": 1000 / (sum(morphing) / len(morphing)),
        "morph p99 ms": quantile(morphing, 0.99),
        "bytes sent": sum(sent) - before,
    }
    page.close()
    return figures


def measure_edits(browser: Browser, address: str) -> dict[str, float]:
    """Return how long edits of a weight took, in ms, from the request to the new picture."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    wait_until_idle(page)
    page.get_by_test_id("edit").first.click()
    value = page.get_by_test_id("edit-value").first
    for _ in range(EDITS):
        value.press("ArrowUp")
        page.wait_for_timeout(400)
    entries = "() => performance.getEntriesByName('chain: edit').map(entry => entry.duration)"
    times: list[float] = page.evaluate(entries)
    page.close()
    if len(times) != EDITS:
        raise RuntimeError(f"{len(times)} of {EDITS} edits were answered")
    return {"edit median ms": quantile(times, 0.5), "edit p95 ms": quantile(times, 0.95)}


def press_speed(page: Page) -> None:
    for _ in range(2):
        page.get_by_role("button", name="Speed").first.click()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, default=Path("benchmarks/interaction.json"))
    options = parser.parse_args()
    command = (sys.executable, "-m", "uvicorn", "tests.browser.chain.stage.app:app")
    results: dict[str, dict[str, Any]] = {}
    with (
        serve_app(*command, "--app-dir", str(ROOT), "--port", "{port}") as stage,
        sync_playwright() as playwright,
    ):
        browser = launch_browser(playwright)
        for sample in SAMPLES:
            results[sample] = measure(browser, stage.address, sample)
        with serve_app() as app:
            edits = {
                name: measure_edits(browser, f"{app.address}/{path}")
                for name, path in EDITED.items()
            }
        version = browser.version
        browser.close()
    print(f"Chromium {version} without a window, {platform.machine()}, {platform.system()}\n")
    names = list(next(iter(results.values())))
    print(f"{'':20}" + "".join(f"{SAMPLES[sample]:>16}" for sample in results))
    for name in names:
        print(f"{name:20}" + "".join(f"{results[s][name]:16.1f}" for s in results))
    print()
    for name, figures in edits.items():
        print(f"{name:24}" + "".join(f"{key} {value:8.1f}   " for key, value in figures.items()))
    record = {"chromium": version, "figures": results, "edits": edits}
    options.json.write_text(json.dumps(record, indent=1) + "\n")
    print(f"\nwritten to {options.json}")


if __name__ == "__main__":
    main()
