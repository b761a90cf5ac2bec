"""Which commands of a RUN surely run, and make the build fail if they do."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.model.dockerfile import Run
    from ...linter.source.shell.syntax import SimpleCommand

_TESTS = frozenset(
    ("[", "[[", "case", "command", "egrep", "getent", "grep", "hash", "id", "test", "type", "which")
)
"""Commands behind which ``&&`` asks a question."""

_ENDINGS = frozenset(("exit", "false", "return", "kill"))
"""Commands behind ``||`` that end the build all the same."""


def surely_runs(run: Run, command: SimpleCommand) -> bool:
    """Whether a command runs in every build, and nothing in its script expects it to fail."""
    script = run.script
    outer: SimpleCommand | None = command
    while outer is not None:
        if (
            outer.conditional
            or outer.in_function
            or outer.negated
            or outer.nesting == "substitution"
            or outer.before == "||"
            or outer.after == "&"
        ):
            return False
        outer = outer.parent
    previous: SimpleCommand | None = None
    for other in script.commands:
        if other.nesting == "" and other.at <= command.at:
            if previous is not None and previous.after == "||" and other.before != "||":
                return False  # a || { b; … }
            previous = other
    for other in script.commands:
        if other.before == "||" and other.name not in _ENDINGS and other.at > command.at:
            return False
        if other.at < command.at and (
            other.name in _TESTS or other.argv[:1] == ["command"] or other.name in _ENDINGS
        ):
            # [ -f /etc/debian_version ] && apt-get …; command -v apk && …
            return False
    return True


def fails_build(run: Run, command: SimpleCommand) -> bool:
    """Whether the build surely ends where a command fails that surely runs."""
    script = run.script
    if not script.complete or command.nesting or (run.instruction.outer is not None):
        return False
    if len(command.pipeline) > 1 and command.pipeline[-1] is not command:
        return False
    if any(map(_stops_at_errors, run.shell_words or ())):
        return True
    for other in script.commands:
        if other.at < command.at:
            if other.name == "set" and any(
                word.value == "errexit" or _stops_at_errors(word.value) for word in other.args
            ):
                return True
        elif other.at > command.at and other.before not in ("&&", "||", "|"):
            return False
    return True


def _stops_at_errors(option: str) -> bool:
    """Whether an option of a shell is ``-e``, alone or among others (``-eux``)."""
    return option[:1] == "-" and option[1:2] != "-" and "e" in option
