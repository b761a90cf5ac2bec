"""``--diff``: the changes of the fixes as a unified diff.

The values of secrets are masked in it, on both sides; files are written with the real ones.
"""

from __future__ import annotations

from ..base.escape import visible
from ..base.text import SourceFile, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..fixing.engine import FixResult
    from ..report.masking import Masks


def masked_text(text: str, masks: Masks | None) -> str:
    """A text with its secrets masked."""
    return text if masks is None else masks.text(text)


def diff(outcomes: list[FixResult], color: bool, masks: Masks | None = None) -> str:
    """The changes of the files, below the changes of the stacks as comments."""
    lines = [
        f"# {visible(masked_text(str(change), masks))}\n"
        for outcome in outcomes
        for change in outcome.changes
    ]
    texts: dict[str, tuple[str | None, str]] = {}
    for outcome in outcomes:
        for path, text in outcome.created.items():
            texts[path] = (None, text)
        for path, text in outcome.after.items():
            first = texts[path][0] if path in texts else outcome.before[path].text
            texts[path] = (first, text)
    if masks is not None:
        _mask_env_files(texts, outcomes, masks)
    masked = False
    for path, (old, text) in sorted(texts.items()):
        before, after = _lines(old or ""), _lines(text)
        shown = {} if masks is None else _shown(path, (old or "", text), masks)
        patch = _patch(path, None if old is None else before, after)
        masked = masked or any(
            line[1:] in shown or _without_secrets(line[1:], masks) != line[1:] for line in patch[2:]
        )
        lines += patch[:2]
        lines += (
            line[0] + _without_secrets(shown.get(line[1:], line[1:]), masks) for line in patch[2:]
        )
    if masked:
        from ..report.secret_values import MASK

        lines.insert(
            0,
            f"# The values of secrets are shown as {MASK}, so this is nothing to apply; "
            "--show-secrets makes it a patch.\n",
        )
    lines = [
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    ]
    return "".join(map(_painted, lines) if color else lines)


def _without_secrets(line: str, masks: Masks | None) -> str:
    """A line without what looks like a secret: the lines around a change hold any text."""
    if masks is None or line.startswith("@@"):
        return line
    from ..report.secret_values import MASK
    from ..secrets.unparsed import secrets_in_line

    for start, end in sorted(secrets_in_line(line), reverse=True):
        if MASK not in line[start:end]:
            line = line[:start] + MASK + line[end:]
    return line


def _mask_env_files(
    texts: dict[str, tuple[str | None, str]], outcomes: list[FixResult], masks: Masks
) -> None:
    """Mask the secrets in env files, on both sides: those that were there, and those moved there."""
    from ..files.kinds import ENV, kind_of_named
    from ..secrets.names import is_secret_name
    from ..secrets.unparsed import secrets_in_text
    from ..source.dotenv_parser import parse_env

    moved: dict[str, set[str]] = {}
    for outcome in outcomes:
        for path, names in outcome.received.items():
            moved.setdefault(path, set()).update(names)
    for path, sides in texts.items():
        if path not in moved and kind_of_named(path) != ENV:
            continue
        names = moved.get(path, set())
        for text in filter(None, sides):
            file = SourceFile(path, text)
            for start, end in secrets_in_text(text):
                masks.hide(Span(file, start, end))
            for entry in parse_env(file).entries:
                if entry.key in names or is_secret_name(entry.key):
                    masks.hide(entry.value_span)


def _patch(path: str, before: list[str] | None, after: list[str]) -> list[str]:
    from difflib import unified_diff

    name = visible(path)
    old = "/dev/null" if before is None else f"a/{name}"
    return list(unified_diff(before or [], after, old, f"b/{name}"))


def _shown(path: str, texts: tuple[str, str], masks: Masks) -> dict[str, str]:
    """The lines with a masked value, by their text: both sides of the diff look the same.

    A value may be known as a secret on one side only.
    """
    shown: dict[str, str] = {}
    for text in texts:
        view = masks.view(SourceFile(path, text))
        if view is not None:
            pairs = zip(_lines(text), _lines(view.text), strict=True)
            shown.update((line, masked) for line, masked in pairs if line != masked)
    return shown


def _lines(text: str) -> list[str]:
    """The lines with their endings; only a line feed ends one, as in the files themselves."""
    *ended, rest = text.split("\n")
    return [f"{line}\n" for line in ended] + ([rest] if rest else [])


def _painted(line: str) -> str:
    style = {"+": "32", "-": "31", "@": "36", "#": "2"}.get(line[:1])
    if line.startswith(("+++", "---")):
        style = "1"
    # Control characters would act on the terminal; in a patch they are kept.
    body = visible(line.rstrip("\r\n"))
    return f"\x1b[{style}m{body}\x1b[0m\n" if style else f"{body}\n"
