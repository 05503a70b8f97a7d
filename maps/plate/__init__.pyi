from .atlas import (
    SheetChoice as SheetChoice,
    write_sheets as write_sheets,
)
from .margin import (
    PlateMarks as PlateMarks,
)
from .page_layout import (
    Layout as Layout,
    layout as layout,
    load_layout as load_layout,
)
from .plate import (
    Format as Format,
    choose as choose,
    draw_sheet as draw_sheet,
    style as style,
    write_sheet as write_sheet,
)
