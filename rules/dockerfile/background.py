"""Commands of images that go to the background."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Severity, rule
from .._sources import REFERENCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Stage


@rule(
    "DF164",
    "image-goes-to-background",
    Severity.WARNING,
    category="start",
    words=(
        "service", "nginx", "apache", "httpd", "redis", "php-fpm", "mongod", "pg_ctl", "supervisord", "sshd",
        "cron", "catalina", "zkserver", "pm2", "gunicorn", "init.d", "valkey",
    ),
    since="0.2",
    sources=(
        REFERENCE + "#cmd",
        "https://docs.docker.com/engine/containers/multi-service_container/",
    ),
    examples=(
        Example(
            bad="FROM debian:13-slim\nCOPY site /var/www/html\nUSER 1001\nCMD service apache2 start  # error: service apache2 start\n",
            good='FROM debian:13-slim\nCOPY site /var/www/html\nUSER 1001\nCMD ["apachectl", "-D", "FOREGROUND"]\n',
            files={"site/index.html": ""},
        ),
    ),
)  # fmt: skip
def image_goes_to_background(stage: Stage) -> Iterator[Diagnostic]:
    """The command of an image starts a server in the background and ends, so the container stops.

    So do `service x start`, nginx without `daemon off;` (the official image has that in its own CMD, which
    another one replaces), `apachectl start`, `supervisord` without `-n` and the like. A command behind it that
    stays, settings in files of the context, and base images that are not known keep the rule silent.
    """
    if not stage.is_final:
        return
    final, facts = stage.syntax.final, stage.facts
    entrypoint, cmd = final.entrypoint, final.cmd
    instruction = entrypoint or cmd
    if (
        instruction is None
        or facts is None
        or not any(instruction is own for own in stage.instructions)
    ):
        return
    if entrypoint is not None and cmd is not None and entrypoint.json is not None:
        return
    if facts.kind not in ("base", "runtime") and facts.name not in _SERVERS:
        return
    builds = stage.dockerfile.builds
    if builds and all(
        build.service.get("command") is not None or build.service.get("entrypoint") is not None
        for build in builds
    ):
        return
    script = stage.scripts.get(instruction)
    if script is None:
        return
    from ...linter.analysis.background import daemon_in, is_told_otherwise

    daemon = daemon_in(script)
    if daemon is None:
        return
    if daemon.told and any(build.service.mounts for build in builds):
        return
    if is_told_otherwise(daemon, stage.dockerfile):
        return
    yield Diagnostic(
        daemon.span,
        f"the container stops as soon as it starts: `{daemon.text}` runs in the background",
        help=daemon.advice,
        evidence=daemon.text,
    )


_SERVERS = frozenset(("nginx", "httpd", "redis", "valkey/valkey", "mongo", "postgres", "tomcat"))
"""Images of servers whose entry point runs the command."""
