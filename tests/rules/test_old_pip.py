"""The pip of Ubuntu 14.04 and 16.04, which takes releases for newer Pythons."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING
TWO = "RUN apt-get update && apt-get install -y python-pip\n"
THREE = "RUN apt-get update && apt-get install -y python3-pip\n"


def pip(text: str, severity: Severity | None = None) -> Case:
    return Case("DF141", text, {}, severity)


CASES = [
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install --upgrade pip  #! pip install\n", ERROR),
    pip(f"FROM ubuntu:trusty\n{TWO}RUN pip install x==1 && pip install -U pip setuptools  #! pip install\n", ERROR),
    pip(f"FROM ubuntu:xenial\n{TWO}RUN python -m pip install pip --upgrade  #! pip install\n", ERROR),
    pip(f"FROM ubuntu:16.04\n{THREE}RUN pip3 install -U pip\nRUN pip3 install x  #! pip3 install\n", ERROR),
    pip(f"FROM ubuntu:14.04\n{THREE}RUN pip3 install -U pip\nRUN python3 -m pip install x  #! pip install\n", ERROR),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install -U pip; true  #! pip install\n", WARNING),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install flask  #! pip install\n", ERROR),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install --no-cache-dir a numpy  #! pip install\n", ERROR),
    pip(f"FROM ubuntu:16.04\n{THREE}RUN pip3 install scipy  #! pip3 install\n", ERROR),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install -U setuptools  #! pip install\n", ERROR),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install setuptools requests wheel\n"),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install flask==1.0 'numpy<2'\n"),
    pip(f"FROM ubuntu:16.04\n{THREE}RUN pip3 install flask\n"),
    pip("FROM ubuntu:16.04\nRUN apt-get install -y python-pip python-numpy && pip install numpy\n"),
    pip("FROM ubuntu:16.04\nRUN apt-get install -y python-pip python-scipy && pip install numpy\n"),
    pip("FROM ubuntu:16.04\nRUN apt-get install -y python-pip ansible && pip install jinja2\n"),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install numpy==1.16.4 && pip install numpy\n"),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install virtualenv  #! pip install\nRUN virtualenv /v\n", ERROR),
    pip("FROM ubuntu:14.04\nRUN apt-get install -y python-setuptools\nRUN easy_install pip  #! easy_install\n", ERROR),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN easy_install -U pip  #! easy_install\n", ERROR),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN easy_install pip\n"),
    pip("FROM ubuntu:14.04\nRUN apt-get install -y python-setuptools\nRUN easy_install pip==9.0.3\n"),
    pip("FROM ubuntu:14.04\nRUN easy_install pip\n"),
    pip("FROM ubuntu:18.04\nRUN apt-get install -y python-setuptools\nRUN easy_install pip\n"),
    # A release is named, or nothing is upgraded.
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install --upgrade pip==20.3.4\n"),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install --upgrade 'pip<21'\n"),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install pip==9.0.3 && pip install --upgrade pip\n"),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install pip\n"),
    pip(f"FROM ubuntu:16.04\n{THREE}RUN pip3 install -U pip\n"),
    pip(f"FROM ubuntu:16.04\n{THREE}RUN pip3 install -U pip==20.3.4 && pip3 install x\n"),
    # A pip that knows what it needs, or another one.
    pip(f"FROM ubuntu:18.04\n{TWO}RUN pip install --upgrade pip\n"),
    pip("FROM ubuntu:16.04\nRUN pip install --upgrade pip\n"),
    pip(f"FROM ubuntu:16.04\n{THREE}RUN pip install --upgrade pip\n"),
    pip("FROM python:2.7\nRUN pip install --upgrade pip\n"),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN virtualenv /v && /v/bin/pip install --upgrade pip\n"),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN curl https://x/get-pip.py | python && pip install --upgrade pip\n"),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN easy_install pip==9 && pip install --upgrade pip\n"),
    pip(f"FROM ubuntu:16.04\n{TWO}COPY pip.conf /etc/\nRUN pip install --upgrade pip\n"),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install -i https://x/simple --upgrade pip\n"),
    pip(f"FROM ubuntu:16.04\n{TWO}RUN pip install --upgrade pip || true\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_old_pip(case: Case) -> None:
    check(case)
