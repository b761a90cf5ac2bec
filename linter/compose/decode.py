"""The values that Docker Compose reads last: sizes, durations, hosts, commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..source.yaml import Mapping, Node, Scalar, Sequence
from .merge import Report, Rule, path_table
from .nodes import go_text, part_span, text_value, unset_names
from .normalize import bad_value
from .problem import Problem, when_unset
from .values import (
    UNKNOWN,
    BadValue,
    parse_byte_size,
    parse_go_duration,
    parse_go_float,
    split_command,
)

if TYPE_CHECKING:
    from .context import Context

Check = Callable[[Node, Report], None]

_SIZE_HELP = "A size is a number with b, k, m, g or t, such as 512m."
_DURATION_HELP = "A duration is written with its units, such as 1m30s."


def _size(node: Node, report: Report) -> None:
    if not isinstance(node, Scalar):
        return
    value = node.value
    if isinstance(value, float) and not isinstance(value, bool):
        report(
            Problem(
                "size-ignored",
                f"Docker Compose ignores {node.raw}: a size without a unit is a whole "
                "number of bytes",
                node.span,
                _SIZE_HELP,
                rejects=False,
            )
        )
    elif isinstance(value, str) and UNKNOWN not in value:
        try:
            parse_byte_size(value)
        except BadValue as error:
            report(bad_value(node, "size-syntax", error, _SIZE_HELP))


def _duration(node: Node, report: Report) -> None:
    value = text_value(node)
    if value is None or UNKNOWN in value or not isinstance(node, Scalar):
        return
    try:
        parse_go_duration(value)
    except BadValue as error:
        report(bad_value(node, "duration-syntax", error, _DURATION_HELP))


def _cpus(node: Node, report: Report) -> None:
    value = text_value(node)
    if (
        value is not None
        and UNKNOWN not in value
        and isinstance(node, Scalar)
        and parse_go_float(value) is None
    ):
        report(bad_value(node, "cpus-syntax", BadValue(f'"{value}" is no number of CPUs')))


def _count(node: Node, report: Report) -> None:
    value = text_value(node)
    if value is None or UNKNOWN in value or not isinstance(node, Scalar):
        return
    digits = value[1:] if value[:1] in ("+", "-") else value
    if value.lower() != "all" and not (digits.isascii() and digits.isdigit()):
        report(
            bad_value(
                node,
                "device-count",
                BadValue(f'"{value}" is neither "all" nor a number of devices'),
            )
        )


def _not_negative(node: Node, report: Report) -> None:
    if isinstance(node, Scalar):
        value = node.value
        if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
            report(bad_value(node, "negative-number", BadValue(f"{go_text(value)} is below zero")))


def _extra_hosts(node: Node, report: Report) -> None:
    if isinstance(node, Mapping):
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


_GO_SPACE = b"\t\n\v\f\r \x85\xa0"


def _names(node: Node, report: Report) -> None:
    """The names in a list of ``KEY=value``: one with a blank at its end is refused."""
    if not isinstance(node, Sequence):
        return
    for item in node.items:
        text = text_value(item)
        if text is None or not isinstance(item, Scalar):
            continue
        name = text.partition("=")[0]
        if name and name.encode("utf-8", "replace")[-1] in _GO_SPACE:
            names = unset_names(item)
            report(
                Problem(
                    "environment-name",
                    f'{when_unset(names)}the name "{name}" ends with a blank',
                    part_span(item, 0, len(name)) if not item.unknown else item.span,
                    "Remove the blank before the `=`.",
                    unset=names,
                )
            )


def _command(node: Node, report: Report) -> None:
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
                "Write the command as a list, or give it to a shell: [sh, -c, '…'].",
            )
        )
        return
    if command.cut >= 0:
        cut = text[command.cut :]
        shown = cut if len(cut) <= 40 else cut[:39] + "…"
        report(
            Problem(
                "command-cut",
                f'Docker Compose drops the rest of this command from "{shown}" on: '
                "it runs no shell",
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
        "build.args": _names,
        "build.extra_hosts": _extra_hosts,
        "build.shm_size": _size,
        "command": _command,
        "deploy.placement.max_replicas_per_node": _not_negative,
        "deploy.resources.limits.cpus": _cpus,
        "deploy.resources.limits.memory": _size,
        "deploy.resources.reservations.cpus": _cpus,
        "deploy.resources.reservations.devices.[].count": _count,
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
        "environment": _names,
        "extra_hosts": _extra_hosts,
        "gpus.[].count": _count,
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
        "shm_size": _size,
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


def _walk(node: Node, rule: Rule, report: Report) -> None:
    if isinstance(node, Mapping):
        for entry in node.entries:
            inner = rule.get(entry.name)
            if inner is not None:
                check = inner.get("")
                if check is not None:
                    check(entry.value, report)
                else:
                    _walk(entry.value, inner, report)
    elif isinstance(node, Sequence):
        inner = rule.get("[]")
        if inner is not None:
            for item in node.items:
                _walk(item, inner, report)
