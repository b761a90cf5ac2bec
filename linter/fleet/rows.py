"""The rows of tables, made of the result of linting and of what was read for it."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..images import facts_for, parse_reference
from ..report import masks_of
from ..report.json import diagnostic
from ..report.masking import masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from ..files.discovery import InputFile
    from ..images.facts import ImageFacts
    from ..model.dockerfile import Stage
    from ..model.project import Project
    from ..model.service import Service
    from ..model.stack import Stack
    from ..report.masking import Masks
    from ..result import Result
    from ..rule import Diagnostic

    Row = dict[str, Any]


class Summary(NamedTuple):
    """What a component of a repository runs: its images, and the number of services by stack."""

    images: tuple[Row, ...]
    services: dict[str, int]


def summary_of(project: Project) -> Summary:
    """The images and services of what was read."""
    images = [row for stack in project.stacks for row in _of_stack(stack)]
    # Dockerfiles inside of Compose files have a "#" in their names.
    for path, dockerfile in sorted(project.dockerfiles.items()):
        if "#" not in path and not dockerfile.is_template:
            images += filter(None, map(_of_stage, dockerfile.all_stages))
    return Summary(tuple(images), {stack.name: len(stack.services) for stack in project.stacks})


def tables_of(
    result: Result, summaries: Iterable[object], files: Iterable[InputFile], most: int
) -> dict[str, list[Row]]:
    """The rows of all tables but ``repositories``, without the columns of the scan.

    ``most`` are the most rows of findings.
    """
    masks = masks_of([result])
    if masks is not None:
        result = masked(result, masks)
    summed = [each for each in summaries if isinstance(each, Summary)]
    services = {name: count for each in summed for name, count in each.services.items()}
    counts: dict[str, int] = {}
    for finding in result.reported:
        path = finding.span.origin.file.path
        counts[path] = counts.get(path, 0) + 1
    return {
        "stacks": [
            {
                "stack": ":".join(record.files),
                "files": len(record.files),
                "services": services.get(":".join(record.files), 0),
                "preset": record.preset,
                "why": record.why,
                "fragment": record.is_fragment,
            }
            for record in sorted(result.stacks)
        ],
        "files": [
            {"path": file.path, "kind": file.kind, "findings": counts.get(file.path, 0)}
            for file in sorted(files)
        ],
        "images": list(_images(summed, masks)),
        "findings": [_finding(finding, masks) for finding in result.diagnostics[:most]],
    }


def _finding(finding: Diagnostic, masks: Masks | None) -> Row:
    data = diagnostic(finding, masks)
    fix = data["fix"] or data["suggestion"]
    return {
        **{name: data[name] for name in ("code", "name", "category", "severity", "path")},
        "line": data["start"]["line"],
        "col": data["start"]["column"],
        "end_line": data["end"]["line"],
        "end_col": data["end"]["column"],
        "message": data["message"],
        "fix": fix and fix.get("applicability", "suggestion"),
        "stack": data["stack"],
        "service": data["service"],
        "stage": data["stage"],
        "suppressed": data["suppressed"],
        "fingerprint": data["fingerprint"],
    }


def _images(summaries: Iterable[Summary], masks: Masks | None) -> Iterator[Row]:
    """The images of all components, each place once."""
    rows = {
        tuple(row[name] for name in ("source", "path", "line", "stack", "service", "image")): row
        for summary in summaries
        for row in summary.images
    }
    for key in sorted(rows):
        row = rows[key]
        if masks is not None:
            row = {
                name: masks.text(value) if isinstance(value, str) else value
                for name, value in row.items()
            }
        yield row


def _of_stack(stack: Stack) -> Iterator[Row]:
    for service in stack.services.values():
        if not service.is_container or not service.is_complete:
            continue
        place = service.field("image")
        node = place.value if place is not None else service.key
        span = node.span.origin
        yield {
            "source": "service",
            "path": span.file.path,
            "line": span.file.position(span.start).line,
            "stack": stack.name,
            "service": service.name,
            **_reference(service.image, service.facts),
            "built": service.build is not None,
            "ports": _ports(service),
            "memory": service.memory_limit,
            "cpus": service.cpu_limit,
            "replicas": service.replicas,
        }


def _of_stage(stage: Stage) -> Row | None:
    """The row of a stage that starts from an image."""
    syntax = stage.syntax
    name = syntax.base_name
    if syntax.base_stage is not None or syntax.from_scratch or not name:
        return None
    reference = parse_reference(name)
    if reference is None:
        return None
    return {
        "source": "stage",
        "path": stage.dockerfile.path,
        "line": syntax.instruction.start_line,
        "stack": "",
        "service": stage.label,
        **_reference(name, facts_for(reference)),
        "built": False,
        "ports": "",
        "memory": None,
        "cpus": None,
        "replicas": None,
    }


def _reference(text: str | None, facts: ImageFacts | None) -> Row:
    """The columns of an image reference."""
    reference = parse_reference(text) if text else None
    cycle = None if facts is None else facts.lifecycle
    return {
        "image": text or "",
        "registry": "" if reference is None else reference.registry,
        "name": "" if reference is None else reference.repository,
        "tag": None if reference is None else reference.tag,
        "digest": None if reference is None else reference.digest,
        "end_of_life": None if cycle is None else cycle.end,
    }


def _ports(service: Service) -> str:
    """The ports as Docker Compose writes them short."""
    written = []
    for port in service.ports:
        if not port.unknown and port.target is not None:
            host = f"{port.host_ip}:" if port.host_ip else ""
            written.append(f"{host}{port.published}:{port.target}/{port.protocol or 'tcp'}")
    return " ".join(written)
