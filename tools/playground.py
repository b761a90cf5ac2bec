"""Builds the playground: ``python tools/playground.py FOLDER``, or into ``build/playground/site``.

The page's programs are bundled from ``site/playground/src``, and the modules of composelint and of what it
needs for linting and fixing are compiled and packed for Pyodide. It needs node and npm, which installs what
``site/playground/package-lock.json`` pins, and the packages that composelint needs, as ``requirements/ci.txt``
pins them. Nothing that is built has an address outside of the folder.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "site" / "playground"
WORK = ROOT / "build" / "playground"

LEFT_OUT = (
    "linter/cli",
    "linter/lsp",
    "linter/insight",
    "linter/fleet",
    "schemas",
    "tools",
    "tests",
)
"""Folders of composelint that the page does not use."""
KEPT = ("schemas/__init__.py", "schemas/dockerfile.json")
"""What it needs of them."""
NEEDED = {"PyYAML": "yaml", "ruamel.yaml": "ruamel", "dockerfile-parse": "dockerfile_parse"}
"""Distributions that linting and fixing need, with the folder of each."""
NOT_IN_LIBRARY = (
    *("asyncio/windows", "asyncio/proactor", "bdb", "cgi", "cmd", "concurrent/futures/process"),
    *(
        "config-",
        "ctypes",
        "curses",
        "dbm",
        "distutils",
        "doctest",
        "email",
        "ensurepip",
        "filecmp",
        "ftplib",
    ),
    *(
        "getopt",
        "html",
        "http",
        "imaplib",
        "lib2to3",
        "mailbox",
        "mailcap",
        "mimetypes",
        "multiprocessing",
    ),
    *(
        "netrc",
        "nntplib",
        "optparse",
        "pdb",
        "pickletools",
        "plistlib",
        "poplib",
        "profile",
        "profiling",
        "pstats",
    ),
    *("pydoc", "sched", "smtplib", "socketserver", "sqlite3", "ssl", "statistics", "tabnanny"),
    *("telnetlib", "test", "timeit", "tkinter", "trace.", "turtle", "unittest", "urllib/request"),
    *(
        "venv",
        "wave",
        "webbrowser",
        "wsgiref",
        "xml/dom",
        "xml/sax",
        "xmlrpc",
        "zipapp",
        "_aix",
        "_osx",
    ),
)
"""How modules of the standard library begin that nothing here imports."""
EXAMPLES = {
    "shop": ("A book shop with a few things to mend", "examples/bookshop"),
    "tournament": (
        "A tournament: first draft for production",
        "examples/tournament/drafts/production",
    ),
    "station": ("A measuring station with many errors", "tests/projects/station"),
    "monorepo": ("A monorepo whose Dockerfiles are in folders", "tests/projects/monorepo"),
}
"""Projects of this repository that the page offers, by name: the title and the folder of each."""


NOTHING = {"compose.yaml": "services:\n"}
"""What somebody begins with who brings files."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=WORK / "site")
    build(parser.parse_args(arguments).folder.absolute())
    return 0


def build(target: Path) -> None:
    """Build the page and everything that it loads into a folder, which is made anew."""
    modules = installed()
    shutil.rmtree(target, ignore_errors=True)
    assets = target / "assets"
    assets.mkdir(parents=True)
    bundle(modules, assets)
    python(modules, assets)
    (assets / "examples.json").write_text(json.dumps(examples()), "utf-8")
    (assets / "licenses.txt").write_text(licenses(modules), "utf-8")
    sizes = {path.name: path.stat().st_size for path in sorted(assets.iterdir())}
    (assets / "sizes.json").write_text(json.dumps(sizes), "utf-8")
    # A new version has a folder of its own: what browsers keep is never mixed.
    folder = f"assets-{digest(assets)}"
    assets.rename(target / folder)
    page = (SOURCE / "index.html").read_text("utf-8").replace("@ASSETS@", folder)
    (target / "index.html").write_text(page.replace("@VERSION@", version()), "utf-8")


def version() -> str:
    text = (ROOT / "linter" / "version.py").read_text("utf-8")
    return re.findall(r'VERSION = "(.+)"', text)[0]


def installed() -> Path:
    """The folder with the packages from npm, which are installed if the lock file is another one."""
    lock = (SOURCE / "package-lock.json").read_bytes()
    folder = WORK / "npm"
    mark = folder / "installed"
    if not mark.exists() or mark.read_bytes() != lock:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SOURCE / name, folder)
        run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder
        )
        mark.write_bytes(lock)
    for name in ("src", "tests"):
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(SOURCE / name, folder / name)
    shutil.copy(SOURCE / "tsconfig.json", folder)
    return folder / "node_modules"


