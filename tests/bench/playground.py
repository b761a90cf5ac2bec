"""How soon the playground shows its first findings, and those of a change, in Chromium.

``python -m tests.bench.playground SITE`` serves a folder that ``tools/playground.py`` or
``tools/website.py --playground`` made, whose ``playground/`` it opens as a visitor does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from typing import ClassVar

from playwright.sync_api import Page, sync_playwright

LONG = 150_000
"""Milliseconds until something is given up."""


class Handler(SimpleHTTPRequestHandler):
    """Serves the files of a site with the types that browsers ask for."""

    extensions_map: ClassVar[dict[str, str]] = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments: object) -> None:
        pass


def first_result(page: Page, address: str) -> float:
    """Milliseconds from opening the page to the findings."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("html[data-checked]:not([data-linting])", timeout=LONG)
    return float(page.evaluate("document.documentElement.dataset.first"))


def change(page: Page, text: str) -> float:
    """Milliseconds from a change to its findings."""
    before = page.evaluate("document.documentElement.dataset.checked")
    page.keyboard.type(text)
    page.wait_for_selector(f"html:not([data-checked='{before}']):not([data-linting])", timeout=LONG)
    page.wait_for_timeout(200)
    return float(page.evaluate("document.documentElement.dataset.took"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site")
    parser.add_argument("--visits", type=int, default=5)
    parser.add_argument("--changes", type=int, default=20)
    arguments = parser.parse_args()
    handler = partial(Handler, directory=arguments.site)
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/playground/"
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=program, args=options)
        visits = []
        for _ in range(arguments.visits):
            # A profile of its own: nothing is in the browser's cache.
            context = browser.new_context()
            page = context.new_page()
            visits.append(first_result(page, address))
            if len(visits) < arguments.visits:
                context.close()
        page.locator("#editor .cm-content").click()
        page.keyboard.press("Control+End")
        changes = sorted(
            change(page, "# x" if number == 0 else "x") for number in range(arguments.changes)
        )
        browser.close()
        server.shutdown()
    print(f"first result: median {median(visits):.0f} ms, all {[round(ms) for ms in visits]}")
    print(f"a change: median {median(changes):.0f} ms, slowest {changes[-1]:.0f}")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
