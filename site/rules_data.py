"""The page of all rules: the table of docs/rules.md with what its filter asks for."""

from __future__ import annotations

import json
import re

from composelint.linter.base.names import PRESETS
from composelint.linter.rulebook.pages import facts
from composelint.linter.rulebook.registry import all_rules
from composelint.linter.rulebook.selection import Selection
from composelint.linter.rulebook.standards import STANDARDS, tags_of


def catalogue() -> dict[str, object]:
    """What the filter knows: each rule by its code, and the values that can be chosen."""
    rules = all_rules()
    selected = {name: Selection(name) for name in PRESETS}
    return {
        "standards": {standard.prefix: standard.title for standard in STANDARDS.values()},
        "presets": list(PRESETS),
        "rules": {
            rule.code: {
                "name": rule.name,
                "summary": rule.summary.replace("`", ""),
                "severity": rule.severity.label,
                "category": rule.category,
                "fixes": [each.label for each in sorted(rule.fixes, reverse=True)],
                "presets": [name for name, one in selected.items() if one.selects(rule)],
                "peers": facts(rule)["equivalents"],
                "standards": list(tags_of(rule.code)),
            }
            for rule in rules
        },
    }


def rules_page(html: str) -> str:
    """The page with classes for its tables, and the data of the filter."""
    # Narrow screens show rows as blocks, which would hide that they are a table.
    html = html.replace("<table>", '<table class="rules" role="table">')
    html = re.sub(r"<(thead|tbody)>", r'<\1 role="rowgroup">', html)
    html = html.replace("<tr>", '<tr role="row">')
    html = re.sub(r"<th\b", '<th scope="col" role="columnheader"', html)
    html = html.replace("<td", '<td role="cell"')
    data = json.dumps(catalogue(), separators=(",", ":")).replace("<", "\\u003c")
    return f'{html}\n<script type="application/json" id="rules-data">{data}</script>\n'
