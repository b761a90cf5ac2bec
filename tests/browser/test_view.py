"""The tests' own eyes: a page that is wrong is seen to be."""

from __future__ import annotations

from pathlib import Path

from views import View

PAGE = """<!doctype html><html lang="en"><head><title>A page</title></head><body><main>
<h1>A page</h1><p style="color: #eee; background: #fff">Pale</p>
<img src="missing.png"><script>console.error("wrong"); throw new Error("broken")</script>
</main></body></html>"""


def test_requests_errors_and_what_axe_finds_are_seen(view: View, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE, "utf-8")
    view.page.goto(path.as_uri())
    assert view.requests == [path.as_uri(), (tmp_path / "missing.png").as_uri()]
    assert "error: wrong" in view.console
    assert "error: broken" in view.console
    assert {finding.partition(":")[0] for finding in view.accessibility()} == {
        "color-contrast",
        "image-alt",
    }
