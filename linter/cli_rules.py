"""``composelint rule`` and ``composelint rules``."""

from __future__ import annotations

import click

from .cli_common import Failure, expected_errors, wants_color, write

_FORMAT = click.option(
    "--output-format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
)


@click.command("rule")
@click.argument("selectors", nargs=-1, metavar="CODE|NAME|ID...")
@click.option("--all", "everything", is_flag=True, help="Every rule.")
@_FORMAT
def show_rule(selectors: tuple[str, ...], everything: bool, output_format: str) -> None:
    """Explain a rule, named by its code, its name or a peer's id (DL3008, CL-0001, …)."""
    from .explain import explain
    from .registry import all_rules, find

    if bool(selectors) is everything:
        raise Failure('name a rule ("composelint rules" lists them), or give --all')
    with expected_errors():
        found = [rule for selector in selectors for rule in find(selector)]
    rules = all_rules() if everything else list({rule.code: rule for rule in found}.values())
    write(explain(rules, output_format, wants_color("auto")))


@click.command("rules")
@_FORMAT
@click.option("--preset", metavar="NAME", help="Only those that a preset selects.")
def list_rules(output_format: str, preset: str | None) -> None:
    """List all rules."""
    from .explain import listing
    from .registry import Selection, all_rules
    from .workspace import check_preset

    rules = all_rules()
    if preset is not None:
        with expected_errors():
            check_preset(preset)
        selection = Selection(preset)
        rules = [rule for rule in rules if selection.selects(rule)]
    write(listing(rules, output_format, wants_color("auto")))
