"""``html``: one page for people, which loads nothing and runs nothing but its own program.

The page says everything without its program, too, but for the details of findings, and lists the
gravest findings if there are many. Its policy allows this style and this program by their hashes; what the
linted files hold is text in it: escaped in markup, and written as text by the program.
"""

from __future__ import annotations

from ...base.escape import xml
from ...base.package import read_own
from .. import rules_of
from .data import json_of
from .facts import Facts
from .findings import findings_section
from .stacks import stacks_section
from .summary import header, summary_section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...result import Result
    from .. import RenderOptions

_FOLDER = "linter/report/html"


def render(result: Result, options: RenderOptions) -> str:
    """The page."""
    masks = options.masks
    facts = options.facts or Facts()
    if masks is not None:
        facts = _masked(facts, masks.text)
    style, program = _own("page.css") + facts.style, _own("page.js")
    rules = options.rules
    if rules is None:
        rules = rules_of([*result.diagnostics, *result.fixed])
    is_compared = result.change is not None or bool(facts.baseline)
    data = json_of(result, rules, masks, is_compared=is_compared)
    title = f"composelint: {xml(facts.title)}" if facts.title else "composelint report"
    policy = (
        f"default-src 'none'; script-src '{_hash(program)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return "".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="referrer" content="no-referrer">\n',
            '<meta name="color-scheme" content="light dark">\n',
            f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n",
            '<a class="skip" href="#findings">To the findings</a>\n',
            header(result, facts),
            "<main>\n",
            summary_section(result, facts, options),
            stacks_section(facts),
            findings_section(result),
            "</main>\n",
            _footer(options.show_secrets),
            f'<script type="application/json" id="data">{data}</script>\n',
            f"<script>{program}</script>\n</body>\n</html>\n",
        )
    )


def _masked(facts: Facts, mask: Callable[[str], str]) -> Facts:
    """The facts without secrets; the pictures have none."""
    stacks = tuple(
        stack._replace(
            name=mask(stack.name),
            strategies=tuple(
                each._replace(services=tuple(map(mask, each.services)), verdict=mask(each.verdict))
                for each in stack.strategies
            ),
        )
        for stack in facts.stacks
    )
    settings = tuple(
        each._replace(configuration=mask(each.configuration)) for each in facts.settings
    )
    return facts._replace(
        title=mask(facts.title), settings=settings, baseline=mask(facts.baseline), stacks=stacks
    )


def _own(name: str) -> str:
    return read_own(f"{_FOLDER}/{name}").decode("utf-8")


def _hash(text: str) -> str:
    """The source expression of a policy for a text."""
    from base64 import b64encode
    from hashlib import sha256

    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _footer(shows_secrets: bool) -> str:
    secrets = "" if shows_secrets else " <code>***</code> stands for the value of a secret."
    return (
        '<footer><p>Made by <a href="https://github.com/composelint/composelint">composelint</a>. This page '
        f"loads nothing from elsewhere.{secrets}</p></footer>\n"
    )
