"""How builds and health checks call curl and wget, and over which protocol they fetch."""

from __future__ import annotations

import posixpath
import re
from fnmatch import fnmatchcase
from functools import cache

from ...linter.analysis.curl import ASKS_STATUS, FAILS, WITH_VALUE, ignores_status
from ...linter.base.patterns import on_demand
from ...linter.base.text import Span
from ...linter.edits.scripts import can_edit, insert_after
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Severity, rule
from ...linter.source.shell.syntax import parse_options
from ._runs import effective, is_explained, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.syntax import Options, SimpleCommand
    from ...linter.source.shell.tokens import ShellWord

CURL = "https://curl.se/docs/manpage.html"

_STRICT_READERS = frozenset((
    "apt-key", "ash", "base64", "bash", "bsdtar", "bunzip2", "bzip2", "cmp", "cpio", "dash", "diff",
    "egrep", "funzip", "gpg", "gpg2", "grep", "gunzip", "gzip", "jq", "node", "patch", "perl",
    "python", "python2", "python3", "ruby", "sh", "sha1sum", "sha256sum", "sha512sum", "tar", "test",
    "unxz", "unzip", "xz", "xzcat", "zcat", "zsh", "zstd",
))  # fmt: skip
"""Programs that fail, or find nothing, when they are given a page instead of what they expect.

A shell ends with an error at the page's first words. With ``-f`` it would get nothing at all, and
succeed: the exit code of curl is lost in a pipe.
"""


def _calls(stage: Stage) -> Iterator[tuple[Run, SimpleCommand, Options]]:
    """The calls of curl in RUN instructions whose options can be read."""
    for run, command in stage.calls.get("curl", ()):
        if not run.script.complete or is_explained(run, command):
            continue
        options = parse_options(command.args, WITH_VALUE)
        if options.unknown and any(_may_be_options(run, word) for word in options.operands):
            continue
        if not options.has("-K", "--config", "--help", "--version", "-V"):
            yield run, command, options


_VARIABLE = on_demand(r"\$(?:(\w+)|\{(\w+)\})")


def _filled_in(run: Run, word: ShellWord) -> str:
    """A word with the value of the variable that it begins with, if an ENV or ARG sets it."""
    text = word.value
    match = _VARIABLE.match(text) if word.has_expansion else None
    if match is None:
        return text
    name = match[1] or match[2]
    variable = run.variable(name)
    if variable is None or not variable.value or f"{name}=" in run.script.text:
        return text
    return variable.value + text[match.end() :]


def _may_be_options(run: Run, word: ShellWord) -> bool:
    """Whether a word without quotes may give more options: it is a variable, and no part of a path."""
    if word.quoted or not word.has_expansion or not word.value.startswith(("$", "`")):
        return False
    match = _VARIABLE.match(word.value)
    if match is not None and word.value[match.end() :].startswith("/"):
        return False
    return not _filled_in(run, word).lower().startswith(("http://", "https://", "ftp://"))


def _addresses(run: Run, options: Options) -> list[str]:
    """What curl fetches, as far as it is spelled out, or is in a variable that the file sets."""
    words = [*options.operands]
    words += [option.word for option in options.options if option.name == "--url"]
    texts = [_filled_in(run, word) for word in words]
    return [text for text in texts if "://" in text or "." in text.partition("/")[0]]


_ADDRESS = on_demand(r"(?:[a-z]+://)?(?:[^/@\s]*@)?([^/?#]*)", re.IGNORECASE)
_NEARBY = on_demand(
    r"(?:localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|\["
    r"|host\.docker\.internal)",
    re.IGNORECASE,
)
"""Beginnings of hosts: the machine itself, private networks."""


def _is_public(address: str) -> bool:
    """Whether an address is spelled out and leads into the public network."""
    match = _ADDRESS.match(address)
    host = match[1].partition(":")[0] if match is not None else ""
    return "." in host and "$" not in host and _NEARBY.match(host) is None


def _add(command: SimpleCommand, option: str, run: Run | None = None) -> Fix | None:
    """The fix that gives curl a short option, beside others where there are some."""
    if command.word is None or command.script.exec_form:
        return None
    if run is not None and not can_edit(run, command):
        return None
    first = command.args[0]
    if first.value[:1] == "-" and first.value[1:3].isalpha() and not first.quoted:
        # -sSL becomes -fsSL.
        start = first.span.start + 1
        edit = Edit(Span(first.span.file, start, start), option[1:])
    else:
        edit = insert_after(command.word, f" {option}")
    return Fix(f"Add {option}", (edit,), Applicability.UNSAFE)


