"""How many files it takes to add a thing, shown by adding it in a copy as CONTRIBUTING says.

Each addition names the files that it touches; one process then finds them all at work.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("gis", "layers", "sink_models", "plans", "maps", "sinkatlas")

ADDITIONS: Mapping[str, Mapping[str, str]] = {
    "indicator": {
        "sink_models/indicators/orchards.py": '''"""Orchards of the account."""

from sink_models.indicator import Context, Indicator, Reading
from sink_models.statements import statement

ORDER = 47


def orchard_area(context: Context) -> Reading:
    rows = context.account.is_in("ecosystem_type", ("orchard",))
    method = statement("mapped_orchards")
    return Reading(context.account.area(rows), context.carbon.basis, method)


INDICATORS = (
    Indicator(
        key="orchard_area",
        title_zh="园地面积",
        title_en="Orchard area",
        unit="ha",
        definition_zh="园地的椭球面积。",
        definition_en="Ellipsoidal area of orchards.",
        source="第三次国土调查工作分类",
        additive=True,
        needs=(frozenset({"land_cover"}),),
        read=orchard_area,
    ),
)
''',
        "maps/words/statements.toml": """
[mapped_orchards]
zh = "图层中的园地"
en = "orchards of the layers"
""",
    },
    "layer kind": {
        "layers/kinds/bird_sites.py": '''"""Sites of water birds: polygons with a name."""

from layers.declarations import POLYGONS, Field
from layers.surveys import register_kind

KIND = register_kind(
    key="bird_sites",
    title_zh="鸟类栖息地",
    title_en="Bird sites",
    geometry=POLYGONS,
    fields=(Field("name", "name", "名称", "Name"),),
)
''',
    },
    "cover kind": {
        "layers/kinds/orchard_survey.py": '''"""Orchards by their own survey."""

from layers.declarations import Field
from layers.surveys import single_type_kind

KIND = single_type_kind(
    key="orchard_survey",
    title_zh="园地调查",
    title_en="Orchard survey",
    priority=25,
    fields=(Field("name", "name", "名称", "Name"),),
    keys={"ecosystem_type": "orchard", "land_code": "orchard"},
)
''',
    },
    "reader option": {
        "sinkatlas/workspace/settings.py": "    least_height_m: float | None = None\n",
        "layers/kinds/land_survey.py": "",
    },
    "output table": {
        "sinkatlas/pipeline/tables/draws.py": '''"""``draws.csv``: how many draws a run took."""

import pandas as pd

from maps.tables import TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed

ORDER = 95
TABLE = TableWords("draws", "抽样", "Draws", (TableColumn("draws", "抽样次数", "Draws"),))


def make(run: Computed) -> pd.DataFrame:
    return pd.DataFrame({"draws": [run.sampling.draws]})
''',
    },
    "unit": {"plans/units.csv": "公亩,ha,1,100\n"},
    "coefficient": {"sink_models/coefficients/wetlands_blue_carbon.csv": ""},
    "metric of plans": {
        "plans/extract/vocabulary.toml": """
[[metric]]
key = "orchard_area"
zh = "园地面积"
unit = "ha"
kind = "target"
patterns = ["园地面积"]
""",
    },
}
MOST = {
    "indicator": 2, "layer kind": 1, "cover kind": 1, "reader option": 2, "output table": 1,
    "unit": 1, "coefficient": 1, "metric of plans": 1,
}  # fmt: skip
"""Files to touch; the words of an indicator's method are a row in a second."""

ASKED = """
from layers.registry import kinds
from maps.words import sentences
from plans.extract.vocabulary import metrics
from plans.units import printed_units
from sink_models.carbon import covers
from sink_models.coefficients import coefficients
from sink_models.indicator import indicators
from sink_models.statements import statement
from sinkatlas.pipeline.inputs import LAYER_OPTIONS
from sinkatlas.pipeline.table_registry import output_tables

assert indicators()["orchard_area"].title_zh == "园地面积"
assert any(frozenset({"orchard_survey"}) == each for each in indicators()["carbon_stock"].needs)
assert sentences(statement("mapped_orchards"))["zh"] == "图层中的园地"
assert kinds()["bird_sites"].title_en == "Bird sites"
assert "orchard_survey" in covers()
account = statement("account", covers=("orchard_survey",), stock=())
assert sentences(account)["zh"].endswith("园地调查")
assert "least_height_m" in LAYER_OPTIONS
assert "least_height_m" in kinds()["land_survey"].options
assert output_tables()["draws"].words.columns[0].en == "Draws"
assert printed_units()["公亩"].unit == "ha"
assert coefficients()["orchard_try"].value == 1.5
assert any(each.key == "orchard_area" for each in metrics())
print("all found")
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    for room in ROOMS:
        shutil.copytree(PROJECT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def add(folder: Path, file: str, text: str) -> None:
    """A new file whole, or a row where rows of its kind stand."""
    path = folder / file
    held = path.read_text(encoding="utf-8") if path.exists() else ""
    if file.endswith("settings.py"):
        held = held.replace("    legend: str", f"{text}    legend: str", 1)
    elif file.endswith("land_survey.py"):
        held = held.replace("options=(", 'options=("least_height_m", ', 1)
    elif file.endswith("blue_carbon.csv"):
        row = held.splitlines()[1].split(",")
        row[0], row[1], row[3], row[4] = "orchard_try", "1.5", "1", "2"
        held += ",".join(row) + "\n"
    else:
        held += text
    path.write_text(held, encoding="utf-8")


def test_each_thing_is_added_in_as_few_files_as_promised(copy: Path) -> None:
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    for thing, files in ADDITIONS.items():
        for file, text in files.items():
            add(copy, file, text)
        after = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
        touched = {path for path, content in after.items() if before.get(path) != content}
        assert {path.relative_to(copy).as_posix() for path in touched} == set(files), thing
        assert len(files) <= MOST[thing], thing
        before = after
    found = subprocess.run(
        [sys.executable, "-B", "-c", ASKED], cwd=copy, capture_output=True, text=True, check=False
    )
    assert found.stdout.strip() == "all found", found.stderr
