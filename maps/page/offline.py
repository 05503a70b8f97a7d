"""One HTML file from folium that opens with no network.

folium gives the empty skeleton: the page, the map element and the call that makes the Leaflet map.
It never sees a string from data, because branca compiles rendered text a second time as a template,
so that a district named ``{{ … }}`` would run as code. Everything else joins the page afterwards as
plain text: Leaflet from the XStatic package, our own script and style, and the data as JSON that
our script reads.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from importlib import resources

import folium
from branca.element import Figure
from folium.template import Template

from gis.problems import OutputError, problem

DATA_ID = "sinkatlas-data"
"""Id of the element that holds the data as JSON."""

_MEDIA_TYPES = {"png": "image/png", "gif": "image/gif", "svg": "image/svg+xml"}
_STYLE_URL = re.compile(r"url\(\s*['\"]?([^'\")]*)['\"]?\s*\)")
_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_UNSAFE_IN_JSON = re.compile("[<>&\u007f-\u009f\u2028\u2029\ud800-\udfff]")


class OfflineMap(folium.Map):
    """A folium map with Leaflet alone, a fixed element id and nothing drawn on it."""

    default_js = [("leaflet", "leaflet.js")]  # noqa: RUF012 (folium reads class attributes)
    default_css = [("leaflet_css", "leaflet.css")]  # noqa: RUF012
    _template = Template(
        """
        {% macro header(this, kwargs) %}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {% endmacro %}
        {% macro html(this, kwargs) %}
        <div class="folium-map" id={{ this.get_name()|tojson }}></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }},
            {crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}});
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__(tiles=None, zoom_snap=0.25, attribution_control=False)
        self._id = "sinkatlas"


class OfflineFigure(Figure):
    """The page around an :class:`OfflineMap`; the same text at every rendering."""

    def __init__(self) -> None:
        super().__init__(title="SinkAtlas")
        self._id = "sinkatlas"
        self.add_child(OfflineMap())


def offline_page(data: Mapping[str, object], *, script: str, style: str) -> str:
    """A complete page: skeleton, Leaflet, ``style``, ``data`` and ``script``, sealed by a policy.

    The policy allows scripts and styles by their hashes, images as data URIs, and nothing else.
    Raises :class:`OutputError` when anything on the page would have to be fetched.

    >>> page = offline_page({"name": "</script>"}, script="1;", style="p{margin:0}")
    >>> page.count("</script>"), "https://cdn" in page
    (4, False)
    """
    page = _inline_links(OfflineFigure().render())
    head, body_script = f"<style>{style}</style>\n</head>", f"<script>{script}</script>\n</html>"
    block = f'<script type="application/json" id="{DATA_ID}">{json_block(data)}</script>\n'
    page = page.replace("</head>", head, 1)
    before, _, _ = page.rpartition("</html>")
    page = _with_policy(before + block + body_script + "\n")
    if found := unresolved_links(page):
        raise OutputError(
            [problem("maps.asset_unresolved", where="map.html", link=link) for link in found]
        )
    return page


def json_block(data: Mapping[str, object]) -> str:
    """JSON that cannot end its script element, whatever the strings in it are.

    Raises ``ValueError`` for NaN and infinity: missing travels as null.

    >>> json_block({"name": "</script>&"})
    '{"name":"\\\\u003c/script\\\\u003e\\\\u0026"}'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def unresolved_links(page: str) -> tuple[str, ...]:
    """Every link on the page that a browser would follow or fetch by itself, in page order.

    >>> unresolved_links('<img src="x.png"><style>a{b:url(#c)}</style>')
    ('x.png',)
    """
    finder = _LinkFinder()
    finder.feed(page)
    finder.close()
    return tuple(link for link in finder.links if not link.startswith(("data:", "#")))


class _LinkFinder(HTMLParser):
    """Collects ``src``/``href`` of elements, and ``url()``/``@import`` of styles."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        self.links += [text or "" for name, text in attrs if name in {"src", "href", "srcset"}]

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.links += _STYLE_URL.findall(data)
            self.links += re.findall(r"@import[^;]*", data)


def _inline_links(page: str) -> str:
    """Replace the skeleton's links to Leaflet by Leaflet's own text."""
    script = _SOURCE_MAP.sub("", _leaflet("leaflet.js").decode("utf-8"))
    style = _STYLE_URL.sub(_as_data_uri, _leaflet("leaflet.css").decode("utf-8"))
    page = page.replace(
        '<script src="leaflet.js"></script>', f"<script>{_newlines(script)}</script>"
    )
    return page.replace(
        '<link rel="stylesheet" href="leaflet.css"/>', f"<style>{_newlines(style)}</style>"
    )


def _as_data_uri(match: re.Match[str]) -> str:
    """A style's ``url(images/…)`` with the image itself in place of its address."""
    address = match[1]
    media_type = _MEDIA_TYPES.get(address.rpartition(".")[2])
    if address.startswith(("data:", "#")) or media_type is None:
        return match[0]
    encoded = base64.b64encode(_leaflet(*address.split("/"))).decode("ascii")
    return f"url(data:{media_type};base64,{encoded})"


def _leaflet(*parts: str) -> bytes:
    return resources.files("xstatic.pkg.leaflet").joinpath("data", *parts).read_bytes()


def _newlines(text: str) -> str:
    # A browser reads CRLF as LF before it hashes, so a policy over CRLF text would never match.
    return text.replace("\r\n", "\n")


def _with_policy(page: str) -> str:
    """Put a content security policy first in the head, made from what the page contains."""
    scripts = [body for tag, body in _INLINE.findall(page) if tag == "script"]
    styles = [body for tag, body in _INLINE.findall(page) if tag == "style"]
    policy = (
        f"default-src 'none'; script-src {_hashes(scripts)}; style-src {_hashes(styles)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}" />'
    return page.replace("<head>", f"<head>\n{meta}", 1)


def _hashes(bodies: Sequence[str]) -> str:
    digests = (hashlib.sha256(body.encode("utf-8")).digest() for body in bodies)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)
