"""Draws findings to be judged by a reader, and writes what was judged into the documentation.

``python -m tests.precision draw CHECKOUT... [--count 300] [--seed 1] > drawn.json``

Lints every checkout with the preset ``recommended``, as a user would who runs ``composelint``
in it, and draws findings evenly over the rules: each rule in turn gives one, until there are
enough. Of one rule in one file at most one is drawn, since people's formats show these as one
entry. A reader adds ``verdict`` (``true``, ``noise`` or ``false``) and ``reason`` to each.

``python -m tests.precision table judged.json [--earlier judged-before.json]… > docs/precision.md``

Writes the page: the totals, those of earlier rounds, the totals by rule, and each finding with its
verdict.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .draw import draw_evenly, findings_of
from .table import page


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.precision")
    verbs = parser.add_subparsers(dest="verb", required=True)
    draw = verbs.add_parser("draw")
    draw.add_argument("checkouts", nargs="+", type=Path)
    draw.add_argument("--count", type=int, default=300)
    draw.add_argument("--seed", type=int, default=1)
    table = verbs.add_parser("table")
    table.add_argument("judged", type=Path)
    table.add_argument("--earlier", action="append", default=[], type=Path)
    options = parser.parse_args()
    if options.verb == "table":
        judged, *earlier = (
            json.loads(path.read_text("utf-8")) for path in (options.judged, *options.earlier)
        )
        sys.stdout.write(page(judged, earlier))
        return
    checkouts = [findings_of(checkout) for checkout in options.checkouts]
    drawn = draw_evenly(
        [item for found in checkouts for item in found], options.count, options.seed
    )
    json.dump(drawn, sys.stdout, indent=1)


main()
