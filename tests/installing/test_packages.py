"""Built packages contain everything, and run in each way of installing them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from checks import ROOT

PRODUCT = ("linter", "rules", "schemas")
DATA = {".json", ".txt", ".typed"}


def product_files() -> set[str]:
    """Every module and data file of the product that git tracks or would track."""
    answer = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", *PRODUCT, "__init__.py", "__main__.py", "py.typed"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {
        path
        for path in answer.stdout.splitlines()
        if Path(path).suffix in {".py", *DATA} and (ROOT / path).is_file()
    }


@pytest.fixture(scope="session")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages that are built from a clean copy."""
    folder = tmp_path_factory.mktemp("dist")
    copy = shutil.copytree(checkout, tmp_path_factory.mktemp("source") / "checkout")
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(folder), str(copy)],
        check=True,
        capture_output=True,
    )
    return folder


def test_every_package_is_listed() -> None:
    packages = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"][
            "packages"
        ]
    )
    folders = {str(Path(path).parent) for path in product_files() if path.endswith(".py")}
    assert packages == {
        "composelint" if folder == "." else "composelint." + folder.replace("/", ".")
        for folder in folders
    }


def test_wheel_contains_every_module_and_data_file(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"composelint/{path}" for path in product_files()} <= names
    others = ("composelint/tests", "composelint/docs", "composelint/editors")
    assert not {name for name in names if name.startswith(others)}


def test_wheel_contains_the_manual_page(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".1"))
        assert name.endswith(".data/data/share/man/man1/composelint.1")
        assert archive.read(name) == (ROOT / "docs" / "composelint.1").read_bytes()


def test_sdist_contains_every_module_and_data_file(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as stream:
        names = {name.partition("/")[2] for name in stream.getnames()}
    assert (
        product_files() | {"pyproject.toml", "README.md", "LICENSE", "docs/composelint.1"} <= names
    )
    assert not {name for name in names if name.startswith("editors/")}


@pytest.mark.parametrize("way", ["wheel", "editable"])
def test_every_way_of_installing_works(way: str, built: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True, system_site_packages=False)
    python = environment / "bin" / "python"
    (wheel,) = built.glob("*.whl")
    target = [str(wheel)] if way == "wheel" else ["-e", str(ROOT)]
    subprocess.run([python, "-m", "pip", "install", "-q", *target], check=True, capture_output=True)
    (tmp_path / "compose.yaml").write_text('version: "3"\nservices:\n  a:\n    image: redis\n')
    for command in ([environment / "bin" / "composelint"], [python, "-m", "composelint"]):
        answer = subprocess.run(
            [*command, "--select", "obsolete-version", "--output-format", "concise", "compose.yaml"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert answer.stdout.startswith("compose.yaml:1:1: warning: CF004"), answer.stderr
        assert answer.returncode == 1