@rule(
    "DF217",
    "curl-takes-error-page",
    Severity.INFO,
    category="build",
    presets=("production", "hardened"),
    words=("curl",),
    since="0.2",
    equivalents=("binnacle:curlUseFlagF", "parfum:curlUseFlagF"),
    sources=(CURL + "#-f",),
    examples=(
        Example(
            bad="FROM node:22-bookworm\nRUN curl -sSL -o /etc/list.json https://example.com/list.json  # error: curl\nUSER node\n",
            good="FROM node:22-bookworm\nRUN curl -fsSL -o /etc/list.json https://example.com/list.json\nUSER node\n",
        ),
        Example(
            bad='FROM node:22-bookworm\nWORKDIR /app\nCOPY main.js .\nHEALTHCHECK CMD curl -s http://127.0.0.1:3000/ || exit 1  # error: curl\nUSER node\nCMD ["node", "main.js"]\n',
            good='FROM node:22-bookworm\nWORKDIR /app\nCOPY main.js .\nHEALTHCHECK CMD curl -fs http://127.0.0.1:3000/ || exit 1\nUSER node\nCMD ["node", "main.js"]\n',
        ),
    ),
    fix=Applicability.UNSAFE,
)
def curl_takes_error_page(stage: Stage) -> Iterator[Diagnostic]:
    """curl without `-f` stores an error page as the file, and reports success.

    For an answer such as 404 or 500 curl ends with 0 unless it is told to fail: a build stores the
    page in place of the file, and a health check calls a server healthy that answers with errors.
    Left alone are calls whose status is read (`-w`, `-I`), pipes into programs that refuse a page
    (`tar`, `gpg`, `jq`; a shell, which would take silence for success), downloads that a checksum
    or signature covers or that are unpacked in the same RUN, and requests that send something.
    In other pipes without `pipefail`, `-f` alone does not stop the build: there is no fix there.
    """
    from ._verified import Checks, downloaded_files
    from .pipes import hidden_by_pipe

    checks = cache(lambda: Checks(stage))
    for run, command, options in _calls(stage):
        if options.has(*FAILS, *ASKS_STATUS, "-X", "-d", "-T", "-F", "--request", "--data"):
            continue
        if not any(map(_is_web, _addresses(run, options))) or _is_read(command):
            continue
        files = downloaded_files(command)
        if _is_unpacked(run, command, files) or checks().cover(run, files):
            continue
        pipe = hidden_by_pipe(run, command)
        yield Diagnostic(
            (command.word or command).span,
            f"`{shown(command)}` succeeds even when it gets an error page",
            help=f"add `-f`, and {pipe}: otherwise the pipe hides that curl fails"
            if pipe
            else "add `-f`, so that curl fails when the server answers with an error",
            evidence=shown(command),
            fix=None if pipe else _add(command, "-f", run),
        )
    yield from _health(stage)


def _is_web(address: str) -> bool:
    return "://" not in address or address.lower().startswith(("http://", "https://", "$"))


def _is_read(command: SimpleCommand) -> bool:
    """Whether something that refuses a page, or a test, reads what curl prints."""
    pipe = command.pipeline
    later = pipe[pipe.index(command) + 1 :] if command in pipe else []
    return command.nesting == "substitution" or any(part.name in _STRICT_READERS for part in later)


_UNPACKS = frozenset((
    "apt", "apt-get", "bash", "bsdtar", "bunzip2", "cmake", "dnf", "dpkg", "gdebi", "gpg", "gunzip",
    "patch", "perl", "python", "python2", "python3", "rpm", "sh", "tar", "unxz", "unzip", "yum",
))  # fmt: skip
"""Programs that fail when they shall unpack, install or run a page."""


def _is_unpacked(run: Run, command: SimpleCommand, files: list[str] | None) -> bool:
    """Whether a later command of the RUN unpacks, installs or runs what was fetched, and would fail."""
    names = [posixpath.basename(file) for file in files or ()]
    for other in run.script.commands:
        if other.at <= command.at:
            continue
        name = (other.words[0].value if other.words else "").removeprefix("./")
        if name and any(posixpath.basename(name) == each for each in names):
            return True
        if other.name not in _UNPACKS:
            continue
        values = [word.value for word in other.args]
        values += [item.target.value for item in other.redirections if item.target is not None]
        if not names or any(_may_be(value, each) for value in values for each in names):
            return True
    return False


def _may_be(value: str, name: str) -> bool:
    """Whether an argument may be a file of this name: the name, a pattern, a variable."""
    last = posixpath.basename(value.rpartition("=")[2])
    return name in last or fnmatchcase(name, last) or (value.startswith("$") and "/" not in value)


def _health(stage: Stage) -> Iterator[Diagnostic]:
    """curl in the HEALTHCHECK of a stage."""
    for instruction in stage.instructions:
        script = stage.scripts.get(instruction) if instruction.name == "HEALTHCHECK" else None
        command = ignores_status(script) if script is not None else None
        if command is None:
            continue
        yield Diagnostic(
            (command.word or command).span,
            "the healthcheck succeeds even when the server answers with an error",
            help="add `-f`, so that curl fails when the server answers with an error",
            severity=Severity.WARNING,
            evidence=shown(command),
            fix=_add(command, "-f"),
        )


