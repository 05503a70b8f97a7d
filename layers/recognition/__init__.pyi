from .evidence import ColumnEvidence as ColumnEvidence
from .folders import (
    RASTERS as RASTERS,
    data_files as data_files,
    is_data as is_data,
)
from .guesses import (
    Guess as Guess,
    LegendGuess as LegendGuess,
    Recognised as Recognised,
    UnitsGuess as UnitsGuess,
    YearGuess as YearGuess,
    recognise as recognise,
)
from .sources import (
    ColumnSource as ColumnSource,
    SourceColumn as SourceColumn,
    raster_extent as raster_extent,
    read_sources as read_sources,
)
