"""The navigation of the site has every page of docs; the rules' pages are added by site/hooks.py."""

from __future__ import annotations

import re

from checks import ROOT


def test_every_page_is_in_the_navigation() -> None:
    text = (ROOT / "site" / "mkdocs.yml").read_text("utf-8")
    listed = re.findall(
        r"^ +- (?:[^:\n]+: )?([\w./-]+\.md)$", text.partition("\nnav:\n")[2], re.MULTILINE
    )
    made = {"index.md", "contributing.md", "changelog.md"}
    assert sorted(set(listed) - made) == sorted(path.name for path in (ROOT / "docs").glob("*.md"))
    assert len(listed) == len(set(listed))
