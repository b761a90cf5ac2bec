"""Values as they are shown to people: what looks like a secret is masked."""

from __future__ import annotations

MASK = "***"
"""What replaces a secret, whatever its length."""

_LEAST = 4
"""Shorter secrets are masked only where they are, not wherever the same text occurs."""


def masked(name: str, value: str) -> str:
    """A value with ``MASK`` in the place of what looks like a secret; ``name`` is its key or variable."""
    from .unparsed import secrets_in_text

    lines: list[str] = []
    for line in value.split("\n"):
        at = f"{name}: " if name and not lines else ""
        text = at + line
        for start, end in reversed(secrets_in_text(text)):
            text = text[:start] + MASK + text[end:]
        lines.append(text[len(at) :])
    return "\n".join(lines)


class Masking:
    """Masks texts that are shown together: what is a secret in one of them is one in all."""

    def __init__(self, show: bool = False) -> None:
        self.show = show
        self.secrets: set[str] = set()

    def learn(self, name: str, value: str) -> bool:
        """Remember the secrets in the value of a name; returns whether there are some."""
        if self.show:
            return False
        from .unparsed import secrets_in_text

        found = False
        for number, line in enumerate(value.split("\n")):
            at = f"{name}: " if name and not number else ""
            text = at + line
            for start, end in secrets_in_text(text):
                found = True
                secret = text[start:end].strip("\"'")
                if len(secret) >= _LEAST:
                    self.secrets.add(secret)
        return found

    def hide(self, value: str) -> None:
        """Remember that a value is a secret."""
        if not self.show and len(value.strip()) >= _LEAST:
            self.secrets.add(value.strip())

    def shown(self, name: str, value: str) -> str:
        """A value as it is shown."""
        if self.show:
            return value
        return self.text(masked(name, value))

    def text(self, text: str) -> str:
        """A text without the secrets that are known."""
        if not self.show:
            for secret in sorted(self.secrets, key=len, reverse=True):
                text = text.replace(secret, MASK)
        return text
