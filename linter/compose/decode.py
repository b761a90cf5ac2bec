"""The values that Docker Compose reads last: sizes, durations, hosts, commands."""

from __future__ import annotations

from collections.abc import Callable

from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence
from .merge import Report, describe
from .nodes import go_text, is_null, part_span, place_of, text_value, unset_names
from .path_table import path_table
from .problem import Problem, when_unset
from .short_forms import bad_value
from .values import UNKNOWN, BadValue, parse_byte_size, parse_go_duration, split_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .path_table import Rule

Check = Callable[[str, Node, Report], None]

_SIZE_HELP = "A size is a number with b, k, m, g or t, such as 512m."
_DURATION_HELP = "A duration is written with its units, such as 1m30s."


def _size(name: str, node: Node, report: Report) -> None:
    if not isinstance(node, Scalar):
        return
    value = node.value
    if isinstance(value, float) and not isinstance(value, bool):
        report(
            Problem(
                "size-ignored",
                f"Docker Compose ignores {name} {node.raw}: a size without a unit is a "
                "whole number of bytes",
                node.span,
                _SIZE_HELP,
                rejects=False,
            )
        )
    elif isinstance(value, str) and UNKNOWN not in value:
        try:
            parse_byte_size(value)
        except BadValue as error:
            report(bad_value(node, "size-syntax", error, _SIZE_HELP, name + " "))


def _duration(name: str, node: Node, report: Report) -> None:
    value = text_value(node)
    if value is None or UNKNOWN in value or not isinstance(node, Scalar):
        return
    try:
        parse_go_duration(value)
    except BadValue as error:
        report(bad_value(node, "duration-syntax", error, _DURATION_HELP, name + " "))


def _not_negative(name: str, node: Node, report: Report) -> None:
    if isinstance(node, Scalar):
        value = node.value
        if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
            report(
                bad_value(
                    node, "negative-number", BadValue(f"{name} is {go_text(value)}, below zero")
                )
            )


def _extra_hosts(name: str, node: Node, report: Report) -> None:
    if isinstance(node, Mapping):
        _extension_names(name, node, report)
        for entry in node.entries:
            if not entry.name or ":" in entry.name or "=" in entry.name:
                report(
                    Problem(
                        "extra-hosts",
                        f'"{entry.name}" is no host name'
                        if entry.name
                        else "the host name is empty",
                        entry.key.span,
                    )
                )
        return
    if not isinstance(node, Sequence):
        return
    for item in node.items:
        text = text_value(item)
        if text is None or UNKNOWN in text or not isinstance(item, Scalar):
            continue
        separator = "=" if "=" in text else ":"
        host, found, _ = text.partition(separator)
        if not found:
            problem = f'"{text}" names a host without an address'
        elif not host or ":" in host:
            problem = f'"{host}" is no host name' if host else f'"{text}" names no host'
        else:
            continue
        report(
            bad_value(item, "extra-hosts", BadValue(problem), "An extra host is written host=ip.")
        )


def _given(name: str, node: Node, report: Report) -> None:
    if is_null(node):
        report(
            Problem(
                "null-value",
                f"{name} is empty; Docker Compose crashes on that",
                node.span,
                "Remove it.",
            )
        )


def _contexts(name: str, node: Node, report: Report) -> None:
    """Build contexts: anything but a string makes Compose crash."""
    for entry in node.entries if isinstance(node, Mapping) else ():
        value = entry.value
        if is_null(value):
            _given(f"{entry.name} in {name}", value, report)
        elif isinstance(value, Scalar) and isinstance(value.value, int | float):
            report(
                Problem(
                    "option-type",
                    f"{entry.name} in {name} is {describe(value)}, it must be a string",
                    value.span,
                    "Quote it.",
                )
            )


def _texts(name: str, node: Node, report: Report) -> None:
    """Options that Compose takes as texts and whole numbers only."""
    if not isinstance(node, Mapping):
        return
    for entry in node.entries:
        value = entry.value
        plain = value.value if isinstance(value, Scalar) else None
        if not isinstance(value, Scalar) or not (
            plain is None or isinstance(plain, str) or type(plain) is int
        ):
            report(
                Problem(
                    "option-type",
                    f"{entry.name} in {name} is {describe(value)}; it must be a string",
                    place_of(entry).span,
                    "Quote it.",
                )
            )


