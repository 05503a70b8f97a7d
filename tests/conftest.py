"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real public data beside the project; absent outside the developers' machines."""
    folder = PROJECT.parent / "shared"
    if not folder.is_dir():
        message = f"real data folder {folder} is absent"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{message}, and CI must run these tests")
        pytest.skip(message)
    return folder
