"""Files of secrets that the user of a container may not read."""

from __future__ import annotations

from ...linter.base.units import whole_number
from ...linter.compose.nodes import in_either_form, items_of
from ...linter.files.paths import beside
from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.stack import Stack


@rule(
    "XF115",
    "secret-file-private",
    Severity.WARNING,
    category="start",
    words=("user",),
    since="0.2",
    ignore_when="Where Docker runs in a virtual machine (Docker Desktop), whose files have no owners.",
    sources=(SPEC + "services/#secrets", SPEC + "secrets/"),
    examples=(
        Example(
            bad='services:\n  api:\n    image: acme/api:2.1\n    user: "61005"  # error: "61005"\n    secrets: [token]\nsecrets:\n  token:\n    file: ./private/token.txt\n',
            files={"private/token.txt": "an example\n"},
        ),
    ),
)
def secret_file_private(stack: Stack) -> Iterator[Diagnostic]:
    """Only the owner of a secret's file may read it, and the container runs as another user.

    Why: The program cannot read the secret: it ends with "permission denied", or starts without
    it.

    Docker Compose mounts the file of a secret or config as it is: with its owner and its mode, since
    `uid`, `gid` and `mode` do not count for files. What is looked at is the mode on the disk that is
    linted; git does not keep it. Services whose `user` is a name or not set are left alone.
    """
    reader = stack.project.reader
    for service in stack.services.values():
        user = text_of(service.get("user"))
        uid = whole_number((user or "").partition(":")[0])
        if not uid or service.get("userns_mode"):
            continue
        for kind in ("secrets", "configs"):
            for item in items_of(service.get(kind)):
                source = text_of(in_either_form(item, "source"))
                resource = stack.resources(kind).get(source or "")
                node = resource.node.get("file") if resource and resource.node else None
                path = text_of(node)
                if node is None or not path or path.startswith(("~", "/")):
                    continue
                owner = reader.sole_reader(path)
                if owner is None or owner == uid:
                    continue
                place = service.get("user")
                assert place is not None
                yield Diagnostic(
                    place,
                    f'service "{service.name}" runs as the user {uid}, and only the user {owner} '
                    f'may read {path}, the file of the {kind[:-1]} "{source}"',
                    help=f"change the owner (`chown {uid} {path}`), or allow others to read the file "
                    f"(`chmod 644 {path}`)",
                    subject=f"{service.path}.user",
                    evidence=beside(node.file.path, path),
                    related=[Related(node.span, "its file")],
                )
