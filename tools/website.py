"""Builds the documentation as a site, into ``build/site``.

``python tools/website.py`` builds the pages; ``--playground`` also the playground, by
``tools/playground.py``, into ``playground/`` of the site. ``--serve PORT`` shows the result on this machine.
Further options are passed to ``mkdocs build``. It needs the extra ``docs``.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import os
import subprocess
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLAYGROUND = ROOT / "tools" / "playground.py"
"""The program that builds the playground into the folder that is its argument."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--playground", action="store_true", help="build the playground, too")
    parser.add_argument("--serve", type=int, metavar="PORT", help="show the result")
    parser.add_argument("--site-dir", type=Path, default=ROOT / "build" / "site", metavar="FOLDER")
    given, rest = parser.parse_known_args(arguments)
    if importlib.util.find_spec("material") is None:
        parser.error("MkDocs is not installed: pip install -e '.[docs]'")
    folder = given.site_dir.absolute()
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--config-file",
        str(ROOT / "site" / "mkdocs.yml"),
    ]
    # The theme's makers announce their next program on standard output.
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "true"}
    if given.playground:
        # The navigation leads there.
        environment["COMPOSELINT_PLAYGROUND"] = "1"
    code = subprocess.run([*command, "--site-dir", str(folder), *rest], env=environment).returncode
    if code == 0 and given.playground:
        command = [sys.executable, str(PLAYGROUND), str(folder / "playground")]
        code = subprocess.run(command).returncode
    if code == 0 and given.serve:
        handler = functools.partial(SimpleHTTPRequestHandler, directory=str(folder))
        with ThreadingHTTPServer(("127.0.0.1", given.serve), handler) as server:
            print(f"http://127.0.0.1:{given.serve}/", flush=True)
            server.serve_forever()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
