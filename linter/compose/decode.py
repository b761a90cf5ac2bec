"""The values that Docker Compose reads last: sizes, durations, hosts, commands.

Follows the decoders of compose-go's ``types`` package, which run on a model in long forms.
"""

from __future__ import annotations

from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence
from .casts import cast_scalar
from .merge import describe
from .nodes import entries_of, go_text, is_null, items_of, part_span, place_of, text_value
from .path_table import path_table
from .problem import Problem
from .quantities import parse_byte_size, parse_go_duration
from .release import OLDER
from .short_forms import bad_value
from .values import UNKNOWN, BadValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .context import Context
    from .merge import Report
    from .path_table import PathTable

    Check = Callable[[str, Node, Report], None]
    """Reports what is wrong with an attribute, given its name and value."""

_SIZE_HELP = "write a number with b, k, m, g or t, such as `512m`"
_DURATION_HELP = "write a number with its unit, such as `30s` or `1m30s`"


# --- sizes, durations, numbers ---


def _check_text(
    kind: str, name: str, node: Node, parse: Callable[[str], object], help_: str, report: Report
) -> None:
    if isinstance(node, Scalar) and isinstance(node.value, str) and UNKNOWN not in node.value:
        try:
            parse(node.value)
        except BadValue as error:
            report(bad_value(node, kind, error, help_, f"{name} "))


def _size(name: str, node: Node, report: Report) -> None:
    if isinstance(node, Scalar) and isinstance(node.value, float):
        message = (
            f"Docker Compose ignores {name} {node.raw}: a size without a unit is a "
            "whole number of bytes"
        )
        report(Problem("size-ignored", message, node.span, _SIZE_HELP, rejects=False))
    elif isinstance(node, Scalar) and _is_negative(text_value(node) or ""):
        message = f'{name} "{node.raw}" is a negative number in quotes'
        report(Problem("size-syntax", message, node.span, "remove the quotes", only=OLDER))
    else:
        _check_text("size-syntax", name, node, parse_byte_size, _SIZE_HELP, report)


def _is_negative(text: str) -> bool:
    return text.startswith("-") and isinstance(cast_scalar("int", text), int)


def _duration(name: str, node: Node, report: Report) -> None:
    _check_text("duration-syntax", name, node, parse_go_duration, _DURATION_HELP, report)


def _not_negative(name: str, node: Node, report: Report) -> None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(node, Scalar) and isinstance(value, int | float) and value < 0:
        error = BadValue(f"{name} is {go_text(value)}, which is negative")
        report(bad_value(node, "negative-number", error))


# --- types of options ---


def _option_type(message: str, node: Node, help_: str = "Quote it.") -> Problem:
    return Problem("option-type", message, node.span, help_)


def _given(name: str, node: Node, report: Report) -> None:
    if is_null(node):
        message = f"{name} is empty, and Docker Compose crashes on that"
        report(Problem("null-value", message, node.span, "delete it"))


def _contexts(name: str, node: Node, report: Report) -> None:
    """Build contexts: Compose crashes on everything but a string."""
    for entry in entries_of(node):
        value = entry.value
        label = f"{entry.name} in {name}"
        _given(label, value, report)
        if isinstance(value, Scalar) and isinstance(value.value, int | float):
            report(_option_type(f"{label} is {describe(value)}; it must be a string", value))


def _texts(name: str, node: Node, report: Report) -> None:
    """Options that Compose takes as texts and whole numbers only."""
    for entry in entries_of(node):
        value = entry.value
        if not isinstance(value, Scalar) or not (
            isinstance(value.value, str | None) or type(value.value) is int
        ):
            message = f"{entry.name} in {name} is {describe(value)}; it must be a string"
            report(_option_type(message, place_of(entry)))


def _ulimits(name: str, node: Node, report: Report) -> None:
    """Limits: the schema lets pass 1.0, and anything below a name that it does not know."""
    for entry in entries_of(node):
        is_known = entry.name.isascii() and entry.name.isalpha() and entry.name.islower()
        parts = [entry]
        if isinstance(entry.value, Mapping):
            parts = [part for part in entry.value.entries if part.name in ("soft", "hard")]
        for part in parts:
            number = part.value.value if isinstance(part.value, Scalar) else None
            if isinstance(number, float) or not (is_known or type(number) is int):
                message = (
                    f"{part.name} in {name} is {describe(part.value)}; it must be a whole number"
                )
                report(_option_type(message, place_of(part), ""))


