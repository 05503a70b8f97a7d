"""The facts a synthetic city is calibrated to, from ``cities.toml`` and ``districts.csv``."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

EPOCHS = (2020, 2024)
"""Years that every demonstration city describes."""


@dataclass(frozen=True)
class PublishedFigure:
    """A city total in ``unit`` with the year it holds for and where it comes from.

    ``grade`` is ``"A"`` or ``"B"`` for published figures, ``"assumed"`` for our own; ``per_year``
    is always assumed.
    """

    value: float
    unit: str
    year: int
    per_year: float
    grade: str
    source: str

    def at(self, year: int) -> float:
        """The figure moved along its trend.

        >>> PublishedFigure(100.0, "ha", 2021, 5.0, "A", "").at(2024)
        115.0
        """
        return self.value + self.per_year * (year - self.year)


@dataclass(frozen=True)
class District:
    """A real district's code and name with the rough centre and area of its schematic outline."""

    adcode: str
    name: str
    centre_lon: float
    centre_lat: float
    area_km2: float


@dataclass(frozen=True)
class Upland:
    """A rounded hill of the sketch: centre, radius and height relative to the other hills."""

    lon: float
    lat: float
    radius_km: float
    height: float


@dataclass(frozen=True)
class River:
    """A river of the sketch; ``width`` is relative to the city's other rivers."""

    name: str
    width: float
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Species:
    """A dominant species group: its share of arbor forest, natural share and relative stock."""

    name: str
    share: float
    natural_share: float
    relative_stock: float


@dataclass(frozen=True)
class Sea:
    """The sea side of a coastal city: a point on the shore and the bearing towards open water."""

    lon: float
    lat: float
    bearing_deg: float


@dataclass(frozen=True)
class Work:
    """Works of one type: hectares a year, shared among districts; always assumed."""

    kind: str
    ha_per_year: float
    districts: tuple[str, ...]


@dataclass(frozen=True)
class Area:
    """A demonstration area that the plan names: what it is about and the district it is put in."""

    name: str
    kind: str
    district: str


@dataclass(frozen=True)
class City:
    """Everything the generator knows of one city.

    ``epsg`` is the CGCS2000 3-degree Gauss-Krueger zone that the city is drawn in; ``is_lonlat``
    says that its files are written in longitude and latitude (EPSG:4490) instead; ``allocation``
    names the targets that its workspace splits over the districts, with year and method.
    ``works_are_drawn`` says that its works are polygons on the mangroves' ground, not a table.
    """

    key: str
    adcode: str
    name: str
    plan: str
    wetland_scope: str
    epsg: int
    is_lonlat: bool
    cell_size_m: float
    cells: int
    seed: int
    bamboo_species: str
    shrub_species: str
    greenway_name: str
    figures: Mapping[str, PublishedFigure]
    wetlands: Mapping[str, PublishedFigure]
    districts: tuple[District, ...]
    uplands: tuple[Upland, ...]
    rivers: tuple[River, ...]
    species: tuple[Species, ...]
    sea: Sea | None
    mangrove_districts: Mapping[str, float]
    mangrove_names: Mapping[str, str]
    further: tuple[str, ...]
    works: tuple[Work, ...]
    works_are_drawn: bool
    areas: tuple[Area, ...]
    allocation: tuple[tuple[str, int, str], ...]

    @property
    def file_crs(self) -> str:
        """The CRS that the files are written in."""
        return "EPSG:4490" if self.is_lonlat else f"EPSG:{self.epsg}"

    @property
    def drawing_crs(self) -> str:
        """The metric CRS that shapes are drawn in."""
        return f"EPSG:{self.epsg}"


def city_facts(key: str) -> City:
    """Facts of one demonstration city, e.g. ``"guangzhou"``.

    >>> city_facts("guangzhou").figures["mangrove_area"].value
    403.9
    """
    text = (resources.files("sinkatlas.demo") / "cities.toml").read_text(encoding="utf-8")
    return _city(key, tomllib.loads(text)[key])


def _city(key: str, table: Mapping[str, Any]) -> City:
    return City(
        key=key,
        adcode=table["adcode"],
        name=table["name_zh"],
        plan=table["plan"],
        wetland_scope=table["wetland_scope"],
        epsg=table["epsg"],
        is_lonlat=table["is_lonlat"],
        cell_size_m=table["cell_size_m"],
        cells=table["cells"],
        seed=table["seed"],
        bamboo_species=table["bamboo_species"],
        shrub_species=table["shrub_species"],
        greenway_name=table["greenway_name"],
        figures={name: PublishedFigure(**entry) for name, entry in table["figures"].items()},
        wetlands={code: PublishedFigure(**entry) for code, entry in table["wetlands"].items()},
        districts=_districts(table["adcode"]),
        uplands=tuple(Upland(*entry) for entry in table["uplands"]),
        rivers=tuple(_river(*entry) for entry in table["rivers"]),
        species=tuple(Species(*entry) for entry in table["species"]),
        sea=_sea(table),
        mangrove_districts=table.get("mangrove_districts", {}),
        mangrove_names=table.get("mangrove_names", {}),
        further=tuple(table.get("further", ())),
        works=tuple(Work(kind, area, tuple(units)) for kind, area, units in table.get("works", ())),
        works_are_drawn=table.get("works_are_drawn", False),
        areas=tuple(Area(*entry) for entry in table.get("areas", ())),
        allocation=tuple(tuple(entry) for entry in table.get("allocation", ())),
    )


def _sea(table: Mapping[str, Any]) -> Sea | None:
    if "sea_from" not in table:
        return None
    lon, lat = table["sea_from"]
    return Sea(lon, lat, table["sea_bearing"])


def _river(name: str, width: float, points: list[list[float]]) -> River:
    return River(name, width, tuple((lon, lat) for lon, lat in points))


def _districts(city_adcode: str) -> tuple[District, ...]:
    text = (resources.files("sinkatlas.demo") / "districts.csv").read_text(encoding="utf-8")
    return tuple(
        District(
            adcode=row["adcode"],
            name=row["name_zh"],
            centre_lon=float(row["centre_lon"]),
            centre_lat=float(row["centre_lat"]),
            area_km2=float(row["area_km2"]),
        )
        for row in csv.DictReader(text.splitlines())
        if row["city_adcode"] == city_adcode
    )
