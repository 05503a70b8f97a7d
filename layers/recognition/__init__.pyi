from .evidence import Evidence as Evidence
from .folders import data_files as data_files
from .guesses import (
    Guess as Guess,
    LegendGuess as LegendGuess,
    Recognised as Recognised,
    UnitsGuess as UnitsGuess,
    YearGuess as YearGuess,
    recognise as recognise,
)
from .sources import (
    Column as Column,
    Source as Source,
    read_sources as read_sources,
)
