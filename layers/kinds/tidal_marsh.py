"""Tidal marsh: the survey of salt marshes."""

from __future__ import annotations

from layers.declarations import Field
from layers.surveys import single_type_kind

KIND = single_type_kind(
    key="tidal_marsh",
    title_zh="滨海盐沼",
    title_en="Tidal marsh",
    # After the mangrove survey and before the general wetland survey, which only repeats it.
    priority=15,
    fields=(
        Field("id", "id", "编号", "Identifier"),
        Field("name", "name", "名称", "Name"),
        Field("species", "species", "种类", "Species"),
    ),
    keys={"ecosystem_type": "tidal_marsh", "land_code": "tidal_marsh"},
    names=("tidal marsh", "salt marsh", "saltmarsh", "盐沼"),
)
