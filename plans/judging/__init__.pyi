from .comparators import (
    Tolerances as Tolerances,
    is_floor as is_floor,
)
from .judge_plan import (
    judge as judge,
    verdict_on as verdict_on,
)
from .reasons import (
    Reason as Reason,
    reason as reason,
)
from .scopes import (
    check_scopes as check_scopes,
)
from .target_series import (
    Evidence as Evidence,
)
from .trajectory import (
    Trajectory as Trajectory,
    TrendPoint as TrendPoint,
    trajectories as trajectories,
)
from .verdict import (
    Status as Status,
    Verdict as Verdict,
)
