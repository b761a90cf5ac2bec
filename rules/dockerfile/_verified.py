"""Whether a build checks what it has fetched: checksums and signatures, by the names of files."""

from __future__ import annotations

import posixpath
import re

from ...linter.analysis.curl import WITH_VALUE as CURL_WITH_VALUE
from ...linter.base.lazy import cached_property
from ...linter.source.shell.syntax import parse_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.syntax import Redirection, SimpleCommand

_SUMS = frozenset((
    "b2sum", "b3sum", "cksum", "md5sum", "rhash", "sha1sum", "sha224sum", "sha256", "sha256sum",
    "sha384sum", "sha512", "sha512sum", "shasum",
))  # fmt: skip
_VERBS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("gpg", "gpg2"), ("--verify", "--verify-files", "--decrypt", "-d")),
    "gpgv": (),
    "cosign": ("verify", "verify-blob", "verify-blob-attestation", "verify-attestation"),
    "minisign": ("-V", "-Vm", "-VQm"),
    "rsign": ("verify",),
    "signify": ("-V",),
    "signify-openbsd": ("-V",),
    "slsa-verifier": ("verify-artifact", "verify-image"),
    "gh": ("verify",),
    "notation": ("verify",),
    "sigstore": ("verify",),
    "openssl": ("-verify", "-checkend", "dgst", "sha256", "sha512"),
    "rpm": ("-K", "--checksig"),
    "rpmkeys": ("-K", "--checksig"),
    "apk": ("verify",),
    "dpkg-sig": ("--verify", "-c"),
    "debsig-verify": (),
    "jarsigner": ("-verify",),
    "ssh-keygen": ("verify",),
}
"""Programs that check signatures, with the words of which one has to be there, if any."""


def _verifies(command: SimpleCommand) -> bool:
    """Whether a command checks a file against a checksum or a signature."""
    name = command.name
    values = [word.value for word in command.args]
    if name in _SUMS:
        parent = command.parent
        if command.nesting == "substitution":
            # [ "$(sha256sum f)" = "…" ]; sum=$(sha256sum f) is compared further down.
            return parent is None or parent.name in ("[", "[[", "test", "")
        return any(
            value in ("--check", "--check=strict")
            or (value.startswith("-") and not value.startswith("--") and "c" in value)
            for value in values
        ) or any(part.name in ("grep", "cmp", "diff", "test") for part in command.pipeline)
    verbs = _VERBS.get(name)
    return verbs is not None and (not verbs or not set(verbs).isdisjoint(values))


def _text_around(command: SimpleCommand) -> str:
    """What a check is given: the command's pipeline, or what is around it."""
    parts = command.pipeline or [command]
    text = " ".join(word.text for part in parts for word in part.words)
    bodies = [
        body for part in parts for redirection in part.redirections if (body := _body(redirection))
    ]
    parent = command.parent
    around = " ".join(word.text for word in parent.words) if parent is not None else ""
    return " ".join((text, around, *bodies))


def _body(redirection: Redirection) -> str:
    """What a heredoc gives a command; empty for other redirections."""
    heredoc = redirection.heredoc
    if heredoc is not None:
        return heredoc.word.owner.file.text[heredoc.body_start : heredoc.body_end]
    target = redirection.target
    if redirection.body is None or target is None:
        return target.value if target is not None and redirection.operator == "<<<" else ""
    return target.script.text[slice(*redirection.body)]


def _names(text: str, file: str) -> bool:
    """Whether a text names a file, or one whose name begins with its name and a dot."""
    return re.search(rf"(?<![\w.-]){re.escape(file)}(?![\w-])", text) is not None


