"""Whether a Compose file is for ``docker stack deploy``, whose reader is another one."""

from __future__ import annotations

import re

from .documents import lines_naming

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.stack import ComposeFile

_NAME = r"(?:docker[-_.])?stack(?:[-_.].*)?\.ya?ml|(?:.*[-_.])?swarm(?:[-_.].*)?\.ya?ml"
_DEPLOY = r"\bdocker[ \t]+stack[ \t]+(?:deploy|up)\b"
_HEADER = 2_000
"""How many characters of a file's top are looked at."""


def is_for_swarm(file: ComposeFile) -> bool:
    """Whether its name, the comment at its top or a command of the repository says so."""
    text, path = file.source.text, file.source.path
    name = path.rpartition("/")[2]
    if re.fullmatch(_NAME, name, re.IGNORECASE):
        return True
    header = re.match(r"(?:[ \t]*(?:#.*|---[ \t]*)?\r?\n)*", text[:_HEADER])
    if header is not None and re.search(_DEPLOY, header[0]):
        return True
    option = rf"(?:-c|--compose-file)[ \t=]*[\"']?(?:[^\s\"']*/)?{re.escape(name)}(?![\w.-])"
    for said in lines_naming(file.project, name):
        command = re.search(_DEPLOY, said.line)
        if command is not None and re.search(option, said.line[command.end() :]):
            return True
    return False
