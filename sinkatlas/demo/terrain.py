"""The land behind the maps: smooth fields of height, woodiness and town on one grid.

Fields are dimensionless; only their order matters, since every area is calibrated afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj

from sinkatlas.demo.facts import City
from sinkatlas.demo.mosaic import Floats, Integers, Mosaic

MARGIN_CELLS = 40
"""Cells of land cover beyond the city's bounding box."""


@dataclass(frozen=True)
class Frame:
    """A north-up grid in the drawing CRS: outer edge of the first cell, cell size, shape."""

    left: float
    top: float
    cell_m: float
    rows: int
    columns: int

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.columns

    def eastings(self) -> Floats:
        return np.asarray(self.left + (np.arange(self.columns) + 0.5) * self.cell_m, dtype=float)

    def northings(self) -> Floats:
        return np.asarray(self.top - (np.arange(self.rows) + 0.5) * self.cell_m, dtype=float)

    def position(self, points: Floats) -> tuple[Integers, Integers]:
        """Row and column of the cell that holds each point."""
        column = np.floor((points[:, 0] - self.left) / self.cell_m).astype(np.int64)
        row = np.floor((self.top - points[:, 1]) / self.cell_m).astype(np.int64)
        return row, column


@dataclass(frozen=True)
class Terrain:
    """Fields on one grid: ``height``, ``woods`` (where forest comes first), ``town`` (where
    building comes first), ``grain`` (fine independent texture)."""

    frame: Frame
    height: Floats
    woods: Floats
    town: Floats
    grain: Floats

    def at(self, field: Floats, points: Floats) -> Floats:
        """Values of a field at points of the drawing CRS."""
        return np.asarray(field[self.frame.position(points)])


def build_terrain(city: City, mosaic: Mosaic, rng: np.random.Generator) -> Terrain:
    """Draw the fields of a city over its mosaic and a margin."""
    frame = _frame(mosaic, city.cell_size_m)
    height = _uplands(city, frame) + 0.32 * smooth_noise(frame, 22_000.0, rng)
    flat_town = _towns(city, frame) + 0.45 * smooth_noise(frame, 7_000.0, rng)
    town = flat_town - 0.8 * np.maximum(height - 0.5, 0)
    woods = height + 0.30 * smooth_noise(frame, 5_000.0, rng) - 0.6 * np.maximum(town, 0)
    grain = smooth_noise(frame, 900.0, rng)
    return Terrain(frame, height, woods, town, grain)


def smooth_noise(frame: Frame, wavelength_m: float, rng: np.random.Generator) -> Floats:
    """Random relief with mean 0 and deviation 1, smooth below about ``wavelength_m``."""
    down = np.fft.fftfreq(frame.rows, frame.cell_m).astype(np.float32)[:, None]
    across = np.fft.rfftfreq(frame.columns, frame.cell_m).astype(np.float32)[None, :]
    waves = rng.standard_normal((frame.rows, across.size, 2), dtype=np.float32)
    damping = 1 + ((down**2 + across**2) * np.float32(wavelength_m**2)) ** np.float32(1.2)
    relief = np.fft.irfft2(waves.view(np.complex64)[..., 0] / damping, s=frame.shape)
    return np.asarray((relief - relief.mean()) / relief.std(), dtype=float)


def _frame(mosaic: Mosaic, cell_m: float) -> Frame:
    margin = MARGIN_CELLS * cell_m
    reach = 2_000.0
    low = np.floor((mosaic.centres.min(axis=0) - margin - reach) / 1000.0) * 1000.0
    high = np.ceil((mosaic.centres.max(axis=0) + margin + reach) / 1000.0) * 1000.0
    # Fourier transforms are quick for lengths with small factors.
    columns, rows = (np.ceil((high - low) / cell_m / 60) * 60).astype(int)
    return Frame(float(low[0]), float(high[1]), cell_m, int(rows), int(columns))


def _uplands(city: City, frame: Frame) -> Floats:
    centres = project(city, [(hill.lon, hill.lat) for hill in city.uplands])
    radii = [hill.radius_km * 1000.0 for hill in city.uplands]
    return _bumps(frame, centres, radii, [hill.height for hill in city.uplands])


def _towns(city: City, frame: Frame) -> Floats:
    centres = project(city, [(each.centre_lon, each.centre_lat) for each in city.districts])
    radii = [1_500.0 + 140.0 * np.sqrt(each.area_km2) for each in city.districts]
    return _bumps(frame, centres, radii, [1.3] * len(radii))


def _bumps(frame: Frame, centres: Floats, radii: list[float], heights: list[float]) -> Floats:
    """Sum of bell-shaped bumps; each bell is a product of one row and one column."""
    total = np.zeros(frame.shape)
    eastings, northings = frame.eastings(), frame.northings()
    for (easting, northing), radius, height in zip(centres, radii, heights, strict=True):
        across = np.exp(-(((eastings - easting) / radius) ** 2))
        down = np.exp(-(((northings - northing) / radius) ** 2))
        total += height * np.outer(down, across)
    return total


def project(city: City, lonlat: list[tuple[float, float]]) -> Floats:
    """Points given in longitude and latitude, in the drawing CRS, (n, 2) in metres."""
    transformer = pyproj.Transformer.from_crs("EPSG:4490", city.drawing_crs, always_xy=True)
    lon, lat = zip(*lonlat, strict=True)
    return np.stack(transformer.transform(lon, lat), axis=1)
