"""Whether a program of ASP.NET is told on which ports to listen."""

from __future__ import annotations

import re

from ..files.paths import join_path
from .addresses import variables_of
from .container import container_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.service import Service

_VARIABLES = r"(?i)(?:ASPNETCORE|DOTNET)_(?:URLS|HTTP_PORTS|HTTPS_PORTS|SERVER\.?URLS)|URLS|HTTP_PORTS|Kestrel\W.*"
_IN_SOURCE = r"Kestrel|UseUrls|ListenAnyIP|\"Urls\"|urls:|app\.Run\(\"http|Urls\.Add"
_MOST_FILES = 60
_LONGEST = 200_000


def may_choose_port(service: Service) -> bool:
    """Whether variables, arguments or the source may choose the port of a service."""
    container = container_of(service)
    if any(file.syntax is None for file in service.env_files) or service.build is None:
        return True
    names = {*variables_of(service), *service.environment}
    for stage in container.chain:
        names.update(stage.final.scope.own)
        for instruction in stage.instructions:
            if instruction.name == "EXPOSE" and re.search(r"\b80\b", instruction.span.text):
                return True
    if any(re.fullmatch(_VARIABLES, name) for name in names) or "urls" in container.command_text:
        return True
    folder = service.build.context_folder
    if folder is None or (container.command is None and container.entrypoint is None):
        return True
    project = service.stack.project
    listing = project.listing(folder)
    paths = [
        path
        for path in listing.files
        if path.rpartition("/")[2] == "Program.cs"
        or (path.endswith(".json") and "appsettings" in path)
        or path.endswith("Startup.cs")
    ]
    if not listing.complete or len(paths) > _MOST_FILES:
        return True
    texts = (project.text(join_path(folder, path)) or "" for path in paths)
    return any(len(text) > _LONGEST or re.search(_IN_SOURCE, text) for text in texts)
