"""Texts that try to be more than text in a report, and findings that have them in all their texts."""

from __future__ import annotations

from composelint.linter.base.text import SourceFile, Span
from composelint.linter.rule import Create, Diagnostic, Edit, Fix, Related
from report_samples import SAFE, E, I, W, finding

PAYLOADS = {
    "SGR": "\x1b[31mred\x1b[0m",
    "OSC 8": "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "bell and backspace": "\x07\x08",
    "C1 control": "\x9b31m\x85",
    "carriage return": "fine\rerror: forged",
    "line feed": "fine\nother.yaml:1:1: error[CF999] forged",
    "line separators": "a\u2028b\u2029c\x0bd\x0ce",
    "right to left": "a\u202eb\u2066c\u200fd",
    "invisible": "a\u200bb\ufeffc\xadd\xa0e",
    "not in XML": "\x00\x01\ufffe\uffff\x7f",
    "lone surrogates": "\udfff \ud800 \udcff",
    "GitHub command": "::error file=x,line=1::forged",
    "GitHub command below": "x\n  ::error file=x,line=1::forged\n::add-mask::e",
    "GitHub command, spaces": "  ::stop-commands::x",
    "GitHub command, old form": "x ##[error]forged",
    "GitHub property": "x,line=9,title=forged::%0A::error::x",
    "Azure command": "##vso[task.setvariable variable=PATH]forged",
    "Azure command, case": "##VSO[task.complete result=Succeeded;]",
    "Azure command, hidden": "#\u034f#v\u034fso\ufe0f[task.complete result=Failed;]",
    "Azure property": "];sourcepath=x]##vso[task.complete result=Failed;]",
    "many signs": "####[error]###vso[a.b]c",
    "percent": "%0A%0D%25%AZP25%3A%2C%5D",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "HTML comment": "--> <!-- x",
    "XML": "]]></failure></testcase><testcase name='forged'/><![CDATA[",
    "XML attribute": "\"/><error line='1' source='composelint.XX999'/>",
    "entities": "&amp; &#0; &lt; &bogus;",
    "Markdown": "**bold** _it_ ~~no~~ `code` ``` # h\n- item\n> quote",
    "Markdown link": "[a](javascript:alert(1)) ![i](http://evil.example/x.png)",
    "Markdown reference": "[x][y] [y]: http://evil.example",
    "Markdown table": "a | b | c |\n|---|\n| d |",
    "mention": "@octocat @org/team #1 octo/repo#2",
    "autolink": "<http://evil.example> http://evil.example www.evil.example a@evil.example",
    "backslashes": "\\` \\| \\* \\",
    "backticks": "`` ` ```",
    "SARIF": "{0} [x](1) {1}",
    "JSON": '"}],"results": [], "diagnostics": []',
}
PAYLOADS["all at once"] = "".join(PAYLOADS.values())


def findings(payload: str, default: str = "x") -> list[Diagnostic]:
    """Findings with the payload in every text that can come from a repository."""
    path = payload.replace("\x00", "") or default
    line = payload.replace("\n", " ")
    file = SourceFile(path, f"{line}a: 1\n{line}b: {line}\n\t{payload}\n")
    start = len(line)
    long_span = Span(file, start, len(file.text) - 1)
    fix = Fix(payload, (Edit(Span(file, 0, 3), payload), Create(path, payload)), SAFE)
    return [
        finding(
            Span(file, start, start + 1),
            payload,
            help=f"{payload}\n{payload}",
            severity=E,
            related=[Related(long_span, payload), Related(Span(file, 0, start), payload)],
            fix=fix,
            owner=("service", payload),
            stack=payload,
            subject=payload,
            evidence=payload,
        ),
        finding(long_span, payload, code="CF211", severity=W, fix=Fix("t", fix.edits[:1], SAFE)),
        finding(
            Span(file, 0, 0),
            payload,
            code="CF212",
            severity=I,
            suppressed=payload,
            brought_by=(payload,),
        ),
        finding(Span(file, 0, 1), payload, name=payload, severity=I),
    ]
