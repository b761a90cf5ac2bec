"""``composelint rule`` and ``composelint rules``."""

from __future__ import annotations

import click

from .common import CONFIG, Choice, Verb, declared
from .console import Failure, wants_color, write
from .options import options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..rule import Rule

_FORMAT = click.option(
    "--output-format",
    type=Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
)


@click.command("rule", cls=Verb, short_help="Explain a rule, by code, name or a peer's id.")
@click.argument("selectors", nargs=-1, metavar="CODE|NAME|ID...")
@click.option("--all", "everything", is_flag=True, help="Every rule.")
@_FORMAT
@declared(*CONFIG)
def show_rule(
    selectors: tuple[str, ...], everything: bool, output_format: str, **given: Any
) -> None:
    """Explain a rule, named by its code, its name or a peer's id (DL3008, CL-0001, …)."""
    from ..rulebook.pages import explain
    from ..rulebook.registry import all_rules, find

    if bool(selectors) is everything:
        raise Failure('name a rule ("composelint rules" lists them), or give --all')
    extra = _added_rules(given)
    chosen = [rule for selector in selectors for rule in find(selector, extra)]
    if everything:
        chosen = [*all_rules(), *extra]
    rules = list({rule.code: rule for rule in chosen}.values())
    write(explain(rules, output_format, wants_color("auto")))


@click.command("rules", cls=Verb, short_help="List all rules.")
@_FORMAT
@click.option("--preset", metavar="NAME", help="Only those that a preset selects.")
@click.option(
    "--standard",
    type=Choice(["cis", "owasp"]),
    help="Only those about a section of this standard.",
)
@declared(*CONFIG)
def list_rules(output_format: str, preset: str | None, standard: str | None, **given: Any) -> None:
    """List all rules, those of the configuration's policies and plug-ins too."""
    from ..engine.workspace import check_preset
    from ..rulebook.pages import listing
    from ..rulebook.registry import all_rules
    from ..rulebook.selection import Selection

    rules = [*all_rules(), *_added_rules(given)]
    if preset is not None:
        check_preset(preset)
        selection = Selection(preset)
        rules = [rule for rule in rules if selection.selects(rule)]
    if standard is not None:
        from ..rulebook.standards import codes_of

        codes = codes_of(standard)
        rules = [rule for rule in rules if rule.code in codes]
    write(listing(rules, output_format, wants_color("auto")))


def _added_rules(given: dict[str, Any]) -> list[Rule]:
    """The rules that the configuration of the working folder adds."""
    from ..engine.configs import Configs
    from ..rulebook.plugins import extra_rules

    return extra_rules(Configs(options_of(given)).of("."))
