"""A page in a browser, and what happens in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page


@dataclass
class View:
    """A page, with every request that it made and every message of its console."""

    page: Page
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    axe: str = ""

    def accessibility(self) -> list[str]:
        """What axe finds: rule, then the selectors of what breaks it."""
        self.page.evaluate(self.axe)
        answer: dict[str, Any] = self.page.evaluate("axe.run()")
        return [
            f"{broken['id']}: {[node['target'] for node in broken['nodes']]}"
            for broken in answer["violations"]
        ]
