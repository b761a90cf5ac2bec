"""Makes ``linter/images/suites.txt``: which release of Debian or Ubuntu official tags are built on.

``python tools/official_suites.py REPOSITORY CLONES``, given a clone of docker-library/official-images with
its whole history, and a folder with clones of the repositories in ``_CLONES``. A tag is as it was when it
was last built: the last version of its image's file in ``library/`` that has it names a commit and a
folder. The release is in the folder's name or in another tag of the same build (``3.7.3-stretch``),
else in FROM of its Dockerfile. ``linter/images/suites.py`` says how a line is read.
"""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from composelint.linter.images.data import common
from composelint.linter.images.official import form_of, is_unstable

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = Path(__file__).parents[1] / "linter" / "images" / "suites.txt"

_CLONES = {
    "buildpack-deps": "docker-library/buildpack-deps",
    "debian": "",
    "golang": "docker-library/golang",
    "haskell": "haskell/docker-haskell",
    "httpd": "docker-library/httpd",
    "java": "docker-library/openjdk",
    "mysql": "docker-library/mysql",
    "nginx": "nginxinc/docker-nginx",
    "node": "nodejs/docker-node",
    "openjdk": "docker-library/openjdk",
    "php": "docker-library/php",
    "postgres": "docker-library/postgres",
    "python": "docker-library/python",
    "redis": "docker-library/redis",
    "ruby": "docker-library/ruby",
    "rust": "rust-lang/docker-rust",
    "tomcat": "docker-library/tomcat",
    "ubuntu": "",
}
"""The images of the table, and where their Dockerfiles are kept."""

_DISTRIBUTIONS = ("buildpack-deps", "debian", "ubuntu")
"""Images whose versions are releases of a distribution."""

_OTHER = re.compile(r"windows|nanoserver|oracle|centos|ubi|amazon|sid|\bal\d")
"""Words of tags that are on another system."""

UNKNOWN = "?"


class Build(NamedTuple):
    """What one entry of a library file builds."""

    tags: tuple[str, ...]
    commit: str
    folder: str


class Last(NamedTuple):
    """How a tag was last built, and whether it still is."""

    build: Build
    live: bool


def git(repository: str, *arguments: str) -> str:
    """What git prints."""
    run = subprocess.run(
        ["git", "-C", repository, *arguments], capture_output=True, text=True, check=True
    )
    return run.stdout


def builds(text: str) -> Iterator[Build]:
    """The entries of a library file in either of its formats, without those for Windows."""
    if re.search(r"^Tags?:", text, re.MULTILINE) is None:
        same: dict[tuple[str, str], list[str]] = {}
        for line in text.splitlines():
            if match := re.match(r"([\w.+-]+):\s*\S+?@(\S+)[ \t]*(\S*)", line):
                same.setdefault((match[2], match[3]), []).append(match[1])
        for (commit, folder), tags in same.items():
            yield Build(tuple(tags), commit, folder)
        return
    common_fields: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", text):
        lines = re.sub(r"\n[ \t]+", " ", re.sub(r"^#.*\n?", "", block, flags=re.MULTILINE))
        fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*)$", lines, re.MULTILINE))
        if "Tags" not in fields:
            common_fields.update(fields)
            continue
        fields = {**common_fields, **fields}
        folder = fields.get("Directory", "").strip(" /")
        if "windows" in folder or "nanoserver" in folder:
            continue
        tags = f"{fields['Tags']},{fields.get('SharedTags', '')}".split(",")
        names = tuple(tag.strip() for tag in tags if tag.strip())
        yield Build(names, fields.get("GitCommit", ""), folder)


def last_builds(repository: str, name: str) -> dict[str, Last]:
    """How each tag of an image was last built."""
    log = git(repository, "log", "--first-parent", "--reverse", "--format=%H", "--", path(name))
    last: dict[str, Last] = {}
    newest: frozenset[str] = frozenset()
    for commit in log.split():
        try:
            text = git(repository, "show", f"{commit}:{path(name)}")
        except subprocess.CalledProcessError:  # it was deleted there
            newest = frozenset()
            continue
        listed = {tag: build for build in reversed(list(builds(text))) for tag in build.tags}
        newest = frozenset(listed)
        last.update((tag, Last(build, False)) for tag, build in listed.items())
    return {tag: Last(build, tag in newest) for tag, (build, _) in last.items()}


def path(name: str) -> str:
    """The path of an image's file."""
    return f"library/{name}"


def release_of(build: Build, clone: Path) -> str:
    """The release that a build starts from: ``12``, ``24.04`` or ``a3.20``; ``?`` if unknown."""
    for text in (build.folder, *build.tags):
        if (found := _named(text)) != UNKNOWN:
            return found
    return _named(_base(clone, build.commit, build.folder)) if clone.name else UNKNOWN


