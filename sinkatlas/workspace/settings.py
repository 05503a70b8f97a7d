"""The workspace file: what an analyst writes down so that a run can be repeated and defended.

One TOML file names the reporting units, the epochs with their layers, the plan, the values assigned
from above, the tolerances and the settings. Unknown keys are refused, and every mistake of a file
is reported at once, in the user's language, with the key it stands at.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Annotated, Literal, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from gis.problems import Language
from gis.settings import SETTINGS, Text, Year
from plans.judging import Tolerances
from sink_models.choices import (
    Correlation,
    MethaneChoice,
    ParkReach,
    PastConversion,
    Price,
    RiverRule,
    SoilUse,
    UrbanGreenChoice,
)

Percent = Annotated[float, Field(gt=0, lt=100)]
HeaderRow = Annotated[int, Field(ge=1)] | list[Annotated[int, Field(ge=1)]]
"""One row of column names, or several that are read together."""


class SettingsTable(BaseModel):
    """A TOML table: no unknown keys, no silent conversions, no NaN or infinity."""

    model_config = ConfigDict(**SETTINGS, frozen=True, strict=True)

    @field_validator("*", mode="before")
    @classmethod
    def words_of_the_trade(cls, value: object, info: ValidationInfo) -> object:
        """Choices may be named in Chinese; whatever else is given stays as it is."""
        assert info.field_name is not None
        known = choices_of(cls.model_fields[info.field_name].annotation)
        if not known:
            return value
        if isinstance(value, list):
            return [_word(each, known) for each in value]
        return _word(value, known)


def choices_of(annotation: object) -> tuple[str, ...]:
    """The words that a setting chooses from, also within lists and where it may be left out.

    >>> choices_of(list[Literal["pdf", "png"]] | None)
    ('pdf', 'png')
    """
    if get_origin(annotation) is Literal:
        return tuple(each for each in get_args(annotation) if isinstance(each, str))
    return tuple(word for each in get_args(annotation) for word in choices_of(each))


def _word(value: object, known: Sequence[str]) -> object:
    """A word of the trade as the setting writes it."""
    if not isinstance(value, str) or value in known:
        return value
    own = WORDS.get(value.strip(), "")
    return own if own in known else value


WORDS = {
    "公顷": "ha", "亩": "mu", "平方米": "m2", "立方米": "m3", "立方米/公顷": "m3_per_ha",
    "公顷蓄积": "m3_per_ha", "小数": "fraction", "百分数": "percent", "百分比": "percent",
    "成": "tenths", "十分法": "tenths", "三调": "sandiao", "国土三调": "sandiao",
    "用地用海分类": "planning2023", "中文": "zh", "英文": "en", "内部": "internal",
    "公开": "public",
    "三调00": "sandiao_00", "三调湿地": "sandiao_00", "湿地保护法": "law_2022",
    "湿地公约": "convention", "第二次湿地调查": "second_survey", "二调": "second_survey",
    "中国": "china", "粮农组织": "fao", "火星坐标": "gcj02", "国测局坐标": "gcj02",
    "百度坐标": "bd09", "小班平均": "surveyed_mean", "不计": "left_out", "等幅": "equal_points",
    "按比例": "proportional", "按潜力": "potential", "按表": "table", "表": "table",
    "耕地": "cropland",
    "生态保护红线": "redline", "红线": "redline", "主要": "main", "全部": "all",
    "横向": "landscape", "纵向": "portrait", "封顶": "capped", "逻辑斯蒂": "logistic",
    "理查德": "chapman_richards", "吨碳": "t_c",
}  # fmt: skip
"""Chinese words for choices."""


class Settings(SettingsTable):
    """The ``[workspace]`` table: what the run is called, shows and draws."""

    title: Text
    language: Language = "zh"
    synthetic: bool = Field(
        default=False, description="true marks every output as synthetic demonstration data"
    )
    review_number: str = Field(default="", description="审图号; empty prints 未审，内部使用")
    organisation: str = Field(default="", description="who prepared it; printed on every output")
    date: datetime.date | None = Field(default=None, description="date printed on every output")
    sources: list[Text] = Field(
        default_factory=list,
        description="data sources as they are to be printed; empty prints the layers and years",
    )
    sensitivity: Literal["internal", "public"] = Field(
        default="internal",
        description="public leaves out sub-compartments and coarsens outlines",
    )
    plan: str = Field(default="", description="a bundled plan's id or the path of a plan file")
    wetland_scope: Literal["sandiao_00", "law_2022", "convention", "second_survey"] = "sandiao_00"
    forest_definition: Literal["china", "fao"] = "china"
    strict: bool = Field(
        default=False, description="true makes every warning that can change a figure an error"
    )
    minimum_coverage_percent: Annotated[float, Field(ge=0, le=100)] = Field(
        default=95.0,
        description="share of a unit's ground that must be known; below it figures are bounds",
    )
    seed: Annotated[int, Field(ge=0)] = 20240601
    draws: Annotated[int, Field(ge=0, le=100_000)] = 1000
    interval_percent: Annotated[float, Field(ge=50, lt=100)] = 90.0


class Source(SettingsTable):
    """Where a layer's file is and how to read it; paths count from the workspace file."""

    path: Text | None = None
    paths: list[Text] = Field(
        default_factory=list, description="instead of path: several files of one layer"
    )
    layer: str | None = Field(default=None, description="layer name inside a GeoPackage or .gdb")
    crs: str | None = Field(default=None, description="used when the file has none, e.g. EPSG:4490")
    shift: Literal["gcj02", "bd09"] | None = Field(
        default=None, description="declare an offset copy; it is shifted back and marked"
    )
    encoding: str | None = None

    @model_validator(mode="after")
    def one_way_to_name_files(self) -> Source:
        if bool(self.path) == bool(self.paths):
            raise ValueError("path_or_paths")
        return self

    @property
    def files(self) -> list[str]:
        return self.paths or [self.path or ""]


