"""Code actions: fixes, all safe ones at once, comments that accept a finding, the rule's page."""

from __future__ import annotations

from lsprotocol import types

from ..base.text import Span
from ..engine.schedule import Part as Lot
from ..fixing.engine import Choice, fix_files, refusal
from ..report import rule_url
from ..rule import Applicability, Create, Edit
from ..suppression.add_comments import add_ignores
from .edits import can_create, can_snippets, difference, literal, workspace_edit
from .findings import masked, row
from .view import path_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..base.text import SourceFile
    from ..rule import Diagnostic, Fix
    from .documents import Document
    from .server import Server
    from .view import View

FIX_ALL = "source.fixAll.composelint"
SHOW_RULE = "composelint.showRule"

_REASON = "why this is accepted"
"""What a new comment says until somebody writes the reason."""

_TITLES = {
    Applicability.SAFE: "{}",
    Applicability.UNSAFE: "{} (changes what runs)",
    Applicability.SUGGESTION: "{} (a suggestion: choose the value)",
}


def _wants(params: types.CodeActionParams, kind: str) -> bool:
    """Whether a client asks for actions of a kind, or for all."""
    only = params.context.only
    if only is None:
        return not kind.startswith("source")
    kinds = [getattr(each, "value", each) for each in only]
    return any(kind == each or kind.startswith(f"{each}.") for each in kinds)


def actions(view: View, params: types.CodeActionParams) -> list[types.CodeAction]:
    """The actions for a range of a file."""
    found: list[types.CodeAction] = []
    if _wants(params, types.CodeActionKind.QuickFix.value):
        found += _for_findings(view, params)
    if _wants(params, FIX_ALL):
        action = types.CodeAction("composelint: fix all safe ones", kind=FIX_ALL)
        if _resolves(view.client):
            action.data = {"kind": "all", "uri": params.text_document.uri}
            found.append(action)
        else:
            edits = _all_fixes(view)
            if edits:
                action.edit = workspace_edit(view, edits)
                found.append(action)
    return found


def _resolves(client: types.ClientCapabilities) -> bool:
    """Whether a client asks for the edit of an action when somebody chooses it."""
    text = client.text_document
    action = text.code_action if text is not None else None
    resolve = action.resolve_support if action is not None else None
    return resolve is not None and "edit" in resolve.properties


def _for_findings(view: View, params: types.CodeActionParams) -> list[types.CodeAction]:
    """The actions for the findings that touch a range."""
    source = view.source
    if source is None:
        return []
    own = [each.range for each in params.context.diagnostics if each.source == "composelint"]
    places = [view.span(each) for each in (params.range, *own)]
    findings = [
        (number, finding)
        for number, finding in enumerate(view.part.result.reported)
        if finding.path == view.path
        and any(finding.span.start <= end and start <= finding.span.end for start, end in places)
    ]
    if not findings:
        return []
    as_shown = masked(view.part.result, [finding for _, finding in findings])
    fixes: list[types.CodeAction] = []
    others: list[types.CodeAction] = []
    for (number, finding), shown in zip(findings, as_shown, strict=True):
        diagnostic = _as_diagnostic(shown, view)
        fix = finding.fix
        if fix is not None and _can_apply(view, fix):
            title = shown.fix.title if shown.fix is not None else fix.title
            action = types.CodeAction(
                _TITLES[fix.applicability].format(title),
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[diagnostic],
                is_preferred=fix.applicability is Applicability.SAFE or None,
            )
            if _resolves(view.client):
                action.data = _reference(params, view, number, finding)
                fixes.append(action)
            elif not _refused(view, finding):
                action.edit = _edit_of(view, fix)
                fixes.append(action)
        ignore = _ignoring(view, source, finding)
        if ignore is not None:
            others.append(
                types.CodeAction(
                    f"Ignore {_name(finding)} here, with a reason",
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[diagnostic],
                    edit=ignore,
                )
            )
        url = rule_url(finding)
        if url:
            title = f"Show the rule {_name(finding)}"
            command = types.Command(title, SHOW_RULE, arguments=[finding.code, url])
            others.append(
                types.CodeAction(
                    title,
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[diagnostic],
                    command=command,
                )
            )
    unique = {(each.title, str(each.data or each.edit or each.command)): each for each in others}
    return [*fixes, *unique.values()]


def _as_diagnostic(finding: Diagnostic, view: View) -> types.Diagnostic:
    """A finding as the client knows it."""
    data = row(finding, view.places)
    return types.Diagnostic(
        view.range(finding.span),
        data["message"],
        severity=types.DiagnosticSeverity(data["severity"]),
        code=data["code"],
        source=data["source"],
        data=data["data"],
    )


def _can_apply(view: View, fix: Fix) -> bool:
    """Whether a client can do what a fix does: not all make new files."""
    return can_create(view.client) or not any(
        isinstance(edit, Create) or getattr(edit, "exists", True) is False for edit in fix.edits
    )


def _edit_of(view: View, fix: Fix) -> types.WorkspaceEdit:
    return workspace_edit(view, fix.edits, snippet=fix.applicability is Applicability.SUGGESTION)


