"""Health checks as scripts, and the ports that texts name."""

from __future__ import annotations

import re

from ..base.units import whole_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.service import Service
    from ..source.shell.syntax import Script


def healthcheck_script(service: Service) -> Script | None:
    """The test of a service's health check as a script; its words stand where the test does."""
    check = service.healthcheck
    test = check.test if check and not check.disabled else None
    if check is None or not test or len(test) < 2:
        return None
    from ..source.shell.parse import parse_shell

    node = check.test_node
    assert node is not None
    start = node.start
    if test[0] == "CMD-SHELL":
        return parse_shell(node.file, test[1], lambda _: start)
    if test[0] != "CMD":
        return None
    if test[1].rpartition("/")[2] in ("sh", "bash", "ash", "dash") and "-c" in test:
        at = test.index("-c") + 1
        if at < len(test):
            return parse_shell(node.file, test[at], lambda _: start)
    import shlex

    return parse_shell(node.file, shlex.join(test[1:]), lambda _: start)


def port_numbers(text: str) -> range:
    """The ports of ``8080``, ``8080/tcp`` or ``8000-8010``."""
    low, _, high = text.strip().partition("/")[0].partition("-")
    first, last = whole_number(low), whole_number(high or low)
    if first is None or last is None:
        return range(0)
    return range(first, min(last, first + 1000) + 1)


_LOCAL = (
    r"(?:(https?)://)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(\d{1,5}))?(?=[/?'\" ]|\Z)"
)


def local_ports(text: str) -> list[int]:
    """The ports of addresses of the own machine in a text: ``http://localhost:8080/``."""
    if "localhost" not in text and "0.0." not in text and "[:" not in text:
        return []
    found = []
    for match in re.finditer(_LOCAL, text):
        if match[2]:
            found.append(int(match[2]))
        elif match[1]:
            found.append(80 if match[1] == "http" else 443)
    return found


def names_number(text: str, number: int) -> bool:
    """Whether a text contains a number, not as a part of a longer one."""
    return re.search(rf"(?<!\d){number}(?!\d)", text) is not None