def _groups(name: str, node: Node, report: Report) -> None:
    texts: set[str] = set()
    for item in items_of(node):
        if not isinstance(item, Scalar):
            continue
        if isinstance(item.value, float):
            report(_option_type(f"{item.raw} in {name} is a fraction", item))
        elif isinstance(item.value, str):
            texts.add(item.value)
        elif go_text(item.value) in texts:
            message = f"{name} has {item.raw} as a string and as a number"
            report(Problem("schema-duplicate-item", message, item.span, only=OLDER))


def _fractions(name: str, node: Node | None, report: Report) -> None:
    """Options of secrets and configs, where the schema lets pass more than Compose takes."""
    for entry in entries_of(node):
        if isinstance(entry.value, Scalar) and isinstance(entry.value.value, float):
            message = f"{entry.name} in {name} is a fraction; it must be a string"
            report(_option_type(message, entry.value))


def _mode(name: str, node: Node, report: Report) -> None:
    """The mode of a secret or config, where the schema lets pass more than Compose takes."""
    value = node.value if isinstance(node, Scalar) else None
    if not isinstance(node, Scalar) or node.unknown:
        return
    if isinstance(value, float):
        report(_option_type(f"{name} {node.raw} is a fraction", node, "write it as `0440`"))


# --- names and hosts ---


_LOST = ["environment", "labels", "annotations", "sysctls", "args", "options"]
"""Where Compose drops a name that begins with ``x-``; elsewhere it refuses the file."""


def _extension_names(name: str, node: Node, report: Report) -> None:
    """Names that begin with ``x-``, which Compose takes for extensions of the mapping."""
    for entry in entries_of(node):
        if entry.name.startswith("x-"):
            report(
                Problem(
                    "extension-name",
                    f'Docker Compose takes "{entry.name}" in {name} for an extension, '
                    "not for a name",
                    entry.key.span,
                    "write it in a list" if name in _LOST else "use another name",
                    rejects=name not in _LOST,
                )
            )


_GO_SPACE = b"\t\n\v\f\r \x85\xa0"


def _names(name: str, node: Node, report: Report) -> None:
    """The names in a list of ``KEY=value``: one with a blank at its end is refused."""
    if not isinstance(node, Sequence):
        _extension_names(name, node, report)
        return
    for item in node.items:
        text = text_value(item)
        if text is None or not isinstance(item, Scalar):
            continue
        key = text.partition("=")[0]
        if key and key.encode("utf-8", "replace")[-1] in _GO_SPACE:
            problem = Problem(
                "environment-name",
                f'the name "{key}" in {name} ends with a blank',
                part_span(item, 0, len(key)) if not item.unknown else item.span,
                "remove the space before the `=`",
            )
            report(problem.depending_on(item))


def _extra_hosts(name: str, node: Node, report: Report) -> None:
    if isinstance(node, Mapping):
        _extension_names(name, node, report)
        for entry in node.entries:
            if not entry.name or ":" in entry.name or "=" in entry.name:
                message = (
                    f'"{entry.name}" is not a host name' if entry.name else "the host name is empty"
                )
                report(Problem("extra-hosts", message, entry.key.span))
    for item in items_of(node):
        text = text_value(item)
        if text is None or UNKNOWN in text or not isinstance(item, Scalar):
            continue
        host, separator, _ = text.partition("=" if "=" in text else ":")
        if not separator:
            error = BadValue(f'the host "{text}" has no address')
        elif not host:
            error = BadValue(f'"{text}" has no host name')
        elif ":" in host:
            error = BadValue(f'"{host}" is not a host name')
        else:
            continue
        report(bad_value(item, "extra-hosts", error, "write it as `host=ip`"))


# --- commands ---


_COMMAND_HELP = "write it as a list, or run it in a shell: `[sh, -c, '…']`"


