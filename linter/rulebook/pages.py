"""The output of ``composelint rule`` and ``composelint rules``, and the pages in ``docs/rules``."""

from __future__ import annotations

from ..base.links import page_url
from ..base.names import FAMILIES, SUBJECT_TOPICS, UNREAD_CODES
from ..base.patterns import on_demand
from ..rule import Applicability

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from ..config.schema_parts import Schema
    from ..rule import Example, Rule

_CODE = on_demand(r"`[^`]+`")
_KEBAB = on_demand(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MARK = on_demand(r"[ \t]*# error(?::[^\n]*)?(?=\n|\Z)")
_ACCEPTING = {
    "yaml": "at the end of its line or alone on the line above",
    "dockerfile": "alone on the line above the instruction",
    "gitignore": "alone on the line above the pattern",
    "ini": "alone on the line above the variable",
}
"""Where the comment is written that accepts a finding, by the language of the file."""

_ABOUT_COMMENTS = ("DF006", "DF913")
"""Rules about comments, which no comment accepts."""

_SWITCHED_OFF = (
    '`ignore = ["{}"]` in the [configuration](../configuration.md#rules) switches the rule off.'
)
_ONLY_IN_ALL = "Only the preset `all` selects this rule: it is for those who ask for it by name."
_MATTER_OF_FORM = "It is about form alone: who prefers another form adds the rule to `ignore` in the configuration."
_NOT_RECOMMENDED = (
    "`recommended` does not ask for this, only {} do. Where a stack needs no such care, choose "
    "another preset rather than ignore single findings."
)
_ALWAYS = (
    "This is reported whatever is selected or ignored, since what cannot be read is not checked. "
    "Leave a file out with `exclude` (or `extend-exclude`)."
)
_CLASS = {
    Applicability.SAFE: "safe where what runs stays the same (`--fix`)",
    Applicability.UNSAFE: "unsafe where what runs changes (`--fix --unsafe-fixes`)",
    Applicability.SUGGESTION: "a suggestion, which is shown and never written, where a person must choose",
}
_ONE_CLASS = {
    Applicability.SAFE: "Safe: `composelint --fix` writes it, and what runs stays the same.",
    Applicability.UNSAFE: (
        "Unsafe: `composelint --fix --unsafe-fixes` writes it, since what runs changes."
    ),
    Applicability.SUGGESTION: (
        "A suggestion: it is shown to be pasted and never written, since a person must choose."
    ),
}
_PEER_PAGES = {
    "hadolint": "https://github.com/hadolint/hadolint/wiki/{0}",
    "buildkit": "https://docs.docker.com/reference/build-checks/{1}/",
}
"""The pages of other linters' rules: {0} is the name of the rule, {1} the same in kebab-case."""

_MAIN_FILES = {"dockerfile": "Dockerfile", "dockerignore": ".dockerignore", "env": ".env"}
_LANGUAGES = {
    "conf": "nginx",
    "html": "html",
    "js": "js",
    "json": "json",
    "py": "python",
    "sh": "sh",
    "toml": "toml",
    "ts": "ts",
    "yaml": "yaml",
    "yml": "yaml",
}
_PLURAL = {"string": "strings", "number": "numbers", "table": "tables"}
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
        "url": page_url(rule.code, rule.name) if rule.url is None else rule.url or None,
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
                {
                    **facts(rule),
                    "explanation": rule.explanation,
                    "ignore_when": rule.ignore_when or None,
                    "sources": list(rule.sources),
                }
                for rule in rules
            ]
        )
    return "\n".join(map(page, rules))


