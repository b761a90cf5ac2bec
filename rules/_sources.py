"""Addresses of documentation that rules of several modules cite."""

from __future__ import annotations

SPEC = "https://docs.docker.com/reference/compose-file/"
SERVICES = SPEC + "services/"
INTERPOLATION = SPEC + "interpolation/"

REFERENCE = "https://docs.docker.com/reference/dockerfile/"
CHECKS = "https://docs.docker.com/reference/build-checks/"
MULTI_STAGE = "https://docs.docker.com/build/building/multi-stage/"
BUILD_SECRETS = "https://docs.docker.com/build/building/secrets/"
APT_IN_BUILDS = "https://docs.docker.com/build/building/best-practices/#apt-get"

CONSTRAINTS = "https://docs.docker.com/engine/containers/resource_constraints/"
FIREWALL = "https://docs.docker.com/engine/network/packet-filtering-firewalls/"
CHEATSHEET = "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html"
