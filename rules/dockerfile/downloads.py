"""What a build fetches from the network and unchecked."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.source.shell.packages import RPM_MANAGERS
from ...linter.source.shell.syntax import parse_options
from ...linter.source.shell.tokens import SHELLS
from ...linter.source.shell.wrappers import reads_stdin
from ._copies import is_git
from ._runs import effective, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...linter.base.text import Span
    from ...linter.model.dockerfile import Dockerfile, Run, Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.syntax import SimpleCommand
    from ._verified import Checks

ADD_CHECKSUM = "https://docs.docker.com/reference/dockerfile/#add---checksum"

_FETCHERS = frozenset(("curl", "wget", "fetch", "aria2c", "lwp-request"))
_INTERPRETERS = frozenset(
    ("python", "python2", "python3", "perl", "ruby", "node", "php", "fish", "lua")
)
_LOCAL = ("localhost", "127.0.0.1", "[::1]", "0.0.0.0", "file://")


@rule(
    "DF306",
    "pipe-from-network",
    Severity.WARNING,
    category="security",
    words=("curl", "wget", "fetch", "aria2c", "lwp-request"),
    ignore_when="Where the address is your own, and what it serves has versions and is reviewed.",
    sources=("https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html",),
    examples=(
        Example(
            bad='FROM debian:trixie-slim\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl -fsSL https://example.com/install.sh | sh  # error: curl\n',
            good="FROM debian:trixie-slim\nADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/install.sh /tmp/install.sh\nRUN sh /tmp/install.sh\n",
        ),
    ),
    security_severity=6.0,
)
def pipe_from_network(stage: Stage) -> Iterator[Diagnostic]:
    """A script from the network is run without a check: who controls the address controls the image.

    Nobody sees what was run, each build may run something else, and a connection that breaks off
    runs half a script. Download to a file of a fixed version, compare its checksum, then run it;
    or install a package. `bash <(curl …)`, `sh -c "$(curl …)"` and `eval` count too; a pipe into
    `tar`, `gpg` or a JSON reader does not.
    """
    for run in stage.runs:
        commands = list(_run_unseen(run))
        if commands:
            text = shown(commands[0])
            yield Diagnostic(
                commands[0].span,
                f"the output of `{text}` is run without a check",
                help="download a fixed version, verify its checksum, then run it",
                related=[Related(command.span, "and this") for command in commands[1:]],
                evidence=text,
            )


def _run_unseen(run: Run) -> Iterator[SimpleCommand]:
    """The commands that fetch something which an interpreter then runs."""
    for command in run.script.commands:
        pipe = command.pipeline
        if len(pipe) > 1 and pipe[0] is command:
            last = max((at for at, part in enumerate(pipe) if _runs_input(part)), default=0)
            yield from filter(_fetches, pipe[:last])
        if command.nesting == "substitution" and _fetches(command) and _is_script(command):
            yield command


def _fetches(command: SimpleCommand) -> bool:
    return command.name in _FETCHERS and not (_is_local(command) or _writes_file(command))


def _writes_file(command: SimpleCommand) -> bool:
    """Whether curl writes what it fetches to a file, so that nothing is read from the pipe."""
    if command.name != "curl":
        return False
    file = parse_options(command.args, _CURL).get("-o", "--output")
    return file is not None and file not in ("-", "/dev/stdout", "")


def _is_local(command: SimpleCommand) -> bool:
    """Whether a command names an address of the machine itself."""
    return any(mark in word.value for word in command.args for mark in _LOCAL)


def _is_script(command: SimpleCommand) -> bool:
    """Whether a shell runs what a command in a substitution prints."""
    name, args = (command.parent.name, command.parent.args) if command.parent else ("", ())
    reads_file = name in ("eval", "source", ".")
    if not reads_file and name not in SHELLS:
        return False
    for at, word in enumerate(args[:3]):
        if word.script is command.script and word.at <= command.at < word.end:
            return at == 0 or (not reads_file and "c" in args[at - 1].value.lstrip("-"))
    return False


def _runs_input(command: SimpleCommand) -> bool:
    """Whether a command runs the program that it reads from its input."""
    name = command.name
    if name in SHELLS:
        return reads_stdin(name, command.args)
    return (name in _INTERPRETERS or name.startswith("python3.")) and (
        not command.args or command.args[0].value == "-"
    )


_CURL = frozenset((
    "-A", "-b", "-c", "-C", "-d", "-D", "-e", "-E", "-F", "-h", "-H", "-K", "-m", "-o", "-P", "-Q",
    "-r", "-t", "-T", "-u", "-U", "-w", "-x", "-X", "-y", "-Y", "-z", "--cacert",
    "--connect-timeout", "--data", "--header", "--max-time", "--output", "--request", "--retry",
    "--retry-delay", "--retry-max-time", "--url", "--user", "--user-agent",
))  # fmt: skip

_VARIABLES: dict[str, tuple[str, ...]] = {
    "NODE_TLS_REJECT_UNAUTHORIZED": ("0",),
    "PYTHONHTTPSVERIFY": ("0",),
    "GIT_SSL_NO_VERIFY": ("1", "true", "yes", "on"),
    "NPM_CONFIG_STRICT_SSL": ("false", "0"),
    "npm_config_strict_ssl": ("false", "0"),
    "YARN_ENABLE_STRICT_SSL": ("false", "0"),
    "CONDA_SSL_VERIFY": ("false", "0"),
    "SSL_NO_VERIFY": ("1", "true"),
}
_HOSTS = ("PIP_TRUSTED_HOST", "UV_INSECURE_HOST")


@rule(
    "DF307",
    "unverified-download",
    Severity.WARNING,
    category="security",
    equivalents=tuple(f"checkov:CKV2_DOCKER_{number}" for number in range(2, 17)),
    ignore_when="Where a later step that the file does not show checks the download.",
    sources=(ADD_CHECKSUM,),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN curl -fsSLk -o /usr/local/bin/tool https://example.com/tool  # error: curl\n",
            good="FROM debian:trixie-slim\nRUN curl -fsSL -o /usr/local/bin/tool https://example.com/tool\n",
        ),
        Example(
            bad="FROM node:22-alpine\nENV NODE_TLS_REJECT_UNAUTHORIZED=0  # error: NODE_TLS_REJECT_UNAUTHORIZED=0\n",
            good="FROM node:22-alpine\nENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/company.pem\n",
        ),
    ),
    security_severity=5.0,
)
def unverified_download(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """A download or package is used without verifying where it comes from.

    Why: Without certificates or signatures anyone on the way can put something else in its
    place, and the build goes on.

    A company's own certificate authority belongs into the trust store
    (`update-ca-certificates`, `NODE_EXTRA_CA_CERTS`, `PIP_CERT`). ADD of a file from the
    network without `--checksum` is advice only. Left alone are addresses of the machine itself,
    and files of which a RUN compares the checksum or the signature (`sha256sum -c`, `gpg
    --verify`, `cosign verify-blob` and others), and packages that were built in another stage.
    """
    for stage in dockerfile.all_stages:
        for diagnostic in _in_stage(stage):
            diagnostic.owner = ("stage", stage.label)
            yield diagnostic


def _in_stage(stage: Stage) -> Iterator[Diagnostic]:
    """The findings of one stage."""
    checks = cache(lambda: _checks_of(stage))
    for instruction in effective(stage):
        if instruction.name in ("ENV", "ARG"):
            yield from _variables(instruction)
        elif instruction.name == "ADD" and not instruction.flag("checksum"):
            yield from _additions(checks, instruction)
    for run in stage.runs:
        problems = list(_unverified(run, checks))
        if problems:
            span, message, culprit = problems[0]
            yield Diagnostic(
                span,
                message,
                help=f"remove {culprit}, and add the authority's certificate or key where it is missing",
                related=[Related(place, text) for place, text, _ in problems[1:]],
                evidence=span.text[:60],
            )


def _checks_of(stage: Stage) -> Checks:
    """What the build of a stage checks; few builds take something that has to be checked."""
    from ._verified import Checks

    return Checks(stage)


def _variables(instruction: Instruction) -> Iterator[Diagnostic]:
    """The findings on variables that an ENV or ARG sets."""
    for pair in instruction.pairs:
        name = pair.key.text
        value = pair.value.value.strip() if pair.value is not None else ""
        if _switches_off(name, value):
            yield Diagnostic(
                pair.span,
                f"{name}={value} disables certificate checks permanently",
                help="add the authority's certificate instead",
                evidence=name,
            )


def _switches_off(name: str, value: str) -> bool:
    """Whether a variable with this value switches off the check of certificates."""
    if name in _HOSTS:
        return bool(value) and "$" not in value
    return value.lower() in _VARIABLES.get(name, ())


def _additions(checks: Callable[[], Checks], instruction: Instruction) -> Iterator[Diagnostic]:
    """The findings on addresses that an ADD fetches."""
    target = instruction.destination.value if instruction.destination is not None else ""
    for word in instruction.sources:
        value = word.value
        if value.lower().startswith(("http://", "https://")) and not is_git(value):
            if checks().follow(instruction.start, value, target):
                continue
            yield Diagnostic(
                word.span,
                f"{value} is downloaded without a checksum",
                help="download it in a RUN, and verify the checksum of the architecture"
                if _is_per_platform(value)
                else "add `--checksum=sha256:…`",
                severity=Severity.INFO,
                evidence=value,
            )


def _is_per_platform(address: str) -> bool:
    """Whether an address differs by platform, so that one checksum does not fit."""
    return any(f"${{{name}}}" in address or f"${name}" in address for name in _PLATFORM)


_PLATFORM = ("TARGETARCH", "TARGETPLATFORM", "TARGETOS", "TARGETVARIANT", "BUILDARCH")


def _unverified(run: Run, checks: Callable[[], Checks]) -> Iterator[tuple[Span, str, str]]:
    """What a RUN takes without checking it: places, messages and what switches the check off."""
    calls = {id(call.command): call for call in run.packages}
    for command in run.script.commands:
        settings = [(item.word, item.name, item.value.value) for item in command.assignments]
        if command.name == "export":
            for word in command.args:
                name, _, value = word.value.partition("=")
                settings.append((word, name, value))
        for word, name, value in settings:
            if _switches_off(name, value):
                yield word.span, f"{name} disables certificate checks", f"`{name}`"
        call = calls.get(id(command))
        problem = _command(command) if call is None else _package(call)
        if problem and not _is_checked(checks, run, command, call):
            yield command.span, f"`{shown(command)}` {problem}", _culprit(command)


_SWITCHES = frozenset((
    "--allow-insecure-host", "--allow-insecure-repositories", "--allow-unauthenticated",
    "--allow-unsigned-rpm", "--allow-untrusted", "--force-yes", "--insecure", "--no-check-certificate",
    "--no-gpg-checks", "--no-gpgchecks", "--no-strict-ssl", "--nodigest", "--nofiledigest",
    "--nogpgcheck", "--nosignature", "--noverify", "--proxy-insecure", "--trusted-host",
))  # fmt: skip
"""The options by themselves that switch a check off."""


def _culprit(command: SimpleCommand) -> str:
    """What switches a command's check off, for a sentence."""
    for word in command.args:
        option = word.value.partition("=")[0]
        if option in _SWITCHES:
            return f"`{option}`"
    if command.name == "curl":
        return "`-k`"
    return "what switches the check off"


