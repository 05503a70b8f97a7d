"""Windows of a raster, with the cells that the file itself declares unknown."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import MaskFlags
from rasterio.errors import RasterioError
from rasterio.windows import Window

from gis.problems import InputError, problem


def read_block(dataset: Any, band: int, window: Window, where: str) -> tuple[NDArray[Any], Any]:
    """Values and the cells that the file itself declares unknown, of one window.

    Raises ``InputError`` ``gis.raster_block_broken`` naming the window.
    """
    try:
        values = dataset.read(band, window=window)
        if MaskFlags.all_valid in dataset.mask_flag_enums[band - 1]:
            return values, np.zeros(values.shape, dtype=bool)
        return values, dataset.read_masks(band, window=window) == 0
    except RasterioError as error:
        rows = f"{window.row_off + 1}–{window.row_off + window.height}"
        columns = f"{window.col_off + 1}–{window.col_off + window.width}"
        raise InputError(
            problem("gis.raster_block_broken", where, rows=rows, columns=columns)
        ) from error
