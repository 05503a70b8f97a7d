from .accounting import (
    extent_account as extent_account,
)
from .input_checks import (
    layer_problems as layer_problems,
    row_numbers as row_numbers,
)
from .partition import (
    made_disjoint as made_disjoint,
    polygons_only as polygons_only,
)
from .patches import (
    change_patches as change_patches,
)
from .transitions import (
    EpochCovers as EpochCovers,
    TransitionAccount as TransitionAccount,
    require_margins as require_margins,
    transition_account as transition_account,
)