def page(rule: Rule, *, facts_as_list: bool = False) -> str:
    """The page of a rule in Markdown, made of its declaration only.

    Its facts are a table, or for narrow terminals a list.
    """
    from .sections import sections_of

    texts = sections_of(rule)
    lines = [f"# {rule.name} ({rule.code})", "", *_facts(rule, facts_as_list)]
    sections: list[tuple[str, list[str]]] = [
        ("What it does", _paragraphs(texts.what)),
        ("Why it is bad", _paragraphs(texts.why)),
        ("When to ignore it", when_to_ignore(rule, texts.ignore)),
    ]
    for number, example in enumerate(rule.examples, 1):
        suffix = f" {number}" if len(rule.examples) > 1 else ""
        advice = _paragraphs(texts.better) if number == 1 else []
        better = [*advice, *([""] if advice and example.good else []), *_corrected(rule, example)]
        sections += [(f"Example{suffix}", _example(rule, example)), (f"Better{suffix}", better)]
    if not rule.examples:
        sections.append(("Better", _paragraphs(texts.better)))
    sections += [
        ("Options", _options(rule)),
        ("Fix", _paragraphs("\n\n".join(filter(None, (_fix_classes(rule), texts.fix))))),
        ("Sources", [f"- <{source}>" for source in rule.sources]),
        ("The same rule elsewhere", [f"- {_peer(peer)}" for peer in rule.equivalents]),
    ]
    for title, content in sections:
        if content:
            lines += ["", f"## {title}", "", *content]
    return "\n".join(lines) + "\n"


def _facts(rule: Rule, as_list: bool) -> list[str]:
    """The lines at the top of a page."""
    rows = {
        "Category": rule.category,
        "Severity": rule.severity.label,
        **{f"Severity in {name}": each.label for name, each in sorted(rule.severity_in.items())},
        "Presets": ", ".join(rule.presets) or "all",
        "All its findings in": ", ".join(rule.strict_in),
        "Fix": ", ".join(map(_fix_class, sorted(rule.fixes, reverse=True))) or "none",
        # The versions of others are not ours.
        "Since": rule.since if rule.url is None else "",
        "Page": f"<{rule.url}>" if rule.url else "",
    }
    told = [(name, text) for name, text in rows.items() if text]
    if as_list:
        return [f"- {name}: {text}" for name, text in told]
    return ["| | |", "|---|---|", *(f"| {name} | {text} |" for name, text in told)]


def _paragraphs(text: str) -> list[str]:
    """The lines of paragraphs. What is between backticks is not broken."""
    from textwrap import wrap

    lines: list[str] = []
    for paragraph in filter(None, text.split("\n\n")):
        whole = _CODE.sub(lambda code: code[0].replace(" ", "\0"), paragraph)
        wrapped = wrap(whole, 100, break_long_words=False, break_on_hyphens=False)
        lines += [*([""] if lines else []), *(line.replace("\0", " ") for line in wrapped)]
    return lines


def when_to_ignore(rule: Rule, told: str) -> list[str]:
    """When a finding is better accepted, and how. ``told`` is what the docstring says of it."""
    if rule.code in UNREAD_CODES:
        return _paragraphs(_ALWAYS)
    when = rule.ignore_when or told
    if not when:
        if not rule.presets and rule.name != "shellcheck":
            when = _ONLY_IN_ALL
        elif rule.presets == ("style",):
            when = _MATTER_OF_FORM
        elif rule.presets and "recommended" not in rule.presets:
            names = [f"`{preset}`" for preset in rule.presets]
            when = _NOT_RECOMMENDED.format(" and ".join(names))
    if _topic(rule) == "linter" or rule.code in _ABOUT_COMMENTS:
        return _paragraphs("\n\n".join(filter(None, (when, _SWITCHED_OFF.format(rule.name)))))
    language = language_of(_reported_in(rule))
    how = f"A comment with the reason accepts one finding, {_ACCEPTING[language]}:"
    name = rule.code if rule.name == "shellcheck" else rule.name
    comment = f"# composelint: ignore[{name}] the reason"
    lines = _paragraphs("\n\n".join(filter(None, (when, how))))
    return [*lines, "", f"```{language}", comment, "```"]


def _reported_in(rule: Rule) -> str:
    """The path of a file like those in which a rule reports: where its first example is marked."""
    if not rule.examples:
        return _MAIN_FILES.get(_topic(rule), "compose.yaml")
    example = rule.examples[0]
    files = {_main_path(rule, example): example.bad, **example.files}
    return next((path for path, text in files.items() if _MARK.search(text)), next(iter(files)))


def _topic(rule: Rule) -> str:
    """The topic of a rule; that of what it runs on for rules that are not built in."""
    return FAMILIES.get(rule.code[:2]) or SUBJECT_TOPICS.get(rule.subject, "project")


