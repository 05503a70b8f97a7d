from .balance import (
    BlueCarbonBalance as BlueCarbonBalance,
    blue_carbon_balance as blue_carbon_balance,
    check_balance as check_balance,
    decay_loss as decay_loss,
)
from .classes import (
    ACTIONS as ACTIONS,
    BIOMASS as BIOMASS,
    DISTURBANCES as DISTURBANCES,
    LITTER as LITTER,
    NO_CHANGE as NO_CHANGE,
    SOIL as SOIL,
    CoastalClass as CoastalClass,
    PoolBehaviour as PoolBehaviour,
)
from .presets import (
    CoastalPreset as CoastalPreset,
    coastal_preset as coastal_preset,
)
