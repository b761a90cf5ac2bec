"""Modules that the console script finds by itself are those that Python would find."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import composelint
import pytest

LOAD = """
import json, sys
sys.path.insert(0, sys.argv[1])
from composelint.linter.cli import own_modules
if sys.argv[2] == "own":
    own_modules.find_own_modules()
from importlib import import_module
found = {}
for name in ("linter.base.text", "linter.model.service", "linter.source.yaml", "rules.compose.health"):
    import_module(f"composelint.{name}")
for name, module in sys.modules.items():
    if name.startswith("composelint"):
        spec = module.__spec__
        found[name] = [
            module.__file__, module.__cached__, module.__package__, module.__doc__,
            list(getattr(module, "__path__", ())), spec.origin, spec.has_location,
            spec.submodule_search_locations, spec.parent, sorted(vars(module)),
            type(module.__loader__).__name__,
        ]
print(json.dumps(found))
"""


def loaded(folder: Path, how: str, *flags: str, **environment: str) -> dict[str, list[object]]:
    """What is known of each module once some are loaded, the last item being its loader."""
    result = subprocess.run(
        [sys.executable, *flags, "-c", LOAD, str(folder), how],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **environment},
    )
    found: dict[str, list[object]] = json.loads(result.stdout)
    return found


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder that contains a copy of the package, compiled."""
    source = Path(composelint.__file__).parent
    copy = tmp_path / "site" / "composelint"
    for part in ("linter", "rules"):
        shutil.copytree(source / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__init__.py", "py.typed"):
        shutil.copy(source / name, copy / name)
    loaded(copy.parent, "python")
    return copy


def test_own_modules_are_those_that_python_finds(installed: Path) -> None:
    standard, own = loaded(installed.parent, "python"), loaded(installed.parent, "own")
    loaders = {name: entry.pop() for name, entry in own.items()}
    assert {name: entry[:-1] for name, entry in standard.items()} == own
    assert loaders["composelint.linter.source.yaml"] == "_Loader"
    assert list(loaders.values()).count("_Loader") > 30


def test_what_is_not_compiled_from_its_source_is_left_to_python(installed: Path) -> None:
    changed = installed / "linter" / "base" / "text.py"
    changed.write_text(changed.read_text() + "\nCHANGED = True\n")
    os.utime(changed, (1, 1))
    (gone,) = (installed / "linter" / "model" / "__pycache__").glob("service.*.pyc")
    gone.unlink()
    (torn,) = (installed / "rules" / "compose" / "__pycache__").glob("health.*.pyc")
    torn.write_bytes(torn.read_bytes()[:10])
    first, second = loaded(installed.parent, "own"), loaded(installed.parent, "own")
    for name in ("linter.base.text", "linter.model.service", "rules.compose.health"):
        assert first[f"composelint.{name}"][-1] == "SourceFileLoader"
        assert second[f"composelint.{name}"][-1] == "_Loader"
    assert "CHANGED" in str(second["composelint.linter.base.text"])


@pytest.mark.parametrize(
    ("flags", "environment"), [(("-O",), {}), ((), {"PYTHONPYCACHEPREFIX": "c"})]
)
def test_other_places_of_compiled_modules_are_left_to_python(
    installed: Path,
    flags: tuple[str, ...],
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(installed.parent)
    own = loaded(installed.parent, "own", *flags, **environment)
    assert {entry[-1] for entry in own.values()} == {"SourceFileLoader"}
