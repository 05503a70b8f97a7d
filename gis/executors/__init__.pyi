from .choosing import (
    Crew as Crew,
    tallies as tallies,
)
from .engine import (
    Engine as Engine,
)
from .partials import (
    Partials as Partials,
    discard_partials as discard_partials,
)