def _is_checked(
    checks: Callable[[], Checks], run: Run, command: SimpleCommand, call: PackageCommand | None
) -> bool:
    """Whether the build checks the files that a command takes, in another way."""
    from ._verified import downloaded_files, installed_files, is_built_here

    if call is not None:
        if call.manager == "pip" and call.options.has("--require-hashes"):
            return True
        return is_built_here(run, call) or checks().cover(run, installed_files(call))
    if command.name == "rpm":
        files = [word.value for word in command.args if word.value.endswith(".rpm")]
        return "://" not in " ".join(files) and checks().cover(run, files)
    return command.name in ("curl", "wget") and checks().cover(run, downloaded_files(command))


_NO_SIGNATURE = "installs packages without verifying signatures"
_NO_CERTIFICATE = "does not verify certificates"

_UNCHECKED: dict[str, tuple[str, ...]] = {
    "apt": ("--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories"),
    "apk": ("--allow-untrusted",),
    "zypper": ("--no-gpg-checks", "--allow-unsigned-rpm"),
    **dict.fromkeys(RPM_MANAGERS, ("--nogpgcheck", "--no-gpgchecks")),
}
"""The options of system package managers that switch off the check of signatures."""

_LAX_SETTINGS = frozenset((("strict-ssl", "false"), ("enableStrictSsl", "false")))


