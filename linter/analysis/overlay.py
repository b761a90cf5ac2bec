"""What a base beside a Compose file sets, in case the file is laid over it."""

from __future__ import annotations

from ..compose.nodes import value_at
from ..files.kinds import COMPOSE_NAMES
from ..files.paths import folder_of, join_path
from ..source.yaml.nodes import YamlFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.service import Service


def base_sets(service: Service, *paths: tuple[str, ...]) -> bool:
    """Whether the service of the same name in the folder's default file sets one of the paths.

    ``docker-compose.prod.yml`` may be a stack of its own or an overlay of
    ``docker-compose.yml``; nothing is missing in an overlay that its base sets. False for a
    stack that has the default file, or more files than one.
    """
    files = service.stack.loaded.files
    if len(files) != 1:
        return False
    folder, own = folder_of(files[0]), files[0].rpartition("/")[2]
    if own in COMPOSE_NAMES:
        return False
    reader = service.stack.project.reader
    for name in COMPOSE_NAMES:
        path = join_path(folder, name)
        if not reader.exists(path):
            continue
        answer = reader.read(path)
        documents = answer.documents if isinstance(answer, YamlFile) else []
        return any(
            value_at(document, "services", service.name, *names) is not None
            for document in documents
            for names in paths
        )
    return False
