"""HEALTHCHECK with a program that the image does not have, in Dockerfiles that no service builds."""

from __future__ import annotations

import pytest
from marked import Case, check, name_of

CURL = "HEALTHCHECK CMD curl -f http://localhost/ || exit 1"


def case(text: str, compose: str = "") -> Case:
    return Case("DF162", text, {"compose.yaml": compose} if compose else {})


CASES = [
    case(f"FROM node:22-alpine\n{CURL}  #! curl\n"),
    case(f"FROM debian:13\n{CURL}  #! curl\n"),
    case('FROM python:3.13-slim\nHEALTHCHECK CMD ["curl", "-f", "http://localhost/"]  #! "curl"\n'),
    case(f"FROM debian:13 AS a\n{CURL}  #! curl\nFROM a\n"),
    case(f"ARG V=22\nFROM node:$V-alpine\n{CURL}  #! curl\n"),
    case("FROM python:3.13-slim\nHEALTHCHECK CMD wget -q http://localhost/  #! wget\n"),
    case(f"FROM node:22\n{CURL}\n"),
    case("FROM node:22-alpine\nHEALTHCHECK CMD wget -q http://localhost/\n"),
    case(f"FROM node:22-alpine\nRUN apk add --no-cache curl\n{CURL}\n"),
    case(f"FROM node:22-alpine\nCOPY --from=x /curl /usr/bin/curl\n{CURL}\n"),
    case(f"FROM node:22-alpine\nCOPY setup.sh /\nRUN /setup.sh\n{CURL}\n"),
    case("FROM node:22-alpine\nHEALTHCHECK CMD curl -f http://a/ || wget -q http://a/\n"),
    case(f"FROM node:22-alpine\n{CURL}\nHEALTHCHECK NONE\n"),
    case(f"FROM acme/base\n{CURL}\n"),
    # Services have a rule of their own (CF212).
    case(f"FROM node:22-alpine\n{CURL}\n", "services: {a: {build: .}}\n"),
]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_health_programs(case: Case) -> None:
    check(case)