def _command(name: str, node: Node, report: Report) -> None:
    text = text_value(node)
    if not text or not isinstance(node, Scalar):
        return
    try:
        from .command_text import split_command

        command = split_command(text)
    except BadValue as error:
        report(bad_value(node, "command-syntax", error, _COMMAND_HELP, f"{name}: "))
        return
    if command.cut >= 0:
        cut = text[command.cut :]
        shown = cut if len(cut) <= 40 else cut[:39] + "…"
        report(
            Problem(
                "command-cut",
                f'Docker Compose drops the rest of {name}, from "{shown}" on: it runs no shell',
                part_span(node, command.cut, len(text)) if not node.unknown else node.span,
                "run the command in a shell: `[sh, -c, '…']`",
                rejects=False,
            )
        )


_VALUES = path_table(
    {
        "blkio_config.device_read_bps.[].rate": _size,
        "blkio_config.device_read_iops.[].rate": _size,
        "blkio_config.device_write_bps.[].rate": _size,
        "blkio_config.device_write_iops.[].rate": _size,
        "blkio_config.weight": _not_negative,
        "blkio_config.weight_device.[].weight": _not_negative,
        "build.additional_contexts": _contexts,
        "build.args": _names,
        "build.ulimits": _ulimits,
        "build.extra_hosts": _extra_hosts,
        "build.secrets.[].mode": _mode,
        "build.shm_size": _size,
        "command": _command,
        "configs.[].mode": _mode,
        "deploy.placement.max_replicas_per_node": _not_negative,
        "deploy.resources.limits.memory": _size,
        "deploy.resources.reservations.memory": _size,
        "deploy.restart_policy.delay": _duration,
        "deploy.restart_policy.max_attempts": _not_negative,
        "deploy.restart_policy.window": _duration,
        "deploy.rollback_config.delay": _duration,
        "deploy.rollback_config.monitor": _duration,
        "deploy.rollback_config.parallelism": _not_negative,
        "deploy.update_config.delay": _duration,
        "deploy.update_config.monitor": _duration,
        "deploy.update_config.parallelism": _not_negative,
        "develop.watch.[].exec.command": _command,
        "develop.watch.[].exec.environment": _names,
        "entrypoint": _command,
        "annotations": _extension_names,
        "deploy.labels": _extension_names,
        "environment": _names,
        "extra_hosts": _extra_hosts,
        "group_add": _groups,
        "labels": _extension_names,
        "logging.options": _extension_names,
        "models": _extension_names,
        "networks": _extension_names,
        "sysctls": _extension_names,
        "ulimits": _ulimits,
        "healthcheck.interval": _duration,
        "healthcheck.retries": _not_negative,
        "healthcheck.start_interval": _duration,
        "healthcheck.start_period": _duration,
        "healthcheck.timeout": _duration,
        "mem_limit": _size,
        "mem_reservation": _size,
        "mem_swappiness": _size,
        "memswap_limit": _size,
        "ports.[].target": _not_negative,
        "post_start.[].command": _command,
        "post_start.[].environment": _names,
        "pre_stop.[].command": _command,
        "pre_stop.[].environment": _names,
        "pid": _given,
        "pre_start.[].command": _command,
        "pre_start.[].environment": _names,
        "secrets.[].mode": _mode,
        "shm_size": _size,
        "storage_opt": _texts,
        "stop_grace_period": _duration,
        "volumes.[].tmpfs.mode": _not_negative,
        "volumes.[].tmpfs.size": _size,
    }
)
"""The checks of a service's attributes."""


def check_values(tree: Mapping, context: Context) -> None:
    """Report values of services, secrets and configs that Compose cannot decode."""
    for entry in entries_of(tree.get("services")):
        if isinstance(entry.value, Mapping):
            _walk(entry.value, _VALUES, context.report)
    for section in ("secrets", "configs"):
        for entry in entries_of(tree.get(section)):
            if isinstance(entry.value, Mapping):
                _fractions("driver_opts", entry.value.get("driver_opts"), context.report)


def _walk(node: Node, table: PathTable, report: Report) -> None:
    if isinstance(node, Mapping):
        for entry in node.entries:
            inner = table.get(entry.name)
            if inner is not None:
                check: Check | None = inner.get("")
                if check is not None:
                    check(entry.name, entry.value, report)
                else:
                    _walk(entry.value, inner, report)
    elif isinstance(node, Sequence):
        inner = table.get("[]")
        if inner is not None:
            for item in node.items:
                _walk(item, inner, report)
