"""``junit``: test results, in the form that Jenkins, GitLab and others read.

Each finding is a test case of its file's suite. Errors and warnings are failures; infos and
suppressed findings are skipped tests that carry the message. A run without findings is one
test that passes, since some readers take an empty report for a broken job.
"""

from __future__ import annotations

from itertools import groupby

from ..base.escape import xml
from ..rule import Severity
from . import message_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from ..rule import Diagnostic
    from . import RenderOptions


def render(result: Result, options: RenderOptions) -> str:
    """One ``testsuite`` element per file."""
    suites: list[str] = []
    tests = failures = skipped = 0
    for path, group in groupby(shown(result, options), key=lambda finding: finding.path):
        findings = list(group)
        failed = sum(map(_fails, findings))
        tests += len(findings)
        failures += failed
        skipped += len(findings) - failed
        suites.append(
            f'  <testsuite name="{xml(path)}" tests="{len(findings)}" failures="{failed}" errors="0"'
            f' skipped="{len(findings) - failed}">'
        )
        suites += [*map(_case, findings), "  </testsuite>"]
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


def _fails(finding: Diagnostic) -> bool:
    return finding.suppressed is None and finding.severity >= Severity.WARNING


def _case(finding: Diagnostic) -> str:
    start = finding.start
    path = xml(finding.path)
    label = finding.severity.label
    name = f"{finding.code} {finding.name} ({start.line}:{start.column})"
    case = (
        f'    <testcase name="{xml(name)}" classname="{path}" file="{path}" line="{start.line}"'
        f' time="0">\n      '
    )
    message = xml(message_of(finding))
    if _fails(finding):
        text = f"{path}:{start.line}:{start.column}: {label}: {message}"
        if finding.help:
            text += f"\nhelp: {xml(' '.join(finding.help.split()))}"
        inner = f'<failure message="{message}" type="{label}">{text}</failure>'
    elif finding.suppressed is None:
        inner = f'<skipped message="{label}: {message}"/>'
    else:
        inner = f'<skipped message="suppressed ({xml(finding.suppressed)}): {message}"/>'
    return f"{case}{inner}\n    </testcase>"
