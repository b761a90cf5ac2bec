"""get-pip.py and the Pythons that it refuses."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING
URL = "https://bootstrap.pypa.io/get-pip.py"
OLD = "https://raw.github.com/pypa/pip/master/contrib/get-pip.py"


def pip(text: str, severity: Severity | None = None) -> Case:
    return Case("DF147", text, {}, severity)


CASES = [
    pip(f"FROM ubuntu:16.04\nRUN wget {URL} && \\\n    python get-pip.py  #! python get-pip.py\n", ERROR),
    pip(f"FROM ubuntu:14.04\nRUN curl {URL} | \\\n    python3  #! python3\n", ERROR),
    pip(f"FROM ubuntu:20.04\nRUN curl {URL} | \\\n    python3 -  #! python3 -\n", ERROR),
    pip(f"FROM ubuntu:20.04\nADD {URL} /x/\nRUN python /x/get-pip.py  #! python /x/get-pip.py\n", ERROR),
    pip(f"FROM debian:11\nRUN curl {URL} -o get-pip.py\nRUN python3 get-pip.py  #! python3 get-pip.py\n", ERROR),
    pip(f"FROM python:3.9\nRUN curl {URL} > get-pip.py\nRUN python get-pip.py pip==9  #! python get-pip.py pip==9\n", ERROR),
    pip(f"FROM python:2\nRUN curl -O {URL}\nRUN sudo python get-pip.py  #! sudo python get-pip.py\n", ERROR),
    pip(f"FROM acme/x\nRUN curl -O {URL}\nRUN python3.6 get-pip.py  #! python3.6 get-pip.py\n", ERROR),
    pip(f"FROM alpine:3.14\nRUN wget {URL}\nRUN python3 get-pip.py  #! python3 get-pip.py\n", ERROR),
    pip(f"FROM ubuntu\nRUN wget {OLD}\nRUN python get-pip.py  #! python get-pip.py\n", ERROR),
    pip(f"FROM python:3.9\nRUN wget {URL}\nRUN python get-pip.py; true  #! python get-pip.py\n", WARNING),
    # Python 3.10 and later.
    pip(f"FROM python:3.10\nRUN wget {URL} && python get-pip.py\n"),
    pip(f"FROM python:3\nRUN wget {URL} && python get-pip.py\n"),
    pip(f"FROM ubuntu:22.04\nRUN wget {URL} && python3 get-pip.py\n"),
    pip(f"FROM alpine:3.16\nRUN wget {URL} && python3 get-pip.py\n"),
    pip(f"FROM acme/x\nRUN wget {URL} && python3.10 get-pip.py\n"),
    # The script for that Python, or another script.
    pip("FROM ubuntu:16.04\nRUN wget https://bootstrap.pypa.io/pip/2.7/get-pip.py && python get-pip.py\n"),
    pip("FROM ubuntu:16.04\nRUN wget https://acme.example/get-pip.py && python get-pip.py\n"),
    pip("FROM ubuntu:16.04\nCOPY get-pip.py /tmp/\nRUN python /tmp/get-pip.py\n"),
    pip(f"FROM ubuntu:16.04\nCOPY get-pip.py .\nRUN wget {URL} -O x && python get-pip.py\n"),
    pip("FROM ubuntu:16.04\nRUN python get-pip.py\n"),
    pip(f"FROM ubuntu:16.04\nRUN wget {URL}\nRUN python setup.py get-pip.py\n"),
    # Another Python, or not known.
    pip(f"FROM acme/x\nRUN wget {URL} && python3 get-pip.py\n"),
    pip(f"FROM ubuntu:16.04\nRUN add-apt-repository ppa:deadsnakes/ppa\nRUN wget {URL} && python get-pip.py\n"),
    pip(f"FROM ubuntu:16.04\nRUN ln -sf /usr/bin/python3.12 /usr/bin/python\nRUN wget {URL} && python get-pip.py\n"),
    pip(f"FROM ubuntu:16.04\nCOPY --from=python:3.14 /usr/local /usr/local\nRUN wget {URL} && python get-pip.py\n"),
    pip(f"FROM ubuntu:16.04\nRUN wget {URL} && /opt/x/bin/python get-pip.py\n"),
    # Not surely.
    pip(f"FROM ubuntu:16.04\nRUN wget {URL} && python get-pip.py || true\n"),
    pip(f"FROM ubuntu:16.04 AS build\nRUN wget {URL} && python get-pip.py\nFROM alpine\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_get_pip(case: Case) -> None:
    check(case)
