"""The tools that make the tables about images from public data."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
from pathlib import Path
from types import ModuleType

import composelint.linter.images
import pytest

ROOT = Path(__file__).parents[2]
DATA = Path(composelint.linter.images.__file__).parent


def tool(name: str) -> ModuleType:
    """A tool as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def commit(folder: Path, files: dict[str, str], day: str) -> None:
    """A commit of these files in a repository, made on a day."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    name = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    dates = {"GIT_AUTHOR_DATE": f"{day}T00:00:00Z", "GIT_COMMITTER_DATE": f"{day}T00:00:00Z"}
    for command in (["init", "-q"], ["add", "."], [*name, "commit", "-q", "-m", "x"]):
        subprocess.run(["git", *command], cwd=folder, check=True, env={**os.environ, **dates})


PAGE = """\
---
title: X
releases:
  - releaseCycle: "2.10"
    eol: false
  - releaseCycle: "2.9"
    eol: 2026-01-31
    eoes: 2030-01-31
  - releaseCycle: "1"
    eol: true
---
text
"""


def test_the_end_of_support_is_read_from_pages() -> None:
    cycles = tool("lifecycle").cycles
    assert list(cycles("x", PAGE).items()) == [("2.10", None), ("2.9", "2026-01-31")]
    # Debian's images are made until the end of its long-term support.
    assert cycles("debian", PAGE) == {"2.10": None, "2.9": "2030-01-31"}


def test_the_table_of_releases_is_as_the_tool_writes_it() -> None:
    text = (DATA / "lifecycle.json").read_text(encoding="utf-8")
    assert tool("lifecycle").text_of(json.loads(text)) + "\n" == text


OLD = "1.0: git://example.org/x@abc 1.0\nlatest: git://example.org/x@abc 1.0\n"
NEW = """\
GitRepo: https://example.org/x.git

Tags: 2.1.3-slim, 2.1-slim, 2-slim, slim
Architectures: amd64, arm64v8

Tags: 2.1.3, 2.1, 2, latest
SharedTags: 2.1.3-all
Architectures: amd64, s390x

Tags: 3.0-rc1
Architectures: amd64
"""


def test_the_tags_of_all_versions_of_a_library_file_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(tmp_path, {"library/x": OLD}, "2015-01-01")
    commit(tmp_path, {"library/x": NEW}, "2026-01-01")
    module = tool("official_images")
    monkeypatch.setattr(module, "TARGET", tmp_path / "official.txt")
    module.main(str(tmp_path))
    *head, line = (tmp_path / "official.txt").read_text(encoding="utf-8").splitlines()
    assert head[1].endswith("\ttaken\t2026-01-01")
    assert line.split("\t") == [
        "x",
        "amd64!|2.1|2.1 arm64v8!|2.1|2.1 s390x!|2.1|2.1",
        "1=.0;2!=*.1",
        "=!|1.0|2.1 -all!|2.1|2.1 -slim!|2.1|2.1 latest! slim!",
    ]


BUILT_BEFORE = "1.0.0: git://example.org/x@{0} 1.0\n1.0: git://example.org/x@{0} 1.0\n"
BUILT_NOW = """\
GitRepo: https://example.org/x.git

# a comment
Tags: 1.0.1-slim-stretch, 1.0.1-slim, 1.0-slim
SharedTags: slim
GitCommit: x
Directory: 1.0/slim

Tags: 1.0.1, 1.0,
 latest
GitCommit: x
Directory: 1.0/stretch

Tags: 1.0.1-alpine
Directory: 1.0/alpine

Tags: 2.0.0
Directory: 2.0
"""


def test_the_tool_reads_folders_tags_and_dockerfiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = tmp_path / "clones" / "me" / "x"
    commit(clone, {"1.0/Dockerfile": "FROM buildpack-deps:jessie-curl\nRUN true\n"}, "2014-01-01")
    module = tool("official_suites")
    built = module.git(str(clone), "rev-parse", "HEAD").strip()
    official = tmp_path / "official"
    commit(official, {"library/x": BUILT_BEFORE.format(built)}, "2015-01-01")
    commit(official, {"library/x": BUILT_NOW}, "2026-01-01")
    monkeypatch.setattr(module, "TARGET", tmp_path / "suites.txt")
    monkeypatch.setattr(module, "_CLONES", {"x": "me/x"})
    module.main(str(official), str(tmp_path / "clones"))
    *head, line = (tmp_path / "suites.txt").read_text(encoding="utf-8").splitlines()
    assert head[1].endswith("\ttaken\t2026-01-01")
    assert line.split("\t") == ["x", "latest+=9 slim+=9", "=,-slim 1.0+=0:8,1:9"]


DOCUMENT = """\
-   `SHOP_USER`: the user. -   `SHOP_TOKEN=x`, and `$SHOP_HOME`
	docker run -e SHOP_PASSWORD=x --env SHOP_DB=x %%IMAGE%%
`NOT_a_name` and `WORD`, PLAIN_TEXT
"""
COMPOSED = """\
services:
  shop: {image: shop, environment: {SHOP_HOST: x, lower: x}}
  db: {image: postgres, environment: [POSTGRES_PASSWORD=x]}
"""


def test_variables_are_read_from_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "shop/content.md": DOCUMENT,
        "shop/compose.yaml": COMPOSED,
        "plain/content.md": "none\n",
        "shop/README.md": "`OTHER_NAME`\n",
    }
    commit(tmp_path, files, "2026-01-01")
    module = tool("image_variables")
    monkeypatch.setattr(module, "TARGET", tmp_path / "variables.json")
    module.main(str(tmp_path))
    assert json.loads((tmp_path / "variables.json").read_text(encoding="utf-8")) == {
        "sources": ["docker-library/docs"],
        "taken": "2026-01-01",
        "images": {
            "shop": [
                "SHOP_DB",
                "SHOP_HOME",
                "SHOP_HOST",
                "SHOP_PASSWORD",
                "SHOP_TOKEN",
                "SHOP_USER",
            ]
        },
    }


def test_the_table_of_variables_is_as_the_tool_writes_it() -> None:
    text = (DATA / "variables.json").read_text(encoding="utf-8")
    assert tool("image_variables").text_of(json.loads(text)) == text
