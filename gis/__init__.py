"""Where? Coordinate systems, ellipsoidal area, grids, exact coverage and the extent account."""