def _package(call: PackageCommand) -> str:
    """What a call of a package manager does not check, as the end of a sentence; empty if nothing."""
    options, manager = call.options, call.manager
    values = [(option.value or "").lower() for option in options.options]
    if options.has(*_UNCHECKED.get(manager, ())):
        return _NO_SIGNATURE
    if manager == "apt" and any(
        ("allowunauthenticated=" in value or "allowinsecurerepositories=" in value)
        and value.endswith(("true", "1", "yes"))
        for value in values
    ):
        return _NO_SIGNATURE
    unchecked = False
    if manager in RPM_MANAGERS:
        weak = ("sslverify=0", "sslverify=false")
        unchecked = any(value.replace("*.", "").endswith(weak) for value in values)
    elif manager == "pip":
        unchecked = options.has("--trusted-host", "--allow-insecure-host") or any(
            "trusted-host" in word.value for word in call.operands[:2] if call.action == "config"
        )
    elif manager in ("npm", "yarn", "pnpm"):
        words = [word.value.strip("\"'") for word in call.operands]
        unchecked = (
            options.has("--no-strict-ssl")
            or options.get("--strict-ssl") == "false"
            or "strict-ssl=false" in words
            or not _LAX_SETTINGS.isdisjoint(pairwise(words))
        )
    return _NO_CERTIFICATE if unchecked else ""


