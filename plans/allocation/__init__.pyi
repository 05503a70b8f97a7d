from .allocating import (
    Allocation as Allocation,
    Share as Share,
    allocate as allocate,
    check_requests as check_requests,
)
from .baseline import (
    METHODS as METHODS,
    AllocationRequest as AllocationRequest,
)
from .own_shares import (
    read_shares as read_shares,
)
from .potential import (
    CONSTRAINTS as CONSTRAINTS,
    capacity as capacity,
)
