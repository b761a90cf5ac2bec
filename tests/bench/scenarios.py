"""The scenarios: each is a piece of work and the tools that can do it."""

from __future__ import annotations

import os
from math import log10
from typing import TYPE_CHECKING, NamedTuple

from .generate import write_compose_files, write_dockerfiles, write_monorepo, write_stack
from .measure import Command, Figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

OURS = "composelint"
WARM = "composelint, warm cache"


class Tools(NamedTuple):
    """Absolute paths of the tools by name; ``composelint`` is always one of them."""

    paths: Mapping[str, str]

    def ours(self, folder: str, *args: str) -> Command:
        return Command((self.paths[OURS], "--no-cache", *args), folder, good=(0, 1))

    def warm(self, folder: str, cache: str, *args: str) -> Command:
        return Command((self.paths[OURS], "--cache-dir", cache, *args), folder, good=(0, 1))

    def compose_peers(self, folder: str, files: Sequence[str]) -> dict[str, Command]:
        """The other tools that read Compose files."""
        commands: dict[str, Command] = {}
        for name in ("compose-lint", "dclint"):
            if name in self.paths:
                commands[name] = Command((self.paths[name], *files), folder)
        if "docker-compose" in self.paths:
            commands["docker-compose config"] = Command(
                ("/bin/sh", "-c", 'exec "$0" -f "$1" config -q', self.paths["docker-compose"]),
                folder,
                tuple(files),
            )
        return commands

    def dockerfile_peers(self, folder: str, files: Sequence[str]) -> dict[str, Command]:
        """The other tools that read Dockerfiles."""
        if "hadolint" not in self.paths:
            return {}
        return {"hadolint": Command((self.paths["hadolint"], "--no-fail", *files), folder)}


class Scenario(NamedTuple):
    """One piece of work; the first command is ours. ``slow`` ones are run fewer times."""

    name: str
    title: str
    commands: dict[str, Command]
    slow: bool = False


def generated(tools: Tools, folder: str) -> Iterator[Scenario]:
    """The scenarios on generated files, which are written below ``folder``."""

    def folder_for(name: str) -> str:
        path = os.path.join(folder, name)
        os.makedirs(path, exist_ok=True)
        return path

    work_folder, cache = folder_for("one-compose"), os.path.join(folder, "cache")
    file = write_compose_files(work_folder, 5)[-1]
    yield Scenario(
        "one-compose",
        "one Compose file, cold",
        {
            OURS: tools.ours(work_folder, file),
            WARM: tools.warm(work_folder, cache, file),
            **tools.compose_peers(work_folder, [file]),
        },
    )
    work_folder = folder_for("one-dockerfile")
    file = write_dockerfiles(work_folder, 9)[-1]
    yield Scenario(
        "one-dockerfile",
        "one Dockerfile, cold",
        {
            OURS: tools.ours(work_folder, file),
            WARM: tools.warm(work_folder, cache, file),
            **tools.dockerfile_peers(work_folder, [file]),
        },
    )
    work_folder = folder_for("many")
    files = write_compose_files(work_folder, 500)
    yield Scenario(
        "compose-files",
        "500 Compose files",
        {
            OURS: tools.ours(work_folder, "compose"),
            WARM: tools.warm(work_folder, cache, "compose"),
            **tools.compose_peers(work_folder, files),
        },
        slow=True,
    )
    files = write_dockerfiles(work_folder, 700)
    yield Scenario(
        "dockerfiles",
        "700 Dockerfiles",
        {
            OURS: tools.ours(work_folder, "docker"),
            WARM: tools.warm(work_folder, cache, "docker"),
            **tools.dockerfile_peers(work_folder, files),
        },
        slow=True,
    )
    yield Scenario(
        "both",
        "500 Compose files and 700 Dockerfiles in one run",
        {OURS: tools.ours(work_folder, "."), WARM: tools.warm(work_folder, cache, ".")},
    )
    for count in (1, 10, 100, 1000):
        work_folder = folder_for("stacks")
        file = write_stack(work_folder, count)
        yield Scenario(
            f"stack-{count}",
            f"one stack of {count:,} service{'s' * (count > 1)}",
            {OURS: tools.ours(work_folder, file), **tools.compose_peers(work_folder, [file])},
            slow=count == 1000,
        )
    for count in (1000, 10_000):
        work_folder = folder_for(f"monorepo-{count}")
        write_monorepo(work_folder, count)
        yield Scenario(
            f"monorepo-{count}",
            f"a repository of {count:,} files",
            {
                OURS: tools.ours(work_folder, "."),
                WARM: tools.warm(work_folder, f"{cache}-{count}", "."),
            },
            slow=True,
        )


def of_folder(tools: Tools, path: str, cache: str) -> Iterator[Scenario]:
    """The scenarios on any folder: all its Compose files, all its Dockerfiles, everything."""
    from composelint.linter.files.discovery import discover
    from composelint.linter.files.kinds import COMPOSE, DOCKERFILE

    folder = os.path.abspath(path)
    files_by_kind = [
        (item.kind, os.path.relpath(item.path, folder)) for item in discover((folder,))
    ]
    name = os.path.basename(folder)
    composes = [file for kind, file in files_by_kind if kind == COMPOSE]
    dockerfiles = [file for kind, file in files_by_kind if kind == DOCKERFILE]
    kinds: tuple[tuple[str, list[str], Callable[..., dict[str, Command]]], ...] = (
        ("Compose files", composes, tools.compose_peers),
        ("Dockerfiles", dockerfiles, tools.dockerfile_peers),
    )
    for title, files, peers in kinds:
        if not files:
            continue
        yield Scenario(
            f"{name}-{title.split()[0].lower()}",
            f"{name}: {len(files):,} {title}",
            {
                OURS: tools.ours(folder, *files),
                WARM: tools.warm(folder, cache, *files),
                **peers(folder, files),
            },
            slow=len(files) > 50,
        )
        # A file of median size, as hooks and editors lint one.
        middle = sorted(files, key=lambda file: os.path.getsize(os.path.join(folder, file)))
        file = middle[len(middle) // 2]
        yield Scenario(
            f"{name}-{title.split()[0].lower()}-one",
            f"{name}: {file}, cold",
            {
                OURS: tools.ours(folder, file),
                WARM: tools.warm(folder, cache, file),
                **peers(folder, [file]),
            },
        )
    yield Scenario(
        f"{name}-all",
        f"{name}: everything in one run",
        {OURS: tools.ours(folder, "."), WARM: tools.warm(folder, cache, ".")},
        slow=len(files_by_kind) > 50,
    )


def slope(
    results: Mapping[str, Mapping[str, Figures | str]], small: str, large: str
) -> float | None:
    """The power of the work with which time grows from a scenario to one ten times its size.

    1 is linear. The cost of every run (the time of the smallest scenario) is subtracted.
    """
    smallest = min(
        (
            figures.wall
            for by_tool in results.values()
            if isinstance(figures := by_tool.get(OURS), Figures)
        ),
        default=0.0,
    )
    times = []
    for name in (small, large):
        figures = results.get(name, {}).get(OURS)
        if not isinstance(figures, Figures):
            return None
        times.append(max(figures.wall - smallest, 1e-3))
    return log10(times[1] / times[0])
