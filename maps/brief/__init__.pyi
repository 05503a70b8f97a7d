from .document import (
    write_brief as write_brief,
)
