from .attribute_tables import (
    SUFFIXES as SUFFIXES,
    AttributeTable as AttributeTable,
    code_texts as code_texts,
    joined as joined,
    read_attribute_table as read_attribute_table,
)
from .columns import (
    distinct_beyond_ascii as distinct_beyond_ascii,
    find_columns as find_columns,
    nearest as nearest,
    numbers as numbers,
    texts as texts,
)
from .encodings import (
    original_text as original_text,
    put_right as put_right,
)
from .stated_units import (
    PER_STANDARD as PER_STANDARD,
    per_area_of_name as per_area_of_name,
    unit_of_name as unit_of_name,
    units_of_titles as units_of_titles,
)
