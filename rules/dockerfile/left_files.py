"""Files that a build leaves in a layer though nothing uses them: archives, temporary folders."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase

from ...linter.files.paths import is_inside, join_path
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import MULTI_STAGE
from ._copies import ARCHIVES, TAR_ARCHIVES
from ._runs import chain_of, is_mounted, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.base.text import Span
    from ...linter.model.dockerfile import Copy, Run, Stage
    from ...linter.model.project import Project
    from ...linter.source.shell.syntax import SimpleCommand

_UNPACK = frozenset(("bsdtar", "bunzip2", "gunzip", "tar", "unxz", "unzip", "7z", "7za"))
_ARCHIVES = (*TAR_ARCHIVES, ".zip", ".7z")
_REPLACE = frozenset(("bunzip2", "gunzip", "unxz"))
"""Programs that delete the archive themselves, unless -k says not to."""


@rule(
    "DF219",
    "archive-left",
    Severity.INFO,
    category="resources",
    presets=("production", "hardened"),
    words=("tar", "unzip", "7z"),
    since="0.2",
    equivalents=("binnacle:tarSomethingRmTheSomething", "parfum:tarSomethingRmTheSomething"),
    sources=(MULTI_STAGE,),
    examples=(
        Example(
            bad="FROM node:22-bookworm\nRUN wget -q -O /tmp/tool.tar.gz https://example.com/tool.tar.gz \\\n    && tar -xzf /tmp/tool.tar.gz -C /opt  # error: tar\nUSER node\n",
            good="FROM node:22-bookworm\nRUN wget -q -O /tmp/tool.tar.gz https://example.com/tool.tar.gz \\\n    && tar -xzf /tmp/tool.tar.gz -C /opt \\\n    && rm /tmp/tool.tar.gz\nUSER node\n",
        ),
    ),
)
def archive_left(stage: Stage) -> Iterator[Diagnostic]:
    """An archive is downloaded and unpacked, and stays in the layer beside its content.

    Why: Each machine that pulls the image stores the archive, and a later RUN cannot take it
    away again.

    Delete it in the same RUN, pipe the download into `tar`, or unpack in another stage. Folders
    with a cache or tmpfs mount are left alone, and so are RUNs that delete something whose name
    a variable contains.
    """
    from ._copies import is_url
    from ._verified import downloaded_files

    if not stage.ships:
        return
    runs = [run for run in stage.runs if run.script.complete]
    for at, run in enumerate(runs):
        downloads = [
            (command, _behind_cd(run, command, file))
            for command in run.script.commands
            if command.name in ("curl", "wget")
            for file in downloaded_files(command) or ()
            if file.lower().endswith(_ARCHIVES)
        ]
        for download, file in downloads:
            name = posixpath.basename(file)
            folder = posixpath.dirname(file) if file.startswith("/") else run.workdir or "/"
            if is_mounted(run, folder):
                continue
            unpack = next(
                (one for one in run.script.commands if _unpacks(one, name, download)), None
            )
            if unpack is not None:
                if _is_deleted(run, file, download):
                    continue
                path = file if file.startswith("/") else name
                advice = f"delete it in the same RUN: `&& rm {path}`"
            else:
                unpack = _unpacked_later(runs[at + 1 :], file)
                if unpack is None:
                    continue
                advice = "download, unpack and delete it in one RUN"
            yield Diagnostic(
                unpack.span,
                f"{name} stays in the layer after it has been unpacked",
                help=advice,
                related=[Related(download.span, "downloaded here")],
                evidence=name,
            )
    for copy in stage.copies:
        source = copy.sources[0].value if len(copy.sources) == 1 else ""
        if not is_url(source) or not source.lower().endswith(_ARCHIVES) or copy.target is None:
            continue
        if copy.instruction.flag("unpack"):
            continue
        name = posixpath.basename(source)
        file = copy.target if copy.target.endswith(_ARCHIVES) else posixpath.join(copy.target, name)
        start = copy.instruction.start
        unpack = _unpacked_later([run for run in runs if run.instruction.start > start], file)
        if unpack is not None:
            yield Diagnostic(
                unpack.span,
                f"{name} stays in the layer of ADD after it has been unpacked",
                help="download, unpack and delete it in one RUN",
                related=[Related(copy.instruction.span, "added here")],
                evidence=name,
            )


def _behind_cd(run: Run, download: SimpleCommand, file: str) -> str:
    """The path of a file in the folder that the RUN has changed to, if that is spelled out."""
    file = _saved_as(download, file) or file
    if file.startswith("/") or "://" in file:
        return file
    folders = [
        command.args[0].value if len(command.args) == 1 else ""
        for command in run.script.commands
        if command.name == "cd" and command.at < download.at
    ]
    folder = folders[-1] if folders else ""
    if folder in ("~", "$HOME", "${HOME}"):
        folder = "/root"
    return posixpath.join(folder, file) if folder.startswith("/") else file


def _unpacked_later(runs: list[Run], file: str) -> SimpleCommand | None:
    """The command of a later RUN that unpacks a file; None if something deletes the file too late."""
    name = posixpath.basename(file)
    for at, run in enumerate(runs):
        for command in run.script.commands:
            if _unpacks(command, name):
                rest = [
                    _is_deleted(run, file, command),
                    *(_is_deleted(one, file) for one in runs[at + 1 :]),
                ]
                return None if any(rest) else command
    return None


def _unpacks(command: SimpleCommand, name: str, download: SimpleCommand | None = None) -> bool:
    """Whether a command unpacks the archive of this name, behind its download, and leaves it there."""
    if command.name not in _UNPACK or command is download:
        return False
    if download is not None and command.at < download.at:
        return False
    if command.name in _REPLACE and not command.options().has("-k", "--keep"):
        return False
    return any(posixpath.basename(word.value) == name for word in command.args) and (
        command.name != "tar" or not any(word.value[:2] in ("-c", "c") for word in command.args[:1])
    )


def _is_deleted(run: Run, file: str, since: SimpleCommand | None = None) -> bool:
    """Whether a command of the RUN may delete or move a file, or the folder that it is in.

    Where ``since`` is given, it is a command behind that one.
    """
    moves = any(command.name in ("cd", "pushd", "popd") for command in run.script.commands)
    for command in run.script.commands:
        if since is not None and command.at < since.at:
            continue
        if command.name == "find":
            return True
        if command.name not in ("mv", "rm", "unlink"):
            continue
        words = [word for word in command.args if not word.value.startswith("-")]
        if command.name == "mv":
            del words[-1:]
        recursive = command.name != "mv" and command.options().has("-r", "-R", "-d", "--recursive")
        if any(_may_mean(word.value, file, recursive, moves) for word in words):
            return True
    return False


def _may_mean(value: str, file: str, recursive: bool, moves: bool) -> bool:
    """Whether a path that is deleted or moved may be a file, or the folder that it is in.

    ``moves`` tells that the RUN changes its folder.
    """
    value = value.rstrip("/")
    folder, name = posixpath.split(value)
    if any(char in name for char in "$`{[?"):
        return True
    are_known = value.startswith("/") and file.startswith("/")
    if fnmatchcase(posixpath.basename(file), name):
        known, variable, _ = folder.partition("$")
        inside = posixpath.dirname(file)
        return not are_known or (inside.startswith(known) if variable else inside == folder)
    if not recursive:
        return False
    if value.startswith("/") == file.startswith("/") and not moves and "$" not in value:
        return value in ("", ".") or is_inside(posixpath.normpath(value), posixpath.normpath(file))
    return not are_known or is_inside(value, file)


@rule(
    "DF220",
    "deleted-too-late",
    Severity.INFO,
    category="resources",
    presets=("production", "hardened"),
    words=("rm ",),
    since="0.2",
    equivalents=("binnacle:tarSomethingRmTheSomething", "parfum:tarSomethingRmTheSomething"),
    sources=(MULTI_STAGE,),
    examples=(
        Example(
            bad="FROM node:22-bookworm\nADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/tool.deb /tmp/tool.deb\nRUN dpkg -i /tmp/tool.deb && rm /tmp/tool.deb  # error: rm\nUSER node\n",
            good="FROM node:22-bookworm\nADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d --chmod=644 https://example.com/tool.deb /tmp/tool.deb\nRUN dpkg -i /tmp/tool.deb\nUSER node\n",
        ),
    ),
)
def deleted_too_late(stage: Stage) -> Iterator[Diagnostic]:
    """A RUN deletes files of an earlier layer, which stay in the image, hidden.

    A layer cannot shrink those below it. Mount what only the build needs
    (`RUN --mount=type=bind,source=…`), fetch and delete it in one RUN, or do it in another stage.
    Reported is what is large: folders, archives and packages that COPY or ADD put there, files that ADD,
    `curl` or `wget` fetched (but for keys, checksums, scripts and settings), and what
    `git clone` made, if the path is spelled out and the same RUN does not delete it. A RUN that empties
    a folder which it has used itself (`cd /tmp && … && rm -rf /tmp/*`) is left alone.
    """
    from ._copies import is_url
    from ._verified import downloaded_files

    if not stage.ships:
        return
    made: list[tuple[int, str, Span]] = []
    for part in chain_of(stage):
        for copy in part.copies:
            if copy.target and len(copy.sources) == 1 and not copy.instruction.outer:
                source = copy.sources[0].value
                if not (_is_large_download(source) if is_url(source) else _is_large(stage, copy)):
                    continue
                name = posixpath.basename(source.rstrip("/"))
                written = copy.instruction.destination
                is_folder = written is not None and written.value.endswith(("/", "."))
                path = posixpath.join(copy.target, name) if is_folder and name else copy.target
                made.append((copy.instruction.start, path, copy.instruction.span))
        for run in part.runs:
            for command in run.script.commands:
                if command.name in ("curl", "wget"):
                    files = [
                        path
                        for file in downloaded_files(command) or []
                        if _is_large_download(file)
                        and (path := _place(run, command, _saved_as(command, file)))
                        and not is_mounted(run, posixpath.dirname(path) or "/")
                    ]
                elif command.name == "git" and [word.value for word in command.args[:1]] == [
                    "clone"
                ]:
                    files = [word.value for word in command.args[-1:] if word.value.startswith("/")]
                else:
                    continue
                made += [
                    (run.instruction.start, file.rstrip("/"), command.span)
                    for file in files
                    if "$" not in file and not _is_deleted(run, file, command)
                ]
    if not made:
        return
    for run, command in stage.calls.get("rm", ()):
        for word in command.args:
            literal = word.literal
            if not literal or literal.startswith("-") or len(literal.strip("/")) < 2:
                continue
            folder = _place(run, command, literal)
            if not folder:
                continue
            folder = folder.removesuffix("/*").rstrip("/")
            earlier = [
                where
                for start, file, where in made
                if start < run.instruction.start
                and (
                    file == folder
                    or (
                        (
                            file.startswith(f"{folder}/")
                            or ("*" in folder and fnmatchcase(file, folder))
                        )
                        and not _also_filled(run, command, folder, file)
                    )
                )
            ]
            if earlier:
                yield Diagnostic(
                    command.span,
                    f"`{shown(command)}` does not make the image smaller: line "
                    f"{earlier[0].file.line_of(earlier[0].start)} has stored it in a layer below",
                    help="mount it with `RUN --mount=type=bind`, or download and delete it in one RUN",
                    related=[Related(earlier[0], "stored here")],
                    evidence=shown(command),
                )
                break


def _also_filled(run: Run, deleting: SimpleCommand, folder: str, file: str) -> bool:
    """Whether a RUN may itself have put something into a folder that it deletes, besides the file."""
    if run.workdir is not None and is_inside(folder, run.workdir):
        return True
    return folder in run.script.text[: deleting.at].replace(file, "")


def _saved_as(command: SimpleCommand, file: str) -> str:
    """The path under which a download is saved; empty if it is printed, or goes elsewhere."""
    if "://" not in file:
        return file
    if command.name == "wget":
        return posixpath.basename(file)
    is_saved = any(
        value == "--remote-name" or (value[:1] == "-" and value[:2] != "--" and "O" in value)
        for value in (word.value for word in command.args)
    )
    return posixpath.basename(file) if is_saved else ""


def _place(run: Run, command: SimpleCommand, path: str) -> str:
    """The absolute path of a file; empty if the folder that it is in is not known.

    A path that starts with ``?`` is below the working folder of the base image.
    """
    if path.startswith("/") or not path:
        return path
    if any(
        other.name in ("cd", "pushd") and other.at < command.at for other in run.script.commands
    ):
        return ""
    base = run.workdir
    if base is None and any(one.name == "WORKDIR" for one in run.stage.instructions):
        return ""
    return posixpath.normpath(posixpath.join(base or "?", path))


_SMALL = 64 * 1024
"""The characters below which a file does not count."""
_FEW = 30
"""The most files of a folder that are looked at one by one."""
_LARGE_FILES = (
    *ARCHIVES, ".7z", ".apk", ".bin", ".deb", ".dmp", ".dump", ".exe", ".gem", ".iso", ".jar", ".rpm",
    ".run", ".sql", ".war", ".whl", ".zip",
)  # fmt: skip
_SMALL_FILES = (
    ".asc", ".cfg", ".conf", ".crt", ".gpg", ".ini", ".json", ".key", ".list", ".md5", ".pem", ".pub",
    ".repo", ".sh", ".sha1", ".sha256", ".sha512", ".sha256sum", ".sha512sum", ".sig", ".sources",
    ".toml", ".txt", ".yaml", ".yml",
)  # fmt: skip


def _is_large_download(name: str) -> bool:
    """Whether a file that is fetched is large, as far as its name says."""
    name = posixpath.basename(name.partition("?")[0]).lower()
    return not name.endswith(_SMALL_FILES) and not name.endswith(("sums", "sums.txt", "checksums"))


def _is_large(stage: Stage, copy: Copy) -> bool:
    """Whether COPY or ADD surely puts something large there: by its name, or by what the context has."""
    source = copy.sources[0].value
    if source.lower().endswith(_LARGE_FILES):
        return True
    folder = stage.dockerfile.folder
    if copy.source_stage or folder is None or copy.sources[0].has_variable:
        return source.endswith("/")
    path = join_path(folder, source.strip("/") or ".")
    project = stage.dockerfile.project
    kind = project.reader.kind(path)
    if kind == "file":
        return not _is_small(project, path)
    if kind != "folder":
        return source.endswith("/")
    listing = project.listing(path)
    return (
        not listing.complete
        or len(listing.files) > _FEW
        or not all(_is_small(project, join_path(path, file)) for file in listing.files)
    )


def _is_small(project: Project, path: str) -> bool:
    """Whether a file is a short text."""
    text = project.text(path)
    return text is not None and len(text) < _SMALL


@rule(
    "DF222",
    "temporary-folder-left",
    Severity.INFO,
    category="resources",
    presets=("production", "hardened"),
    words=("mktemp",),
    since="0.2",
    equivalents=("binnacle:rmRecursiveAfterMktempD", "parfum:rmRecursiveAfterMktempD"),
    sources=(MULTI_STAGE,),
    examples=(
        Example(
            bad='FROM node:22-bookworm\nRUN d="$(mktemp -d)" && wget -q -O "$d/x.json" https://example.com/x.json && cp "$d/x.json" /etc/x.json  # error: mktemp -d\nUSER node\n',
            good='FROM node:22-bookworm\nRUN d="$(mktemp -d)" && wget -q -O "$d/x.json" https://example.com/x.json && cp "$d/x.json" /etc/x.json && rm -r "$d"\nUSER node\n',
        ),
    ),
)
def temporary_folder_left(stage: Stage) -> Iterator[Diagnostic]:
    """A RUN creates a temporary folder and does not delete it, so it stays in the layer.

    Why: Each machine that pulls the image stores the folder, and no later RUN can make the
    image smaller again.

    Any later `rm -r`, `mv` or `find -delete` in the RUN counts as cleaning up, and so does a cache or
    tmpfs mount over `/tmp`.
    """
    if not stage.ships:
        return
    for run, command in stage.calls.get("mktemp", ()):
        options = command.options(frozenset(("-p", "--tmpdir", "--suffix")))
        if not options.has("-d", "--directory") or not run.script.complete:
            continue
        if is_mounted(run, "/tmp"):  # a folder in the image
            continue
        if any(
            other.at > command.at and other.name in ("find", "mv", "rm", "trap")
            for other in run.script.commands
        ):
            continue
        yield Diagnostic(
            command.span,
            f"the folder of `{shown(command)}` stays in the layer",
            help="delete it in the same RUN: `rm -r`",
            evidence=shown(command),
        )
