"""Commands that start a server in the background and end, and the container with them."""

from __future__ import annotations

import re

from ..base.records import NamedTuple
from ..files.paths import join_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..base.text import Span
    from ..model.dockerfile import Dockerfile
    from ..source.shell.syntax import Script, SimpleCommand

_BLOCKING = frozenset((
    "apache2-foreground", "bun", "celery", "deno", "dotnet", "flask", "gunicorn", "hypercorn", "java",
    "npm", "npx", "pnpm", "puma", "rails", "streamlit", "tail", "uvicorn", "uwsgi", "yarn",
))  # fmt: skip
"""Programs that usually do not end: what follows them is never reached, so it is not judged."""

_LAST_WORDS = frozenset((":", "echo", "printf", "true"))
"""Commands that only say something after the server was started."""

_NGINX_CONF = r"\bnginx\.conf\b|/nginx(?:/conf)?/?[\s\"'\]]|--from=[^\n]*nginx"
"""Where a Dockerfile brings or changes the main configuration of nginx."""

_MOST_FILES = 80
_LONGEST = 200_000


class Daemon(NamedTuple):
    """A command that goes to the background.

    ``advice`` says how to run the server in the foreground. ``told`` is the pattern of a setting that
    does the same, ``config`` one of texts that have to be there for the command to be judged.
    """

    command: SimpleCommand
    advice: str
    told: str = ""
    config: str = ""

    @property
    def span(self) -> Span:
        return self.command.span

    @property
    def text(self) -> str:
        """The command as it is called."""
        return " ".join(word.value for word in self.command.words)[:60]


def daemon_in(script: Script) -> Daemon | None:
    """The last command of a script where it leaves nothing in the foreground; None for others."""
    if not script.complete:
        return None
    commands = [command for command in script.commands if command.nesting in ("", "string")]
    parents = {id(command.parent) for command in commands if command.nesting == "string"}
    commands = [command for command in commands if id(command) not in parents and command.words]
    while commands and commands[-1].name in _LAST_WORDS:
        commands.pop()
    if not commands or any(command.in_function for command in commands):
        return None
    *earlier, last = commands
    if last.conditional or last.before == "||" or last.in_pipeline:
        return None
    if last.in_subshell and last.nesting != "string":
        return None
    found = _daemon(last)
    if found is None:
        return None
    for command in earlier:
        if command.after == "&":
            continue
        name = command.name
        if command.conditional and name in ("sleep", "tail", "wait", "read"):
            return None
        if name in _BLOCKING or name.startswith("python") or name in ("node", "ruby", "php"):
            return None
    return found


def _daemon(command: SimpleCommand) -> Daemon | None:
    name = command.name
    judge = _PROGRAMS.get(name)
    if judge is None and re.fullmatch(r"php-fpm[\d.]*", name):
        judge = _php_fpm
    words = [word.value for word in command.args]
    if judge is None:
        path = command.word.value if command.word is not None else ""
        if path.startswith("/etc/init.d/") and words[:1] in (["start"], ["restart"]):
            return Daemon(command, *(_service([name, "start"]) or ()))
        return None
    answer = judge(words)
    return Daemon(command, *answer) if answer is not None else None


def _service(words: list[str]) -> tuple[str, ...] | None:
    if len(words) == 2 and words[1] in ("start", "restart"):
        if words[0] == "nginx":
            return _NGINX, _DAEMON_OFF
        return (_FOREGROUND.get(words[0], f"run {words[0]} itself in the foreground"),)
    return None


_DAEMON_OFF = r"\bdaemon\s+off\b"
_NGINX = "write `nginx -g 'daemon off;'`"
_APACHE = "write `apachectl -D FOREGROUND`"
_FOREGROUND = {
    "apache2": _APACHE,
    "httpd": "write `httpd -D FOREGROUND`",
    "nginx": _NGINX,
    "ssh": "write `/usr/sbin/sshd -D`",
    "sshd": "write `/usr/sbin/sshd -D`",
    "cron": "write `cron -f`",
}


def _nginx(words: list[str]) -> tuple[str, ...] | None:
    text = " ".join(words)
    if "daemon" in text or re.search(r"(?:^| )-[tTvVhs?]", text) or "$" in text:
        return None
    if "-c" in words and words[-1:] != ["/etc/nginx/nginx.conf"]:
        return None
    return _NGINX, _DAEMON_OFF


def _apache(words: list[str]) -> tuple[str, ...] | None:
    return (_APACHE,) if words in (["start"], ["-k", "start"], ["restart"]) else None


