"""What a run says about its stacks: the files taken together, why, and the preset that judged them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from checks import LayOut, Run

BASE = "services: {search: {image: 'alpine:3.23'}}\nnetworks: {backend: }\n"
JOBS = "services: {jobs: {image: 'alpine:3.23', networks: [backend]}}\n"
A, B = "docker-compose.yml", "docker-compose.jobs.yml"


def stacks(run: Run, *arguments: str) -> list[dict[str, object]]:
    """The stacks in the JSON report."""
    listed: list[dict[str, object]] = json.loads(run("--output-format", "json", *arguments).stdout)[
        "stacks"
    ]
    return listed


REASONS = [
    (
        {A: BASE, B: JOBS, "README.md": f"# Start\n\ndocker compose -f {A} -f {B} up\n"},
        {"files": [A, B], "why": "given together", "evidence": {"path": "README.md", "line": 3}},
    ),
    (
        {A: BASE, B: JOBS},
        {"files": [A, B], "why": f'{A} defines the network "backend" that {B} refers to', "evidence": None},
    ),
    (
        {"a.yml": BASE, "b.yml": JOBS, ".env": "X=1\nCOMPOSE_FILE=a.yml:b.yml\n"},
        {"files": ["a.yml", "b.yml"], "why": "COMPOSE_FILE names them", "evidence": {"path": ".env", "line": 2}},
    ),
    (
        {A: BASE, "docker-compose.override.yml": JOBS},
        {"files": [A, "docker-compose.override.yml"], "why": "the names that Docker Compose looks for", "evidence": None},
    ),
    (
        {"a.yml": BASE, "b.yml": JOBS, "composelint.toml": '[[stacks]]\nfiles = ["a.yml", "b.yml"]\n'},
        {"files": ["a.yml", "b.yml"], "why": "listed in the configuration", "evidence": None},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), REASONS)
def test_the_report_says_why_files_are_one_stack(
    lay_out: LayOut, run: Run, files: dict[str, str], expected: dict[str, Any]
) -> None:
    lay_out(files)
    records = stacks(run)
    name = " + ".join(expected["files"])
    assert [each for each in records if each["files"] == expected["files"]] == [
        {**expected, "preset": records[0]["preset"], "fragment": False}
    ]
    assert f"stack {name}, {expected['why']}" in run("-v").stderr
    assert "stack " not in run().stderr


def test_a_fragment_is_told_from_a_whole_stack(lay_out: LayOut, run: Run) -> None:
    lay_out({B: JOBS, "a/compose.yaml": BASE})
    assert [(each["files"], each["fragment"]) for each in stacks(run)] == [
        (["a/compose.yaml"], False),
        ([B], True),
    ]
    assert f"stack {B}, part of another stack: preset recommended" in run("-v").stderr


def test_records_come_from_the_cache_too(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({A: BASE, B: JOBS})
    first, second = (stacks(run, "--cache-dir", str(folder.parent / "cache")) for _ in range(2))
    assert first == second
    assert len(first) == 2


PRESETS = [
    ("compose.dev.yaml", "", "development", "by the file's name"),
    ("compose.prod.yaml", "", "production", "by the file's name"),
    ("compose.yaml", "", "recommended", "default"),
    ("compose.dev.yaml", 'preset = "hardened"\n', "hardened", "composelint.toml:1"),
    ("compose.x.yaml", '[presets-by-name]\n"*.x.*" = "production"\n', "production", "composelint.toml:2"),
    ("x.yaml", '[[stacks]]\nfiles = ["x.yaml"]\npreset = "hybrid"\n', "hybrid", "composelint.toml:1"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "config", "preset", "place"), PRESETS)
def test_the_configuration_of_a_file_shows_the_preset_of_the_run(
    lay_out: LayOut, run: Run, path: str, config: str, preset: str, place: str
) -> None:
    lay_out({path: BASE, **({"composelint.toml": config} if config else {})})
    assert [each["preset"] for each in stacks(run, path)] == [preset]
    answer = run("config", "--path", path, "preset").stdout
    assert answer.split("  # ") == [f'preset = "{preset}"', f"{place}\n"]
    shown = json.loads(run("config", "--path", path, "--output-format", "json").stdout)
    assert shown["settings"]["preset"]["value"] == preset
