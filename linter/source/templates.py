"""Whether a file is a template from which a Dockerfile or Compose file is rendered later.

Braces and percent signs are usual in values (``--format '{{.State}}'``, tags of log drivers, routers
of proxies, templates of Swarm). So only what cannot be read as it is tells a template: a block such
as ``{% if %}`` at the start of a line, or a placeholder where a keyword, a key, an image or a path to
copy belongs.
"""

from __future__ import annotations

from ..base.patterns import on_demand
from .yaml.nodes import Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .dockerfile.syntax import DockerfileSyntax
    from .yaml.nodes import YamlFile

_PLACEHOLDER = on_demand(r"\{\{|\{%|<%|%%[\w.-]+%%|(?<![\w.])@[A-Z][A-Z0-9_]*@")
_PROPERTY = on_demand(r"\$\{\w+\.[\w.]+\}")
"""A property such as ``${project.version}``: Docker refuses it, build tools replace it."""
_VALUE = on_demand(r"\s*(?:-\s+)?(?:[\w.-]+:\s+)?(?:\{\{|\{%|<%|%%\w)")
"""A line whose key or value begins with a placeholder that is not quoted."""
_BLOCK = on_demand(
    r"\s*(?:-\s+)?(?:\{%|<%|\{#|\{\{[-~]?\s*"
    r"(?:if|else|elif|elsif|unless|end|endif|for|endfor|range|with|define|template|block|include"
    r"|macro|set|[#/>!*])(?![\w.])|\{\{[#/>!])"
)
"""What opens, divides or closes a part of a template, at the start of a line."""


def is_dockerfile_template(syntax: DockerfileSyntax) -> bool:
    """Whether a text is a template of a Dockerfile."""
    text = syntax.file.text
    from .dockerfile.instruction import INSTRUCTIONS

    for instruction in syntax.instructions:
        if instruction.name not in INSTRUCTIONS:
            if _PLACEHOLDER.match(instruction.raw_name):
                return True
        elif instruction.name in ("FROM", "COPY", "ADD"):
            line = instruction.text
            if _PLACEHOLDER.search(line) or ("${" in line and _PROPERTY.search(line)):
                return True
        if any(_BLOCK.match(text, start, end) for start, end in instruction.pieces):
            return True
    return False


def is_yaml_template(file: YamlFile) -> bool:
    """Whether a text is a template of a Compose file."""
    source = file.source
    errors = [problem for problem in file.problems if problem.kind == "syntax"]
    if errors:
        lines = source.text.split("\n")
        # Braces in a line may only be noticed in the next one.
        near = {
            line
            for error in errors
            for at in (source.line_of(error.start),)
            for line in (at - 1, at)
        }
        return any(map(_BLOCK.match, lines)) or any(
            _VALUE.match(lines[line - 1]) for line in near if 0 < line <= len(lines)
        )
    return any(map(_has_placeholder, file.documents))


def _has_placeholder(root: Node) -> bool:
    """Whether a document has a placeholder where only a key, a mapping or an image can be."""
    services = root.get("services") if isinstance(root, Mapping) else None
    for entry in services.entries if isinstance(services, Mapping) else ():
        image = entry.value.get("image") if isinstance(entry.value, Mapping) else None
        if _PLACEHOLDER.search(entry.name) or (
            isinstance(image, Scalar) and _PLACEHOLDER.search(image.raw)
        ):
            return True
    nodes = [root]
    while nodes:
        node = nodes.pop()
        if isinstance(node, Mapping):
            if node.flow and node.file.text.startswith("{{", node.start):
                return True
            nodes += [part for entry in node.entries for part in (entry.key, entry.value)]
        elif isinstance(node, Sequence):
            nodes += node.items
    return False
