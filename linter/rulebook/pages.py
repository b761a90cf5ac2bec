"""What ``composelint rule`` and ``composelint rules`` print, and the pages under ``docs/rules``."""

from __future__ import annotations

from ..base.links import page_url
from ..base.patterns import on_demand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from ..rule import Example, Rule

_MARK = on_demand(r"[ \t]*# error(?::[^\n]*)?(?=\n|\Z)")


def unmarked(text: str) -> str:
    """An example's text without the marks that say where the rule fires."""
    return _MARK.sub("", text)


def facts(rule: Rule) -> dict[str, Any]:
    """A rule as plain data, for ``--output-format json``."""
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.label,
        "category": rule.category or None,
        "summary": rule.summary,
        "presets": list(rule.presets),
        "fix": rule.fix.label if rule.fix else None,
        "equivalents": list(rule.equivalents),
        "url": page_url(rule.code, rule.name),
    }


def listing(rules: Sequence[Rule], output_format: str, color: bool) -> str:
    """All rules: a table for people, a list for programs."""
    if output_format == "json":
        import json

        return json.dumps([facts(rule) for rule in rules], ensure_ascii=False, indent=2) + "\n"
    if output_format == "markdown":
        return table(rules)
    from rich.console import Console
    from rich.table import Table

    console = Console(force_terminal=color, no_color=not color, highlight=False, soft_wrap=False)
    if not color and not console.is_terminal:
        console.width = 140
    grid = Table(box=None, pad_edge=False)
    for title in ("Code", "Name", "Category", "Severity", "Fix", "Presets", "What it reports"):
        grid.add_column(title, overflow="fold", no_wrap=title in ("Code", "Name"))
    for rule in rules:
        grid.add_row(
            rule.code,
            rule.name,
            rule.category,
            rule.severity.label,
            rule.fix.label if rule.fix else "",
            ", ".join(rule.presets) or "all",
            rule.summary.replace("`", ""),
        )
    with console.capture() as captured:
        console.print(grid)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def table(rules: Iterable[Rule], folder: str = "docs/rules/") -> str:
    """The rules as a Markdown table."""
    lines = [
        "| Code | Name | Category | Severity | Fix | Presets | What it reports |",
        "|---|---|---|---|---|---|---|",
    ]
    for rule in rules:
        presets = ", ".join(rule.presets) or "all"
        fix = rule.fix.label if rule.fix else ""
        summary = rule.summary.replace("|", "\\|")
        lines.append(
            f"| {rule.code} | [{rule.name}]({folder}{rule.name}.md) | {rule.category} | {rule.severity.label} "
            f"| {fix} | {presets} | {summary} |"
        )
    return "\n".join(lines) + "\n"


def explain(rules: Sequence[Rule], output_format: str, color: bool) -> str:
    """The pages of these rules."""
    if output_format == "json":
        import json

        data = [
            {**facts(rule), "explanation": rule.explanation, "sources": list(rule.sources)}
            for rule in rules
        ]
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    pages = "\n".join(page(rule) for rule in rules)
    if output_format == "markdown" or not color:
        return pages
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(force_terminal=True)
    with console.capture() as captured:
        console.print(Markdown(pages))
    return captured.get()


def page(rule: Rule) -> str:
    """A rule's page in Markdown, made of nothing but its declaration."""
    fix = (
        f"{rule.fix.label} (`--fix{' --unsafe-fixes' if rule.fix.label == 'unsafe' else ''}`)"
        if rule.fix
        else "none"
    )
    lines = [
        f"# {rule.name} ({rule.code})",
        "",
        rule.summary,
        "",
        "| | |",
        "|---|---|",
        f"| Category | {rule.category} |",
        f"| Severity | {rule.severity.label} |",
        f"| Presets | {', '.join(rule.presets) or 'all'} |",
        f"| Fix | {fix} |",
        f"| Since | {rule.since} |",
    ]
    for preset, severity in sorted(rule.severity_in.items()):
        lines.append(f"| Severity in {preset} | {severity.label} |")
    if rule.equivalents:
        lines.append(f"| Elsewhere | {', '.join(f'`{peer}`' for peer in rule.equivalents)} |")
    if rule.explanation:
        lines += ["", rule.explanation]
    for example in rule.examples:
        lines += ["", "## Example", "", *_fenced(example, example.bad)]
        if example.good:
            lines += ["", "Better:", "", *_fenced(example, example.good)]
    if rule.sources:
        lines += ["", "## Sources", "", *(f"- <{source}>" for source in rule.sources)]
    called = rule.code if rule.name == "shellcheck" else rule.name
    lines += [
        "",
        f"To accept a finding: `# composelint: ignore[{called}] reason` at the end of its line, or alone above it.",
    ]
    return "\n".join(lines) + "\n"


def _fenced(example: Example, text: str) -> list[str]:
    path = example.path or "compose.yaml"
    name = path.rpartition("/")[2].lower()
    language = "dockerfile" if "dockerfile" in name and not name.endswith("ignore") else "yaml"
    if name.endswith(("ignore", ".env")) or name.startswith(".env"):
        language = "text"
    fence = "````" if "```" in text else "```"
    blocks = [f"{fence}{language}", *unmarked(text).rstrip("\n").split("\n"), fence]
    for other, content in example.files.items():
        blocks += [
            "",
            f"with `{other}`:",
            "",
            f"{fence}text",
            *unmarked(content).rstrip("\n").split("\n"),
            fence,
        ]
    return blocks