def _reference(
    params: types.CodeActionParams, view: View, number: int, finding: Diagnostic
) -> dict[str, Any]:
    """What finds a finding again, if nothing has changed."""
    document = view.document
    return {
        "kind": "fix",
        "uri": params.text_document.uri,
        "version": document.version if document is not None else None,
        "number": number,
        "code": finding.code,
    }


def _refused(view: View, finding: Diagnostic) -> str:
    """Why a fix is not applied; empty for one that is, and for suggestions, which people check."""
    fix = finding.fix
    if fix is None or fix.applicability is Applicability.SUGGESTION:
        return ""
    part = view.part
    lot = Lot(part.files, part.result, part.read, part.looked_up)
    return refusal(finding, lot, part.settings, part.shared)


def resolve(view: View, action: types.CodeAction) -> tuple[types.CodeAction, str]:
    """An action with its edit, and why there is none."""
    data: dict[str, Any] = action.data if isinstance(action.data, dict) else {}
    if data.get("kind") == "all":
        action.edit = workspace_edit(view, _all_fixes(view))
        return action, ""
    document = view.document
    version = document.version if document is not None else None
    reported = view.part.result.reported
    number = data.get("number")
    if (
        data.get("kind") != "fix"
        or data.get("version") != version
        or not isinstance(number, int)
        or not 0 <= number < len(reported)
    ):
        return action, "the file has changed; ask again"
    finding = reported[number]
    fix = finding.fix
    if fix is None or finding.code != data.get("code"):
        return action, "the file has changed; ask again"
    reason = _refused(view, finding)
    if not reason:
        action.edit = _edit_of(view, fix)
    return action, reason


def _all_fixes(view: View) -> list[Edit]:
    """The edits of a file that all of its safe fixes come to, proved as those of ``--fix``."""
    source = view.source
    if source is None:
        return []
    part = view.part
    settings = part.settings
    choice = Choice(False, settings.selection.fixes, frozenset((view.path,)))
    outcome = fix_files(part.files, settings, choice)
    text = outcome.after.get(view.path)
    return [] if text is None else difference(source, text)


# --- accepting a finding


def _name(finding: Diagnostic) -> str:
    """The rule's name for a comment, or its code if it has no name of its own."""
    return finding.code if finding.name in ("", "shellcheck") else finding.name


def _ignoring(view: View, source: SourceFile, finding: Diagnostic) -> types.WorkspaceEdit | None:
    """The edit that adds a comment which accepts a finding; None if no comment can."""
    selection = view.part.settings.selection
    if finding.code.startswith("LN") or selection.is_locked(finding.code):
        return None
    line = source.line_of(finding.span.origin.start)
    text, lost = add_ignores(source, {line: {_name(finding)}}, _REASON)
    if lost or text == source.text:
        return None
    (edit,) = _insertion(source, text)
    if not can_snippets(view.client) or _REASON not in edit.replacement:
        return workspace_edit(view, (edit,))
    before, _, after = edit.replacement.partition(_REASON)
    place = view.range(edit.span)
    new = f"{literal(before)}${{1:{literal(_REASON)}}}{literal(after)}"
    snippet = types.SnippetTextEdit(place, types.StringValue(new))
    document = view.document
    version = document.version if document is not None else None
    identifier = types.OptionalVersionedTextDocumentIdentifier(view.uri(view.path), version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, [snippet])])


def _insertion(source: SourceFile, text: str) -> tuple[Edit]:
    """The one insertion that makes a text of a file's text."""
    old = source.text
    added = len(text) - len(old)
    at = 0
    while at < len(old) and old[at] == text[at]:
        at += 1
    # A comment above a line repeats its indentation: the place is the beginning of the line.
    first = old.rfind("\n", 0, at) + 1
    if text[at + added :] != old[at:] or text[first + added :] == old[first:]:
        at = first
    return (Edit(Span(source, at, at), text[at : at + added]),)


# --- requests


def register(server: Server) -> None:
    """Offer code actions."""
    options = types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix, FIX_ALL],
        resolve_provider=True,
    )
    server.answers(types.TEXT_DOCUMENT_CODE_ACTION, options)(actions)

    async def resolved(action: types.CodeAction) -> types.CodeAction:
        data = action.data if isinstance(action.data, dict) else {}
        if not data:
            return action  # Complete already; some clients ask about all.
        path = path_of(str(data.get("uri", "")))

        def work(documents: Mapping[str, Document]) -> tuple[types.CodeAction, str]:
            view = server.view(path, documents) if path else None
            return (action, "it is not linted") if view is None else resolve(view, action)

        answer, reason = await server.ask_worker(work)
        if reason:
            server.tell(f"composelint: nothing was changed: {reason}", types.MessageType.Info)
        return answer

    server.feature(types.CODE_ACTION_RESOLVE)(resolved)

    async def show_rule(code: str, url: str) -> None:
        if not url.startswith("https://"):
            return
        window = server.client_capabilities.window
        if window is not None and window.show_document is not None and window.show_document.support:
            server.ask_client(
                types.WINDOW_SHOW_DOCUMENT, types.ShowDocumentParams(url, external=True)
            )
        else:
            server.tell(f"{code}: {url}", types.MessageType.Info)

    server.command(SHOW_RULE)(show_rule)
