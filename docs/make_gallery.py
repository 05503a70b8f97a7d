"""Make the pictures of the site's gallery: the example city, its map, a plate, a workbook page.

What this machine lacks (a browser for the map, LibreOffice for the workbook) is left out and told.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import sinkatlas

HERE = Path(__file__).parent
GALLERY = HERE / "_static" / "gallery"
CITY = "guangzhou"


def main() -> None:
    """Run the city once and write what can be pictured."""
    GALLERY.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        result = place / "result"
        sinkatlas.run(sinkatlas.write_demo(CITY, place / "data"), result, language="zh")
        plate = next(iter(sorted((result / "sheets").glob("*.png"))))
        shutil.copyfile(plate, GALLERY / "2_plate.png")
        _told("map", _map(result / "map.html", GALLERY / "1_map.png"))
        _told("workbook", _page(result / "report.xlsx", place, GALLERY / "3_workbook"))
        _told("brief", _page(result / "report.docx", place, GALLERY / "4_brief"))


def _told(what: str, missing: str) -> None:
    if missing:
        print(f"gallery: no picture of the {what}: {missing}", file=sys.stderr)  # noqa: T201


def _map(page: Path, picture: Path) -> str:
    """A screenshot of the map; returns what is lacking."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        return "playwright is not installed"
    if browser is None:
        return "no Chromium"
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        tab = opened.new_page(viewport={"width": 1366, "height": 768})
        tab.goto(page.as_uri())
        tab.wait_for_timeout(2000)
        tab.screenshot(path=str(picture))
        opened.close()
    return ""


def _page(file: Path, place: Path, picture: Path) -> str:
    """The first page of an office file; returns what is lacking."""
    office, cairo = shutil.which("soffice"), shutil.which("pdftocairo")
    if office is None or cairo is None:
        return "no LibreOffice or poppler"
    print_it = [office, "--headless", "--convert-to", "pdf", "--outdir", str(place), str(file)]
    subprocess.run(print_it, check=True, capture_output=True)  # noqa: S603 - our own files
    pdf = place / f"{file.stem}.pdf"
    draw = [cairo, "-png", "-r", "80", "-singlefile", "-f", "1", "-l", "1", str(pdf), str(picture)]
    subprocess.run(draw, check=True, capture_output=True)  # noqa: S603 - our own files
    return ""


if __name__ == "__main__":
    main()
