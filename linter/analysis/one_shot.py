"""Names and commands of services that end by themselves: migrations, seeds, tools."""

from __future__ import annotations

import re

_NAMES = frozenset((
    "bootstrap", "buckets", "certgen", "createbucket", "createbuckets", "createdb", "fixtures",
    "init", "initializer", "mc", "migrate", "migration", "migrations", "migrator", "mkcert",
    "permissions", "prestart", "provision", "provisioner", "seed", "seeder", "seeding", "seeds",
    "setup",
))  # fmt: skip
"""Words in the name of a service that is run once."""

_PROFILES = _NAMES | frozenset((
    "backup", "build", "cli", "codegen", "debug", "generate", "job", "jobs", "lint", "manual",
    "oneshot", "restore", "script", "scripts", "task", "tasks", "test", "tests", "tool",
    "tools", "util", "utils", "utilities",
))  # fmt: skip
"""Words in the name of a profile whose services are started by hand."""

# Strings: `re` compiles them on first use and remembers them, off the start-up path.
_TESTS = (
    ("test", r"\b(?:go|cargo|npm|yarn|pnpm|mvn|gradle|dotnet|deno|bun|mix|swift)\s+(?:run\s+)?test(?![-:\w])"),
    ("pytest", r"\bpytest\b"),
    ("phpunit", r"\bphpunit\b"),
)  # fmt: skip
"""Commands that run tests, each with a word that is looked for first."""

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
    ("cockroach", r"\bcockroach\s+(?:init|sql)\b"),
    ("ef ", r"\bdotnet\s+ef\s+database\s+update\b"),
    ("liquibase", r"\bliquibase\b.*\bupdate\b"),
    ("psql", r"\bpsql\b.*\s(?:-f|-c|--file|--command)\b"),
    ("pg_", r"\b(?:pg_restore|pg_dump|pg_dumpall)\b"),
    ("mongo", r"\b(?:mongorestore|mongodump|mongoimport)\b|\bmongo(?:sh)?\b.*(?:--eval\b|\.js\b)"),
)  # fmt: skip
"""Commands that end by themselves, each with a word that is looked for first."""

_TASKS = frozenset((
    "backfill", "migrate", "migrates", "migration", "migrations", "migrator", "seed", "seeder",
    "seeders", "seeds",
))  # fmt: skip
"""Words in the name of a program or script that does one thing and ends."""

_SERVERS = frozenset((
    "and", "boot", "entrypoint", "launch", "run", "serve", "server", "start", "up", "watch", "web",
    "worker",
))  # fmt: skip
"""Words in the name of a script that starts a server, whatever else it does first."""

_RUNNERS = frozenset((
    "bash", "bun", "bundle", "bunx", "composer", "exec", "go", "make", "node", "npm", "npx", "php",
    "pipenv", "pnpm", "poetry", "python", "python3", "rake", "ruby", "run", "run-script", "sh",
    "task", "ts-node", "tsx", "uv", "yarn",
))  # fmt: skip
"""Programs, and words after them, that run the script that follows."""

_ENDLESS = r"sleep inf|tail -f|while (?:true|:)|--watch|serve"
_LONGEST_COMMAND = 2000


def is_one_shot_name(service: str) -> bool:
    """Whether the name of a service says that it is run once."""
    return _has_word(service, _NAMES)


def is_manual_profile(profile: str) -> bool:
    """Whether the name of a profile says that its services are started by hand."""
    return _has_word(profile, _PROFILES)


def _has_word(name: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(name.lower().replace("_", "-").replace(".", "-").split("-"))


def is_endless(command: str) -> bool:
    """Whether a command never ends, though it is one of an image whose programs do."""
    return re.search(_ENDLESS, command[:_LONGEST_COMMAND]) is not None


def is_finite(command: str) -> bool:
    """Whether the last program that a command runs is known to end by itself."""
    last = _last_program(command)
    return (
        last in ("exit 0", "true")
        or _is_task(last)
        or any(
            word in last and re.search(pattern, last) is not None
            for word, pattern in (*_FINITE, *_TESTS)
        )
    )


def is_test(command: str) -> bool:
    """Whether the last program that a command runs is known to run tests."""
    last = _last_program(command)
    return any(word in last and re.search(pattern, last) is not None for word, pattern in _TESTS)


def _last_program(command: str) -> str:
    last = command[-_LONGEST_COMMAND:].rstrip(" ;\n\"'")
    for separator in ("\n", ";", "&&", "||"):
        last = last.rpartition(separator)[2]
    return last.strip().removeprefix("exec ")


def _is_task(command: str) -> bool:
    """Whether a command runs a program or script whose name is that of a task."""
    for word in command.split():
        if "=" in word or word.startswith("-"):
            continue
        if word.rpartition("/")[2] in _RUNNERS:
            continue
        name = re.split(r"[-_.:]", word.rpartition("/")[2].lower())
        return not _TASKS.isdisjoint(name) and _SERVERS.isdisjoint(name)
    return False
