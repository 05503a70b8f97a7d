"""Templates of sheets: those that ship are whole, a bureau's own is checked before it is drawn."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from gis.problems import InputError
from maps.plate.page_layout import Layout, layout, load_layout

SHIPPED = (resources.files("maps.plate") / "templates" / "a3_landscape.toml").read_text(
    encoding="utf-8"
)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert old in SHIPPED
    path = tmp_path / "版式.toml"
    path.write_text(SHIPPED.replace(old, new), encoding="utf-8")
    return path


def boxes(form: Layout) -> list[tuple[float, float, float, float]]:
    return [form.title, form.badge, form.map, form.footer, *(each.box for each in form.columns)]


@pytest.mark.parametrize("size", ["A3", "A4"])
@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_boxes_of_a_shipped_layout_lie_on_the_paper_and_apart(size: str, orientation: str) -> None:
    form = layout(size, orientation)  # type: ignore[arg-type]
    long, short = (420.0, 297.0) if size == "A3" else (297.0, 210.0)
    assert form.paper_mm == pytest.approx(
        (long, short) if orientation == "landscape" else (short, long)
    )
    found = boxes(form)
    for left, bottom, right, top in found:
        assert 0 <= left < right <= form.width
        assert 0 <= bottom < top <= form.height
    for i, a in enumerate(found):
        for b in found[i + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_a_copy_with_other_lengths_is_taken(tmp_path: Path) -> None:
    form = load_layout(changed(tmp_path, "map = [18, 41, 292, 262]", "map = [30, 50, 280, 250]"))
    assert form.map == (30.0, 50.0, 280.0, 250.0)
    larger = load_layout(changed(tmp_path, "text = 1.0 ", "text = 1.2 "))
    assert larger.width == pytest.approx(350.0)
    assert larger.paper_mm == (420.0, 297.0)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("map = [18, 41, 292, 262]", "map = [18, 41, 492, 262]", "map"),
        ("map = [18, 41, 292, 262]", "map = [292, 41, 18, 262]", r"boxes\.map"),
        ("map = [18, 41, 292, 262]", "map = [18, 41, 40, 262]", "80 × 80"),
        ("map = [18, 41, 292, 262]", 'map = "large"', r"boxes\.map"),
        ('"targets", "districts"]', '"trend"]', "headline, legend"),
        ("text = 1.0 ", "text = 0.1 ", r"page\.text"),
        ("text = 1.0 ", "text = nan ", r"page\.text"),
        ("text = 1.0 ", "text = true ", r"page\.text"),
        ("[locator]", "[inset]", "inset"),
        ("columns = 4", "columns = 4\ncolour = 1", r"footer\.colour"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    with pytest.raises(InputError, match=told) as caught:
        load_layout(changed(tmp_path, old, new))
    assert "版式.toml" in str(caught.value)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "leer.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"boxes\.map") as caught:
        load_layout(path)
    assert len(caught.value.problems) >= 8


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xff\xfe[")
    with pytest.raises(InputError, match=r"maps\.template_unreadable"):
        load_layout(path)
    with pytest.raises(InputError, match=r"maps\.template_unreadable"):
        load_layout(tmp_path / "absent.toml")
