"""Streets: lines that people walk along, for distances to parks."""

from __future__ import annotations

from layers.declarations import LINES, Field
from layers.surveys import register_kind

FIELDS = (Field("name", "name", "名称", "Name", aliases=("MC", "名称")),)

KIND = register_kind(
    key="streets",
    title_zh="道路网",
    title_en="Streets",
    geometry=LINES,
    fields=FIELDS,
    names=("street", "road", "道路", "路网"),
)
