"""The compiled loop over parts of cells; numba loads slowly, so only when cells are cut."""

from __future__ import annotations

from typing import Any

from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def set_part_areas(
    along_x: NDArray[Any],
    along_y: NDArray[Any],
    column: NDArray[Any],
    row: NDArray[Any],
    orders: NDArray[Any],
    moments: NDArray[Any],
    area: NDArray[Any],
) -> None:
    """Hectares of parts of cells from their moments (orders, n).

    ``along_x`` and ``along_y`` (polynomials, columns or rows, terms) are factors of the ground's
    density, ``column`` and ``row`` say which of them hold for a cell.
    """
    for at in range(area.shape[0]):
        total = 0.0
        for number in range(orders.shape[0]):
            own_x = along_x[orders[number, 0], column[at]]
            own_y = along_y[orders[number, 1], row[at]]
            density = 0.0
            for term in range(own_x.shape[0]):
                density += own_x[term] * own_y[term]
            total += density * moments[number, at]
        area[at] = total