@cache
def _base(clone: Path, commit: str, folder: str) -> str:
    """The image of the last FROM of a Dockerfile; empty if the clone does not have it."""
    try:
        text = git(str(clone), "show", f"{commit}:{f'{folder}/' if folder else ''}Dockerfile")
    except subprocess.CalledProcessError:
        return ""
    images = re.findall(r"^FROM\s+(\S+)", text, re.MULTILINE)
    name = images[-1] if images else ""
    return "" if _OTHER.search(name) else name


def _named(text: str) -> str:
    """The release that a text names; ``a3.20`` is one of Alpine."""
    if _OTHER.search(text):
        return UNKNOWN
    suites = common()["suites"]
    for word in re.split(r"[^a-z0-9.]+", text):
        if word in suites:
            return str(suites[word][1])
    if match := re.search(r"\balpine[:-]?(\d+\.\d+)", text):
        return f"a{match[1]}"
    match = re.fullmatch(r"(?:debian|ubuntu):(\d[\d.]*)(?:-slim)?", text)
    return (match[1].partition(".")[0] if text[0] == "d" else match[1]) if match else UNKNOWN


class Forms:
    """Forms of tags of an image that are built alike: the release of each version."""

    def __init__(self) -> None:
        self.forms: set[str] = set()
        self.releases: dict[tuple[int, ...], str] = {}
        self.live: set[tuple[int, ...]] = set()

    def fits(self, releases: dict[tuple[int, ...], str]) -> bool:
        """Whether no version of another form is built on another release."""
        return all(self.releases.get(key, value) == value for key, value in releases.items())

    def add(
        self, form: str, releases: dict[tuple[int, ...], str], live: set[tuple[int, ...]]
    ) -> None:
        self.forms.add(form)
        self.releases.update(releases)
        self.live.update(live)

    def text(self) -> str:
        """The forms in the table: ``=,-slim 3+=13 3.7=0:9,4:10``."""
        parts = [",".join(form or "=" for form in sorted(self.forms))]
        groups: dict[tuple[int, ...], dict[int, str]] = {}
        for version, release in self.releases.items():
            if len(version) > 2:
                groups.setdefault(version[:2], {})[version[2]] = release
        for version in sorted({*groups, *(key for key in self.releases if len(key) < 3)}):
            mark = "+" if version in self.live else ""
            patches = groups.get(version, {})
            runs: list[str] = []
            before = None
            for patch, release in sorted(patches.items()):
                if release != before:
                    runs.append(f"{patch}:{release}")
                before = release
            own = self.releases.get(version, UNKNOWN if patches else None)
            if own is not None and own != before:
                runs.append(f"*:{own}" if runs else own)
            name = ".".join(map(str, version))
            if any(not run.endswith(UNKNOWN) for run in runs):
                parts.append(f"{name}{mark}={','.join(runs)}")
        return " ".join(parts)


def line_of(name: str, last: dict[str, Last], clone: Path) -> str:
    """An image in the table."""
    words: list[str] = []
    forms: dict[str, tuple[dict[tuple[int, ...], str], set[tuple[int, ...]]]] = {}
    for tag, (build, live) in sorted(last.items()):
        written, form = form_of(tag)
        if (
            _OTHER.search(tag)
            or _named(tag) != UNKNOWN
            or is_unstable(tag)
            or (written and "#" in form)
        ):
            continue
        if written and (name in _DISTRIBUTIONS or re.search(r"-p\d|^[a-z]", form)):
            continue
        release = release_of(build, clone)
        version = tuple(map(int, written))
        if not version:
            if release != UNKNOWN:
                words.append(f"{tag}{'+' if live else ''}={release}")
        elif len(version) <= 3 and not form.startswith("v"):
            releases, alive = forms.setdefault(form, ({}, set()))
            releases[version] = release
            alive.update({version} if live else ())
    kinds: list[Forms] = []
    for form, (releases, alive) in sorted(forms.items()):
        if set(releases.values()) == {UNKNOWN}:
            continue
        kind = next((kind for kind in kinds if kind.fits(releases)), None)
        if kind is None:
            kinds.append(kind := Forms())
        kind.add(form, releases, alive)
    return "\t".join((name, " ".join(words), *(kind.text() for kind in kinds)))


def main(repository: str, clones: str) -> None:
    """Write the table."""
    taken = git(repository, "log", "-1", "--format=%cs").strip()
    lines = [
        "# What official tags were last built on, made by tools/official_suites.py.",
        f"# source\tdocker-library/official-images\ttaken\t{taken}",
    ]
    for name, clone in sorted(_CLONES.items()):
        folder = Path(clones, clone) if clone else Path()
        lines.append(line_of(name, last_builds(repository, name), folder))
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