class UnitsTable(Source):
    """The ``[units]`` table: the reporting units and the territory they make up."""

    code: Text = Field(default="adcode", description="column with the unit's code")
    name: Text = Field(default="name", description="column with the unit's name")
    whole_code: Text
    whole_name: Text


class AccuracyTable(SettingsTable):
    """How well a layer is known: half-widths, in percent, of its area and stock at the run's
    interval, or the error matrix of a sample of its classes."""

    area_percent: Percent | None = None
    stock_percent: Percent | None = None
    shared_with: Year | None = Field(
        default=None, description="earlier epoch whose layer of this kind shares the errors"
    )
    correlation: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="correlation of the errors of both epochs"
    )
    error_matrix: str | None = Field(
        default=None, description="CSV: map classes by reference classes, numbers of sample points"
    )

    @model_validator(mode="after")
    def sharing_is_whole(self) -> AccuracyTable:
        if (self.shared_with is None) != (self.correlation is None):
            raise ValueError("shared_whole")
        return self


class AttributeTableTable(SettingsTable):
    """A ``table`` of a layer: an attribute table (CSV, XLSX) joined to the features by code."""

    path: Text
    code: Text = Field(description="column of the table that holds the code")
    key: str | None = Field(default=None, description="column of the layer, if named otherwise")
    header_row: HeaderRow | None = None
    sheet: str | None = None
    encoding: str | None = None


def _kind_word(word: str) -> str:
    """The key of a layer kind, which may be named in either language."""
    from layers.registry import kind_key

    return kind_key(word)


def _indicator_word(word: str) -> str:
    """The key of an indicator, which may be named in either language."""
    from sink_models.indicator import indicator_key

    return indicator_key(word)


def _type_word(word: str) -> str:
    """The key of an ecosystem type, which may be named in either language."""
    from layers.codes import ecosystem_type_words

    return ecosystem_type_words().get(word.strip().casefold(), word)


IndicatorWord = Annotated[Text, AfterValidator(_indicator_word)]
TypeWord = Annotated[Text, AfterValidator(_type_word)]


class LayerTable(Source):
    """One ``[[epochs.layers]]`` entry."""

    kind: Annotated[Text, AfterValidator(_kind_word)]
    legend: str | None = Field(default=None, description="a built-in legend or the path of a CSV")
    fields: dict[str, str] = Field(
        default_factory=dict, description="standard field name = column name in the file"
    )
    area_unit: Literal["ha", "mu", "m2"] | None = None
    stock_unit: Literal["m3", "m3_per_ha"] | None = None
    crown_density_unit: Literal["fraction", "percent", "tenths"] | None = None
    code_set: Literal["sandiao", "planning2023"] | None = None
    land_codes: dict[str, str] = Field(
        default_factory=dict, description="value in the file = code or class name it stands for"
    )
    assume: dict[str, str] = Field(
        default_factory=dict, description="standard field = one value for the whole file"
    )
    present: list[int] = Field(
        default_factory=list, description="values of a presence raster that mean presence; 1"
    )
    depth_cm: Annotated[float, Field(gt=0, le=1000)] | None = Field(
        default=None, description="of a soil-carbon raster: it holds the soil from 0 to this depth"
    )
    complete: bool | None = Field(
        default=None,
        description="true: a survey that lists all there is of its units; false: only a part",
    )
    same_way_m: Annotated[float, Field(ge=0, le=100)] | None = Field(
        default=None, description="lines that run nearer than this are one way; 10 unless stated"
    )
    states: list[str] = Field(
        default_factory=list,
        description="values of the status field that count, instead of all but planned and revoked",
    )
    table: AttributeTableTable | None = None
    header_row: HeaderRow | None = Field(
        default=None, description="of a works table: row of the column names, or several rows"
    )
    sheet: str | None = Field(default=None, description="of a works table")
    band: Annotated[int, Field(ge=1)] | None = None
    no_data: list[int] = Field(default_factory=list)
    year: Year | None = Field(default=None, description="year the data show, if not the epoch's")
    accuracy: AccuracyTable = AccuracyTable()