def _command(command: SimpleCommand) -> str:
    """What another command does not check, as the end of a sentence; empty if nothing."""
    name = command.name
    values = [word.value for word in command.args]
    if name == "rpm":
        weak = {"--nodigest", "--nosignature", "--noverify", "--nofiledigest"}
        return "" if weak.isdisjoint(values) else _NO_SIGNATURE
    if name in ("echo", "printf"):
        if any("trusted=yes" in value and "http" in value for value in values):
            return "adds a source whose packages are not verified"
        return ""
    unchecked = False
    if name == "curl":
        options = ("-k", "--insecure", "--proxy-insecure")
        unchecked = not _is_local(command) and parse_options(command.args, _CURL).has(*options)
    elif name == "wget":
        unchecked = "--no-check-certificate" in values and not _is_local(command)
    elif name == "git":
        words = [value.lower() for value in values]
        unchecked = "http.sslverify=false" in words or any(
            word.endswith("sslverify") and following == "false"
            for word, following in pairwise(words)
        )
    elif name in ("yum-config-manager", "conda", "mamba"):
        text = " ".join(values).lower()
        weak_texts = ("sslverify=0", "sslverify=false", "ssl_verify false", "ssl_verify no")
        unchecked = any(weak in text for weak in weak_texts)
    return _NO_CERTIFICATE if unchecked else ""
