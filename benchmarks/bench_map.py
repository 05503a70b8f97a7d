"""How heavy and how quick the map of a demonstration city is, in headless Chromium.

    python benchmarks/bench_map.py              # Chengdu; or another city, or a map.html
    python benchmarks/bench_map.py --write      # and put the table into the docs

One line per measure, with the most that it may be.
"""

from __future__ import annotations

import argparse
import math
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from tables import DOCUMENT, as_table, put_into

MOST = {
    "size, MB": 2.5,
    "first picture, s (from the call until the map stands)": 1.0,
    "frame while panning, ms": 50.0,
    "frame while zooming, ms": 50.0,
    "frame while panning under a curtain, ms": 50.0,
    "frame while dragging with every layer on, ms": 50.0,
    "choosing a district, ms": 100.0,
    "choosing a target, ms": 100.0,
    "requests": 0.0,
    "console messages": 0.0,
}

FRAMES = """
async (move) => {
  const times = [];
  let last = null, on = true;
  const tick = (now) => { if (last !== null) times.push(now - last); last = now; if (on) requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  for (let i = 0; i < 30; i += 1) {
    if (move === "pan") map_sinkatlas.panBy([i % 2 ? 90 : -90, i % 3 ? 40 : -80], { animate: false });
    else map_sinkatlas.setZoom(map_sinkatlas.getZoom() + (i % 2 ? -0.5 : 0.5), { animate: false });
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go, 0)));
  }
  on = false;
  return times;
}
"""  # noqa: E501

START = """
() => {
  window.frames_ms = [];
  let last = null;
  const tick = (now) => { if (last !== null) frames_ms.push(now - last); last = now; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
}
"""  # noqa: E501

CHOOSE = """
async (wanted) => {
  const times = [];
  for (let i = 0; i < document.querySelectorAll(wanted).length; i += 1) {
    const start = performance.now();
    document.querySelectorAll(wanted)[i].dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go, 0)));
    times.push(performance.now() - start);
  }
  return times;
}
"""

PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"


def measure(page_file: Path) -> dict[str, float]:
    """Measures of a map file; keys as in ``MOST``."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    switches = ["--headless", "--no-sandbox", "--disable-gpu"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=switches)
        page = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True).new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        start = time.perf_counter()
        page.goto(page_file.resolve().as_uri())
        page.wait_for_selector("path[data-unit]")
        loaded = time.perf_counter() - start
        found = _moves(page)
        found["first picture, s (from the call until the map stands)"] = max(
            loaded, page.evaluate(PAINTED)
        )
        browser.close()
    outside = [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    found |= {"requests": len(outside), "console messages": len(said)}
    return found | {"size, MB": page_file.stat().st_size / 1e6}


def _moves(page: Any) -> dict[str, float]:
    found = {
        "frame while panning, ms": _high(page.evaluate(FRAMES, "pan")),
        "frame while zooming, ms": _high(page.evaluate(FRAMES, "zoom")),
        "choosing a district, ms": _high(page.evaluate(CHOOSE, "path[data-unit]")),
        "choosing a target, ms": _high(page.evaluate(CHOOSE, ".chooser .choice")),
    }
    page.click("[data-focus='swipe']")
    found["frame while panning under a curtain, ms"] = _high(page.evaluate(FRAMES, "pan"))
    page.click("[data-focus='swipe']")
    page.click(".chooser [data-tab='layers']")
    for branch in page.locator(".branch-head input").all():
        branch.check()
    found["frame while dragging with every layer on, ms"] = _dragged(page)
    return found


def _dragged(page: Any) -> float:
    """Frames while the pointer drags the map to and fro, as a reader does."""
    box = page.locator("#map_sinkatlas").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.wait_for_timeout(500)
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(START)
    for step in range(60):
        page.mouse.move(x + 120 * math.sin(step / 6), y + 60 * math.cos(step / 6))
    page.mouse.up()
    return _high(page.evaluate("frames_ms"))


def _high(times: list[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("city", nargs="?", default="chengdu", help="or the path of a map.html")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    city = asked.city
    with tempfile.TemporaryDirectory() as folder:
        page_file = Path(city)
        if not page_file.is_file():
            from maps.page import write_map
            from sinkatlas import run, write_demo

            done = run(write_demo(city, Path(folder) / "data"))
            page_file = Path(folder) / "map.html"
            write_map(done.report, page_file)
        found = measure(page_file)
    rows = [[name, f"{found[name]:.4g}", f"{most:g}"] for name, most in MOST.items()]
    table = as_table(["measure", "found", "at most"], rows)
    print(table)
    if asked.write:
        put_into(DOCUMENT, "map", table)


if __name__ == "__main__":
    main()
