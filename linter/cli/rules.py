"""``composelint rule`` and ``composelint rules``."""

from __future__ import annotations

import sys

import click

from .common import CONFIG, Choice, Verb, completed, declared
from .console import (
    EXIT_FINDINGS,
    Failure,
    is_terminal,
    tell,
    terminal_columns,
    wants_color,
    write,
)
from .options import options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..rule import Rule

_FORMAT = click.option(
    "--output-format",
    "--format",
    type=Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to print the rules.",
)


@click.command("rule", cls=Verb, short_help="Explain a rule, by code, name or a peer's id.")
@click.argument("selectors", nargs=-1, metavar="CODE|NAME|ID...", shell_complete=completed)
@click.option("--all", "everything", is_flag=True, help="Every rule.")
@_FORMAT
@declared(*CONFIG)
def show_rule(
    selectors: tuple[str, ...], everything: bool, output_format: str, **given: Any
) -> None:
    """Explain a rule, named by its code, its name or a peer's id (DL3008, CL-0001, …)."""
    from ..rulebook.registry import all_rules

    if bool(selectors) is everything:
        raise Failure('name a rule ("composelint rules" lists them), or give --all')
    extra = _added_rules(given)
    chosen = [rule for selector in selectors for rule in _found(selector, extra)]
    if everything:
        chosen = [*all_rules(), *extra]
    rules = list({rule.code: rule for rule in chosen}.values())
    if output_format == "text" and is_terminal() and wants_color("auto"):
        from .rule_listing import explained

        write(explained(rules, max(40, terminal_columns())))
        return
    from ..rulebook.pages import explain

    write(explain(rules, output_format))


def _found(selector: str, extra: list[Rule]) -> list[Rule]:
    """The rules that a selector matches.

    Raises:
        Failure: if there are none; the message says what finds some.
    """
    from ..base.wording import plural
    from ..rulebook.registry import UnknownSelector, all_rules, find
    from ..rulebook.search import search

    try:
        return find(selector, extra)
    except UnknownSelector as error:
        matching = search(selector.split(), [*all_rules(), *extra]) if selector.strip() else []
        if not matching:
            raise
        raise Failure(
            f'{error}; "composelint rules {selector}" finds {plural(len(matching), "rule")}'
        ) from None


@click.command("rules", cls=Verb, short_help="List all rules, or those with some words.")
@click.argument("words", nargs=-1, metavar="[WORD]...", shell_complete=completed)
@_FORMAT
@click.option(
    "--preset",
    metavar="NAME",
    shell_complete=completed,
    help="Only those that a preset selects.",
)
@click.option(
    "--standard",
    type=Choice(["cis", "owasp"]),
    help="Only those about a section of this standard.",
)
@declared(*CONFIG)
def list_rules(
    words: tuple[str, ...],
    output_format: str,
    preset: str | None,
    standard: str | None,
    **given: Any,
) -> None:
    """List all rules, those of the configuration's policies and plug-ins too.

    With WORDs those in which all of them are found: in codes, names, summaries, categories,
    peers' ids (DL3008, trivy, checkov:…) and sections of standards (CIS-Docker-4.1). Rules that
    have some of them only in their explanation come last. The exit code is 1 where there is none.
    """
    from ..engine.workspace import check_preset
    from ..rulebook.registry import all_rules
    from ..rulebook.search import not_found, search
    from ..rulebook.selection import Selection

    rules = everything = [*all_rules(), *_added_rules(given)]
    if preset is not None:
        check_preset(preset)
        selection = Selection(preset)
        rules = [rule for rule in rules if selection.selects(rule)]
    if standard is not None:
        from ..rulebook.standards import codes_of

        codes = codes_of(standard)
        rules = [rule for rule in rules if rule.code in codes]
    matching = search(words, rules) if words else rules
    if output_format == "text":
        from .rule_listing import listed

        if matching or not words:
            width = max(40, terminal_columns()) if is_terminal() else None
            write(listed(matching, width, wants_color("auto")))
    else:
        from ..rulebook.pages import listing

        write(listing(matching, output_format))
    if words and not matching:
        others = search(words, everything)
        if others:
            options = {"--preset": preset, "--standard": standard}
            asked = " ".join(f"{name} {value}" for name, value in options.items() if value)
            count = "1 other rule has" if len(others) == 1 else f"{len(others):,} other rules have"
            these = "it" if len(words) == 1 else "them"
            tell(f"no rule of {asked} has {', '.join(words)}; {count} {these}")
        else:
            Failure(not_found(words, everything)).show()
        sys.exit(EXIT_FINDINGS)


def _added_rules(given: dict[str, Any]) -> list[Rule]:
    """The rules that the configuration of the working folder adds."""
    from ..engine.configs import Configs
    from ..rulebook.plugins import extra_rules

    return extra_rules(Configs(options_of(given)).of("."))
