"""Write ``docs/public_api.txt``: the names and signatures that users of the package rely on.

A test compares it with the package, so that no name or argument changes unnoticed.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import sinkatlas
import sinkatlas.testing
import sinkatlas.uncertainty

FILE = Path(__file__).parent / "public_api.txt"


def lines() -> Iterator[str]:
    """A line for each public name, and for each public member of a class."""
    for surface in (sinkatlas, sinkatlas.testing, sinkatlas.uncertainty):
        yield f"# {surface.__name__}"
        yield from _of(surface)


def _of(surface: ModuleType) -> Iterator[str]:
    for name in sorted(surface.__all__):
        member = getattr(surface, name)
        if inspect.isclass(member):
            yield f"class {name}"
            for inner, what in sorted(vars(member).items()):
                if isinstance(what, property):
                    kind = inspect.signature(what.fget).return_annotation if what.fget else ""
                    yield f"{name}.{inner}: {kind}"
                elif inspect.isfunction(what) and not inner.startswith("_"):
                    yield f"{name}.{inner}{_signature(what)}"
        elif callable(member):
            yield f"{name}{_signature(member)}"
        else:
            yield f"{name}: {type(member).__name__}"


def _signature(of: Callable[..., object]) -> str:
    plain = str(inspect.signature(of)).replace("'", "").replace('"', "")
    return re.sub(r"<function (\w+) at 0x[0-9a-f]+>", r"\1", plain)


def text() -> str:
    """The whole file."""
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8", newline="\n")
