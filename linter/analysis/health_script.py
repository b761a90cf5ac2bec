"""The test of a service's health check as a script."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.service import Service
    from ..source.shell.syntax import Script


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