class Checks:
    """The checks of a stage. ``texts`` has what each is given, with the place of its RUN."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    @cached_property
    def texts(self) -> list[tuple[int, str]]:
        return [
            (run.instruction.start, _text_around(command))
            for run in self.stage.runs
            for command in run.script.commands
            if _verifies(command)
        ]

    def cover(self, run: Run, files: Iterable[str] | None) -> bool:
        """Whether the RUN of a download, or another one of its stage, checks these files.

        ``files`` are paths; None are files whose names are not known: any check in the RUN counts.
        """
        start = run.instruction.start
        own = [text for at, text in self.texts if at == start]
        if files is None:
            return bool(own)
        names = [posixpath.basename(path) for path in files]
        if not names:
            return False
        return any(map(_reads_list, own)) or all(
            any(_names(text, name) for _, text in self.texts) for name in names
        )

    def follow(self, start: int, *paths: str) -> bool:
        """Whether a RUN behind a place checks a file that has one of these names."""
        names = [name for path in paths if (name := posixpath.basename(path))]
        return any(at > start and _names(text, name) for at, text in self.texts for name in names)


def _reads_list(text: str) -> bool:
    """Whether a check reads the names of files from a file or a variable."""
    words = text.replace('"', " ").split()
    return any(
        mark in word.lower() for word in words for mark in ("sums", ".sha", ".md5", "checksum", "$")
    )


_WGET_WITH_VALUE = frozenset((
    "-a", "-A", "-B", "-D", "-e", "-i", "-I", "-l", "-o", "-O", "-P", "-Q", "-R", "-t", "-T", "-U",
    "-w", "-X", "--append-output", "--body-data", "--ca-certificate", "--certificate",
    "--directory-prefix", "--execute", "--header", "--input-file", "--limit-rate", "--method",
    "--output-document", "--output-file", "--password", "--post-data", "--private-key", "--referer",
    "--timeout", "--tries", "--user", "--user-agent", "--wait", "--waitretry",
))  # fmt: skip
"""The options of wget that take the next word."""

_CURL_FILE = frozenset(("-o", "--output"))
_WGET_FILE = frozenset(("-O", "--output-document"))


def downloaded_files(command: SimpleCommand) -> list[str] | None:
    """The files into which curl or wget writes; empty for a pipe, None if unknown."""
    if len(command.pipeline) > 1 and command.pipeline[-1] is not command:
        tees = [part for part in command.pipeline if part.name == "tee"]
        return [word.value for part in tees for word in part.args if word.value[:1] != "-"]
    targets = [item.target for item in command.redirections if item.operator in (">", ">>")]
    if targets:
        return [word.value for word in targets if word is not None]
    is_curl = command.name == "curl"
    named = _CURL_FILE if is_curl else _WGET_FILE
    options = parse_options(command.args, CURL_WITH_VALUE if is_curl else _WGET_WITH_VALUE)
    files = [option.value or "" for option in options.options if option.name in named]
    if not is_curl:
        del files[:-1]  # the last one counts
    if "-" in files:
        return []
    if not files:
        addresses = [word.value for word in options.operands if "/" in word.value]
        files = [address.partition("?")[0] for address in addresses]
        folder = None if is_curl else options.get("-P", "--directory-prefix")
        if folder:
            files = [posixpath.join(folder, posixpath.basename(file)) for file in files]
    return [file for file in files if file] or None


def installed_files(call: PackageCommand) -> list[str]:
    """The local package files that a call installs, which a build may check itself.

    Names of packages beside them come from the indexes of the image. Empty if a call installs
    what is fetched from an address or not spelled out; apt, whose options say nothing about local
    files, has to install nothing else.
    """
    files: list[str] = []
    for word in call.operands:
        value = word.value
        if "://" in value or (word.has_expansion and not value.endswith(_PACKAGE_FILES)):
            return []
        if value.endswith(_PACKAGE_FILES):
            files.append(value)
        elif call.manager == "apt":
            return []
    return files


_PACKAGE_FILES = (".apk", ".deb", ".rpm")


def is_built_here(run: Run, call: PackageCommand) -> bool:
    """Whether all that a call installs lies in folders that COPY has filled, or a mount."""
    words = call.operands
    folders = [copy.target for copy in run.stage.copies if copy.target not in (None, "/")]
    folders += [mount.target for mount in run.mounts if mount.type == "bind" and mount.target]
    return bool(words) and all(
        any(folder and word.value.startswith(f"{folder.rstrip('/')}/") for folder in folders)
        or word.value in folders
        for word in words
    )
