"""What the names of files, folders and services say about their purpose."""

from __future__ import annotations

import re

from ..base.patterns import on_demand

DEVELOPMENT_WORDS = frozenset((
    "debug", "dev", "devcontainer", "devel", "develop", "development", "e2e", "local", "test",
    "testing", "tests",
))  # fmt: skip
"""Words that mean development and tests in the name of a file, a folder or a service."""

PRODUCTION_WORDS = frozenset(("prod", "production"))
"""Words that mean production in the name of a file."""

_DEVELOPMENT_PATHS = DEVELOPMENT_WORDS | {"ci", "devservices"}
"""Those in paths: a service whose name contains ``ci`` is usually the server of a CI system."""

_THROWAWAY = frozenset((
    "bench", "benchmark", "benchmarking", "benchmarks", "conformance", "cypress", "e2e", "fixture",
    "fixtures", "functionaltests", "integrationtest", "integrationtests", "loadtest", "loadtests",
    "mock", "mocks", "playwright", "seed", "seeder", "seeding", "seeds", "smoke", "smoketest",
    "smoketests", "stub", "stubs", "test", "testcontainers", "testdata", "testing", "tests",
    "testsuite", "unittest", "unittests",
))  # fmt: skip
"""Words of files and folders for what a machine starts, uses for minutes and throws away."""

_DEVELOPMENT_PATHS |= _THROWAWAY

_TRIALS = _THROWAWAY | {"ci", "example", "examples", "sample", "samples"}

_TEST_IMAGES = _THROWAWAY | {
    "attack", "attacks", "exploit", "exploits", "fuzz", "lint", "linter", "poc", "vulnerable",
}  # fmt: skip
"""Those of images: linters and examples of attacks, too."""

_WORKSPACES = frozenset((".devcontainer", "devcontainer", ".gitpod", "gitpod", ".codespaces"))
"""Words that mean the workspace of one developer."""

_GIVEN_UP = frozenset((
    "archive", "archived", "attic", "backup", "bak", "clutter", "deprecated", "graveyard", "junk",
    "legacy", "obsolete", "old", "outdated", "superseded", "trash", "unused",
))  # fmt: skip
"""Words that mean what is kept and used no more."""

_LEFT_OVER = frozenset((
    "bak", "deprecated", "obsolete", "old", "orig", "outdated", "superseded", "temp", "tmp", "unused",
))  # fmt: skip
"""Words in the name of a Compose file that was put aside."""

_EXAMPLE = on_demand(
    r"(?:^|[._-])(?:examples?|samples?|templates?|tmpl|tpl|dist|defaults?|skel|blank)\d*(?:$|[._-])",
    re.IGNORECASE,
)


def words_of(name: str) -> list[str]:
    """The words of a name or path in lower case, without numbers behind them."""
    return [word.rstrip("0123456789") for word in re.split(r"[-_./:]", name.lower())]


def is_development_path(path: str) -> bool:
    """Whether a path says that a file is for development or tests."""
    return not _DEVELOPMENT_PATHS.isdisjoint(words_of(path))


def is_production_path(path: str) -> bool:
    """Whether a path says that a file is for production, and no example of one."""
    return not PRODUCTION_WORDS.isdisjoint(words_of(path)) and not is_example(path)


def is_for_production(name: str) -> bool:
    """Whether a file's name is that of a Compose file for production."""
    words = words_of(name)
    return (
        words[-1] in ("yml", "yaml")
        and ("compose" in words or "stack" in words)
        and not PRODUCTION_WORDS.isdisjoint(words)
        and not is_example(name)
    )


def is_throwaway(path: str) -> bool:
    """Whether a path says that a stack is for tests, benchmarks or to make data, and then thrown away.

    ``ci`` counts in a file's name only: a folder of that name may hold the CI system itself.
    """
    name = path.rpartition("/")[2]
    return not _THROWAWAY.isdisjoint(words_of(path)) or "ci" in words_of(name)


_TRIED_OUT = on_demand(
    r"\b(?:for|only for) (?:local |demo|demonstration |development |test(?:ing)? )+(?:purposes? |use )?only\b"
    r"|\b(?:local|demo|dev|development|test|testing|demonstration)[- ](?:purposes )?only\b"
    r"|\b(?:local|dev|development|demo) (?:development )?(?:environment|stack|setup|set-up|infrastructure)\b"
    r"|\bfor local (?:development|testing|use)\b|\bnot (?:meant |intended |suitable |safe )?for production\b"
    r"|\bdo not use (?:this |it )?in production\b|本地开发|开发环境",
    re.IGNORECASE,
)
_HINTS = ("only", "local", "dev", "demo", "production", "开发")
"""What a comment must contain for the pattern to match, which takes long to compile."""
_MOST_HEADER = 3_000
_MOST_LINES = 4
"""What comes later in the comment may tell of other ways to use the file."""


def says_it_is_tried_out(text: str) -> bool:
    """Whether the comment at the top of a file says that it is for development or demonstration."""
    header = []
    for line in text[:_MOST_HEADER].splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            break
        if words := line.strip("# "):
            header.append(words)
    comment = " ".join(header[:_MOST_LINES])
    low = comment.lower()
    return any(hint in low for hint in _HINTS) and _TRIED_OUT.search(comment) is not None


def is_trial(path: str) -> bool:
    """Whether a path says that a file is for tests or examples: its secrets are seldom real."""
    return not _TRIALS.isdisjoint(words_of(path))


def is_throwaway_path(path: str) -> bool:
    """Whether a path says that an image is for tests, benchmarks and the like."""
    return _means(path, _TEST_IMAGES)


def is_workspace_path(path: str) -> bool:
    """Whether a path says that a developer works in the image (devcontainer, Gitpod)."""
    *folders, name = path.lower().split("/")
    return not _WORKSPACES.isdisjoint((*folders, *words_of(name)))


def is_given_up(path: str) -> bool:
    """Whether a path says that a file is kept, and used no more."""
    return _means(path, _GIVEN_UP)


def is_left_over_name(name: str) -> bool:
    """Whether the name of a Compose file says that it was put aside: ``temp.yaml``."""
    return not _LEFT_OVER.isdisjoint(words_of(name))


def _means(path: str, words: frozenset[str]) -> bool:
    """Whether a folder of a path begins or ends with one of these words, or the name has one."""
    *folders, name = path.lower().split("/")
    if not words.isdisjoint(words_of(name)):
        return True
    return any(not words.isdisjoint((parts[0], parts[-1])) for parts in map(words_of, folders))


def is_example(name: str) -> bool:
    """Whether a file's name says that people copy it and fill it in: ``.env.example``."""
    return _EXAMPLE.search(name) is not None
