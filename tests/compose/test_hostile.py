"""Input that wants to exhaust the linter, or to crash it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stacks import load_texts

if TYPE_CHECKING:
    from stacks import LoadTexts


def alias_bomb(width: int, levels: int) -> str:
    lines = [f"x0: &x0 [{', '.join(['a'] * width)}]"]
    lines += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines) + f"\nservices: {{a: {{image: x, command: *x{levels - 1}}}}}\n"


def includes(fan: int, depth: int) -> dict[str, str]:
    files = {
        f"{n}.yaml": f"include: [{', '.join([f'{n + 1}.yaml'] * fan)}]\n" for n in range(depth)
    }
    return {**files, f"{depth}.yaml": "services: {a: {image: x}}\n"}


def extends(count: int) -> str:
    links = "".join(f"  s{n}: {{extends: s{n + 1}}}\n" for n in range(count))
    return f"services:\n{links}  s{count}: {{image: x}}\n"


BOMBS: list[tuple[str, str | dict[str, str], str | None]] = [
    ("aliases", alias_bomb(10, 12), "too-complex"),
    ("aliases within bounds", "x" + alias_bomb(10, 4), None),
    ("nesting", "a: " + "[" * 5000 + "]" * 5000, "too-complex"),
    ("includes that double", includes(2, 30), "too-complex"),
    ("a row of includes", includes(1, 200), "too-complex"),
    ("a row of bases", extends(2000), "too-complex"),
    ("references in references", "services: {a: {image: '" + "${A:-" * 2000 + "}" * 2000 + "'}}\n", "interpolation-syntax"),
    ("a wide range of ports", 'services: {a: {image: x, ports: ["0-65535:0-65535/udp"]}}\n', "port-syntax"),
    ("ports in every range", "services: {a: {image: x, ports: ['1-65535:1-65535', '1-65535']}}\n", None),
    ("many colons", f"services: {{a: {{image: x, volumes: ['{'a:' * 50000}']}}}}\n", "volume-syntax"),
    ("many digits", f"services: {{a: {{image: x, mem_limit: '{'9' * 50000}', scale: {'9' * 50000}}}}}\n", "schema-cast"),
    ("many digits of a port", f"services: {{a: {{image: x, ports: ['{'9' * 50000}']}}}}\n", "port-syntax"),
    ("many digits of a duration", f"services: {{a: {{image: x, stop_grace_period: '{'9' * 50000}s'}}}}\n", "duration-syntax"),
    ("quotes in a command", f"services: {{a: {{image: x, command: '{'((' * 30000}'}}}}\n", "command-syntax"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "kind"), [bomb[1:] for bomb in BOMBS], ids=[b[0] for b in BOMBS])
def test_bombs_are_defused(load: LoadTexts, files: str | dict[str, str], kind: str | None) -> None:
    started = time.process_time()
    stack = load(files)
    assert time.process_time() - started < 30  # no hang; speed is what the benchmark measures
    kinds = {problem.kind for problem in stack.problems if problem.rejects}
    assert kinds >= ({kind} if kind else set())


def test_many_services_and_many_mistakes_take_linear_time(load: LoadTexts) -> None:
    def seconds(count: int) -> float:
        services = "".join(
            f"  s{n}: {{image: x, networks: [n{n}], depends_on: [t{n}], ports: ['x{n}']}}\n"
            for n in range(count)
        )
        started = time.process_time()
        assert len(load(f"services:\n{services}").problems) == 3 * count
        return time.process_time() - started

    seconds(50)
    assert seconds(800) < 100 * max(seconds(100), 0.005)


JUNK = st.sampled_from(
    [None, True, 1, -1.5, "", "x", "${V}", "${", "a:b:c:d", "service:a", "~", [], {}, [None], [[]],
     [{}], {"a": None}, {"x-a": 1}, {"path": None}, {"service": 1}, {"external": {}}, ["compose.yaml"],
     {"file": "compose.yaml", "service": "a"}, {"condition": None}, "\uffff", "9" * 400]
)  # fmt: skip
ATTRIBUTES = st.sampled_from(
    ["image", "build", "ports", "volumes", "environment", "env_file", "label_file", "depends_on",
     "networks", "extends", "healthcheck", "deploy", "develop", "secrets", "configs", "models", "gpus",
     "logging", "ulimits", "links", "pid", "network_mode", "profiles", "scale", "extra_hosts",
     "devices", "command", "mem_limit", "blkio_config", "container_name", "provider", "tmpfs", "dns"]
)  # fmt: skip
SECTIONS = st.sampled_from(
    [
        "services",
        "networks",
        "volumes",
        "secrets",
        "configs",
        "models",
        "include",
        "name",
        "version",
    ]
)
SERVICE = st.one_of(JUNK, st.dictionaries(ATTRIBUTES, st.one_of(JUNK, st.lists(JUNK, max_size=3))))
TOP = st.one_of(JUNK, st.dictionaries(st.sampled_from(["a", "b", "x-c"]), SERVICE, max_size=3))


@given(st.lists(st.dictionaries(SECTIONS, TOP, max_size=4), min_size=1, max_size=3))
def test_nothing_crashes_the_loader(documents: list[dict[str, object]]) -> None:
    import yaml

    files = {f"{n}.yaml": yaml.safe_dump(one) for n, one in enumerate(documents)}
    files["compose.yaml"] = files["0.yaml"]
    stack = load_texts(files, *(name for name in files if name != "compose.yaml"))
    for problem in stack.problems:
        assert problem.span.start <= problem.span.end <= len(problem.span.file.text)


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!<|>'\"#$%, \n\t\ufeff\x00?~1."), max_size=60))
def test_no_text_crashes_the_loader(text: str) -> None:
    files = {"compose.yaml": text, "b.yaml": f"services: {text}"}
    for problem in load_texts(files, *files).problems:
        assert problem.span.file.path in files
        assert problem.span.start <= problem.span.end <= len(problem.span.file.text)
