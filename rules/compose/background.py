"""Commands of services that go to the background."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Severity, rule
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service


@rule(
    "CF261",
    "service-goes-to-background",
    Severity.WARNING,
    category="start",
    words=("command", "entrypoint"),
    since="0.2",
    sources=(
        SPEC + "services/#command",
        "https://docs.docker.com/engine/containers/multi-service_container/",
    ),
    examples=(
        Example(
            bad="services:\n  cache:\n    image: redis:7.4\n    command: redis-server --daemonize yes  # error: redis-server --daemonize yes\n",
            good="services:\n  cache:\n    image: redis:7.4\n    command: redis-server --maxmemory 100mb\n",
        ),
    ),
)
def service_goes_to_background(service: Service) -> Iterator[Diagnostic]:
    """The command of a service starts a server in the background and ends, so the container stops.

    So do `service x start`, nginx without `daemon off;`, `apachectl start`, `--daemonize yes`, `--fork`, `pg_ctl
    start` and the like. A command behind it that stays (`tail -f`, `sleep infinity`), and settings in mounted
    files, keep the rule silent.
    """
    node = service.get("command") or service.get("entrypoint")
    if node is None or not service.runs_here:
        return
    from ...linter.analysis.container import container_of

    container = container_of(service)
    entrypoint, command = container.entrypoint, container.command
    if entrypoint is None:
        # The entry points of images that are known run the command.
        if container.facts is None or (service.build is not None and container.stage is None):
            return
        entrypoint = []
    if command is None or container.is_awaited:
        return
    import shlex

    from ...linter.analysis.background import daemon_in, is_told_otherwise
    from ...linter.source.shell.parse import parse_shell

    start = node.start
    daemon = daemon_in(parse_shell(node.file, shlex.join([*entrypoint, *command]), lambda _: start))
    if daemon is None:
        return
    mounted = ""
    if daemon.told and (service.mounts or service.get("configs") is not None):
        from ...linter.analysis.mounted import configuration_of

        configuration = configuration_of(service)
        if not configuration.complete:
            return
        mounted = configuration.text
    if is_told_otherwise(daemon, container.dockerfile, mounted):
        return
    yield Diagnostic(
        node,
        f'service "{service.name}" stops as soon as it starts: `{daemon.text}` runs in the background',
        help=daemon.advice,
        subject=f"{service.path}.command",
        evidence=daemon.text,
    )
