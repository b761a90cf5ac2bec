"""Calls of curl whose success says nothing about the answer.

https://curl.se/docs/manpage.html
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..source.shell.syntax import Script, SimpleCommand

WITH_VALUE = frozenset((
    "-A", "-b", "-c", "-C", "-d", "-D", "-e", "-E", "-F", "-h", "-H", "-K", "-m", "-o", "-P", "-Q",
    "-r", "-t", "-T", "-u", "-U", "-w", "-x", "-X", "-y", "-Y", "-z", "--cacert", "--capath",
    "--cert", "--connect-timeout", "--cookie", "--cookie-jar", "--data", "--data-binary", "--form",
    "--header", "--key", "--max-time", "--netrc-file", "--output", "--output-dir", "--proto",
    "--proto-redir", "--proxy", "--range", "--referer", "--request", "--resolve", "--retry",
    "--retry-delay", "--retry-max-time", "--tls-max", "--unix-socket", "--upload-file", "--url",
    "--user", "--user-agent", "--write-out",
))  # fmt: skip
"""The options of curl that take the next word."""

FAILS = ("-f", "--fail", "--fail-with-body", "--fail-early")
"""The options with which curl fails where the server answers with an error."""
ASKS_STATUS = ("-w", "--write-out", "-I", "--head", "-i", "--include", "-v", "--verbose")
"""Options with which a person or a script looks at the status itself."""


def ignores_status(check: Script) -> SimpleCommand | None:
    """The call of curl that a health check consists of, if it succeeds whatever is answered."""
    if not check.complete or not 1 <= len(check.commands) <= 2:
        return None
    command, *rest = check.commands
    if command.name != "curl" or any(other.name not in ("exit", "false") for other in rest):
        return None
    options = command.options(WITH_VALUE)
    if options.unknown or not options.operands or options.has(*FAILS, *ASKS_STATUS):
        return None
    return command