def bundle(modules: Path, assets: Path) -> None:
    """Write the programs and the style of the page."""
    programs = ["main", "worker", "picture"]
    command = [
        str(modules / ".bin" / "esbuild"),
        *(str(modules.parent / "src" / f"{name}.ts") for name in programs),
        str(modules.parent / "src" / "style.css"),
        *("--bundle", "--minify", "--format=esm", "--target=es2022", "--charset=utf8"),
        *("--external:./pyodide.mjs", "--legal-comments=none", "--log-level=warning"),
        f"--outdir={assets}",
    ]
    run(command, modules.parent)
    with (assets / "style.css").open("a", encoding="utf-8") as style:
        style.write(colours_of_pictures())
    shutil.copy(ROOT / "site" / "theme" / "assets" / "icon.svg", assets)
    for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"):
        shutil.copy(modules / "pyodide" / name, assets)
        (assets / name).chmod(0o644)


def colours_of_pictures() -> str:
    """The style of pictures, whose colours follow those of the page."""
    from composelint.linter.graph.dot import COLORS

    colours = "".join(
        f"--cg-{name}:light-dark({light},{dark});" for name, (light, dark) in COLORS.items()
    )
    rules = "".join(
        f".cg-f-{name}{{fill:var(--cg-{name})}}.cg-s-{name}{{stroke:var(--cg-{name})}}"
        for name in COLORS
    )
    return f".cg{{{colours}font-family:Helvetica,Arial,sans-serif}}{rules}\n"


def python(modules: Path, assets: Path) -> None:
    """Write the standard library and the packages, compiled."""
    stage = WORK / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    with zipfile.ZipFile(modules / "pyodide" / "python_stdlib.zip") as library:
        for name in library.namelist():
            if not name.startswith(NOT_IN_LIBRARY) and not name.endswith("/"):
                library.extract(name, stage / "library")
    packages = stage / "packages"
    own = subprocess.run(
        [
            "git",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "__init__.py",
            "linter",
            "rules",
            *KEPT,
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, own.split("\0")):
        is_left_out = name.startswith(LEFT_OUT) and name not in KEPT
        if not is_left_out and (ROOT / name).is_file():
            copy(ROOT / name, packages / "composelint" / name)
    pinned = (ROOT / "requirements" / "ci.txt").read_text("utf-8")
    for name, folder in NEEDED.items():
        found = distribution(name)
        line = f"{name.lower().replace('.', '-')}=={found.version} "
        if f"\n{line}" not in pinned:
            sys.exit(f"{name} {found.version} is not what requirements/ci.txt pins")
        for file in found.files or ():
            if file.parts[0] == folder and file.suffix == ".py" and file.parts[-1] != "cyaml.py":
                copy(Path(str(file.locate())), packages / file)
    # PyYAML asks whether it has the parser in C.
    (packages / "yaml" / "cyaml.py").write_text("raise ImportError\n", "utf-8")
    shutil.copy(SOURCE / "session.py", packages / "session.py")
    # Compiling takes long, and is only done when something has changed.
    kept = WORK / f"compiled-{digest(stage, SOURCE / 'archive.mjs', modules.parent / 'installed')}"
    if not kept.exists():
        for old in WORK.glob("compiled-*"):
            shutil.rmtree(old)
        fresh = WORK / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        program = str(SOURCE / "archive.mjs")
        run(["node", program, str(modules / "pyodide"), str(stage), str(fresh)], WORK)
        fresh.rename(kept)
    for path in kept.iterdir():
        shutil.copy(path, assets)


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def examples() -> list[dict[str, object]]:
    """The projects that the page offers, with their files."""
    listed: list[dict[str, object]] = []
    for name, (title, folder) in EXAMPLES.items():
        tracked = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT / folder, check=True, capture_output=True, text=True
        ).stdout
        paths = sorted(path for path in tracked.split("\0") if path and path != "expected.txt")
        files = {path: (ROOT / folder / path).read_text("utf-8") for path in paths}
        listed.append({"name": name, "title": title, "files": files})
    listed.append({"name": "empty", "title": "Nothing: for files of your own", "files": NOTHING})
    return listed


def licenses(modules: Path) -> str:
    """The licences of everything that the page loads."""
    parts = [f"composelint {version()}\n\n{(ROOT / 'LICENSE').read_text('utf-8')}"]
    lock = json.loads((SOURCE / "package-lock.json").read_text("utf-8"))
    for path, entry in sorted(lock["packages"].items()):
        folder = modules.parent / path
        if not path or entry.get("dev") or not folder.is_dir():
            continue
        title = (
            f"{path.removeprefix('node_modules/')} {entry['version']} ({entry.get('license', '')})"
        )
        texts = [file.read_text("utf-8") for file in sorted(folder.glob("LICEN[CS]E*"))]
        parts.append("\n\n".join([title, *texts]))
    for name in NEEDED:
        found = distribution(name)
        texts = [
            Path(str(file.locate())).read_text("utf-8")
            for file in found.files or ()
            if file.name.startswith(("LICENSE", "LICENCE"))
        ]
        parts.append("\n\n".join([f"{name} {found.version}", *texts]))
    parts.append("Python: https://docs.python.org/3/license.html (PSF-2.0)")
    rule = "\n\n" + "-" * 72 + "\n\n"
    return rule.join(part.strip() for part in parts) + "\n"


def digest(*places: Path) -> str:
    """A short name for the content of files and folders."""
    state = hashlib.sha256()
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file():
                state.update(str(path.relative_to(place)).encode() + b"\0")
                state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()[:10]


def run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