def _ulimits(name: str, node: Node, report: Report) -> None:
    """Limits: the schema lets pass 1.0, and anything below a name that it does not know."""
    for entry in node.entries if isinstance(node, Mapping) else ():
        value = entry.value
        known = entry.name.isascii() and entry.name.isalpha() and entry.name.islower()
        parts = [entry]
        if isinstance(value, Mapping):
            parts = [part for part in value.entries if part.name in ("soft", "hard")]
        for part in parts:
            number = part.value.value if isinstance(part.value, Scalar) else None
            if isinstance(number, float) or not (known or type(number) is int):
                report(
                    Problem(
                        "option-type",
                        f"{part.name} in {name} is {describe(part.value)}, "
                        "it must be a whole number",
                        place_of(part).span,
                    )
                )


def _no_fractions(name: str, node: Node, report: Report) -> None:
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item, Scalar) and isinstance(item.value, float):
            report(
                Problem(
                    "option-type", f"{item.raw} in {name} is a fraction", item.span, "Quote it."
                )
            )


_LOST = ["environment", "labels", "annotations", "sysctls", "args", "options"]


def _extension_names(name: str, node: Node, report: Report) -> None:
    """Names that begin with ``x-``, which Compose takes for extensions of the mapping."""
    for entry in node.entries if isinstance(node, Mapping) else ():
        if entry.name.startswith("x-"):
            report(
                Problem(
                    "extension-name",
                    f'Docker Compose takes "{entry.name}" in {name} for an extension, so it is '
                    "no name there",
                    entry.key.span,
                    "Write it in a list." if name in _LOST else "Give it another name.",
                    rejects=name not in _LOST,
                )
            )


def _fractions(name: str, node: Node, report: Report) -> None:
    """Options of secrets and configs, where the schema lets pass more than Compose takes."""
    for entry in node.entries if isinstance(node, Mapping) else ():
        if isinstance(entry.value, Scalar) and isinstance(entry.value.value, float):
            report(
                Problem(
                    "option-type",
                    f"{entry.name} in {name} is a fraction; it must be a string",
                    entry.value.span,
                    "Quote it.",
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
            names = unset_names(item)
            report(
                Problem(
                    "environment-name",
                    f'{when_unset(names)}the name "{key}" in {name} ends with a blank',
                    part_span(item, 0, len(key)) if not item.unknown else item.span,
                    "Remove the blank before the `=`.",
                    unset=names,
                )
            )


def _command(name: str, node: Node, report: Report) -> None:
    text = text_value(node)
    if not text or not isinstance(node, Scalar):
        return
    try:
        command = split_command(text)
    except BadValue as error:
        report(
            bad_value(
                node,
                "command-syntax",
                error,
                "Write it as a list, or give it to a shell: [sh, -c, '…'].",
                f"{name}: ",
            )
        )
        return
    if command.cut >= 0:
        cut = text[command.cut :]
        shown = cut if len(cut) <= 40 else cut[:39] + "…"
        report(
            Problem(
                "command-cut",
                f'Docker Compose drops the rest of {name} from "{shown}" on: it runs no shell',
                part_span(node, command.cut, len(text)) if not node.unknown else node.span,
                "Give the command to a shell: [sh, -c, '…'].",
                rejects=False,
            )
        )


_VALUES: Rule = path_table(
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
        "build.shm_size": _size,
        "command": _command,
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
        "group_add": _no_fractions,
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
        "shm_size": _size,
        "storage_opt": _texts,
        "stop_grace_period": _duration,
        "volumes.[].tmpfs.mode": _not_negative,
        "volumes.[].tmpfs.size": _size,
    }
)
"""What the values of a service must read as."""


def check_values(tree: Mapping, context: Context) -> None:
    """Report values of services that do not read as what they stand for."""
    services = tree.get("services")
    if isinstance(services, Mapping):
        for entry in services.entries:
            if isinstance(entry.value, Mapping):
                _walk(entry.value, _VALUES, context.report)
    for section in ("secrets", "configs"):
        resources = tree.get(section)
        if isinstance(resources, Mapping):
            for entry in resources.entries:
                options = (
                    entry.value.get("driver_opts") if isinstance(entry.value, Mapping) else None
                )
                if options is not None:
                    _fractions("driver_opts", options, context.report)


def _walk(node: Node, rule: Rule, report: Report) -> None:
    if isinstance(node, Mapping):
        for entry in node.entries:
            inner = rule.get(entry.name)
            if inner is not None:
                check = inner.get("")
                if check is not None:
                    check(entry.name, entry.value, report)
                else:
                    _walk(entry.value, inner, report)
    elif isinstance(node, Sequence):
        inner = rule.get("[]")
        if inner is not None:
            for item in node.items:
                _walk(item, inner, report)
