from .blocks import (
    demonstration_blocks as demonstration_blocks,
    ground_in_areas as ground_in_areas,
)
from .conflicts import (
    conflict_table as conflict_table,
    overlap_conflicts as overlap_conflicts,
    river_conflicts as river_conflicts,
)
from .of_layers import (
    Population as Population,
    ground_measures as ground_measures,
    line_measures as line_measures,
)
from .parks import (
    park_service as park_service,
)
from .unit_figures import (
    Measure as Measure,
)
from .works import (
    BASIS as BASIS,
    WorksLedger as WorksLedger,
    WorksOptions as WorksOptions,
    WorksType as WorksType,
    read_ledger as read_ledger,
    type_of as type_of,
    works_measures as works_measures,
    works_types as works_types,
)
