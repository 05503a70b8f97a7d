"""Does the run hold anything for the area that a target speaks of?"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from gis.problems import Problem, problem
from plans.fields import shown
from plans.judging.target_series import Evidence
from plans.plan import Plan
from sink_models.results import Results


def check_scopes(
    plan: Plan, results: Results, *, names: Mapping[str, str] | None = None
) -> tuple[Problem, ...]:
    """A warning for every scope that no unit of the results bears as its code or name.

    ``names`` gives the units' names by code. Only targets that a figure could judge are asked:
    works, counts, rules and systems name places in words of their own.
    """
    evidence = Evidence(results, names=names or {})
    present = {code for _, _, code in evidence.results.values}
    words = [f"{code} {evidence.names.get(code, '')}".strip() for code in sorted(present)]
    spoken = sorted(present) + [
        evidence.names[code] for code in sorted(present & set(evidence.names))
    ]
    found: dict[str, Problem] = {}
    for target in plan.targets:
        if target.kind not in ("state", "trend") or evidence.has_scope(target) or not present:
            continue
        near = difflib.get_close_matches(target.scope, spoken, n=1)
        found.setdefault(
            target.scope,
            problem(
                "plans.scope_unknown",
                where=f"{plan.id}:{target.line}" if target.line else plan.id,
                target=target.id,
                given=shown(target.scope),
                nearest=near[0] if near else "–",
                allowed=", ".join(words),
            ),
        )
    return tuple(found.values())
