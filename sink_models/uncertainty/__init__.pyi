from .draws import (
    DrawBook as DrawBook,
)
from .drivers import (
    Driver as Driver,
    covariance_of as covariance_of,
    drivers_of as drivers_of,
    first_order_half_width as first_order_half_width,
    half_changes as half_changes,
    moved_book as moved_book,
)
from .error_matrices import (
    AdjustedAreas as AdjustedAreas,
    ErrorMatrix as ErrorMatrix,
    MapAccuracy as MapAccuracy,
    adjusted_areas as adjusted_areas,
    error_matrix as error_matrix,
    map_accuracy as map_accuracy,
    read_error_matrix as read_error_matrix,
)
from .map_error import (
    LEAST_POINTS as LEAST_POINTS,
    SHARE as SHARE,
    check_matrices as check_matrices,
    digest as digest,
    draw_areas as draw_areas,
    small_samples as small_samples,
    split_rows as split_rows,
)
from .monte_carlo import (
    MonteCarlo as MonteCarlo,
    Variable as Variable,
    variables_of as variables_of,
)
from .propagation import (
    correlated_normals as correlated_normals,
    in_order_of as in_order_of,
    product_uncertainty as product_uncertainty,
    shared_sum as shared_sum,
    sum_uncertainty as sum_uncertainty,
)
