from .check import (
    check_workspace as check_workspace,
    confirm as confirm,
    repair_workspace as repair_workspace,
    write_check as write_check,
)
from .page import (
    concerned_line as concerned_line,
    look_lines as look_lines,
)
