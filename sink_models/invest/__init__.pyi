from .carbon_pools import (
    POOL_COLUMNS as POOL_COLUMNS,
    CarbonPools as CarbonPools,
    carbon_change as carbon_change,
    carbon_map as carbon_map,
    carbon_totals as carbon_totals,
    read_carbon_pools as read_carbon_pools,
)
from .coastal import (
    CoastalTotals as CoastalTotals,
    coastal_balances as coastal_balances,
    coastal_totals as coastal_totals,
    history_areas as history_areas,
    read_coastal_classes as read_coastal_classes,
    read_coastal_codes as read_coastal_codes,
    read_snapshots as read_snapshots,
    read_transitions as read_transitions,
    stopped_growth as stopped_growth,
    summed_balance as summed_balance,
)
