"""Health checks that call a program that the image does not have."""

from __future__ import annotations

import re

from ...linter.analysis.container import container_of
from ...linter.analysis.health_script import ENDINGS, healthcheck_script, missing_program
from ...linter.edits.yaml import quoted, written_service
from ...linter.model.values import word_in
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Severity, rule
from ...linter.source.yaml.nodes import Mapping, Node, Scalar, Sequence
from .._sources import REFERENCE, SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.analysis.container import Container
    from ...linter.model.fields import Healthcheck
    from ...linter.model.service import Service
    from ...linter.source.shell.syntax import SimpleCommand


@rule(
    "CF212",
    "healthcheck-tool-missing",
    Severity.WARNING,
    category="start",
    words=("healthcheck", "build"),
    ignore_when=(
        "Where your registry serves another image under this name, one that has the program."
    ),
    sources=(SPEC + "services/#healthcheck", REFERENCE + "#healthcheck"),
    examples=(
        Example(
            bad='services:\n  api:\n    image: node:22-alpine\n    command: [node, main.js]\n    healthcheck:\n      test: ["CMD", "curl", "-f", "http://localhost:3001/health"]  # error: "curl"\n',
            good='services:\n  api:\n    image: node:22-alpine\n    command: [node, main.js]\n    healthcheck:\n      test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3001/health"]\n',
        ),
        Example(
            bad="services:\n  api:\n    build: .\n    healthcheck:\n      test: curl -f http://localhost:8000/ || exit 1  # error: curl\n",
            good='services:\n  api:\n    build: .\n    healthcheck:\n      test: ["CMD", "python3", "-c", "import urllib.request; urllib.request.urlopen(\'http://127.0.0.1:8000/\', timeout=5)"]\n',
            files={
                "Dockerfile": 'FROM python:3.13-slim\nWORKDIR /app\nCOPY app.py .\nCMD ["python", "app.py"]\n',
                "app.py": "",
            },
        ),
    ),
    fix=Applicability.UNSAFE,
)
def healthcheck_tool_missing(service: Service) -> Iterator[Diagnostic]:
    """The healthcheck calls a program that the image does not have, so it never succeeds.

    Docker then calls the service unhealthy for ever, and what waits for it never starts. Alpine images
    have `wget` but no `curl`, slim Debian images neither, distroless images not even a shell. For an
    image that is built here, the base and everything that the stages install count. Where something
    could have brought the program unseen, nothing is said. The fix asks the same address with what
    the image has.
    """
    if not service.is_container or service.on_windows:
        return
    container = container_of(service)
    check = service.healthcheck
    if check is not None and check.test_node is not None:
        yield from _missing_in_test(service, check)
    elif check is None and container.stage is not None:
        yield from _missing_in_dockerfile(service)


def _missing_in_test(service: Service, check: Healthcheck) -> Iterator[Diagnostic]:
    container = container_of(service)
    node, test = check.test_node, check.test
    if node is None or not test or len(test) < 2 or check.disabled:
        return
    subject = f"{service.path}.healthcheck.test"
    if test[0] == "CMD-SHELL" and container.tool("sh") is False:
        yield Diagnostic(
            node,
            f'the healthcheck of service "{service.name}" needs a shell, '
            f"which {_image(service)} does not have",
            help='use the form `["CMD", "program", …]` with a program that the image has',
            subject=subject,
            evidence="sh",
        )
        return
    script = healthcheck_script(service)
    if script is None:
        return
    name = missing_program(script.commands, container)
    if test[0] == "CMD" and container.tool(test[1]) is False:
        # A shell that runs a string is a program, too.
        name = test[1].rpartition("/")[2]
    if name is None or _is_for_another_target(service, node):
        return
    yield Diagnostic(
        word_in(node, name),
        f'the healthcheck of service "{service.name}" calls {name}, which {_image(service)} does not have',
        help=_advice(container, name),
        subject=subject,
        evidence=name,
        fix=_other_tool(service, node, script.commands),
    )


def _is_for_another_target(service: Service, test: Node) -> bool:
    """Whether an overlay chooses the stage, and the file with the test builds another one."""
    target = service.get("build", "target")
    if target is None or target.file.path == test.file.path:
        return False
    dockerfile = container_of(service).dockerfile
    chosen = container_of(service).stage
    return dockerfile is not None and chosen is not dockerfile.stages.last


