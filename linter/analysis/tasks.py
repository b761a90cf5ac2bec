"""Which names and commands belong to tasks, which end by themselves, and which to servers."""

from __future__ import annotations

import re

_TASKS = frozenset(
    (
        "bootstrap", "buckets", "createbuckets", "init", "initializer", "mc", "migrate", "migration",
        "migrations", "migrator", "prestart", "seed", "seeder", "setup",
    )
)  # fmt: skip
"""Words in the name of a service that is run once."""

_RUN_BY_HAND = _TASKS | frozenset(
    (
        "backup", "build", "cli", "codegen", "debug", "generate", "job", "jobs", "lint", "manual",
        "oneshot", "restore", "script", "scripts", "seeds", "task", "tasks", "test", "tests", "tool",
        "tools", "util", "utils", "utilities",
    )
)  # fmt: skip
"""Words in the name of a profile whose services are started by hand."""

# Strings: `re` compiles them on first use and remembers them, off the start-up path.
_FINITE = (
    (
        "manage.py",
        r"manage\.py\s+(?:migrate|collectstatic|loaddata|createsuperuser|makemigrations)\b",
    ),
    ("alembic", r"\balembic\s+(?:-\S+\s+)*(?:upgrade|downgrade|stamp)\b"),
    ("prisma", r"\bprisma\s+(?:migrate\s+(?:deploy|reset)|db\s+(?:push|seed))\b"),
    (" db:", r"\b(?:rails|rake|sequelize|sequelize-cli)\s+db:\w+"),
    ("migrat", r"\b(?:knex|typeorm|drizzle-kit|migrate|flyway|artisan)\b.*\b(?:up|migrate\S*|migration:run|latest)\b"),
    ("goose", r"\bgoose\b.*\bup\b"),
    ("dbmate", r"\bdbmate\b.*\b(?:up|migrate)\b"),
    ("mc ", r"\bmc\s+(?:mb|alias|admin|policy|anonymous|ready)\b"),
    ("db:seed", r"\bartisan\s+db:seed\b"),
    ("kafka-topics", r"\bkafka-topics(?:\.sh)?\s.*--create\b"),
)  # fmt: skip
"""Commands that end by themselves, each with a word that is looked for first."""

_SERVES = r"sleep inf|tail -f|while (?:true|:)|--watch|serve"


def is_task_name(name: str) -> bool:
    """Whether a word in the name of a service says that it is run once."""
    return _has_word(name, _TASKS)


def is_run_by_hand(profile: str) -> bool:
    """Whether a word in the name of a profile says that its services are started by hand."""
    return _has_word(profile, _RUN_BY_HAND)


def _has_word(name: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(name.lower().replace("_", "-").replace(".", "-").split("-"))


def serves(command: str) -> bool:
    """Whether a command keeps a program running that ends by itself otherwise."""
    return re.search(_SERVES, command[:2000]) is not None


def ends(command: str) -> bool:
    """Whether the last part of a command ends by itself."""
    text = command[-2000:].rstrip(" ;\n\"'")
    for separator in ("\n", ";", "&&", "||"):
        text = text.rpartition(separator)[2]
    last = text.strip()
    return last in ("exit 0", "true") or any(
        word in last and re.search(pattern, last) is not None for word, pattern in _FINITE
    )
