"""``junit``: test results, in the form that Jenkins, GitLab and others read.

Each finding is a test case of its file's suite. Errors and warnings are failures; what
only advises, and what is suppressed, are skipped tests that carry the message. A clean
run is one test that passes, since some readers take an empty report for a broken job.
"""

from __future__ import annotations

from itertools import groupby

from ..base.escape import xml
from ..rule import Severity
from . import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from ..rule import Diagnostic
    from . import RenderOptions


def render(result: Result, options: RenderOptions) -> str:
    """A ``testsuite`` element a file."""
    suites: list[str] = []
    tests = failures = skipped = 0
    for path, group in groupby(shown(result, options), key=lambda item: item.span.file.path):
        items = list(group)
        failed = sum(1 for item in items if _fails(item))
        tests += len(items)
        failures += failed
        skipped += len(items) - failed
        suites.append(
            f'  <testsuite name="{xml(path)}" tests="{len(items)}" failures="{failed}" errors="0"'
            f' skipped="{len(items) - failed}">'
        )
        suites += [_case(item) for item in items]
        suites.append("  </testsuite>")
    if not suites:
        tests = 1
        suites = [
            '  <testsuite name="composelint" tests="1" failures="0" errors="0" skipped="0">',
            '    <testcase name="no findings" classname="composelint" time="0"/>',
            "  </testsuite>",
        ]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<testsuites name="composelint" tests="{tests}" failures="{failures}" errors="0"'
            f' skipped="{skipped}">',
            *suites,
            "</testsuites>\n",
        ]
    )


def _fails(item: Diagnostic) -> bool:
    return item.suppressed is None and item.severity >= Severity.WARNING


def _case(item: Diagnostic) -> str:
    span = item.span.origin
    at = span.file.position(span.start)
    path = xml(span.file.path)
    label = item.severity.label
    name = f"{item.code} {item.name} ({at.line}:{at.column})"
    case = (
        f'    <testcase name="{xml(name)}" classname="{path}" file="{path}" line="{at.line}"'
        f' time="0">\n      '
    )
    message = xml(item.message)
    if _fails(item):
        text = f"{path}:{at.line}:{at.column}: {label}: {message}"
        if item.help:
            text += f"\nhelp: {xml(' '.join(item.help.split()))}"
        inner = f'<failure message="{message}" type="{label}">{text}</failure>'
    elif item.suppressed is None:
        inner = f'<skipped message="{label}: {message}"/>'
    else:
        inner = f'<skipped message="suppressed ({xml(item.suppressed)}): {message}"/>'
    return f"{case}{inner}\n    </testcase>"
