"""The output of ``composelint rule`` and ``composelint rules``, and the pages in ``docs/rules``."""

from __future__ import annotations

from ..base.links import page_url
from ..base.names import UNREAD_CODES
from ..base.patterns import on_demand
from ..rule import Applicability

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from ..rule import Example, Rule

_MARK = on_demand(r"[ \t]*# error(?::[^\n]*)?(?=\n|\Z)")
_ACCEPTING = (
    "To accept a finding: `# composelint: ignore[{}] reason` at the end of its line, or alone "
    "above it."
)
_ALWAYS = (
    "This is reported whatever is selected or ignored, since what cannot be read is not checked. "
    "Leave a file out with `exclude` (or `extend-exclude`)."
)
TITLES = ("Code", "Name", "Category", "Severity", "Fix", "Presets", "What it reports")


def unmarked(text: str) -> str:
    """An example's text without the comments that say where the rule reports something."""
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
        "fix": _safest(rule) or None,
        "equivalents": list(rule.equivalents),
        "url": page_url(rule.code, rule.name),
    }


def listing(rules: Sequence[Rule], output_format: str) -> str:
    """Rules in one of the output formats for programs, ``json`` and ``markdown``."""
    return _json([facts(rule) for rule in rules]) if output_format == "json" else table(rules)


def row_of(rule: Rule) -> tuple[str, ...]:
    """The cells of a rule, one for each of ``TITLES``."""
    return (
        rule.code,
        rule.name,
        rule.category,
        rule.severity.label,
        _safest(rule),
        ", ".join(rule.presets) or "all",
        rule.summary,
    )


def _safest(rule: Rule) -> str:
    """The name of the safest class of a rule's fixes; empty if it has none."""
    return "" if rule.fix is None else rule.fix.label


def _fix_class(applicability: Applicability) -> str:
    """The name of a class of fixes, with the options that apply it."""
    applied = {
        Applicability.SAFE: " (`--fix`)",
        Applicability.UNSAFE: " (`--fix --unsafe-fixes`)",
    }
    return applicability.label + applied.get(applicability, " (shown, never applied)")


def _json(data: Any) -> str:
    import json

    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def table(rules: Iterable[Rule], folder: str = "docs/rules/") -> str:
    """The rules as a Markdown table; ``folder`` leads to their pages."""
    lines = [f"| {' | '.join(TITLES)} |", f"|{'---|' * len(TITLES)}"]
    for rule in rules:
        code, name, *cells, summary = row_of(rule)
        cells = [code, f"[{name}]({folder}{name}.md)", *cells, summary.replace("|", "\\|")]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def explain(rules: Sequence[Rule], output_format: str) -> str:
    """The pages of these rules, as Markdown or JSON."""
    if output_format == "json":
        return _json(
            [
                {**facts(rule), "explanation": rule.explanation, "sources": list(rule.sources)}
                for rule in rules
            ]
        )
    return "\n".join(map(page, rules))


def page(rule: Rule, *, facts_as_list: bool = False) -> str:
    """The page of a rule in Markdown, made of its declaration only.

    Its facts are a table, or for narrow terminals a list.
    """
    fix = ", ".join(map(_fix_class, sorted(rule.fixes, reverse=True))) or "none"
    rows = [
        ("Category", rule.category),
        ("Severity", rule.severity.label),
        ("Presets", ", ".join(rule.presets) or "all"),
        *([("All its findings in", ", ".join(rule.strict_in))] if rule.strict_in else []),
        ("Fix", fix),
        ("Since", rule.since),
        *(
            (f"Severity in {preset}", severity.label)
            for preset, severity in sorted(rule.severity_in.items())
        ),
    ]
    if rule.equivalents:
        rows.append(("Elsewhere", ", ".join(f"`{peer}`" for peer in rule.equivalents)))
    lines = [f"# {rule.name} ({rule.code})", "", rule.summary, ""]
    if facts_as_list:
        lines += [f"- {title}: {text}" for title, text in rows if text]
    else:
        lines += ["| | |", "|---|---|", *(f"| {title} | {text} |" for title, text in rows)]
    if rule.explanation:
        lines += ["", rule.explanation]
    for example in rule.examples:
        lines += ["", "## Example", "", *_fenced(example, example.bad)]
        if example.good:
            lines += ["", "Better:", "", *_fenced(example, example.good)]
    if rule.sources:
        lines += ["", "## Sources", "", *(f"- <{source}>" for source in rule.sources)]
    name = rule.code if rule.name == "shellcheck" else rule.name
    lines += ["", _ALWAYS if rule.code in UNREAD_CODES else _ACCEPTING.format(name)]
    return "\n".join(lines) + "\n"


def _fenced(example: Example, text: str) -> list[str]:
    """The lines of an example as code blocks, with its other files."""
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
