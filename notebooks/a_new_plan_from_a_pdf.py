# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A new plan from a PDF
# **The plan of my city does not ship. How do its targets become verdicts?**
#
# Here the PDF is made first, with an invented text; take your own. The layers are
# **synthetic** (合成示意数据): two districts on a coast, made by `sinkatlas.testing`.

# %%
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from maps.fonts import chinese_font

sentences = (
    "某市碳达峰实施方案（虚构示例）",
    "到2025年，全市森林覆盖率达到42%，森林蓄积量达到15万立方米。",
    "到2025年，红树林面积达到30公顷。",
)
page = Figure(figsize=(8.27, 11.69))
font = FontProperties(family=chinese_font().name, size=14)
for line, text in enumerate(sentences):
    page.text(0.1, 0.9 - 0.05 * line, text, fontproperties=font)
page.savefig("plan.pdf")

# %%
from plans.extract import extract_file, write_draft

_, found = extract_file(Path("plan.pdf"))
[
    (each.metric, each.year, each.comparator, each.printed, each.unit, round(each.confidence, 2))
    for each in found
]

# %% [markdown]
# A draft plan file has every reading with its quote. Nothing counts before somebody has
# compared it with the plan: the entries say `confirmed = false`. Read them; then confirm.

# %%
write_draft(Path("plan.pdf"), Path("plan.toml"), "en")
draft = Path("plan.toml").read_text(encoding="utf-8")
print(draft[:1200])

# %%
import re

text = draft.replace("confirmed = false", "confirmed = true")
for key, value in {
    "id": "some-city",
    "city": "某市",
    "adcode": "440100",
    "title_zh": "某市碳达峰实施方案",
    "source_zh": "虚构示例",
}.items():
    text = re.sub(rf'(?m)^{key} = ".*"$', f'{key} = "{value}"', text, count=1)
Path("plan.toml").write_text(text, encoding="utf-8")

# %%
import sinkatlas
from sinkatlas.testing import example_layers

units, layers = example_layers()
run = sinkatlas.evaluate(
    units,
    layers,
    plan=str(Path("plan.toml").resolve()),
    whole=("440100", "某市"),
    workspace={"draws": 500},
)
run.verdicts[["target", "status", "value", "gap", "probability"]]
