"""GDAL's cache of decoded blocks, held to its share of the memory budget."""

from __future__ import annotations

from contextlib import ExitStack


def block_cache(size: int) -> ExitStack:
    """A context in which GDAL keeps at most ``size`` bytes of decoded blocks."""
    import rasterio

    stack = ExitStack()
    stack.enter_context(rasterio.Env(GDAL_CACHEMAX=size))
    return stack
