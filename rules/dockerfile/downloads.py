"""What a build fetches from the network and trusts."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.source.packages import RPM_MANAGERS
from ...linter.source.shell import SHELLS, parse_options
from ...linter.source.shell_wrappers import reads_stdin
from ._runs import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Dockerfile, Run, Stage
    from ...linter.source.instruction import Instruction
    from ...linter.source.packages import PackageCommand
    from ...linter.source.shell import SimpleCommand
    from ...linter.source.text import Span

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
    """A script is run straight from the network: whoever controls the address controls the image.

    Nobody sees what was run, each build may run something else, and a connection that breaks off
    runs half a script. Download to a file of a fixed version, compare its checksum, then run it;
    or install a package. `bash <(curl …)`, `sh -c "$(curl …)"` and `eval` count too; a pipe into
    `tar`, `gpg` or a JSON reader does not.
    """
    for run in stage.runs:
        found = list(_run_unseen(run))
        if found:
            yield Diagnostic(
                found[0].span,
                f"what `{shown(found[0])}` fetches is run unseen",
                help="download a fixed version, compare its checksum, then run it",
                related=[Related(command.span, "and this") for command in found[1:]],
                evidence=shown(found[0]),
            )


def _run_unseen(run: Run) -> Iterator[SimpleCommand]:
    """The commands that fetch something which an interpreter then runs."""
    for command in run.script.commands:
        pipe = command.pipeline
        if len(pipe) > 1 and pipe[0] is command:
            last = max((at for at, item in enumerate(pipe) if _runs_input(item)), default=0)
            yield from (item for item in pipe[:last] if _fetches(item))
        if command.nesting == "substitution" and _fetches(command) and _is_script(command):
            yield command


def _fetches(command: SimpleCommand) -> bool:
    return command.name in _FETCHERS and not any(
        mark in word.value for word in command.args for mark in _LOCAL
    )


def _is_script(command: SimpleCommand) -> bool:
    """Whether a shell runs what a command in a substitution prints."""
    parent = command.parent
    if parent is None:
        return False
    name, args = parent.name, parent.args
    if name not in SHELLS and name not in ("eval", "source", "."):
        return False
    for at, word in enumerate(args[:3]):
        if word.script is command.script and word.at <= command.at < word.end:
            if name in ("eval", "source", "."):
                return at == 0
            return at == 0 or "c" in args[at - 1].value.lstrip("-")
    return False


def _runs_input(command: SimpleCommand) -> bool:
    name = command.name
    if name in SHELLS:
        return reads_stdin(name, command.args)
    if name in _INTERPRETERS or name.startswith("python3."):
        return not command.args or command.args[0].value == "-"
    return False


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
    equivalents=(
        "checkov:CKV2_DOCKER_2",
        "checkov:CKV2_DOCKER_3",
        "checkov:CKV2_DOCKER_4",
        "checkov:CKV2_DOCKER_5",
        "checkov:CKV2_DOCKER_6",
        "checkov:CKV2_DOCKER_7",
        "checkov:CKV2_DOCKER_8",
        "checkov:CKV2_DOCKER_9",
        "checkov:CKV2_DOCKER_10",
        "checkov:CKV2_DOCKER_11",
        "checkov:CKV2_DOCKER_12",
        "checkov:CKV2_DOCKER_13",
        "checkov:CKV2_DOCKER_14",
        "checkov:CKV2_DOCKER_15",
        "checkov:CKV2_DOCKER_16",
    ),
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
    """A download or package is taken without checking where it comes from.

    Without certificates or signatures anyone on the way can put something else in its place, and
    the build goes on. A company's own certificate authority belongs into the trust store
    (`update-ca-certificates`, `NODE_EXTRA_CA_CERTS`, `PIP_CERT`) instead. ADD of a file from the
    network without `--checksum` is advice only. Addresses of the machine itself are left alone.
    """
    for stage in dockerfile.all_stages:
        for item in _in_stage(stage):
            item.owner = ("stage", stage.label)
            yield item


def _in_stage(stage: Stage) -> Iterator[Diagnostic]:
    for outer in stage.instructions:
        instruction = outer.inner or outer
        if instruction.name in ("ENV", "ARG"):
            yield from _variables(instruction)
        elif instruction.name == "ADD":
            yield from _additions(instruction)
    for run in stage.runs:
        found = list(_unverified(run))
        if found:
            span, what = found[0]
            yield Diagnostic(
                span,
                what,
                help="leave it out; add the authority's certificate or key where it is missing",
                related=[Related(other, more) for other, more in found[1:]],
                evidence=span.text[:60],
            )


def _variables(instruction: Instruction) -> Iterator[Diagnostic]:
    for pair in instruction.pairs:
        name = pair.key.text
        value = pair.value.value.strip() if pair.value is not None else ""
        if _switches_off(name, value):
            yield Diagnostic(
                pair.span,
                f"{name}={value} switches off the check of certificates for good",
                help="add the authority's certificate instead",
                evidence=name,
            )


def _switches_off(name: str, value: str) -> bool:
    if name in _HOSTS:
        return bool(value) and "$" not in value
    return value.lower() in _VARIABLES.get(name, ())


def _additions(instruction: Instruction) -> Iterator[Diagnostic]:
    if instruction.flag("checksum"):
        return
    for word in instruction.sources:
        value = word.value
        if value.lower().startswith(("http://", "https://")) and not value.partition("#")[
            0
        ].endswith(".git"):
            yield Diagnostic(
                word.span,
                f"nothing checks what {value} holds on the day of the build",
                help="add --checksum=sha256:…",
                severity=Severity.INFO,
                evidence=value,
            )


def _unverified(run: Run) -> Iterator[tuple[Span, str]]:
    calls = {id(call.command): call for call in run.packages}
    for command in run.script.commands:
        for assignment in command.assignments:
            if _switches_off(assignment.name, assignment.value.value):
                yield (
                    assignment.word.span,
                    f"{assignment.name} switches off the check of certificates",
                )
        if command.name == "export":
            for word in command.args:
                name, _, value = word.value.partition("=")
                if _switches_off(name, value):
                    yield word.span, f"{name} switches off the check of certificates"
        call = calls.get(id(command))
        found = _package(call) if call is not None else _command(command)
        if found:
            yield command.span, f"`{shown(command)}` {found}"


_NO_SIGNATURE = "installs without checking signatures"
_NO_CERTIFICATE = "does not check certificates"


def _package(call: PackageCommand) -> str:
    options, manager = call.options, call.manager
    values = [(option.value or "").lower() for option in options.options]
    if manager == "apt":
        if options.has("--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories"):
            return _NO_SIGNATURE
        weak = ("allowunauthenticated=", "allowinsecurerepositories=")
        if any(
            mark in value and value.endswith(("true", "1", "yes"))
            for value in values
            for mark in weak
        ):
            return _NO_SIGNATURE
    elif manager == "apk":
        return _NO_SIGNATURE if options.has("--allow-untrusted") else ""
    elif manager in RPM_MANAGERS:
        if options.has("--nogpgcheck", "--no-gpgchecks"):
            return _NO_SIGNATURE
        if any(
            value.replace("*.", "").endswith(("sslverify=0", "sslverify=false")) for value in values
        ):
            return _NO_CERTIFICATE
    elif manager == "zypper":
        if options.has("--no-gpg-checks", "--allow-unsigned-rpm"):
            return _NO_SIGNATURE
    elif manager == "pip":
        if options.has("--trusted-host", "--allow-insecure-host") or any(
            "trusted-host" in word.value for word in call.operands[:2] if call.action == "config"
        ):
            return _NO_CERTIFICATE
    elif manager in ("npm", "yarn", "pnpm"):
        words = [word.value.strip("\"'") for word in call.operands]
        if options.has("--no-strict-ssl") or options.get("--strict-ssl") == "false":
            return _NO_CERTIFICATE
        for at, word in enumerate(words):
            if word == "strict-ssl=false" or (
                word in ("strict-ssl", "enableStrictSsl") and words[at + 1 : at + 2] == ["false"]
            ):
                return _NO_CERTIFICATE
    return ""


def _command(command: SimpleCommand) -> str:
    name = command.name
    args = command.args
    if name == "curl":
        if any(mark in word.value for word in args for mark in _LOCAL):
            return ""
        options = parse_options(args, _CURL)
        return _NO_CERTIFICATE if options.has("-k", "--insecure", "--proxy-insecure") else ""
    values = [word.value for word in args]
    if name == "wget":
        local = any(mark in value for value in values for mark in _LOCAL)
        return _NO_CERTIFICATE if "--no-check-certificate" in values and not local else ""
    if name == "git":
        lower = [value.lower() for value in values]
        for at, value in enumerate(lower):
            if value == "http.sslverify=false" or (
                value.endswith("sslverify") and lower[at + 1 : at + 2] == ["false"]
            ):
                return _NO_CERTIFICATE
    if name == "rpm":
        weak = ("--nodigest", "--nosignature", "--noverify", "--nofiledigest")
        return _NO_SIGNATURE if any(value in weak for value in values) else ""
    if name in ("yum-config-manager", "conda", "mamba"):
        text = " ".join(values).lower()
        weak = ("sslverify=0", "sslverify=false", "ssl_verify false", "ssl_verify no")
        return _NO_CERTIFICATE if any(mark in text for mark in weak) else ""
    if name in ("echo", "printf") and any(
        "trusted=yes" in value and "http" in value for value in values
    ):
        return "adds a source whose packages are not checked"
    return ""