def _httpd(words: list[str]) -> tuple[str, ...] | None:
    return ("write `httpd -D FOREGROUND`",) if words in ([], ["-k", "start"]) else None


def _redis(words: list[str]) -> tuple[str, ...] | None:
    if "--daemonize" in words:
        value = words[words.index("--daemonize") + 1 :][:1]
        return ("delete --daemonize yes",) if value == ["yes"] else None
    return ("delete --daemonize yes",) if "--daemonize=yes" in words else None


def _php_fpm(words: list[str]) -> tuple[str, ...] | None:
    return ("write `php-fpm -F`",) if {"-D", "--daemonize"} & set(words) else None


def _mongod(words: list[str]) -> tuple[str, ...] | None:
    return ("delete --fork",) if "--fork" in words else None


def _pg_ctl(words: list[str]) -> tuple[str, ...] | None:
    return ("run `postgres` itself, with `-D` and the data folder",) if "start" in words else None


def _supervisord(words: list[str]) -> tuple[str, ...] | None:
    if any(re.fullmatch(r"-\w*n\w*|--nodaemon|-[hv]|--help|--version", word) for word in words):
        return None
    return (
        "write `supervisord -n`, or set `nodaemon=true`",
        r"nodaemon\s*=\s*(?:true|1|yes|on)",
        r"\[supervisord\]|\[program:",
    )


def _sshd(words: list[str]) -> tuple[str, ...] | None:
    if any(re.match(r"-\w*[DdtTGi]", word) for word in words):
        return None
    return ("write `/usr/sbin/sshd -D`",)


def _cron(words: list[str]) -> tuple[str, ...] | None:
    return None if words else ("write `cron -f`",)


def _catalina(words: list[str]) -> tuple[str, ...] | None:
    return ("write `catalina.sh run`",) if words[:1] == ["start"] else None


def _zookeeper(words: list[str]) -> tuple[str, ...] | None:
    return ("write `zkServer.sh start-foreground`",) if words[:1] == ["start"] else None


def _pm2(words: list[str]) -> tuple[str, ...] | None:
    if "start" in words[:1] and "--no-daemon" not in words and "--attach" not in words:
        return ("write `pm2-runtime start`, or add `--no-daemon`",)
    return None


def _gunicorn(words: list[str]) -> tuple[str, ...] | None:
    return ("delete --daemon",) if {"-D", "--daemon"} & set(words) else None


_PROGRAMS: dict[str, Callable[[list[str]], tuple[str, ...] | None]] = {
    "service": _service,
    "nginx": _nginx,
    "apachectl": _apache,
    "apache2ctl": _apache,
    "httpd": _httpd,
    "redis-server": _redis,
    "valkey-server": _redis,
    "php-fpm": _php_fpm,
    "mongod": _mongod,
    "pg_ctl": _pg_ctl,
    "supervisord": _supervisord,
    "sshd": _sshd,
    "cron": _cron,
    "catalina.sh": _catalina,
    "zkServer.sh": _zookeeper,
    "pm2": _pm2,
    "gunicorn": _gunicorn,
}


def is_told_otherwise(daemon: Daemon, dockerfile: Dockerfile | None, more: str = "") -> bool:
    """Whether a file that is copied into the image, or ``more``, may keep a server in the foreground.

    Also where the files cannot be known, or those are missing that the command needs.
    """
    if not daemon.told:
        return False
    texts = [more]
    if dockerfile is not None:
        texts.append(dockerfile.source.text)
        folder = dockerfile.folder
        if folder is None:
            return True
        listing = dockerfile.project.listing(folder)
        if not listing.complete:
            return True
        texts += _settings(dockerfile, folder, listing.files)
    text = "\n".join(texts)
    if (
        dockerfile is not None
        and daemon.told == _DAEMON_OFF
        and re.search(_NGINX_CONF, dockerfile.source.text)
        and not re.search(r"\bevents\s*\{", text)
    ):
        return True  # the configuration is not in the context
    if daemon.config and not re.search(daemon.config, text):
        return True
    return re.search(daemon.told, text, re.IGNORECASE) is not None


def _settings(dockerfile: Dockerfile, folder: str, files: Iterable[str]) -> Iterator[str]:
    """The texts of the context that may be a server's configuration."""
    likely = [
        path
        for path in files
        if re.search(r"nginx|supervis|\.(?:conf|ini|cfg|sh|tmpl|template|j2)\Z", path)
    ]
    for path in likely[:_MOST_FILES]:
        yield (dockerfile.project.text(join_path(folder, path)) or "")[:_LONGEST]
