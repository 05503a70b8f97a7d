from .page import (
    take_lines as take_lines,
    write_land_take as write_land_take,
)
from .taking import (
    land_take as land_take,
)
