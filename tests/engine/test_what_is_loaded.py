"""What linting without policies loads: neither jsonschema nor what only terminals need."""

from __future__ import annotations

from pathlib import Path

from checks import run_python

LINT = """
import sys
from composelint import check, fix
check(".", preset="all")
fix(".", preset="all", unsafe=True)
print(sorted({name.partition(".")[0] for name in sys.modules}))
"""

FILES = {
    "compose.yaml": "version: '3'\nservices:\n  web:\n    build: .\n    ports: ['80:80']\n",
    "Dockerfile": "FROM alpine:3.22\nRUN apk add curl\nEXPOSE 80\n",
    ".dockerignore": "node_modules\n",
    ".env": "A=1\nA=2\n",
    "composelint.toml": 'preset = "production"\n',
}


def test_linting_and_fixing_without_policies_load_no_jsonschema(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    loaded = run_python("-c", LINT, folder=tmp_path, check=True).stdout
    for name in ("jsonschema", "referencing", "rpds", "click", "rich"):
        assert f"'{name}'" not in loaded
    for name in ("yaml", "ruamel", "composelint"):
        assert f"'{name}'" in loaded