def _fix_classes(rule: Rule) -> str:
    """How the fixes of a rule are applied; empty if it has none."""
    classes = sorted(rule.fixes, reverse=True)
    if len(classes) == 1:
        return _ONE_CLASS[classes[0]]
    texts = "; ".join(_CLASS[each] for each in classes)
    return f"{texts[:1].upper()}{texts[1:]}." if texts else ""


def _options(rule: Rule) -> list[str]:
    """The lines of the table of a rule's options."""
    from .options import options_schema

    schema = options_schema(rule)
    if schema is None:
        return []
    return [
        f"Under `[rules.{rule.name}]` in the [configuration](../configuration.md):",
        "",
        "| Option | Type | Default | |",
        "|---|---|---|---|",
        *(f"| {' | '.join(cells)} |" for cells in option_rows(schema)),
    ]


def option_rows(schema: Schema) -> list[tuple[str, str, str, str]]:
    """Name, type, default and description of each option in the schema of a table, as cells."""
    return [
        (f"`{name}`", type_name(each), _default(each), str(each["description"]))
        for name, each in schema["properties"].items()
    ]


def type_name(schema: Schema) -> str:
    """The type of a value in words."""
    if "enum" in schema:
        return " or ".join(f"`{choice}`" for choice in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(type_name, schema["anyOf"])))
    kind = schema.get("type", "")
    if kind == "array":
        return f"list of {_PLURAL.get(type_name(schema.get('items', {})), 'values')}"
    if kind == "object":
        return "table"
    return {"integer": "number"}.get(kind, kind) or "any value"


def _default(schema: Schema) -> str:
    """The default of an option as TOML, in a code span; empty for nothing."""
    default = schema.get("default")
    if default in (None, [], ""):
        return ""
    import json

    return f"`{json.dumps(default, ensure_ascii=False)}`"


def _peer(peer: str) -> str:
    """A rule of another linter, with its page where the address is known from its name."""
    tool, _, name = peer.partition(":")
    address = _PEER_PAGES.get(tool)
    if address is None:
        return f"{tool}: `{name}`"
    return f"{tool}: [`{name}`]({address.format(name, _KEBAB.sub('-', name).lower())})"


def _example(rule: Rule, example: Example) -> list[str]:
    """The text for which a rule reports something, with the other files of the project."""
    lines = []
    if example.preset and "recommended" in rule.presets:
        lines += [f"Under the preset `{example.preset}`:", ""]
    return [*lines, *_files(_main_path(rule, example), example.bad, example)]


def _corrected(rule: Rule, example: Example) -> list[str]:
    """The corrected text of an example; the other files are as before."""
    if not example.good:
        return []
    path = _main_path(rule, example)
    if not example.files:
        return _file(path, example.good)
    return _named_file(path, example.good)


def _main_path(rule: Rule, example: Example) -> str:
    """The path of the file that an example is about."""
    return example.path or _MAIN_FILES.get(_topic(rule), "compose.yaml")


def _files(path: str, text: str, example: Example) -> list[str]:
    """The lines of all files of an example. Their names are told if there are several."""
    if not example.files:
        return _file(path, text)
    lines = _named_file(path, text)
    for other, content in example.files.items():
        lines += ["", *_named_file(other, content)]
    return lines


def _named_file(path: str, text: str) -> list[str]:
    if not unmarked(text).strip():
        return [f"`{path}` is empty."]
    return [f"`{path}`:", "", *_file(path, text)]


def _file(path: str, text: str) -> list[str]:
    """A file as a block of code. An empty one is said in words."""
    shown = unmarked(text)
    if not shown.strip():
        return [f"`{path}` is empty."]
    fence = "````" if "```" in shown else "```"
    return [f"{fence}{language_of(path)}", *shown.rstrip("\n").split("\n"), fence]


def language_of(path: str) -> str:
    """The language of a file, as the fence of a block of code names it."""
    name = path.rpartition("/")[2].lower()
    if name.endswith("ignore"):
        return "gitignore"
    if name.startswith((".env", "env.")) or name.endswith(".env"):
        return "ini"
    if "dockerfile" in name or "containerfile" in name:
        return "dockerfile"
    if name == "nginx.conf":
        return "nginx"
    return _LANGUAGES.get(name.rpartition(".")[2], "text")
