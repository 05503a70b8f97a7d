"""A verdict: what became of one promise, how sure that is, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gis.problems import LANGUAGES, Language
from plans.judging.chance import Leaning, chance_words, leaning_word
from plans.judging.reasons import Reason, joined
from plans.number_words import in_plan_unit
from plans.plan import NO_WORDS, Target, Words


class Status(StrEnum):
    """What became of a promise.

    ``met`` and ``not_met`` by data of its year or later (a floor reached early, where the trend
    keeps it, is met as well); ``on_track`` and ``off_track`` before; ``cannot_tell`` when the
    chance lies in the band that decides nothing, when one epoch gives no trend, when the year is
    over without data of it, or when missing ground or a value that is only a lower bound could
    decide; ``not_evaluable`` when something is missing, which the reason names; ``not_applicable``
    for a district that has nothing of what its share is about, and need not have.
    """

    MET = "met"
    NOT_MET = "not_met"
    ON_TRACK = "on_track"
    OFF_TRACK = "off_track"
    CANNOT_TELL = "cannot_tell"
    NOT_EVALUABLE = "not_evaluable"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Verdict:
    """The verdict on one target, figures in the target's SI unit, None where there is none.

    target
        As judged: an assigned target with an entered figure appears as a floor at that figure.
    epoch, value, low, high
        The epoch judged, its central value and the run's interval.
    gap
        Value minus target: positive above the target, negative below, whatever the comparator
        asks. For a range, the distance to the nearer end (0 inside); for what is due every year,
        value minus what was due by the epoch judged; for a change with a figure, the change since
        ``base_epoch`` minus the one asked for (plus it, for a decrease); for a change without a
        figure, the change itself.
    base_epoch
        Epoch from which a change counts, or year after which yearly work counts; None for others.
    required_pace
        Change per year still needed to reach the target in its year.
    projected
        The linear trend's central value in the target's year.
    probability
        Share of the shared draws in which the target is satisfied: by the data of its year, before
        it by the trend, with one epoch by what stands. In the digits that the draws support.
    leaning
        What a target within the band that decides nothing is likelier to be; None for others.
    decided_by_rounding
        True when rounding to the plan's printed decimals would turn the verdict.
    coverage
        Share of the scope's area with data at the epoch judged, 0 to 1.
    basis
        Statistical basis of the value, as the results state it.
    lower_bound
        True when the value can only be too low, because something was not given.
    tolerance_percent
        Half-width, in percent, that 左右 or 稳定 was given; None where the target needs none.
    early
        True for a floor that was reached before its year.
    """

    plan_id: str
    target: Target
    status: Status
    reasons: tuple[Reason, ...]
    epoch: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    gap: float | None = None
    required_pace: float | None = None
    projected: float | None = None
    probability: float | None = None
    leaning: Leaning | None = None
    base_epoch: int | None = None
    decided_by_rounding: bool = False
    coverage: float | None = None
    basis: str = ""
    lower_bound: bool = False
    tolerance_percent: float | None = None
    early: bool = False

    @property
    def gap_in_plan_unit(self) -> float | None:
        """The gap in the unit that the plan prints (``target.unit_text``)."""
        return in_plan_unit(self.gap, self.target)

    @property
    def required_pace_in_plan_unit(self) -> float | None:
        """The pace still needed, in the plan's printed unit per year."""
        return in_plan_unit(self.required_pace, self.target)

    @property
    def leaning_words(self) -> Words:
        """``更可能达标(75 %)``: what an undecided target leans to; empty texts for others."""
        if self.leaning is None or self.probability is None:
            return NO_WORDS
        said = chance_words(self.probability)
        return {
            language: leaning_word(self.leaning)[language].format(chance=said[language])
            for language in LANGUAGES
        }

    def reason(self, language: Language) -> str:
        """Why, in words, with the target's own note at the end."""
        return self.reason_words[language]

    @property
    def reason_words(self) -> Words:
        return joined(self.reasons, self.target.note)
