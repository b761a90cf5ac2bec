"""What is measured: each scenario is a piece of work and the tools that can do it."""

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
    """Where the tools are: absolute paths by name; ``composelint`` is always among them."""

    paths: Mapping[str, str]

    def ours(self, folder: str, *args: str) -> Command:
        return Command((self.paths[OURS], "--no-cache", *args), folder, good=(0, 1))

    def warm(self, folder: str, cache: str, *args: str) -> Command:
        return Command((self.paths[OURS], "--cache-dir", cache, *args), folder, good=(0, 1))

    def compose_peers(self, folder: str, files: Sequence[str]) -> dict[str, Command]:
        """The other tools that read Compose files."""
        found: dict[str, Command] = {}
        for name in ("compose-lint", "dclint"):
            if name in self.paths:
                found[name] = Command((self.paths[name], *files), folder)
        if "docker-compose" in self.paths:
            found["docker-compose config"] = Command(
                ("/bin/sh", "-c", 'exec "$0" -f "$1" config -q', self.paths["docker-compose"]),
                folder,
                tuple(files),
            )
        return found

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
    """The scenarios on files of our own, which are written below ``folder``."""

    def home(name: str) -> str:
        path = os.path.join(folder, name)
        os.makedirs(path, exist_ok=True)
        return path

    here, cache = home("one-compose"), os.path.join(folder, "cache")
    file = write_compose_files(here, 5)[-1]
    yield Scenario(
        "one-compose",
        "one Compose file, cold",
        {
            OURS: tools.ours(here, file),
            WARM: tools.warm(here, cache, file),
            **tools.compose_peers(here, [file]),
        },
    )
    here = home("one-dockerfile")
    file = write_dockerfiles(here, 9)[-1]
    yield Scenario(
        "one-dockerfile",
        "one Dockerfile, cold",
        {
            OURS: tools.ours(here, file),
            WARM: tools.warm(here, cache, file),
            **tools.dockerfile_peers(here, [file]),
        },
    )
    here = home("many")
    files = write_compose_files(here, 500)
    yield Scenario(
        "compose-files",
        "500 Compose files",
        {
            OURS: tools.ours(here, "compose"),
            WARM: tools.warm(here, cache, "compose"),
            **tools.compose_peers(here, files),
        },
        slow=True,
    )
    files = write_dockerfiles(here, 700)
    yield Scenario(
        "dockerfiles",
        "700 Dockerfiles",
        {
            OURS: tools.ours(here, "docker"),
            WARM: tools.warm(here, cache, "docker"),
            **tools.dockerfile_peers(here, files),
        },
        slow=True,
    )
    yield Scenario(
        "both",
        "500 Compose files and 700 Dockerfiles in one run",
        {OURS: tools.ours(here, "."), WARM: tools.warm(here, cache, ".")},
    )
    for count in (1, 10, 100, 1000):
        here = home("stacks")
        file = write_stack(here, count)
        yield Scenario(
            f"stack-{count}",
            f"one stack of {count:,} service{'s' * (count > 1)}",
            {OURS: tools.ours(here, file), **tools.compose_peers(here, [file])},
            slow=count == 1000,
        )
    for count in (1000, 10_000):
        here = home(f"monorepo-{count}")
        write_monorepo(here, count)
        yield Scenario(
            f"monorepo-{count}",
            f"a repository of {count:,} files",
            {OURS: tools.ours(here, "."), WARM: tools.warm(here, f"{cache}-{count}", ".")},
            slow=True,
        )


def of_folder(tools: Tools, path: str, cache: str) -> Iterator[Scenario]:
    """The scenarios on any folder: all its Compose files, all its Dockerfiles, everything."""
    from composelint.linter.files.discovery import discover
    from composelint.linter.files.kinds import COMPOSE, DOCKERFILE

    folder = os.path.abspath(path)
    found = [(item.kind, os.path.relpath(item.path, folder)) for item in discover((folder,))]
    name = os.path.basename(folder)
    composes = [file for kind, file in found if kind == COMPOSE]
    dockerfiles = [file for kind, file in found if kind == DOCKERFILE]
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
        # A file in the middle by size stands for what a hook or an editor asks for.
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
        slow=len(found) > 50,
    )


def slope(
    results: Mapping[str, Mapping[str, Figures | str]], small: str, large: str
) -> float | None:
    """By what power of the work the time grows from one scenario to another ten times its size.

    1 is linear. What every run costs at least (the smallest scenario's time) is left out.
    """
    least = min(
        (one.wall for found in results.values() if isinstance(one := found.get(OURS), Figures)),
        default=0.0,
    )
    times = []
    for name in (small, large):
        found = results.get(name, {}).get(OURS)
        if not isinstance(found, Figures):
            return None
        times.append(max(found.wall - least, 1e-3))
    return log10(times[1] / times[0])
