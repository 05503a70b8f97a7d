"""Mangroves: the survey of mangrove stands, each polygon forest and wetland at once.

Ecosystem type and forest class are both ``mangrove``, so that forest and wetland figures read it
while the account holds its ground once.
"""

from __future__ import annotations

from layers.declarations import Field
from layers.surveys import single_type_kind

KIND = single_type_kind(
    key="mangroves",
    title_zh="红树林",
    title_en="Mangroves",
    # First of all covers: a survey of one ecosystem, drawn for its own sake and at the largest
    # scale. Where it meets the wetland survey or sub-compartments, those only repeat it (their
    # classes 0303 and mangrove) or missed it.
    priority=10,
    fields=(
        Field("id", "id", "编号", "Identifier"),
        Field("name", "name", "名称", "Name"),
        Field("species", "species", "树种", "Species"),
    ),
    keys={"ecosystem_type": "mangrove", "forest_class": "mangrove"},
    names=("mangrove", "gmw"),
)
