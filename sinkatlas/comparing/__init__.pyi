from .comparison import (
    compare as compare,
)
from .page import (
    write_comparison as write_comparison,
)
