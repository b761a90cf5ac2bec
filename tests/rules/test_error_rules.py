"""Every rule whose findings are errors, with the reason: an error is what does not work."""

from __future__ import annotations

import ast
from pathlib import Path

import composelint
import pytest
from composelint.linter.rule import Severity
from composelint.linter.rulebook.registry import all_rules

COMPOSE = "Docker Compose refuses it"
BUILDKIT = "BuildKit refuses it, or the build fails there"
ENGINE = "the engine refuses to create the container"
ENDS = "the container ends as soon as it starts, or is never started"
UNREAD = "composelint could not read the file or go on"
FORBIDDEN = "the configuration forbids it"

# fmt: off
REASONS = {
    COMPOSE: """
        CF001 CF002 CF003 CF007
        CF101 CF102 CF103 CF104 CF105 CF106 CF107 CF108 CF109 CF110 CF111 CF112 CF113 CF114 CF115
        CF116 CF117 CF118 CF119 CF120 CF121 CF122 CF123 CF124 CF125 CF126 CF127 CF128 CF129 CF130
        CF131 CF132 CF133 CF136 CF137 CF138 CF148 CF180 CF181 CF182
        EV001 XF110
    """,
    BUILDKIT: """
        DF001 DF002 DF003 DF005 DF104 DF115 DF116 DF128 DF129 DF130 DF131 DF132 DF133 DF135 DF141 DF142 DF143 DF144 DF145 DF146 DF147 DF148 DF149 DF152 DF154 DF155 DF156 DF166 DF167 DF168
        DF417 DF419 DF421
        DI006 DI008 XF101 XF102 XF103 XF108
    """,
    ENGINE: "CF166 CF167 CF184 CF185 CF186 CF187 CF189 CF204 CF205",
    ENDS: "CF190 CF192 CF193 CF196 CF231 DF157 DF161",
    UNREAD: "LN001 LN002 LN003 LN004 LN005 LN009",
    FORBIDDEN: "CF406 DF405",
}

RAISED = {
    ("CF158", "the engine refuses a security option that does not exist"),
    ("CF191", "the image refuses to start without the variable that was meant"),
    ("CF251", "the image of PostgreSQL 18 refuses to start beside a volume at the old path"),
    ("CF502", "the engine refuses more CPUs than there are"),
    ("DF103", "BuildKit refuses the number of a stage that does not exist"),
    ("DF158", "BuildKit refuses an unknown signal"),
}
"""Rules of a lower severity with findings that are errors, and the reason of those."""
# fmt: on

BY_CODE = {code: reason for reason, codes in REASONS.items() for code in codes.split()}


def test_each_error_rule_has_a_reason() -> None:
    errors = {rule.code for rule in all_rules() if rule.severity is Severity.ERROR}
    assert errors == BY_CODE.keys()


def test_no_preset_makes_an_error_of_what_works() -> None:
    raised = {rule.code for rule in all_rules() if Severity.ERROR in rule.severity_in.values()}
    assert raised <= BY_CODE.keys()


def declared_errors() -> set[str]:
    """The codes of rules, below error, whose functions name that severity."""
    root = Path(composelint.__file__).parent / "rules"
    codes = set()
    for path in root.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        for function in functions.values():
            called = [function, *(
                functions[node.func.id]
                for node in ast.walk(function)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in functions
            )]  # fmt: skip
            for decorator in function.decorator_list:
                if (
                    isinstance(decorator, ast.Call)
                    and decorator.args
                    and isinstance(decorator.args[0], ast.Constant)
                    and any(
                        "Severity.ERROR" in ast.unparse(part)
                        for item in called
                        for part in item.body
                    )
                ):
                    codes.add(str(decorator.args[0].value))
    return codes


def test_findings_that_are_raised_to_errors_have_a_reason() -> None:
    assert declared_errors() - BY_CODE.keys() <= {code for code, _ in RAISED}


@pytest.mark.parametrize("code", ["CF310", "CF312", "CF134", "CF135", "DF151"])
def test_what_works_is_no_error(code: str) -> None:
    (rule,) = (rule for rule in all_rules() if rule.code == code)
    assert rule.severity is Severity.WARNING
