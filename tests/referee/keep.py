"""Writes generated cases with the answers of both releases: ``tests/oracle/generated``.

    python -m tests.referee.keep --seed N --count M --docker-compose PATH --older PATH

Cases are left out that lead out of their project, and those to which Compose does not always
give the same answer, or one with a number that is none.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "oracle"), str(TESTS / "referee")]

from compare import OutsideError, ours  # noqa: E402  # the folder has to be on the path before
from composelint.linter.compose.release import CURRENT, OLDER  # noqa: E402  # the folder has to be on the path before
from generate import FAMILIES, generated  # noqa: E402  # the folder has to be on the path before
from harness import GENERATED, Case, normalise_config  # noqa: E402  # the folder has to be on the path before
from record import ask, installed  # noqa: E402  # the folder has to be on the path before


def kept(case: Case, binaries: dict[str, str]) -> dict[str, Any] | None:
    """The record of a case; None if it is left out."""
    try:
        ours(case)
    except OutsideError:
        return None
    answers: dict[str, Any] = {}
    for release, binary in binaries.items():
        told = [ask(case, binary) for _ in range(3)]
        if any(
            (each["accepted"], each["config"]) != (told[0]["accepted"], told[0]["config"])
            for each in told
        ):
            return None
        config = told[0]["config"]
        if "NaN" in json.dumps(config):
            return None  # it equals nothing, not even itself
        answers[release] = None if config is None else normalise_config(config)
    files: dict[str, Any] = {}
    for path, data in case.files.items():
        try:
            files[path] = None if data is None else data.decode("utf-8")
        except UnicodeDecodeError:
            files[path] = {"base64": base64.b64encode(data or b"").decode()}
    record: dict[str, Any] = {
        "name": case.name,
        "files": files,
        "args": case.args,
        "profiles": case.profiles,
        "env_file": case.env_file,
        "cwd": case.cwd,
        "links": dict(case.links),
    }
    record = {key: value for key, value in record.items() if value}
    record[CURRENT] = answers[CURRENT]
    if answers[OLDER] != answers[CURRENT]:
        record[OLDER] = answers[OLDER]
    return record


def main() -> int:
    """Command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--docker-compose", default=installed(), metavar="PATH")
    parser.add_argument("--older", required=True, metavar="PATH")
    options = parser.parse_args()
    binaries = {CURRENT: options.docker_compose, OLDER: options.older}
    cases = list(generated(options.seed, options.count))
    with ThreadPoolExecutor(2) as pool:
        records = list(pool.map(partial(kept, binaries=binaries), cases))
    GENERATED.mkdir(exist_ok=True)
    for family in FAMILIES:
        chosen = [
            record
            for case, record in zip(cases, records, strict=True)
            if record is not None and case.topic == family
        ]
        text = ",\n".join(json.dumps(record, ensure_ascii=False) for record in chosen)
        (GENERATED / f"{family}.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")
    print(f"{sum(record is not None for record in records)} cases kept of {len(cases)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
