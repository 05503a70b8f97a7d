"""The plan's side of a run: what was promised is read first and judged last."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

import pandas as pd

from gis.problems import ProblemLog
from plans.allocation import (
    Allocation,
    AllocationRequest,
    allocate,
    check_requests,
    read_shares,
)
from plans.assigned import check_assigned
from plans.judging import (
    Evidence,
    Tolerances,
    Trajectory,
    Verdict,
    check_scopes,
    judge,
    trajectories,
)
from plans.plan import AssignedValue, Plan
from plans.reader import load_plan
from sink_models.results import IndicatorValue, Results, ValueKey
from sink_models.sampling import Sampling
from sinkatlas.workspace import Workspace

NO_AREAS: Mapping[ValueKey, IndicatorValue] = {}


@dataclass(frozen=True)
class Promises:
    """A plan with what the workspace says of it: entered values, tolerances, splits asked for."""

    plan: Plan
    assigned: tuple[AssignedValue, ...]
    tolerances: Tolerances
    requests: tuple[AllocationRequest, ...]
    today: datetime.date | None


class _Settings(TypedDict):
    """What judging is told beside the plan and the results."""

    assigned: tuple[AssignedValue, ...]
    tolerances: Tolerances
    sampling: Sampling
    names: Mapping[str, str]
    today: datetime.date | None


@dataclass(frozen=True)
class Judgement:
    """What became of a plan; everything empty without one."""

    plan: Plan | None = None
    verdicts: tuple[Verdict, ...] = ()
    trajectories: tuple[Trajectory, ...] = ()
    allocations: tuple[Allocation, ...] = ()


def read_promises(space: Workspace, problems: ProblemLog) -> Promises | None:
    """Read the plan, the assigned values and the tables of shares; None without a plan.

    Warnings go into ``problems``. Raises ``InputError`` with every mistake of the plan file, or
    every mistake of the values and tables that go with it.
    """
    table = space.table
    if not table.workspace.plan:
        for name, entries in (("allocation", table.allocation), ("assigned", table.assigned)):
            if entries:
                problems.add("sinkatlas.needs_plan", where=space.path.name, table=name)
        return None
    file = space.resolve(table.workspace.plan)
    named = table.workspace.plan
    plan = load_plan(file if file.is_file() else named, problems=problems, label=named)
    assigned = tuple(
        AssignedValue(each.indicator, each.year, each.value, each.unit, each.document, each.date)
        for each in table.assigned
    )
    log = ProblemLog()
    log.extend(check_assigned(plan, assigned, where=f"{space.path.name} [[assigned]]"))
    requests = _requests(space, log)
    years = [epoch.year for epoch in space.epochs]
    check_requests(
        plan,
        requests,
        whole_code=table.units.whole_code,
        assigned=assigned,
        years=years,
        problems=log,
    )
    log.raise_if_errors()
    problems.extend(log)
    return Promises(plan, assigned, table.tolerances, requests, table.workspace.date)


def _requests(space: Workspace, log: ProblemLog) -> tuple[AllocationRequest, ...]:
    return tuple(
        AllocationRequest(
            indicator=each.indicator,
            year=each.year,
            method=each.method,
            baseline=each.baseline,
            table=(
                None
                if each.table is None
                else read_shares(space.resolve(each.table), log, label=each.table)
            ),
            exclude=tuple(each.exclude),
            decimals=each.decimals,
            where=f"{space.path.name} allocation[{number}]",
        )
        for number, each in enumerate(space.table.allocation, start=1)
    )


def judge_promises(
    promises: Promises | None,
    results: Results,
    accounts: Mapping[int, pd.DataFrame],
    *,
    names: Mapping[str, str],
    sampling: Sampling,
    wetland_scope: str,
    problems: ProblemLog,
    areas: Mapping[ValueKey, IndicatorValue] = NO_AREAS,
) -> Judgement:
    """Verdicts, trajectories and shares of the districts.

    ``areas`` holds values of areas that the plan names, by their names in place of a unit's code;
    ``accounts`` holds account rows by epoch, ``names`` the units' names by code. Raises
    ``InputError`` for an allocation that the plan or the units do not allow.
    """
    if promises is None:
        return Judgement()
    plan, assigned, tolerances = promises.plan, promises.assigned, promises.tolerances
    seen = replace(results, values={**results.values, **areas})
    problems.extend(check_scopes(plan, seen, names=names))
    allocations = allocate(
        plan,
        promises.requests,
        Evidence(results, tolerances, sampling, names=names, today=promises.today),
        accounts=accounts,
        assigned=assigned,
        wetland_scope=wetland_scope,
        problems=problems,
    )
    problems.raise_if_errors()
    settings: _Settings = {
        "assigned": assigned,
        "tolerances": tolerances,
        "sampling": sampling,
        "names": names,
        "today": promises.today,
    }
    verdicts = judge(plan, seen, **settings)
    ways = trajectories(plan, seen, **settings)
    return Judgement(plan, tuple(verdicts), ways, allocations)
