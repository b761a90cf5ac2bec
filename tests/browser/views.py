"""A page in a browser, and what happens in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page


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


@contextmanager
def new_view(browser: Browser, axe: str) -> Iterator[View]:
    """An empty page in a profile of its own, 1600 pixels wide."""
    context = browser.new_context(viewport={"width": 1600, "height": 1000})
    page = context.new_page()
    seen = View(page, axe=axe)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("console", lambda message: seen.console.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: seen.console.append(f"error: {error}"))
    yield seen
    context.close()