@rule(
    "DF218",
    "curl-follows-no-redirect",
    Severity.INFO,
    category="build",
    presets=(),
    words=("curl",),
    since="0.2",
    equivalents=("parfum:curlUseFlagL",),
    sources=(CURL + "#-L",),
    examples=(
        Example(
            bad="FROM node:22-bookworm\nRUN curl -fo /etc/list.json https://example.com/list.json  # error: curl\nUSER node\n",
            good="FROM node:22-bookworm\nRUN curl -Lfo /etc/list.json https://example.com/list.json\nUSER node\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def curl_follows_no_redirect(stage: Stage) -> Iterator[Diagnostic]:
    """curl without `-L` stores the empty answer of a redirect when a file has moved.

    Release pages and mirrors redirect, some of them only later. Whether this one does cannot be
    seen in the file, so that the rule is in no preset but `all`.
    """
    for run, command, options in _calls(stage):
        if options.has("-L", "--location", "--location-trusted", "--max-redirs", "-X", "--request"):
            continue
        if any(_is_web(text) and _is_public(text) for text in _addresses(run, options)):
            yield Diagnostic(
                (command.word or command).span,
                f"`{shown(command)}` does not follow redirects",
                help="add `-L`",
                evidence=shown(command),
                fix=_add(command, "-L", run),
            )


_HTTP = on_demand(r"http://[^\s\"'|;)<>]+", re.IGNORECASE)
_HAVE_HTTPS = frozenset((
    "archive.apache.org", "dl.google.com", "ftp.gnu.org", "github.com", "nodejs.org", "pypi.org",
    "raw.githubusercontent.com", "repo1.maven.org", "www.apache.org", "www.python.org",
))  # fmt: skip
"""Hosts that are known to serve the same over HTTPS."""


@rule(
    "DF316",
    "plain-http-download",
    Severity.WARNING,
    category="security",
    presets=("production", "hardened"),
    words=("http://",),
    since="0.2",
    equivalents=(
        "binnacle:curlUseHttpsUrl",
        "binnacle:wgetUseHttpsUrl",
        "parfum:curlUseHttpsUrl",
        "parfum:wgetUseHttpsUrl",
    ),
    ignore_when=(
        "Where the host serves no HTTPS, and something outside of the file compares a checksum."
    ),
    sources=("https://docs.docker.com/reference/dockerfile/#add---checksum",),
    examples=(
        Example(
            bad="FROM node:22-bookworm\nRUN curl -fsSL -o /opt/tool http://example.com/tool  # error: http://example.com/tool\nUSER node\n",
            good="FROM node:22-bookworm\nRUN curl -fsSL -o /opt/tool https://example.com/tool\nUSER node\n",
        ),
    ),
    fix=(Applicability.UNSAFE, Applicability.SUGGESTION),
    security_severity=5.0,
)
def plain_http_download(stage: Stage) -> Iterator[Diagnostic]:
    """A build downloads a file over plain HTTP, so anyone on the network path can replace it.

    It counts for `curl`, `wget`, `git clone` and ADD. Left alone are private addresses, files that a
    checksum or signature covers, and sources of packages, which their managers verify. The fix
    writes `https://` where the host is known to serve the same that way, else it is a suggestion.
    """
    from ._verified import Checks, downloaded_files

    checks = cache(lambda: Checks(stage))
    for run in stage.runs if "http://" in stage.dockerfile.source.text.lower() else ():
        for command in run.script.commands:
            if command.name not in ("curl", "wget", "git"):
                continue
            if command.name == "git" and not any(word.value == "clone" for word in command.args):
                continue
            for word in command.args:
                if not word.value.lower().startswith("http://") or not _is_public(word.value):
                    continue
                is_checked = command.name != "git" and checks().cover(
                    run, downloaded_files(command)
                )
                if not is_checked and not is_explained(run, command):
                    yield _plain(word.span)
                break
    for instruction in effective(stage):
        for source in instruction.sources if instruction.name == "ADD" else ():
            value = source.value
            if value.lower().startswith("http://") and _is_public(value):
                is_checked = checks().follow(instruction.start, value)
                if not is_checked and not instruction.flag("checksum"):
                    yield _plain(source.span)


def _plain(span: Span) -> Diagnostic:
    """The finding on an address without TLS."""
    match = _HTTP.search(span.text)
    text = match[0] if match is not None else span.text
    host = re.split(r"[/:?]", text[7:], maxsplit=1)[0].lower()
    fix = None
    if match is not None:
        start = span.start + match.start()
        place = Span(span.file, start, start + len("http://"))
        grade = Applicability.UNSAFE if host in _HAVE_HTTPS else Applicability.SUGGESTION
        fix = Fix("Write https://", (Edit(place, "https://"),), grade)
        span = Span(span.file, start, span.start + match.end())
    return Diagnostic(
        span,
        f"{text[:80]} is downloaded without encryption: anyone on the network path can replace it",
        help="use https://, or verify a checksum",
        evidence=text[:80],
        fix=fix,
    )
