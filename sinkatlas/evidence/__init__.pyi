from .packing import (
    pack as pack,
    verify as verify,
)
