"""The shape of policies and of policy files, as JSON Schema."""

from __future__ import annotations

from ..base.names import SEVERITIES
from ..rule import CATEGORIES
from .schema_parts import ADDRESS, Schema, choice, list_of, table, text

CODE_PATTERN = "^[A-Z]{2,8}[0-9]{1,4}$"
NAME_PATTERN = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


def _json_schema(purpose: str) -> Schema:
    return {
        "description": f"A JSON Schema (draft 2020-12){purpose}",
        "type": "object",
        "x-expected": "a JSON Schema",
    }


_PROPERTIES: dict[str, Schema] = {
    "code": text(
        "The code that findings are reported under: two to eight capitals, then a number. The "
        "letters of composelint's own codes (CF, DF, DI, EV, XF, LN, SC) are taken.",
        "capitals and a number, such as ACME001",
        pattern=CODE_PATTERN,
    ),
    "name": text(
        "The name that the policy can be selected, ignored and suppressed by. It names the bad "
        "pattern, such as team-label-missing.",
        "a name such as team-label-missing",
        pattern=NAME_PATTERN,
    ),
    "message": text(
        "What a finding says. {name} stands for the service or stage, {value} for the value at "
        "fault."
    ),
    "help": text("What to do about it. {name} and {value} stand for the same as in message."),
    "category": choice("What it is about.", tuple(CATEGORIES), default="maintenance"),
    "url": text(
        "The page about the policy, which reports of its findings lead to. By default there is none.",
        "an address that begins with https:// or http://",
        pattern='^https?://[^\\s"<>]+$',
    ),
    "severity": choice(
        "How much a finding matters. By default a warning.", SEVERITIES, default="warning"
    ),
    "on": choice(
        "What is held against the policy: each service as `docker compose config` shows it, each "
        "whole stack in that form, or each build stage of a Dockerfile.",
        ("service", "stack", "stage"),
        default="service",
    ),
    "good": list_of(
        "Examples that fit the policy, for composelint policy test.",
        text("The keys of a service, a Compose file, or for stages a Dockerfile."),
        "a list of texts",
    ),
    "bad": list_of(
        "Examples that do not fit it. A comment # error ends each line that is reported; without any, "
        "something has to be.",
        text("The keys of a service, a Compose file, or for stages a Dockerfile."),
        "a list of texts",
    ),
    "when": _json_schema(". The policy holds only for what fits it."),
    "match": _json_schema(" that everything the policy holds for has to fit."),
}

POLICY: Schema = table(
    "A rule of your own: what a service, a stack or a stage has to look like.",
    _PROPERTIES,
    "code",
    "name",
    "message",
    "match",
)

POLICY_FILE: Schema = table(
    "A file of policies that a configuration names under policies.",
    {
        "$schema": ADDRESS,
        "policies": list_of(
            "The policies, in the order in which they are checked.",
            {"$ref": "#/definitions/policy"},
            "a list of policies",
        ),
    },
    "policies",
)