class EpochTable(SettingsTable):
    """One ``[[epochs]]`` entry: a year and the layers that describe it."""

    year: Year
    layers: Annotated[list[LayerTable], Field(min_length=1)]


class AssignedTable(SettingsTable):
    """A value assigned from above, which the plan names without printing it."""

    indicator: IndicatorWord
    year: Year
    value: float
    unit: Text
    document: Text
    date: datetime.date


class PopulationTable(SettingsTable):
    """One ``[[population]]`` entry: residents of the units in a year, with their source."""

    year: Year = Field(description="epoch whose figures per head it is for")
    source: Text = Field(description="yearbook, bulletin or census, with its table")
    persons: dict[str, Annotated[float, Field(gt=0)]] = Field(
        min_length=1, description="unit code = residents"
    )


class OfficialTable(SettingsTable):
    """One ``[[official]]`` entry: a figure of a bulletin or of the forest map's own statistics."""

    indicator: IndicatorWord
    code: str = Field(default="", description="code of the unit; the whole without it")
    year: Year
    value: float
    unit: Text = Field(description="unit of measure as printed, e.g. 万亩")
    basis: Text = Field(description="by which definition and survey, as the document says")
    document: Text
    counts_shrub: bool = Field(default=False, description="whether all shrub counts as forest")
    territory_ha: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="land that the figure is of, where not that of the unit"
    )


class ForestTable(SettingsTable):
    """The ``[forest]`` table: what departs from the forest definition that was chosen."""

    canopy_threshold_percent: Annotated[float, Field(ge=1, le=100)] | None = Field(
        default=None, description="least crown density of arbor forest, instead of 20 (FAO: > 10)"
    )


class CarbonTable(SettingsTable):
    """What the carbon estimates may rest on beyond the checked coefficients of the region."""

    climate_zone: str = Field(default="", description="outside China, or to overrule the region's")
    soil_class: str = Field(default="", description="outside China, or to overrule the region's")
    accepted: list[str] = Field(
        default_factory=list,
        description="unchecked coefficients that the analyst takes on; every output says so",
    )
    coefficients: str = Field(
        default="", description="CSV of coefficients of the analyst's own; every output says so"
    )
    pools: str = Field(default="", description="carbon-pools CSV of InVEST, applied beside ours")
    method_set: str = Field(
        default="",
        description="method set in place of our choice of rules: a name of "
        "sinkatlas factors compare, or a CSV of rules of the analyst's own; every output says so",
    )
    mapped_trees: Literal["surveyed_mean", "left_out"] = Field(
        default="surveyed_mean",
        description="tree cover that only a map shows: mean of the surveyed stands of its unit (a "
        "density by area where no stand was surveyed), or left out",
    )
    growth_percent: Annotated[float, Field(ge=0, le=30)] | None = Field(
        default=None, description="yearly growth of the growing stock, for gain-loss"
    )
    consumption_percent: Annotated[float, Field(ge=0, le=30)] | None = Field(
        default=None, description="yearly harvest, fuelwood and disturbance of the growing stock"
    )
    increment_m3_ha: Annotated[float, Field(ge=0, le=80)] | None = Field(
        default=None, description="yearly increment of measured stands, in place of growth_percent"
    )
    harvest_m3: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="yearly harvest, in place of consumption_percent, with the next 3"
    )
    fuelwood_m3: Annotated[float, Field(ge=0)] | None = None
    disturbed_ha: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="ground that is disturbed every year"
    )
    fraction_lost: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="share of the biomass that a disturbance takes"
    )
    rates_source: str = Field(default="", description="where these flows were read")
    correlations: list[Correlation] = Field(default_factory=list)
    soils: list[SoilUse] = Field(default_factory=list)
    urban: UrbanGreenChoice | None = None
    methane: MethaneChoice | None = None


