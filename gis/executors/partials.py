"""Finished bands kept on disk, so that an interrupted run goes on where it stopped.

A folder per plan, named by a hash of all that the plan's tables follow from: the rasters' content,
the edges of the zones, the grid, the classes and our own version. Each band is one file, written
aside and renamed. A file that cannot be read, or is of another plan, counts as absent. Tables keep
all their bits. Parts stay until the result that they serve is published.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
import shapely

from gis.problems import InputError, problem
from gis.reading import split_archive
from gis.zonal import Band, BandTally, ClassBand, RasterPlan, Unknown

FORMAT = 2
"""Changes whenever the same plan would give other tables."""

_PLAN = re.compile(r"[0-9a-f]{32}")
_PART = re.compile(r"band-\d{6}\.(?:npz|\d+\.part)")

_DAMAGE = (
    OSError, ValueError, KeyError, TypeError, EOFError, NotImplementedError, RuntimeError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What reading a part can raise whose bytes are not those that were written."""

_ARRAYS = ("zones", "areas", "totals", "known", "uncovered")


@dataclass(frozen=True)
class Partials:
    """The kept bands of one plan; without a folder nothing is kept."""

    folder: Path | None

    @classmethod
    def of(cls, plan: RasterPlan, root: Path | None) -> Partials:
        if root is None:
            return cls(None)
        return cls(root / plan_key(plan))

    def has(self, number: int) -> bool:
        return self.folder is not None and self.read(number) is not None

    def read(self, number: int) -> BandTally | None:
        """A kept band, or None."""
        if self.folder is None:
            return None
        try:
            with self._file(number).open("rb") as file, np.load(file, allow_pickle=False) as held:
                arrays = {name: held[name] for name in _ARRAYS}
                facts = json.loads(str(held["facts"]))
            if (facts["plan"], facts["number"]) != (self.folder.name, number):
                return None
            unknown = tuple(
                Unknown(each["raster"], each["code"], each["cells"], each["area_ha"],
                        frozenset(each["zones"]))
                for each in facts["unknown"]
            )  # fmt: skip
            return BandTally(**arrays, cells_read=facts["cells_read"], unknown=unknown)
        except _DAMAGE:
            return None

    def keep(self, number: int, tally: BandTally) -> None:
        """Keep one band; the file appears whole or not at all.

        Raises
        ------
        InputError
            ``gis.partials_unwritable`` when the folder takes no file: a full disk, a lack of
            rights.
        """
        if self.folder is None:
            return
        unknown = [asdict(each) | {"zones": sorted(each.zones)} for each in tally.unknown]
        facts = json.dumps(
            {
                "plan": self.folder.name, "number": number,
                "cells_read": tally.cells_read, "unknown": unknown,
            }
        )  # fmt: skip
        aside = self._file(number).with_suffix(f".{os.getpid()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with aside.open("wb") as file:
                np.savez(file, facts=np.array(facts), **{n: getattr(tally, n) for n in _ARRAYS})
            aside.replace(self._file(number))
        except OSError as error:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            reason = error.strerror or type(error).__name__
            raise InputError(
                problem("gis.partials_unwritable", self.folder, reason=reason)
            ) from error

    def _file(self, number: int) -> Path:
        assert self.folder is not None
        return self.folder / f"band-{number:06d}.npz"


def discard_partials(root: Path) -> None:
    """Remove what was kept below ``root``, once the result is published; nothing but our parts."""
    with suppress(OSError):
        for folder in [each for each in root.iterdir() if _PLAN.fullmatch(each.name)]:
            for file in [each for each in folder.iterdir() if _PART.fullmatch(each.name)]:
                file.unlink()
            with suppress(OSError):
                folder.rmdir()


def plan_key(plan: RasterPlan) -> str:
    """A hash of everything that a plan's tables follow from."""
    import rasterio

    digest = hashlib.sha256()
    bands: list[Band] = [*plan.classes, *plan.densities]
    for each in bands:
        with (split_archive(each.path)[0] or each.path).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
        codes = each.codes.tolist() if isinstance(each, ClassBand) else []
        digest.update(repr((each.band, each.crs, each.no_data, codes)).encode())
    for array in (plan.edges.zone, plan.edges.start, plan.edges.stop, plan.edges.sign):
        digest.update(np.ascontiguousarray(array).tobytes())
    grid = (plan.grid.crs.to_wkt(), tuple(plan.grid.transform), plan.grid.width, plan.grid.height)
    versions = (
        FORMAT, rasterio.__gdal_version__, shapely.geos_version_string,
        *map(metadata.version, ("sinkatlas", "numpy", "numba", "rasterio", "shapely", "pyproj")),
    )  # fmt: skip
    digest.update(repr((grid, plan.zones, plan.block, plan.bands, versions)).encode())
    return digest.hexdigest()[:32]
