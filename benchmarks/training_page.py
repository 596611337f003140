"""Measure live training in a browser: seconds to the target, pictures a second, Stop, overhead.

    python benchmarks/training_page.py                 # all tasks
    python benchmarks/training_page.py names french    # some

Seconds run from the click, as the browser takes note of it, to the frame in which the held-out
result is on the page. The bare loop is the same run without a page: updates and looks at the
validation split. Overhead compares processor seconds of the server with processor seconds of the
bare loop, because wall seconds also hold whatever else the machine does; both are printed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402

from rnn_core.tasks import TASKS  # noqa: E402
from rnn_core.training.trainer import Trainer  # noqa: E402
from scripts.app_server import launch_browser, serve_app, wait_until_idle  # noqa: E402

STOPS = 12
WATCH = """() => {
  const seen = window.watched = {pictures: 0, frames: 0, without: 0, gap: 0, last: null, end: null};
  const hosts = document.querySelectorAll('[data-testid="stMain"] *');
  const host = [...hosts].find((one) => one.shadowRoot?.querySelector(".curves svg"));
  document.addEventListener("click", () => { seen.start ??= performance.now(); }, true);
  const look = () => {
    const plot = host.isConnected && host.shadowRoot.querySelector(".curves svg");
    if (seen.start) {
      seen.frames += 1;
      if (!plot) seen.gap += 1; // counts as blank only if the curves come back
      else { seen.without += seen.gap; seen.gap = 0; }
      if (plot && plot !== seen.last) { seen.pictures += 1; seen.last = plot; }
    }
    const labels = [...document.querySelectorAll('[data-testid="stMetricLabel"]')];
    if (labels.some((one) => one.textContent.includes("Your network, test")))
      seen.end = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def processor_seconds(pid: int) -> float:
    """Return the processor seconds a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run_bare(key: str) -> tuple[float, float]:
    """Train without a page; return processor and wall seconds."""
    trainer = Trainer(TASKS[key])
    processor, wall = time.process_time(), time.perf_counter()
    trainer.run(float("inf"))
    return time.process_time() - processor, time.perf_counter() - wall


def open_live(page: Page, address: str, key: str) -> None:
    """Open the live view of a task and wait until it is quiet."""
    page.goto(f"{address}/train?v=1&view=live&task={key}")
    wait_until_idle(page)
    expect(page.locator(".curves svg")).to_be_visible()


def measure_run(page: Page, address: str, pid: int, key: str) -> dict[str, Any]:
    """Train a task from its page; return what it took and what it came to.

    The first run loads data and fills caches; the second, of another seed, is measured.
    """
    open_live(page, address, key)
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_text("Your network, test").wait_for(timeout=120_000)
    open_live(page, address, f"{key}&seed=1")
    bare, bare_wall = run_bare(key)
    used = processor_seconds(pid)
    page.evaluate(WATCH)
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function("() => window.watched.end", polling=100, timeout=120_000)
    seen = page.evaluate("() => ({...window.watched, last: null})")
    wall = (seen["end"] - seen["start"]) / 1000
    wait_until_idle(page)
    used = processor_seconds(pid) - used
    return {
        "result": page.get_by_test_id("stMetricValue").first.inner_text(),
        "wall": wall,
        "bare wall": bare_wall,
        "server": used,
        "bare": bare,
        "pictures": seen["pictures"] / wall,
        "blank": seen["without"] / max(seen["frames"], 1),
    }


def measure_stops(page: Page, address: str) -> list[float]:
    """Return milliseconds from pressing Stop to "Stopped" on the page, at full speed."""
    open_live(page, address, "sentiment")
    taken = []
    for number in range(STOPS):
        page.get_by_role("button", name="Train" if number == 0 else "Train again").click()
        page.wait_for_timeout(600 + 37 * number)
        button = page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True)
        taken.append(
            page.evaluate(
                """async (button) => {
                  const start = performance.now();
                  button.click();
                  while (!document.body.innerText.includes("Stopped at update"))
                    await new Promise(requestAnimationFrame);
                  return performance.now() - start;
                }""",
                button.element_handle(),
            )
        )
        wait_until_idle(page)
    return taken


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", default=list(TASKS))
    chosen = parser.parse_args().tasks
    print("task          result      wall s  (bare)  server s  (bare)  ratio  pictures/s  blank")
    with serve_app() as app, sync_playwright() as playwright:
        browser = launch_browser(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        for key in chosen:
            m = measure_run(page, app.address, app.pid, key)
            print(
                f"{key:12}  {m['result']:10}  {m['wall']:6.2f}  {m['bare wall']:6.2f}"
                f"  {m['server']:8.2f}  {m['bare']:6.2f}  {m['server'] / m['bare']:5.2f}"
                f"  {m['pictures']:10.1f}  {m['blank']:5.1%}"
            )
        stops = sorted(measure_stops(page, app.address))
        print(f"Stop: median {statistics.median(stops):.0f} ms, worst {stops[-1]:.0f} of {STOPS}")
        browser.close()


if __name__ == "__main__":
    main()