class AllocationTable(SettingsTable):
    """One ``[[allocation]]`` entry: a city's target to be split over the units."""

    indicator: IndicatorWord
    year: Year | None = Field(default=None, description="the target's year; none for one without")
    method: Literal["equal_points", "proportional", "potential", "table"]
    baseline: Year | None = Field(
        default=None, description="epoch to start from; the earliest with a value in every unit"
    )
    table: str | None = Field(default=None, description="CSV with unit_code and value")
    exclude: list[Literal["cropland", "redline"]] = Field(
        default=["cropland", "redline"], description="ground that is left out of the potential"
    )
    decimals: Annotated[int, Field(ge=0, le=6)] | None = Field(
        default=None, description="print the shares with more decimals than the plan"
    )

    @model_validator(mode="after")
    def table_goes_with_its_method(self) -> AllocationTable:
        if (self.method == "table") != (self.table is not None):
            raise ValueError("allocation_table")
        return self


class WorksTable(SettingsTable):
    """The ``[works]`` table: from which year a ledger of works counts, and what its words mean."""

    since: Year | None = Field(
        default=None, description="first year that counts; the ledger's own unless given"
    )
    types: dict[str, str] = Field(
        default_factory=dict, description="type as the ledger writes it = indicator it adds to"
    )
    plots: str | None = Field(
        default=None, description="CSV of monitoring plots: site, plot, year, t_c_ha"
    )
    detectable_years: Annotated[float, Field(ge=0, le=50)] = Field(
        default=5.0, description="age from which an effect on biomass can be told"
    )


class SheetsTable(SettingsTable):
    """Which sheets are printed and on what paper."""

    which: Literal["main", "all"] = Field(
        default="main", description="one sheet, or one per indicator and the atlas over districts"
    )
    size: Literal["A3", "A4"] = "A3"
    orientation: Literal["landscape", "portrait"] = "landscape"
    formats: Annotated[list[Literal["pdf", "png", "svg"]], Field(min_length=1)] = ["pdf", "png"]
    indicators: list[IndicatorWord] = Field(
        default_factory=list, description="keys; empty means the main one"
    )
    atlas: bool = Field(default=False, description="a sheet for every unit, in one PDF")
    change: bool = Field(default=False, description="beside each sheet one of its change")
    works: bool = Field(default=False, description="a sheet of the works, where layers show any")
    template: str | None = Field(default=None, description="path of a layout file of your own")
    number: str = Field(default="", description="图号; sheets count on: NUMBER-01, -02; else none")
    classification: str = Field(default="", description="密级, at the upper right; else none")
    height_datum: str = Field(default="", description="height system; else none is named")
    drawn_by: str = Field(default="", description="制图; empty leaves a line to sign on")
    checked_by: str = Field(default="", description="校核; empty leaves a line to sign on")
    approved_by: str = Field(default="", description="审定; empty leaves a line to sign on")


class NetworkTable(SettingsTable):
    """The ``[network]`` table: which servers may be asked for rasters; without it, none."""

    hosts: list[Text] = Field(
        default_factory=list, description="host names whose http(s) addresses a path may have"
    )


class GrowthTable(SettingsTable):
    """One ``[[growth]]`` entry: living biomass of a type by age; it comes to an end."""

    type: TypeWord = Field(description="ecosystem type, as in account.csv")
    form: Literal["capped", "logistic", "chapman_richards", "table"] = "capped"
    parameters: dict[str, float] = Field(
        default_factory=dict,
        description="capped: rate, cap; logistic: w, k, a; chapman_richards: a, b, c",
    )
    ages: list[float] = Field(default_factory=list, description="of a table: ages, rising")
    values: list[float] = Field(default_factory=list, description="of a table: yield at each age")
    unit: Literal["t_c", "m3"] = Field(default="t_c", description="per hectare")
    t_c_per_m3: Annotated[float, Field(gt=0, le=2)] | None = Field(
        default=None, description="living carbon of a cubic metre of growing stock"
    )
    root_shoot: Annotated[float, Field(ge=0, le=5)]
    uncertainty_percent: Percent | None = Field(
        default=None, description="half of the run's interval of the whole curve"
    )
    source: Text = Field(description="where the curve was read")


class TransitionsTable(SettingsTable):
    """The ``[transitions]`` table: what tells a change between two epochs from an error."""

    least_ha: Annotated[float, Field(gt=0, le=100)] = Field(
        default=1.0 / 15.0, description="smaller patches of change are uncertain; 1 mu"
    )
    position_m: Annotated[float, Field(gt=0, le=500)] = Field(
        default=5.0, description="positional tolerance of outlines; narrower than twice: uncertain"
    )
    conversions: list[PastConversion] = Field(default_factory=list)


