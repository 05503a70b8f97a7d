"""The documentation site: ``make docs``.

Pages under ``_made`` are written by the build from the program itself (public names, commands,
the schema, notebooks, pictures), so that they cannot fall behind it. The site is read from a disk
without a server and asks for no network.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import sinkatlas

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from site_pages import TREE, write_pages  # noqa: E402 - stands beside this file

project = "SinkAtlas"
author = "SinkAtlas"
release = version = sinkatlas.__version__
language = "zh_CN"  # the search then splits Chinese, and finds English words too

extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc", "sphinx_design"]
exclude_patterns = ["_build", "*.py", "_made/notebooks/*.ipynb"]
suppress_warnings = ["config.cache"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # the notebooks are executed by the tests
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = "SinkAtlas"
html_static_path = ["_static"]
html_show_sourcelink = False
html_show_search_summary = False  # would be fetched, which a page from a disk may not do
html_copy_source = False
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "footer_end": [],
    "use_edit_page_button": False,
    "pygments_light_style": "default",
}

_OUTWARD = re.compile(r"(?<!!)\[([^\]]*)\]\(((?:\.\./)+[^)]*)\)")


def _inside(app: object, name: str, source: list[str]) -> None:
    """Links that leave ``docs`` become what they name; pages with others below get contents."""
    here = (HERE / name).parent

    def kept(link: re.Match[str]) -> str:
        target = (here / link[2].partition("#")[0]).resolve()
        is_inside = target.is_relative_to(HERE)
        return link[0] if is_inside else f"{link[1]} (`{target.relative_to(HERE.parent)}`)"

    source[0] = _OUTWARD.sub(kept, source[0])
    if name in TREE:
        lines = "\n".join(TREE[name])
        source[0] += f"\n```{{toctree}}\n:hidden:\n\n{lines}\n```\n"


def setup(app: object) -> None:
    write_pages(HERE)
    app.connect("source-read", _inside)  # type: ignore[attr-defined]
