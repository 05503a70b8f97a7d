"""Seagrass beds: their survey, mostly below the tide.

Beds beyond every unit are told and enter no figure: a land account has no ground there.
"""

from __future__ import annotations

from layers.declarations import Field
from layers.surveys import single_type_kind

KIND = single_type_kind(
    key="seagrass",
    title_zh="海草床",
    title_en="Seagrass beds",
    # After mangrove and marsh, which stand above it, and before the general wetland survey.
    priority=16,
    fields=(
        Field("name", "name", "名称", "Name", aliases=("MC", "名称")),
        Field("species", "species", "种类", "Species"),
    ),
    keys={"ecosystem_type": "seagrass", "land_code": "seagrass"},
    names=("海草",),
)