class ProgrammeTable(SettingsTable):
    """One ``[[scenario.programme]]`` entry: works of every year of a span."""

    unit: Text = Field(description="code of a unit, or of the whole")
    type: TypeWord = Field(description="ecosystem type that the land becomes")
    from_year: Year
    to_year: Year
    hectares_yr: Annotated[float, Field(gt=0)]
    survival: Annotated[float, Field(gt=0, le=1)] = 1.0
    takes: list[TypeWord] = Field(
        default=["bare", "grass", "open_forest"], description="types that are planted"
    )


class HarvestTable(SettingsTable):
    """One ``[[scenario.harvest]]`` entry: growing stock cut every year, oldest stands first."""

    unit: Text
    from_year: Year
    to_year: Year
    m3_yr: Annotated[float, Field(gt=0)]


class LandTakeTable(SettingsTable):
    """One ``[[scenario.land_take]]`` entry: land that construction takes every year."""

    unit: Text
    from_year: Year
    to_year: Year
    hectares_yr: Annotated[float, Field(gt=0)]
    takes: list[TypeWord] = Field(default_factory=list, description="types; all alike without")


class ScenarioTable(SettingsTable):
    """One ``[[scenario]]`` entry: what is planned from the last epoch on."""

    name: Text
    until: Year = 2060
    programme: list[ProgrammeTable] = Field(default_factory=list)
    table: str | None = Field(
        default=None, description="CSV: year, unit, type, hectares, and survival, takes"
    )
    harvest: list[HarvestTable] = Field(default_factory=list)
    land_take: list[LandTakeTable] = Field(default_factory=list)
    disturbed_percent_yr: Annotated[float, Field(ge=0, le=20)] = Field(
        default=0.0, description="share of all stands that fire and the like replace every year"
    )
    cover_lag_years: Annotated[int, Field(ge=0, le=30)] = Field(
        default=5, description="age at which planted forest counts as forest"
    )
    products_share: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.0, description="share of harvested carbon that stays in wood products"
    )


class GepTable(SettingsTable):
    """The ``[gep]`` table: value of carbon fixation; without a price there is none."""

    prices: list[Price] = Field(default_factory=list)
    oxygen: bool = Field(default=False, description="tonnes of oxygen from the same net carbon")


class ProjectTable(SettingsTable):
    """One ``[[project]]`` entry: patches that are to be estimated by a methodology."""

    name: Text
    methodology: Text = Field(description="id of a methodology, e.g. CCER-14-001-V01")
    path: Text = Field(description="outlines of the patches; fields name and year are read")
    type: TypeWord = Field(description="ecosystem type that the patches become")
    start_year: Year = Field(description="of patches without a year")
    until: Year = Field(description="year to estimate until")
    clauses: dict[str, float] = Field(
        default_factory=dict, description="your own values of clauses that could not be read"
    )
    clauses_source: str = Field(default="", description="where these values were read")


class WorkspaceTable(SettingsTable):
    """A whole workspace file."""

    workspace: Settings
    units: UnitsTable
    epochs: Annotated[list[EpochTable], Field(min_length=1)]
    assigned: list[AssignedTable] = Field(default_factory=list)
    official: list[OfficialTable] = Field(default_factory=list)
    allocation: list[AllocationTable] = Field(default_factory=list)
    population: list[PopulationTable] = Field(default_factory=list)
    tolerances: Tolerances = Tolerances()
    carbon: CarbonTable = CarbonTable()
    sheets: SheetsTable = SheetsTable()
    forest: ForestTable = ForestTable()
    parks: ParkReach = ParkReach()
    works: WorksTable = WorksTable()
    river_rule: RiverRule = RiverRule()
    network: NetworkTable = NetworkTable()
    growth: list[GrowthTable] = Field(default_factory=list)
    scenario: list[ScenarioTable] = Field(default_factory=list)
    project: list[ProjectTable] = Field(default_factory=list)
    transitions: TransitionsTable = TransitionsTable()
    gep: GepTable = GepTable()

    @model_validator(mode="after")
    def years_are_distinct(self) -> WorkspaceTable:
        years = [epoch.year for epoch in self.epochs]
        if len(set(years)) < len(years):
            raise ValueError(f"duplicate_epoch:{sorted({y for y in years if years.count(y) > 1})}")
        return self

    @model_validator(mode="after")
    def rates_are_shares(self) -> WorkspaceTable:
        for each in self.assigned:
            if each.indicator.endswith("_rate") and each.unit == "%" and not 0 <= each.value <= 100:
                raise ValueError(f"assigned_rate:{each.indicator} = {each.value:g} %")
        return self
