from .page import (
    map_page as map_page,
    write_map as write_map,
)
from .style import (
    document_style as document_style,
)
