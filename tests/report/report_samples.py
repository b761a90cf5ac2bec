"""Findings for tests of the output formats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from composelint.linter.base.text import EmbeddedSource, SourceFile, Span
from composelint.linter.report import RenderOptions, render
from composelint.linter.result import Result
from composelint.linter.rule import (
    Applicability,
    Create,
    Diagnostic,
    Edit,
    Fix,
    Related,
    Rule,
    Severity,
)

E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741  # the letters that reports print
SAFE, UNSAFE = Applicability.SAFE, Applicability.UNSAFE


def marked(text: str, path: str = "compose.yaml") -> tuple[SourceFile, list[Span]]:
    """A file, and the spans between « and » in ``text`` in their order."""
    plain, starts, spans = "", [], []
    for char in text:
        if char == "«":
            starts.append(len(plain))
        elif char == "»":
            spans.append((starts.pop(), len(plain)))
        else:
            plain += char
    file = SourceFile(path, plain)
    return file, [Span(file, start, end) for start, end in sorted(spans)]


def finding(
    span: Span,
    message: str = "something is wrong",
    code: str = "CF210",
    name: str = "some-rule",
    severity: Severity = W,
    **arguments: Any,
) -> Diagnostic:
    """A finding with everything that the engine assigns."""
    assigned = {
        key: arguments.pop(key)
        for key in ("owner", "stack", "suppressed", "brought_by")
        if key in arguments
    }
    item = Diagnostic(span, message, severity=severity, **arguments)
    item.code, item.name = code, name
    for key, value in assigned.items():
        setattr(item, key, value)
    return item


def result_of(items: Iterable[Diagnostic], files: int = 1) -> Result:
    result = Result()
    result.diagnostics = list(items)
    result.files = files
    return result


def write(name: str, items: Iterable[Diagnostic], **options: Any) -> str:
    """A report of findings, without the texts of rules unless the options have some."""
    return render(name, result_of(items), RenderOptions(**{"rules": {}, **options}))


def declared(code: str = "CF210", name: str = "some-rule", **arguments: Any) -> Rule:
    """A rule with a page."""

    def check(service: object) -> None:
        """Nothing tells whether `x` works.

        It may hang. Another sentence.
        """

    rule = Rule(code, name, W, check)
    for key, value in arguments.items():
        setattr(rule, key, value)
    return rule


def sample() -> Result:
    """Every kind of finding, in the order in which a run reports them."""
    compose, (web, image, port, last) = marked(
        'services:\n  «web»:\n    image: «nginx:latest» # 𝒳 é\n    ports:\n      - «"8080:80"»\n'
        "    environment: {«A: 1,\n      B: 2}»"
    )
    end = Span(compose, len(compose.text), len(compose.text))
    _, (other,) = marked(
        'services:\r\n  api:\r\n    ports: [«"8080:8080"»]\r\n', "deploy/compose.override.yaml"
    )
    docker, (run, user) = marked(
        "FROM alpine\n«RUN apk update \\\n  && apk add curl \\\n  && true»\n«USER root»\n",
        "api/Dockerfile",
    )
    text = "RUN true\n"
    host, (body,) = marked("x:\n  dockerfile_inline: |\n    «RUN true\n»", "inline.yaml")
    embedded = EmbeddedSource(host, text, list(range(body.start, body.end + 1)))
    unread = SourceFile("broken.yaml", "")
    return result_of(
        [
            finding(
                Span(docker, run.start, run.end),
                "two layers",
                "DF110",
                "update-apart",
                I,
                owner=("stage", "0"),
            ),
            finding(
                user,
                'the container runs as "root"',
                "DF301",
                "root-user",
                W,
                fix=Fix("remove it", (Edit(user, ""),), SAFE),
                owner=("stage", "0"),
                subject="stages[0].user",
                evidence="root",
            ),
            finding(Span(unread, 0, 0), "byte 0xff at offset 3 is not UTF-8", "LN003", "bytes", E),
            finding(
                web,
                'service "web" has no health check',
                "CF210",
                "missing-healthcheck",
                W,
                help="add a health check,\nor say why not",
                fix=Fix(
                    "add one",
                    (Edit(Span(compose, web.end + 1, web.end + 1), "\n    x: 1"), Edit(web, "w")),
                    UNSAFE,
                ),
                owner=("service", "web"),
                subject="services.web",
                stack="compose.yaml",
            ),
            finding(
                image,
                'tag "latest" moves',
                "CF401",
                "mutable-tag",
                I,
                fix=Fix(
                    "pin it in a file",
                    (Create(".env.example", "TAG=1\n"), Edit(image, "nginx:${TAG}")),
                    UNSAFE,
                ),
            ),
            finding(
                port,
                "host port 8080 is published twice",
                "CF118",
                "port-collision",
                E,
                related=[Related(other, "also here"), Related(web, "by this service")],
                subject="services.web.ports[0]",
                stack="compose.yaml",
            ),
            finding(last, "two values", "CF900", "flow-style", I, suppressed="we like it"),
            finding(end, "no newline at the end", "CF901", "missing-newline", I),
            finding(other, "same", "CF118", "port-collision", W),
            finding(other, "same", "CF118", "port-collision", W),
            finding(Span(embedded, 0, 3), "embedded", "DF999", "inline", W),
        ],
        files=5,
    )
