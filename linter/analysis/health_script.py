"""The test of a service's health check as a script, and whether its image can run that."""

from __future__ import annotations

from .container import container_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.service import Service
    from ..source.shell.syntax import Script, SimpleCommand
    from .container import Container
    from .installed import Installed


def healthcheck_script(service: Service) -> Script | None:
    """The test of a service's health check as a script; None if there is none.

    All words of the script have the place of the test.
    """
    check = service.healthcheck
    test = check.test if check and not check.disabled else None
    if check is None or not test or len(test) < 2:
        return None
    import shlex

    from ..source.shell.parse import parse_shell
    from ..source.shell.tokens import SHELLS

    if test[0] == "CMD-SHELL":
        text = test[1]
    elif test[0] != "CMD":
        return None
    elif test[1].rpartition("/")[2] in SHELLS and "-c" in test[:-1]:
        text = test[test.index("-c") + 1]
    else:
        text = shlex.join(test[1:])
    node = check.test_node
    assert node is not None
    start = node.start
    return parse_shell(node.file, text, lambda _: start)


def missing_program(commands: list[SimpleCommand], container: Container | Installed) -> str | None:
    """The first program of a test that the image lacks and that has no alternative after ``||``."""
    for index, command in enumerate(commands):
        name = command.name
        if not name or name in _BUILTINS or command.conditional or command.before == "||":
            continue
        path = command.word.literal if command.word is not None else None
        if path is None or container.tool(path) is not False:
            continue
        alternative = next(
            (other.name for other in commands[index + 1 :] if other.before == "||"), ""
        )
        if alternative in ENDINGS or container.tool(alternative) is False:
            return name
    return None


_BUILTINS = frozenset(
    (
        ".", ":", "[", "[[", "cd", "command", "echo", "eval", "exec", "exit", "export", "false", "kill",
        "local", "printf", "read", "return", "set", "test", "trap", "true", "wait",
    )
)  # fmt: skip
ENDINGS = frozenset(
    ("exit", "false", "kill", "true", ":", "echo", "return", "pkill", "killall", "")
)
"""Commands that only say how the test ends."""


def can_check_health(service: Service) -> bool | None:
    """Whether the image of a service has the programs that its health check calls.

    None if that is not known.
    """
    container = container_of(service)
    check = service.healthcheck
    if check is None or check.test_node is None:
        return _can_image_check(container)
    test = check.test
    if check.disabled or not test or len(test) < 2:
        return None
    program = "sh" if test[0] == "CMD-SHELL" else test[1]
    if container.tool(program) is False:
        return False
    script = healthcheck_script(service)
    return _has_all(script.commands, container) if script is not None else None


def _can_image_check(container: Container) -> bool | None:
    """Whether the image has the programs of its own health check."""
    stage = container.stage
    instruction = stage.final.healthcheck if stage else None
    if stage is None or instruction is None:
        return container.image_healthcheck
    from ..source.dockerfile.scripts import scripts_of

    for part in stage.chain():
        script = scripts_of(part).get(instruction)
        if script is not None:
            return _has_all(script.commands, container)
    return None


def _has_all(commands: list[SimpleCommand], container: Container) -> bool | None:
    """Whether an image has all programs that commands need; None if that is not known."""
    if missing_program(commands, container) is not None:
        return False
    needed = [
        command.word.literal
        for command in commands
        if command.word is not None
        and command.name not in _BUILTINS
        and not command.conditional
        and command.before != "||"
    ]
    if all(path is not None and container.tool(path) for path in needed):
        return True
    return None