def _missing_in_dockerfile(service: Service) -> Iterator[Diagnostic]:
    stage = container_of(service).stage
    instruction = stage.final.healthcheck if stage else None
    if stage is None or instruction is None:
        return
    from ...linter.source.dockerfile.scripts import scripts_of  # few runs need it

    for part in stage.chain():
        script = scripts_of(part).get(instruction)
        name = missing_program(script.commands, container_of(service)) if script else None
        if script is None or name is None:
            continue
        word = next((command.word for command in script.find(name) if command.word), instruction)
        yield Diagnostic(
            word.span,
            f"HEALTHCHECK calls {name}, which {_image(service)} does not have",
            help=_advice(container_of(service), name),
            subject=f"{service.path}.healthcheck.test",
            evidence=name,
        )


def _image(service: Service) -> str:
    """The image of a service, for a message."""
    container = container_of(service)
    if service.build is None:
        return service.image or "the image"
    if container.scratch:
        return "an image from scratch"
    return f"the image, built on {container.base_name}," if container.base_name else "the image"


def _advice(container: Container, name: str) -> str:
    """What to do about a program that is missing."""
    if container.service.build is not None and container.facts is not None:
        manager = container.facts.package_manager
        if manager == "apk" and name == "curl":
            return "use wget, which Alpine has, or install curl in the Dockerfile"
        if manager:
            return f"install {name} in the final stage, or use a program that the image has"
    if container.tool("wget") and name == "curl":
        return "use wget, which the image has: `wget -q -O /dev/null URL`"
    if container.tool("curl") and name == "wget":
        return "use curl, which the image has: `curl -fsS -o /dev/null URL`"
    return "use a program that the image has"


_VALUED = frozenset(
    (
        "--connect-timeout", "--max-time", "--output", "--output-document", "--timeout", "--tries", "-O",
        "-T", "-m", "-o", "-t",
    )
)  # fmt: skip
_HARMLESS = _VALUED | frozenset(
    (
        "--fail", "--fail-with-body", "--head", "--insecure", "--location", "--no-check-certificate",
        "--no-verbose", "--quiet", "--retry", "--show-error", "--silent", "--spider", "-I", "-L", "-S",
        "-f", "-k", "-n", "-q", "-s", "-v",
    )
)  # fmt: skip
"""Options of curl and wget that do not change what is asked."""

_URL = r"https?://[\w.:\[\]-]+(?:/[\w./?=&%~-]*)?\Z"


def _other_tool(service: Service, node: Node, commands: list[SimpleCommand]) -> Fix | None:
    """The fix that asks the same address with a program that the image has."""
    if not isinstance(node, Scalar | Sequence) or not commands:
        return None
    first, *others = commands
    if first.name not in ("curl", "wget") or any(other.name not in ENDINGS for other in others):
        return None
    options = first.options(_VALUED)
    if len(first.pipeline) > 1 or any(option.name not in _HARMLESS for option in options.options):
        return None
    address = options.operands[0].literal if len(options.operands) == 1 else None
    if not address or not re.match(_URL, address):
        return None
    probe = container_of(service).http_probe(address.replace("//localhost", "//127.0.0.1", 1))
    if probe is None or _shared(service, node):
        return None
    text = "[" + ", ".join(quoted(part) for part in probe) + "]"
    return Fix(
        f"Check with {probe[1]}",
        (Edit(node.span, text),),
        Applicability.UNSAFE,
        (f"{service.path}.healthcheck",),
    )


def _shared(service: Service, node: Scalar | Sequence) -> bool:
    """Whether a value is not written in one place for this service alone.

    That is an alias, an anchor or a block of several lines.
    """
    block = written_service(service)
    check = block.get("healthcheck") if block else None
    test = check.get("test") if isinstance(check, Mapping) and not check.anchor else None
    if test is None or test.anchor or test.start != node.start or test.end != node.end:
        return True
    if isinstance(test, Sequence) and not test.flow:
        return True
    return isinstance(test, Scalar) and test.style in ("|", ">")
