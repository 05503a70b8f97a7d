from .doctor import (
    examine as examine,
)
from .fronts import (
    front as front,
    problem_line as problem_line,
    say as say,
)
from .looking import (
    look_record as look_record,
    look_text as look_text,
    looked as looked,
)
from .showing import (
    compare_method_sets as compare_method_sets,
    document_lines as document_lines,
    export_factors as export_factors,
    factor_card as factor_card,
    factor_lines as factor_lines,
    language_of_plan as language_of_plan,
    plan_check as plan_check,
    plan_lines as plan_lines,
    rule_lines as rule_lines,
    write_gap_template as write_gap_template,
)
