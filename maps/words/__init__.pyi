from .catalogue import (
    words as words,
)
from .parts import (
    part_name as part_name,
    parts_of as parts_of,
)
from .statements import (
    sentence as sentence,
    sentences as sentences,
    statement_words as statement_words,
)
from .terms import (
    term as term,
)
from .titles import (
    without_keys as without_keys,
)
