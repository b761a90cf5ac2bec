"""DF120, DF122, DF151 to DF154: scripts that do something else than they seem to."""

from __future__ import annotations

import json

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of
from snippets import diagnostics

ERROR, WARNING = Severity.ERROR, Severity.WARNING

TSC = {
    "package.json": json.dumps(
        {"scripts": {"build": "tsc -p ."}, "devDependencies": {"typescript": "5"}}
    )
}


def package(script: str, runtime: str = "", development: str = "") -> dict[str, str]:
    """A package.json with a build script and the names of dependencies."""
    data = {
        "scripts": {"build": script, "clean": "rimraf dist", "types": "tsc"},
        "dependencies": dict.fromkeys(runtime.split(), "1"),
        "devDependencies": dict.fromkeys(development.split(), "1"),
    }
    return {"package.json": json.dumps(data)}


NODE = "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\n"

CASES = [
    # --- DF120: the last command of a RUN
    Case("DF120", "FROM a\nRUN cd /x  #! cd /x\n"),
    Case("DF120", "FROM a\nRUN mkdir /x && cd /x  #! cd /x\n"),
    Case("DF120", "FROM a\nRUN export A=b  #! export A=b\n"),
    Case("DF120", "FROM a\nRUN . /venv/bin/activate  #! . /venv\n"),
    Case("DF120", "FROM a\nRUN source ~/.bashrc  #! source\n"),
    Case("DF120", "FROM a\nRUN alias ll='ls -l'  #! alias\n"),
    Case("DF120", "FROM a\nRUN umask 022  #! umask\n"),
    Case("DF120", "FROM a\nRUN <<EOF\nx\ncd /x  #! cd /x\nEOF\n"),
    Case("DF120", "FROM a\nONBUILD RUN cd /x  #! cd /x\n"),
    Case("DF120", "FROM a\nRUN cd /x && y\nRUN export A=b; y\nRUN . ./venv/bin/activate && y\n"),
    Case("DF120", "FROM a\nRUN (x && cd /x)\nRUN x || cd /y\nRUN if x; then cd /y; fi\nRUN $(cd /x)\n"),
    Case("DF120", "FROM a\nRUN . ./install.sh\nRUN export -p\nRUN export\nRUN cd\n"),
    Case("DF120", "FROM a\nRUN [\"cd\", \"/x\"]\nRUN sh -c 'cd /x'\n"),
    # --- DF122: after an install without development dependencies
    Case("DF122", NODE + "RUN npm ci --omit=dev\nCOPY . .\nRUN npm run build  #! npm run build\n", TSC),
    Case("DF122", NODE + "RUN npm ci --only=production && npm run build  #! npm run build\n", TSC),
    Case("DF122", NODE + "ENV NODE_ENV=production\nRUN npm ci\nRUN npm run build  #! npm run build\n", TSC),
    Case("DF122", NODE + "RUN NODE_ENV=production npm install\nRUN npm run build  #! npm run build\n", TSC),
    Case("DF122", NODE + "RUN yarn install --production\nRUN yarn build  #! yarn build\n", TSC),
    Case("DF122", NODE + "RUN pnpm install --prod\nRUN pnpm run build  #! pnpm run build\n", TSC),
    Case("DF122", NODE + "RUN npm ci --omit=dev\nRUN npx tsc  #! npx tsc\n", TSC),
    Case("DF122", "FROM node:22 AS deps\nRUN npm ci --omit=dev\nFROM deps\nRUN npm run build  #! npm run build\n", TSC),
    Case("DF122", NODE + "RUN npm ci --omit=dev\nRUN npm run build  #! npm run build\n"),
    Case("DF122", NODE + "RUN npm ci --omit=dev\nRUN npm run build  #! npm\n", package("npm run clean && npm run types", "", "rimraf typescript")),
    Case("DF122", NODE + "RUN npm ci --omit=dev\nRUN npm run build  #! npm\n", package("cross-env A=b vite build", "cross-env", "vite")),
    Case("DF122", NODE + "RUN npm ci\nRUN npm run build\n", TSC),
    Case("DF122", NODE + "RUN npm ci\nRUN npm run build && npm prune --omit=dev\n", TSC),
    Case("DF122", NODE + "RUN npm ci --omit=dev\nRUN npm ci && npm run build\n", TSC),
    Case("DF122", NODE + "ENV NODE_ENV=production\nRUN npm ci --include=dev\nRUN npm run build\n", TSC),
    Case("DF122", NODE + "RUN npm ci --omit=dev\nRUN npm install typescript\nRUN npm run build\n", TSC),
    Case("DF122", NODE + "RUN npm ci --omit=dev\nRUN npm start\nRUN npm test\n", TSC),
    Case("DF122", NODE + "RUN npm ci --omit=dev\nRUN npm run build\n", package("vite build", "vite")),
    Case("DF122", NODE + "RUN npm ci --omit=dev\nRUN npm run build\n", package("node build.js && mkdir -p out", "", "jest")),
    Case("DF122", NODE + "RUN npm ci --omit=dev\nCOPY --from=x /app/node_modules ./node_modules\nRUN npm run build\n", TSC),
    Case("DF122", "FROM node:22 AS prod\nRUN npm ci --omit=dev\nFROM node:22\nRUN npm ci\nRUN npm run build\n", TSC),
    # --- DF151: comments in the middle of a command
    Case("DF151", "FROM a\nRUN x # why \\  #! #\n  && y\n"),
    Case("DF151", "FROM a\nRUN x && \\\n  y \\\n  # fine\n  && z # why \\  #! #\n  && w\n"),
    Case("DF151", "FROM a\nCMD x # why \\  #! #\n  y\n"),
    Case("DF151", "FROM a\nRUN x \\\n  # why \\\n  && y\n"),
    Case("DF151", "FROM a\nRUN x # why\nRUN x '#' \\\n  y\nRUN x a#b \\\n  y\n"),
    Case("DF151", "FROM a\nRUN <<EOF\nx # why \\\ny\nEOF\n"),
    # --- DF152: instructions inside others
    Case("DF152", "FROM a\nRUN x && RUN y  #! RUN\n", {}, ERROR),
    Case("DF152", "FROM a\nRUN x && \\\n  COPY y z  #! COPY\n", {}, ERROR),
    Case("DF152", "FROM a\nRUN RUN x  #! RUN\n", {}, ERROR),
    Case("DF152", "FROM a\nRUN x; CMD y  #! CMD\n", {}, ERROR),
    Case("DF152", "FROM a\nRUN x \\\n    y \\\nWORKDIR /z  #! WORKDIR\n", {}, WARNING),
    Case("DF152", "FROM a\nCOPY x y \\\nRUN z  #! RUN\n", {}, ERROR),
    Case("DF152", "FROM a\nEXPOSE 80 \\\nCMD x  #! CMD\n", {}, ERROR),
    Case("DF152", "FROM a\nRUN <<EOF\nx\nRUN y  #! RUN\nEOF\n", {}, ERROR),
    Case("DF152", "FROM debian:13\nRUN apt-get install -y a \\\nCOPY . .  #! COPY\n", {}, ERROR),
    Case("DF152", "FROM debian:13\nRUN apt-get install -y a \\\nCOPY . .  #! COPY\nRUN b\n", {}, ERROR),
    Case("DF152", "FROM debian:13\nRUN rm -rf a b \\\n\n# Why.\nRUN c --version  #! RUN\n", {}, WARNING),
    Case("DF152", "FROM debian:13\nRUN RUN a || b  #! RUN\n", {}, WARNING),
    Case("DF152", "FROM debian:13\nRUN RUN a; b  #! RUN\n", {}, WARNING),
    Case("DF152", "FROM debian:13\nRUN set -e; RUN a; b  #! RUN\n", {}, ERROR),
    Case("DF152", "FROM debian:13\nCMD a \\\nRUN b  #! RUN\n", {}, WARNING),
    Case("DF152", "FROM debian:13\nVOLUME /a \\\nRUN b  #! RUN\n", {}, WARNING),
    Case("DF152", "FROM debian:13\nONBUILD COPY a b \\\nRUN b  #! RUN\n", {}, WARNING),
    Case("DF152", "FROM a\nRUN run x && copy y z\nRUN echo RUN x && y \"RUN z\"\n"),
    Case("DF152", "FROM a\nRUN x --from \\\n  USER\nRUN x '\\\nRUN y'\n"),
    Case("DF152", "FROM a\nCOPY <<EOF /Dockerfile\nRUN x\nEOF\nENV A=b \\\n  RUN=c\n"),
    # --- DF153: scripts that go on after a failure
    Case("DF153", "FROM a\nRUN <<EOF  #! <<EOF\nx\ny\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<-'EOF'  #! <<-'EOF'\n\tx && y\n\tz\n\tEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF  #! <<EOF\n#!/bin/bash\nx\ny\nEOF\n"),
    Case("DF153", "FROM a\nRUN bash <<EOF  #! <<EOF\nx\ny\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF  #! <<EOF\nif x; then\n  y\nfi\nz\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF  #! <<EOF\nset -x\nx | y\nz\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF  #! <<EOF\nif [ a ]; then\n  x\nelse\n  y\n  z\nfi\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF  #! <<EOF\nif [ a ]; then\n  x\nelse\n  y\nfi\nz\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF  #! <<EOF\nif [ a ]; then\n  if [ b ]; then x; else y; fi\n  z\nfi\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF  #! <<EOF\nif [ a ]; then\n  x\nfi\nif [ b ]; then y; else z; fi\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF\nif [ a ]; then\n  x\nelif [ b ]; then # why\n  y\nelse\n  z\nfi\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF\ncase $A in\n  a) x ;;\n  *) y ;;\nesac\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF  #! <<EOF\ncase $A in\n  a) x ;;\n  *) y ;;\nesac\nz\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF\nif [ a ]; then\n  if [ b ]; then x; else y; fi\nelse\n  z && w\nfi\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF\nset -e\nx\ny\nEOF\nRUN <<EOF\nset -euxo pipefail\nx\ny\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF\nset -o errexit\nx\ny\nEOF\nRUN bash -e <<EOF\nx\ny\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF\n#!/bin/bash -e\nx\ny\nEOF\n"),
    Case("DF153", "FROM a\nSHELL [\"/bin/bash\", \"-euo\", \"pipefail\", \"-c\"]\nRUN <<EOF\nx\ny\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF\nx && \\\ny &&\nz\nEOF\nRUN <<EOF\nx\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF\nexport A=b\necho x\nB=c\ny\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF\nx || exit 1\ny || true\nz\nEOF\n"),
    Case("DF153", "FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nx()\ny()\nEOF\nRUN python3 <<EOF\nx()\ny()\nEOF\n"),
    Case("DF153", "FROM a\nCOPY <<EOF /x.sh\nx\ny\nEOF\nRUN cat <<EOF > /y\nx\ny\nEOF\n"),
    # --- DF154
    Case("DF154", "FROM a\nRUN x $((1 << 2))  #! <<\n"),
    Case("DF154", "FROM a\nRUN x '$((1 << 2))'\nRUN cat << 2\ny\n2\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_scripts(case: Case) -> None:
    check(case)


def test_the_workspace_that_is_built_decides() -> None:
    files = {
        "package.json": json.dumps({"workspaces": ["services/*"]}),
        "services/api/package.json": TSC["package.json"],
        "services/web/package.json": json.dumps({"scripts": {"build": "node build.js"}}),
    }
    text = NODE + "RUN npm ci --omit=dev\nCOPY . .\nRUN npm run build --workspace=services/%s\n"
    (finding,) = diagnostics("DF122", text % "api", "Dockerfile", files)
    assert finding.message.startswith("`npm run build --workspace=services/api` probably fails")
    assert "needs tsc, a development dependency" in finding.message
    assert diagnostics("DF122", text % "web", "Dockerfile", files) == []


def test_the_swallowed_lines_are_shown() -> None:
    text = "FROM a\nRUN x # why \\\n  && y \\\n  && z\n"
    (finding,) = diagnostics("DF151", text, "Dockerfile")
    assert [place.span.text for place in finding.related] == ["&& y \\\n  && z"]
    assert finding.message == "this comment continues to line 4, which therefore never runs"
