"""Sections of security standards, each with the rules that look for it.

The numbers are those of the standards, the words are ours. Only sections are listed that are about
images and how containers run: what Dockerfiles and Compose files can show. It is loaded by who asks for
standards only: ``composelint rules --standard``, SARIF and ``docs/standards.md``.
"""

from __future__ import annotations

from functools import cache

from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Section(NamedTuple):
    """A section: what it asks for, the codes of the rules about it, and why there are none."""

    number: str
    title: str
    rules: tuple[str, ...]
    why: str = ""


class Standard(NamedTuple):
    """A standard. ``prefix`` and a section's number make the tag of a finding."""

    title: str
    release: str
    source: str
    prefix: str
    sections: tuple[Section, ...]


def _section(number: str, title: str, rules: str, why: str = "") -> Section:
    return Section(number, title, tuple(rules.split()), why)


_HOST = "a matter of the host or of commands, which files do not show"

CIS = Standard(
    "CIS Docker Benchmark",
    "numbers of 1.6 to 1.8, sections 4 and 5",
    "https://www.cisecurity.org/benchmark/docker",
    "CIS-Docker-",
    (
        _section("4.1", "a user other than root", "DF301 DF302 CF317 CF324 DF303"),
        _section("4.2", "trusted base images", "DF405 CF406 DF401 DF404 DF416 CF403 CF405"),
        _section("4.3", "no packages that are not needed", "DF201 DF203 DF205"),
        _section("4.4", "images rebuilt with security patches", "DF403 CF404 DF416 CF405"),
        _section("4.5", "signed images (content trust)", "DF404 CF403"),
        _section("4.6", "HEALTHCHECK in images", "DF127"),
        _section("4.7", "update and install in one instruction", "DF206"),
        _section("4.8", "no setuid and setgid bits", "", "the bits are in the image's files, not in the Dockerfile"),
        _section("4.9", "COPY instead of ADD", "DF209"),
        _section("4.10", "no secrets in Dockerfiles", "DF304 DF305 DF315 DI002"),
        _section("4.11", "verified packages", "DF307 DF306 DF316"),
        _section("4.12", "signatures of artifacts checked", "DF307 DF306"),
        _section("5.1", "Swarm mode off unless needed", "", _HOST),
        _section("5.2", "an AppArmor profile", "CF319"),
        _section("5.3", "SELinux options", "CF319"),
        _section("5.4", "few capabilities", "CF313 CF314"),
        _section("5.5", "no privileged containers", "CF310"),
        _section("5.6", "no folders of the host's system", "CF312"),
        _section("5.7", "no SSH server", "DF309"),
        _section("5.8", "no privileged ports", "CF331"),
        _section("5.9", "only ports that are needed", "CF330 DF309"),
        _section("5.10", "no network namespace of the host", "CF318 CF155"),
        _section("5.11", "a memory limit", "CF201 CF504 CF501"),
        _section("5.12", "a share of the CPUs", "CF202 CF502"),
        _section("5.13", "a root file system that is read-only", "CF316"),
        _section("5.14", "ports bound to one address", "CF330 CF332"),
        _section("5.15", "restarts that end", "CF222"),
        _section("5.16", "no process namespace of the host", "CF318"),
        _section("5.17", "no IPC namespace of the host", "CF318"),
        _section("5.18", "no devices of the host", "CF320"),
        _section("5.19", "limits (ulimits) where they are needed", "", "whether a service needs others is not in its files; wrong ones are CF189"),
        _section("5.20", "no shared mount propagation", "CF321"),
        _section("5.21", "no UTS namespace of the host", "CF318"),
        _section("5.22", "the default seccomp profile", "CF319"),
        _section("5.23", "no privileged docker exec", "CF325"),
        _section("5.24", "no docker exec as root", "CF325"),
        _section("5.25", "the cgroup that was meant", "", "where Docker puts it by default is right; others are a matter of the host"),
        _section("5.26", "no new privileges", "CF315"),
        _section("5.27", "a health check at run time", "CF210 CF211"),
        _section("5.28", "the newest version of an image", "CF401 CF402 DF401 DF402 CF404"),
        _section("5.29", "a limit of processes", "CF203"),
        _section("5.30", "not the default bridge", "", "Compose gives each project a network of its own"),
        _section("5.31", "no user namespace of the host", "CF318"),
        _section("5.32", "no socket of Docker", "CF311 CF323"),
    ),
)  # fmt: skip

OWASP = Standard(
    "OWASP Docker Top 10",
    "D01 to D10",
    "https://owasp.org/www-project-docker-top-10/",
    "OWASP-Docker-",
    (
        _section("D01", "secure users", "DF301 DF302 DF303 CF317 CF324 CF315"),
        _section("D02", "patches", "DF403 DF416 CF404 CF405 DF401 DF402 CF401 CF402"),
        _section("D03", "networks apart, ports closed", "CF330 CF332 CF281 CF318 DF309"),
        _section("D04", "secure defaults", "CF340 CF341 CF342 CF313 CF314 CF316 CF319 CF310 CF322 DF201 DF203 DF205 DF308"),
        _section("D05", "contexts of different security apart", "CF311 CF323 CF318 CF325"),
        _section("D06", "secrets", "CF301 CF302 CF303 DF304 DF305 DF315 DI002 EV003"),
        _section("D07", "resources", "CF201 CF202 CF203 CF222 CF501 CF502 CF504"),
        _section("D08", "integrity and origin of images", "DF404 DF405 DF306 DF307 DF316 CF403 CF406"),
        _section("D09", "containers that do not change", "CF316 CF343 CF250"),
        _section("D10", "logs", "CF240"),
    ),
)  # fmt: skip

STANDARDS: Mapping[str, Standard] = {"cis": CIS, "owasp": OWASP}


@cache
def _tags() -> dict[str, tuple[str, ...]]:
    tags: dict[str, tuple[str, ...]] = {}
    for standard in STANDARDS.values():
        for section in standard.sections:
            for code in section.rules:
                tags[code] = (*tags.get(code, ()), f"{standard.prefix}{section.number}")
    return tags


def tags_of(code: str) -> tuple[str, ...]:
    """The sections that a rule is about, as tags such as ``CIS-Docker-4.1``."""
    return _tags().get(code, ())


def codes_of(name: str) -> frozenset[str]:
    """The codes of the rules about a standard's sections."""
    return frozenset(code for section in STANDARDS[name].sections for code in section.rules)


def standards_page(names: Mapping[str, str]) -> str:
    """The page ``docs/standards.md``; ``names`` are the rules' names by code."""
    lines = [
        "# Standards",
        "",
        "Which rules look for what the sections of two standards ask. Numbers are theirs, words ours; that a",
        "rule looks for it does not mean that a file without findings fulfils the section.",
        "`composelint rules --standard cis` (or `owasp`) lists the rules, and reports in SARIF carry the",
        "sections as tags of rules (`CIS-Docker-4.1`, `OWASP-Docker-D01`).",
    ]
    for standard in STANDARDS.values():
        lines += ["", f"## {standard.title}", "", f"<{standard.source}>, {standard.release}.", ""]
        lines += ["| Section | | Rules |", "|---|---|---|"]
        for section in standard.sections:
            links = [f"[{code}](rules/{names[code]}.md)" for code in section.rules]
            cell = ", ".join(links) if links else f"none: {section.why}"
            lines.append(f"| {section.number} | {section.title} | {cell} |")
    return "\n".join(lines) + "\n"
