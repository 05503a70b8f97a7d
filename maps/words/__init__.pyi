from .catalogue import (
    words as words,
)
from .methods import (
    described as described,
    term as term,
)
from .parts import (
    part_name as part_name,
    parts_of as parts_of,
)
