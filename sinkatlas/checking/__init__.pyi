from .check import (
    as_record as as_record,
    check_workspace as check_workspace,
    confirm as confirm,
    finding_record as finding_record,
    repair_workspace as repair_workspace,
    write_check as write_check,
)
from .page import (
    concerned_line as concerned_line,
    look_lines as look_lines,
)
