"""Output formats, one module each.

A format is a module with ``render(result, options) -> str``. Everything that a linted
file contains passes through ``escape`` on its way out, so that no file can forge output.
Findings are written in the order of ``Result.diagnostics``; only ``github`` sorts them by
severity, because GitHub shows only the first few of each.
"""

from __future__ import annotations

from ..base.links import page_url
from ..base.package import import_own
from ..base.records import NamedTuple
from .shown_lines import secrets_in_shown_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ..result import Result
    from ..rule import Diagnostic, Rule
    from .html.facts import Facts
    from .masking import Masks


class RenderOptions(NamedTuple):
    """What a format's output contains, and where it is read.

    Attributes:
        color: colour with SGR escapes (``full``, ``concise``, ``grouped``).
        links: make rule codes OSC 8 links; only for a terminal. Without it ``full``
            prints the URL of each rule's page where the rule first appears.
        width: how many terminal cells a source line may take in ``full``.
        wrap: break what ``full`` says at this width, too; only for a terminal.
        show_suppressed: also show suppressed findings, as such (``full``, ``concise``,
            ``grouped``, ``markdown``, ``sarif``, ``junit``). ``json``, ``json-lines`` and ``html``
            always do; the formats that annotate code never do.
        show_fixed: also list what a change mended (``full``, ``concise``, ``grouped``,
            ``markdown``, ``json``); ``html`` always does.
        base: the working directory seen from the repository's root, such as ``deploy``;
            empty at the root. Prefixed to paths in ``sarif``, ``github``, ``gitlab``,
            ``azure`` and in the links of ``markdown``, whose readers count from the root.
        source_url: what a path from the root follows in a link to the source, such as
            ``https://github.com/OWNER/REPO/blob/SHA/``; empty for no links (``markdown``).
        rules: the rules by code (``sarif``, ``html``); None looks them up.
        show_secrets: print the values of secrets that the findings point at.
        masks: hides secrets in source lines; ``render`` provides it.
        unsafe_fixes: whether the call applies unsafe fixes, or would with ``--fix``.
        fixable: whether the fixes of a finding's rule are wanted; None wants those of all rules.
        facts: what ``html`` says of the run and its stacks.
    """

    color: bool = False
    links: bool = False
    width: int = 140
    wrap: bool = False
    show_suppressed: bool = False
    show_fixed: bool = False
    base: str = ""
    source_url: str = ""
    rules: Mapping[str, Rule] | None = None
    show_secrets: bool = False
    masks: Masks | None = None
    unsafe_fixes: bool = False
    fixable: Callable[[Diagnostic], bool] | None = None
    facts: Facts | None = None


def render(name: str, result: Result, options: RenderOptions) -> str:
    """The result in one of ``base.names.FORMATS``, with the values of secrets masked."""
    masks = None if options.show_secrets else masks_of([result])
    if masks is not None:
        from .masking import masked

        result, options = masked(result, masks), options._replace(masks=masks)
    output: str = import_own(f"{__name__}.{name.replace('-', '_')}").render(result, options)
    return output


def masks_of(results: Iterable[Result]) -> Masks | None:
    """The masks for texts about these results; None where nothing looks like a secret.

    Besides the secrets that findings point at, those in the lines that are shown count: no rule that
    reports them may be selected.
    """
    findings = [finding for result in results for finding in (*result.diagnostics, *result.fixed)]
    in_lines = secrets_in_shown_lines(findings)
    if not in_lines and not any(finding.sensitive for finding in findings):
        return None
    from .masking import Masks

    return Masks(findings, in_lines)


def rule_url(finding: Diagnostic) -> str:
    """The URL of the page of a finding's rule; empty if a rule that is not built in has none."""
    return page_url(finding.code, finding.name) if finding.url is None else finding.url


def shown(result: Result, options: RenderOptions) -> list[Diagnostic]:
    """The findings to show: suppressed ones only if the options say so."""
    return result.diagnostics if options.show_suppressed else result.reported


def message_of(finding: Diagnostic) -> str:
    """The message of a finding, with the other files whose change brought it."""
    others = [path for path in finding.brought_by if path != finding.path]
    return f"{finding.message} (brought by {', '.join(others)})" if others else finding.message


def rules_of(findings: Iterable[Diagnostic]) -> Mapping[str, Rule]:
    """The rules by code; none are loaded where there are no findings."""
    from ..rulebook.registry import all_rules

    return {rule.code: rule for rule in all_rules()} if any(True for _ in findings) else {}
