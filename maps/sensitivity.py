"""Who may see the outputs: the public profile leaves out what a bureau may not publish.

Sub-compartments, single stands with their attributes, stay inside. Other outlines are coarsened,
so that nobody reads a limit off a published map. Figures are those of the full data: a profile
changes what is drawn, never what was computed.
"""

from __future__ import annotations

from dataclasses import replace

from maps.report import MapLayer, Report

PUBLIC_TOLERANCE_M = 200.0
"""How far a published outline may lie beside the true one, in metres."""

WITHHELD_KINDS = ("forest_subcompartments",)
_METRES_PER_DEGREE = 111_320.0


def public_view(report: Report) -> Report:
    """The report without sub-compartments and tables that are not public, outlines thinned.

    A conflict names a project that somebody has yet to look at; the figures of a small named area
    are nearly those of single stands.
    """
    layers = tuple(_coarse(each) for each in report.layers if each.kind not in WITHHELD_KINDS)
    withheld = [each.name for each in report.tables if not each.is_public]
    further = {
        name: frame.iloc[:0] if name in withheld else frame
        for name, frame in report.further.items()
    }
    emptied = {name: getattr(report, name).iloc[:0] for name in withheld if name not in further}
    return replace(report, layers=layers, sensitivity="public", further=further, **emptied)


def _coarse(layer: MapLayer) -> MapLayer:
    """A layer with thinned outlines, without any attribute but ``name``."""
    if layer.features is None:
        return layer
    lonlat = layer.features if layer.features.crs is None else layer.features.to_crs(4490)
    kept = [name for name in ("name",) if name in lonlat]
    thinned = lonlat.geometry.simplify(PUBLIC_TOLERANCE_M / _METRES_PER_DEGREE)
    features = lonlat[kept].set_geometry(thinned)
    return replace(layer, features=features[~features.geometry.is_empty], attributes=())
