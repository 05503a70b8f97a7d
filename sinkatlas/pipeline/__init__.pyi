from .change import (
    covers_of as covers_of,
    growth_choices as growth_choices,
)
from .chosen import draw_book as draw_book
from .inputs import (
    last_epoch as last_epoch,
    layer_specs as layer_specs,
)
from .methods import (
    in_method_set as in_method_set,
    is_rule_file as is_rule_file,
    read_methods as read_methods,
)
from .running import (
    Run as Run,
    run as run,
    with_scratch as with_scratch,
)
from .steps import (
    figures_of as figures_of,
    problems_of_parts as problems_of_parts,
)
from .summary import (
    files_to_open as files_to_open,
    run_record as run_record,
    standing_summary as standing_summary,
    summary_lines as summary_lines,
)
from .up_to_date import (
    Asked as Asked,
    standing_record as standing_record,
)
