"""Whether a Compose file is for ``docker stack deploy``, whose reader is another one."""

from __future__ import annotations

import re
from functools import lru_cache

from .documents import documents, lines_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import SourceFile
    from ..model.project import Project
    from ..model.service import Service
    from ..model.stack import ComposeFile

_NAME = r"(?:docker[-_.])?stack(?:[-_.].*)?\.ya?ml|(?:.*[-_.])?swarm(?:[-_.].*)?\.ya?ml"
_DEPLOY = r"\bdocker[ \t]+stack[ \t]+(?:deploy|up)\b"
_DEPLOY_IN_LINES = r"\bstack[\s\\`^]+(?:deploy|up)\b"
_HEADER = 2_000
"""How many characters of a file's top are looked at."""


def is_for_swarm(file: ComposeFile) -> bool:
    """Whether its name, the comment at its top or a command of the repository says so."""
    return is_said_for_swarm(file.project, file.source)


def is_said_for_swarm(project: Project, source: SourceFile) -> bool:
    """As ``is_for_swarm``, for the text of a Compose file."""
    text, path = source.text, source.path
    name = path.rpartition("/")[2]
    if re.fullmatch(_NAME, name, re.IGNORECASE):
        return True
    header = re.match(r"(?:[ \t]*(?:#.*|---[ \t]*)?\r?\n)*", text[:_HEADER])
    if header is not None and re.search(_DEPLOY, header[0]):
        return True
    option = rf"(?:-c|--compose-file)[ \t=]*[\"']?(?:[^\s\"']*/)?{re.escape(name)}(?![\w.-])"
    return any(name in said and re.search(option, said) for said in _deployed(project))


@lru_cache(maxsize=1)
def _deployed(project: Project) -> list[str]:
    """What the documents of a project give to the commands that deploy a stack."""
    given = []
    for document in documents(project):
        text = project.text(document)
        if text is None or re.search(_DEPLOY_IN_LINES, text) is None:
            continue
        commands = ((line, re.search(_DEPLOY, line)) for line in lines_of(text))
        given += [line[command.end() :] for line, command in commands if command]
    return given


_BY_SWARM = ("restart_policy", "update_config", "rollback_config", "placement", "endpoint_mode")
_BY_COMPOSE = ("build", "container_name", "restart", "profiles", "network_mode", "develop")


def is_deployed_to_swarm(service: Service) -> bool:
    """Whether a service that runs several times is written as Swarm's tutorials write it.

    Under ``deploy`` are keys for Swarm beside the replicas, and no service of the stack has a key
    that only Docker Compose follows. Swarm publishes a port once for all containers of a service.
    """
    if service.get("deploy", "replicas") is None:
        return False
    if all(service.get("deploy", key) is None for key in _BY_SWARM):
        return False
    return not any(
        other.get(key) is not None
        for other in service.stack.services.values()
        for key in _BY_COMPOSE
    )
