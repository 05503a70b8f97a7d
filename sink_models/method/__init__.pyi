from .method_sets import (
    METHOD_SET_COLUMNS as METHOD_SET_COLUMNS,
    expected_documents as expected_documents,
    gap_template as gap_template,
    method_set_table as method_set_table,
)
from .provenance import (
    Provenance as Provenance,
    provenance_notice as provenance_notice,
)
from .report import (
    method_sheet as method_sheet,
)
from .set_comparison import (
    COMPARED_COLUMNS as COMPARED_COLUMNS,
    compared_sets as compared_sets,
)
from .side_by_side import (
    SIDE_COLUMNS as SIDE_COLUMNS,
    side_by_side_table as side_by_side_table,
)
from .species import (
    SPECIES_COLUMNS as SPECIES_COLUMNS,
    species_table as species_table,
)
from .values import (
    Cell as Cell,
    Figure as Figure,
    Formula as Formula,
    Math as Math,
    MethodSheet as MethodSheet,
    Section as Section,
    SheetTable as SheetTable,
    Words as Words,
)
