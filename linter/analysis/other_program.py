"""Commands that run something else than the server of an image: clients, backups, cron, a wait."""

from __future__ import annotations

import re

from ..secrets.names import word_set
from ..source.shell.tokens import SHELLS

_CLIENTS = word_set(
    "cron crond crontab go-cron mariadb mariadb-dump mongo mongodump mongorestore mongosh mysql "
    "mysqladmin mysqldump pg_basebackup pg_dump pg_dumpall pg_isready pg_restore psql redis-cli "
    "sleep supercronic tail valkey-cli"
)
"""Programs beside the server that images of databases have, or that people add to them."""

_PLAIN = word_set(
    "[ [[ : . apk apt-get awk aws basename break cat cd chmod chown continue cp curl cut date dirname "
    "do done du echo elif else esac exit export false fi find for grep gunzip gzip head if kill ln ls "
    "md5sum mkdir mv printf rclone read return rm rsync s3cmd scp sed set sha256sum shift sort source "
    "ssh tar tee test then touch tr trap true umask until wait wc wget while xargs xz zstd"
)
"""Commands of scripts that start no server."""

_SCRIPT_NAME = r"(?:.*[-_.])?(?:back-?ups?|cron|dump|restore)(?:[-_.].*)?"
_LONGEST = 4000


def runs_another(words: list[str]) -> bool:
    """Whether entry point and command, as words, surely run something else than a server."""
    while words and "entrypoint" in words[0]:
        words = words[1:]
    if not words:
        return False
    if _name(words[0]) not in SHELLS:
        return _is_client(words[0])
    script = words[-1]
    if not any(re.fullmatch(r"-[a-zA-Z]*c", word) for word in words[1:-1]):
        return len(words) > 1 and _is_client(words[1])
    script = re.sub(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|\$\([^()]*\)", "Q", script[:_LONGEST])
    script = re.sub(r"\\\n|[<>]+&?[ \t]*\S*|&\d", " ", script)
    commands = [name for part in re.split(r"[;&|\n()]+", script) for name in _commands(part)]
    return any(map(_is_client, commands)) and all(
        _is_client(name) or name in _PLAIN for name in commands
    )


def _commands(part: str) -> list[str]:
    """The names in a part of a script that a command can begin with: behind ``do`` is another one."""
    names = []
    for word in part.split():
        if word in ("do", "then", "else", "if", "while", "until", "exec", "!", "{", "}"):
            continue
        if re.match(r"[A-Za-z_]\w*=", word):
            continue
        if not word.startswith("#"):
            names.append(word if word == "." else _name(word))
        break
    return names


def _is_client(word: str) -> bool:
    name = _name(word)
    if name in _CLIENTS:
        return True
    is_likely = "up" in name or "cron" in name or "dump" in name or "restore" in name
    return is_likely and re.fullmatch(_SCRIPT_NAME, name) is not None


def _name(word: str) -> str:
    return word.rpartition("/")[2]
