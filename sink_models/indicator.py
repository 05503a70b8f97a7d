"""What an indicator is: a declared reading of the account, with its definition and source."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gis.extensions import extended, registry
from gis.problems import Fact, Language, Problem, problem
from sink_models.account import Account, Mask
from sink_models.carbon import CarbonAccount, LivingChange, SoilSpan
from sink_models.options import Options
from sink_models.sampling import Array
from sink_models.statements import Statement

LayerNeeds = tuple[frozenset[str], ...]
"""Alternative sets of layer kinds; one of them must be present whole."""


@dataclass(frozen=True)
class Context:
    """All that an indicator may read: the account of an epoch, its carbon, and the epoch before.

    ``soils`` are the changes of mineral soils between epochs until this one, ``change`` is that of
    living carbon since the epoch before, None where the two do not compare.
    """

    account: Account
    carbon: CarbonAccount
    options: Options
    earlier: Context | None = None
    soils: tuple[SoilSpan, ...] = ()
    change: LivingChange | None = None


@dataclass(frozen=True)
class Reading:
    """A value per unit: ``scale * numerator / denominator``, sums first for the whole.

    ``numerator`` and ``denominator`` have shape ``(1 or 1 + draws, units)``; NaN marks a unit for
    which the value is not known. ``basis`` names the statistical basis that verdicts compare,
    ``method`` says how the figure was made. ``lower_bound`` is True, for all units or for each of
    them, where something that could only add to the value was not given. ``whole`` stands for the
    numerator of the whole where that is not the sum of the units, shape ``(1 or 1 + draws,)``.
    ``needs_cover`` is False where ground without a class changes nothing. ``census`` names the
    surveys that it reads: where one is declared complete, ground without a class changes nothing.
    ``is_denominator_known`` is True where ground without a class cannot add to the denominator.
    ``compares_epochs`` is True for a change since the epoch before, which both must know.
    ``keys`` are coefficients that the value rests on beside those of the carbon account.
    """

    numerator: Array
    basis: Statement
    method: Statement
    denominator: Array | None = None
    scale: float = 1.0
    warnings: tuple[Problem, ...] = ()
    lower_bound: bool | Mask = False
    whole: Array | None = None
    needs_cover: bool = True
    census: tuple[str, ...] = ()
    is_denominator_known: bool = False
    compares_epochs: bool = False
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Absent:
    """No value at this epoch, and why."""

    problem: Problem


Outcome = Reading | Absent


def no_parts(context: Context) -> Mapping[str, Outcome]:
    """The breakdown of an indicator that has none."""
    return {}


@dataclass(frozen=True)
class Indicator:
    """Declaration of an indicator beside the function that reads it.

    ``additive`` says whether the whole is the plain sum of the units. ``parts`` gives a breakdown
    by key suffix (``pool.litter``), whose sums must equal the total. ``is_missed`` says whether its
    absence is told when nothing gives it: one type of work of many is not missed.
    """

    key: str
    title_zh: str
    title_en: str
    unit: str
    definition_zh: str
    definition_en: str
    source: str
    additive: bool
    needs: LayerNeeds
    read: Callable[[Context], Outcome]
    parts: Callable[[Context], Mapping[str, Outcome]] = no_parts
    is_missed: bool = True


@registry
def indicators() -> Mapping[str, Indicator]:
    """All indicators by key, in reporting order."""
    package = importlib.import_module("sink_models.indicators")
    names = sorted(each.name for each in pkgutil.iter_modules(package.__path__))
    modules = [importlib.import_module(f"sink_models.indicators.{name}") for name in names]
    ordered = sorted(modules, key=lambda module: (module.ORDER, module.__name__))
    own = [each for module in ordered for each in module.INDICATORS]
    return {each.key: each for each in (*own, *extended("INDICATORS"))}


def indicator_key(word: str) -> str:
    """The key of an indicator by its key or its title in either language; else the word itself.

    >>> indicator_key("森林覆盖率"), indicator_key("my_own")
    ('forest_cover_rate', 'my_own')
    """
    plain = word.strip().casefold()
    for key, each in indicators().items():
        if plain in (key, each.title_zh.casefold(), each.title_en.casefold()):
            return key
    return word


def comparable_earlier(context: Context, key: str) -> CarbonAccount | Absent:
    """The carbon account of the epoch before, or why ``key`` has no change to tell.

    Two epochs on different statistical bases are never subtracted, nor two products.
    """
    where = f"{key} {context.account.year}"
    if context.earlier is None:
        return Absent(problem("sink_models.needs_earlier_epoch", where))
    before, after = context.earlier.carbon, context.carbon
    if before.basis != after.basis:
        bases = f"{before.year} {before.basis}, {after.year} {after.basis}"
        return Absent(problem("sink_models.basis_changed", where, bases=bases))
    differences = product_differences(context.earlier.account, context.account)
    if differences:
        return Absent(problem("sink_models.product_changed", where, **differences[0]))
    return before


def product_differences(earlier: Account, later: Account) -> list[dict[str, Fact]]:
    """Mapped covers of two epochs that are made from other products, and in what they differ."""
    found: list[dict[str, Fact]] = []
    for kind in sorted(set(earlier.products) & set(later.products)):
        names = later.products[kind].differences(earlier.products[kind])
        if names:
            words: dict[Language, str] = {
                "zh": "、".join(PRODUCT_WORDS[name]["zh"] for name in names),
                "en": ", ".join(PRODUCT_WORDS[name]["en"] for name in names),
            }
            found.append({"kind": kind, "what": words, "epochs": f"{earlier.year}, {later.year}"})
    return found


PRODUCT_WORDS: Mapping[str, Mapping[Language, str]] = {
    "legend": {"zh": "图例", "en": "legend"},
    "version": {"zh": "产品版本", "en": "product version"},
    "resolution": {"zh": "分辨率", "en": "resolution"},
}
