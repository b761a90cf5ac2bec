"""Whether a Compose file is for ``docker stack deploy``, whose reader is another one."""

from __future__ import annotations

import re

from ..compose.evidence import MAX_DOCUMENTS, MAX_LENGTH, is_document
from ..files.paths import seen_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.stack import ComposeFile

_NAME = r"(?:docker[-_.])?stack(?:[-_.].*)?\.ya?ml|(?:.*[-_.])?swarm(?:[-_.].*)?\.ya?ml"
_DEPLOY = r"\bdocker[ \t]+stack[ \t]+(?:deploy|up)\b"
_HEADER = 2_000
_LINE = 2_000
"""How many characters of a file's top, and of a command, are looked at."""


def is_for_swarm(file: ComposeFile) -> bool:
    """Whether its name, the comment at its top or a command of the repository says so."""
    text, path = file.source.text, file.source.path
    name = path.rpartition("/")[2]
    if re.fullmatch(_NAME, name, re.IGNORECASE):
        return True
    header = re.match(r"(?:[ \t]*(?:#.*|---[ \t]*)?\r?\n)*", text[:_HEADER])
    if header is not None and re.search(_DEPLOY, header[0]):
        return True
    project = file.project
    base = seen_from(project.reader.base, project.reader.root)
    names = [other for other in project.listing(base).files if is_document(other)]
    option = rf"(?:-c|--compose-file)[ \t=]*[\"']?(?:[^\s\"']*/)?{re.escape(name)}(?![\w.-])"
    for document in names[:MAX_DOCUMENTS]:
        said = project.text(document if base == "." else f"{base}/{document}")
        if said is None or name not in said or "stack" not in said:
            continue
        for line in re.sub(r"\\\r?\n", " ", said[:MAX_LENGTH]).splitlines():
            command = re.search(_DEPLOY, line[:_LINE]) if name in line else None
            if command is not None and re.search(option, line[command.end() : _LINE]):
                return True
    return False
