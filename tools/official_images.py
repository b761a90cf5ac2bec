"""Makes ``linter/images/official.txt``: which tags and platforms official images ever had.

``python tools/official_images.py REPOSITORY``, given a clone of docker-library/official-images with its
whole history: every tag that was ever published stands in some version of the files in ``library/``.

Tags are kept as forms, not one by one: ``22.1.0-alpine`` is the version 22.1 of the form ``-alpine``.
Release candidates and Windows images are left out. ``linter/images/official.py`` says how a line is read.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from composelint.linter.images.official import form_of, is_unstable, words_in

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = Path(__file__).parents[1] / "linter" / "images" / "official.txt"
_FIELD = re.compile(r"(Tags|SharedTags|Architectures):\s*(.*)")
_OLD = re.compile(r"([a-z0-9][\w.+-]*):\s*(?:git|https?)://\S+@")
_RECENT = "18 months ago"
_MOST_FORMS = 500


class Published(NamedTuple):
    """One block of a library file: tags, and the architectures that they are built for."""

    tags: list[str]
    architectures: list[str]


def git(repository: str, *arguments: str) -> str:
    """What git prints."""
    run = subprocess.run(
        ["git", "-C", repository, *arguments], capture_output=True, text=True, check=True
    )
    return run.stdout


def library_files(repository: str, *revisions: str) -> Iterator[tuple[str, str]]:
    """The name and text of each version of each library file that these revisions hold."""
    listed = git(repository, "rev-list", "--objects", *revisions)
    blobs = [line.split(" ", 1) for line in listed.splitlines() if " library/" in line]
    # Not limited to the folder: git would leave out what merges took from the other side.
    process = subprocess.run(
        ["git", "-C", repository, "cat-file", "--batch"],
        input="".join(f"{blob}\n" for blob, _ in blobs).encode(),
        capture_output=True,
        check=True,
    )
    output, at = process.stdout, 0
    for _, path in blobs:
        end = output.index(b"\n", at)
        head = output[at:end].split()
        at = end + 1
        if len(head) < 3:
            continue  # the clone lacks it
        text = output[at : at + int(head[2])].decode("utf-8", "replace")
        at += int(head[2]) + 1
        if head[1] == b"blob":
            yield path.split("/")[1], text


def blocks(text: str) -> Iterator[Published]:
    """What a library file publishes, in either of its formats."""
    for part in re.split(r"\n\s*\n", text):
        tags: list[str] = []
        architectures: list[str] = []
        for line in part.splitlines():
            if field := _FIELD.match(line):
                values = [value.strip() for value in field[2].split(",") if value.strip()]
                (architectures if field[1] == "Architectures" else tags).extend(values)
            elif old := _OLD.match(line):
                tags.append(old[1])
        if tags:
            yield Published(tags, architectures)


class Image:
    """What is known about the tags of one image."""

    def __init__(self) -> None:
        self.forms: dict[str, list[tuple[str, ...]]] = {}
        self.current: set[str] = set()
        self.live: set[str] = set()
        self.platforms: dict[str, list[tuple[str, ...]]] = {}
        self.current_platforms: set[str] = set()

    def add(self, block: Published, recent: bool) -> None:
        for tag in block.tags:
            if is_unstable(tag):
                continue
            version, form = form_of(tag)
            self.forms.setdefault(form, []).append(version)
            if recent:
                self.current.add(form)
                self.live.update(version[:1])
            for architecture in block.architectures:
                self.platforms.setdefault(architecture, []).append(version)
                if recent:
                    self.current_platforms.add(architecture)

    def line(self) -> str:
        """The image in the table, without its name."""
        forms = []
        for form, versions in sorted(self.forms.items()):
            low, high = _bounds([version for version in versions if version])
            mark = "!" if form in self.current else ""
            forms.append(f"{form or '='}{mark}|{low}|{high}" if low else f"{form}{mark}")
        platforms = []
        for name, versions in sorted(self.platforms.items()):
            low, high = _bounds([version for version in versions if version])
            platforms.append(f"{name}{'!' if name in self.current_platforms else ''}|{low}|{high}")
        return "\t".join((" ".join(platforms), self._versions(), " ".join(forms)))

    def _versions(self) -> str:
        """The versions of plain tags: ``3=.1.2.5~;22!=*.0.1``."""
        plain = {version for version in self.forms.get("", ()) if version}
        majors: dict[str, dict[str, bool]] = {}
        for version in plain:
            minors = majors.setdefault(version[0], {})
            if len(version) > 1:
                minors[version[1]] = minors.get(version[1], False) or len(version) == 2
        parts = []
        for major in sorted(majors, key=int):
            minors = majors[major]
            text = "".join(
                f".{minor}{'' if minors[minor] else '~'}" for minor in sorted(minors, key=int)
            )
            own = "*" if (major,) in plain else ""
            parts.append(f"{major}{'!' if major in self.live else ''}={own}{text}")
        return ";".join(parts)


def _bounds(versions: list[tuple[str, ...]]) -> tuple[str, str]:
    """The lowest and the highest of some versions, as MAJOR.MINOR."""
    numbers = sorted({tuple(map(int, version[:2])) for version in versions})
    if not numbers:
        return "", ""
    # A tag such as 3 is not lower than 3.7: it is a name for one of these.
    lowest = next(
        (pair for pair in numbers if len(pair) > 1 and pair[0] == numbers[0][0]), numbers[0]
    )
    return ".".join(map(str, lowest)), ".".join(map(str, numbers[-1]))


def main(repository: str) -> None:
    """Write the table."""
    taken = git(repository, "log", "-1", "--format=%cs").strip()
    before = git(repository, "rev-list", "-1", f"--before={taken} {_RECENT}", "HEAD").strip()
    images: dict[str, Image] = {}
    old_words: set[str] = set()
    for name, text in library_files(repository, "HEAD"):
        for block in blocks(text):
            images.setdefault(name, Image()).add(block, False)
    for name, text in library_files(repository, before):
        for block in blocks(text):
            for tag in block.tags:
                if name not in ("debian", "ubuntu"):
                    old_words.update(words_in(form_of(tag)[1]))
    current = {
        name: git(repository, "show", f"HEAD:library/{name}")
        for name in git(repository, "ls-tree", "--name-only", "HEAD:library").split()
    }
    for name, text in library_files(repository, "HEAD", f"^{before}"):
        for block in blocks(text):
            images[name].add(block, True)
    for name, text in current.items():
        for block in blocks(text):
            images[name].add(block, True)
    words = {word for image in images.values() for form in image.forms for word in words_in(form)}
    lines = [
        "# Forms of the tags that official images ever had, made by tools/official_images.py.",
        f"# source\tdocker-library/official-images\ttaken\t{taken}",
        f"# new words\t{' '.join(sorted(words - old_words))}",
        f"# words\t{' '.join(sorted(words & old_words))}",
    ]
    lines += [
        f"{name}\t{image.line()}"
        for name, image in sorted(images.items())
        if len(image.forms) <= _MOST_FORMS
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
