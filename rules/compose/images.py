"""The images of services: tags, digests, age and registries."""

from __future__ import annotations

import re

from ...linter.analysis.development import has_only_stores, is_for_development
from ...linter.base.wording import or_list
from ...linter.files.purpose import PRODUCTION_WORDS
from ...linter.images import newest_release
from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._nodes import shown_image

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.images import ImageFacts, ImageReference
    from ...linter.images.lifecycle import Lifecycle
    from ...linter.model.service import Service
    from ...linter.source.yaml.nodes import Node

PULL = "https://docs.docker.com/reference/cli/docker/image/pull/"
IMAGE = "https://docs.docker.com/reference/compose-file/services/#image"


def pulled(service: Service) -> tuple[Node, ImageReference] | None:
    """Where the image that a service pulls is named, and its parts; None where it is built here."""
    reference, node = service.reference, service.get("image")
    if reference is None or node is None or service.build is not None:
        return None
    if text_of(service.get("pull_policy")) in ("never", "build"):
        return None
    if (reference.registry, reference.repository) in service.stack.built_images:
        return None
    return node, reference


def _named(reference: ImageReference) -> str:
    """The image without its tag and digest, as it is written."""
    return reference.text[: reference.name_end]


def _is_chosen(node: Node) -> bool:
    """Whether the deployment chooses the tag: it is the default of a variable."""
    written = re.sub(r"\$\{[^{}]*\}|\$\w+", "$", node.span.text.strip("\"'"))
    return written.endswith("$") or re.search(r":[^/]*\$", written) is not None


def _is_of_no_matter(service: Service, reference: ImageReference, node: Node) -> bool:
    """Whether a version in place of the tag would matter in a stack that is operated only.

    So it is where the deployment chooses it, in development, of what a profile adds, and
    where a project offers its own newest release.
    """
    if _is_chosen(node) or is_for_development(service, node.span):
        return True
    facts = service.facts
    if facts is not None and facts.kind == "admin-panel" and has_only_stores(service.stack):
        return True
    if service.profiles and PRODUCTION_WORDS.isdisjoint(service.profiles):
        return True
    # Needed for findings only.
    from ...linter.analysis.published import is_own_release

    return is_own_release(service.stack.project, reference)


def _ended(facts: ImageFacts | None) -> Lifecycle | None:
    """The release of the image, or of the system in it, that gets no more security fixes."""
    for cycle in (facts.lifecycle, facts.base) if facts is not None else ():
        if cycle is not None and cycle.end is not None and cycle.end <= cycle.taken:
            return cycle
    return None


def _moves_on_purpose(service: Service) -> bool:
    """Whether a version in place of the tag would be of no use.

    That is so where the image is given up altogether, or its release has ended, which other rules
    report, where an updater follows the tag, and where the image is built on the spot.
    """
    facts = service.facts
    if facts is not None and (facts.deprecated is not None or _ended(facts) is not None):
        return True
    # Needed for findings only.
    from ...linter.analysis.updaters import is_followed

    return is_followed(service) or _is_built_by_hand(service)


def _is_built_by_hand(service: Service) -> bool:
    """Whether a page, a script or a Makefile builds the image under its plain name.

    ``docker build -t shop .`` makes it, and no registry has it. The nodes of a swarm need one tag
    for each version all the same, to roll out and back.
    """
    reference = service.reference
    if reference is None or service.facts is not None or "/" in _named(reference):
        return False
    if service.stack.is_swarm:
        return False
    from ...linter.analysis.built_elsewhere import is_image_built

    return is_image_built(service.stack.project, _named(reference))


def _advice(service: Service, reference: ImageReference) -> str:
    """What to write instead, with a release that is known to be supported.

    Official images have tags as releases are called; those of others may differ: ``v3.14.0``.
    """
    from ...linter.analysis.published import has_one_tag

    if has_one_tag(service.stack.project, reference):
        return (
            "the workflow pushes this tag alone: let it push one for each version too, such as the "
            f"commit, and name that: {_named(reference)}:<version>"
        )
    newest = service.facts.newest if service.facts is not None else None
    if newest is None or "/" in _named(reference):
        return f"name the version that you tested: {_named(reference)}:<version>"
    return f"name the version that you tested; the newest one is {_named(reference)}:{newest}"


@rule(
    "CF401",
    "image-untagged",
    Severity.WARNING,
    category="maintenance",
    strict_in=("production", "hardened"),
    equivalents=(
        "dclint:service-image-require-explicit-tag",
        "compose-lint:CL-0004",
        "trivy:DS-0001",
    ),
    ignore_when=(
        "Where the image is built on the same machine, by something outside of this repository."
    ),
    sources=(PULL, IMAGE),
    examples=(
        Example(
            bad="services:\n  cache:\n    image: redis  # error: redis\n",
            good="services:\n  cache:\n    image: redis:8.2\n",
        ),
    ),
)
def image_untagged(service: Service) -> Iterator[Diagnostic]:
    """An image without a tag is whatever `latest` points to on the day of the pull.

    The next machine, or the next pull, gets another version without any change in the repository.
    Images that the stack builds itself, or a page, script or Makefile of the repository
    (`docker build -t shop .`), are left alone: there the name is only a label. So are images
    that an updater such as Watchtower follows, and those that are reported as `deprecated-image`. Where
    a variable with a default names the image, the deployment chooses it: only `production`
    and `hardened` report that, services for development and in profiles, and the image of the project
    itself that its workflows publish with its releases.
    """
    image = pulled(service)
    if image is None:
        return
    node, reference = image
    if reference.tag is None and reference.digest is None and not _moves_on_purpose(service):
        yield Diagnostic(
            node,
            f'image "{service.image}" of service "{service.name}" has no tag, which means "latest"',
            help=_advice(service, reference),
            subject=f"{service.path}.image",
            evidence=service.image or "",
            strict=_is_of_no_matter(service, reference, node),
        )


_MOVING = frozenset(
    (
        "latest", "stable", "edge", "nightly", "lts", "rolling", "current", "rawhide", "sid",
        "testing",
    )
)  # fmt: skip
_CODENAMES = frozenset(
    (
        "bionic", "bookworm", "bullseye", "buster", "focal", "forky", "jammy", "jessie", "noble", "plucky", "questing",
        "resolute", "stretch", "trixie", "xenial",
    )
)  # fmt: skip
_DISTRIBUTIONS = frozenset((
    "alpine", "debian", "ubuntu", "fedora", "centos", "almalinux", "rockylinux", "rocky", "oraclelinux",
    "ol", "ubi", "bookworm", "bullseye", "trixie", "ltsc", "windowsservercore", "nanoserver",
))  # fmt: skip
_PROCESSORS = frozenset((
    "amd64", "arm64", "arm64v8", "armv5", "armv5l", "armv6", "armv6l", "armv7", "armv7l", "armv8",
    "armv8l", "armhf", "arm32v5", "arm32v6", "arm32v7", "aarch64", "x86", "x64", "64", "i386", "386",
    "ppc64le", "s390x", "riscv64", "mips64le", "win64",
))  # fmt: skip


def is_mutable_tag(tag: str) -> bool:
    """Whether a tag names no version, only a channel, a branch or a variant.

    A word with a digit is taken for a version (``17``, ``v2.1``, a date, a commit), unless it
    names a processor or the release of a distribution: ``alpine3.22`` says nothing about nginx.
    """
    words = tag.lower().replace("_", "-").replace("+", "-").split("-")
    return not any(
        any(map(str.isdigit, word))
        and word not in _PROCESSORS
        and word.rstrip("0123456789.") not in _DISTRIBUTIONS
        for word in words
    )


@rule(
    "CF402",
    "mutable-tag",
    Severity.WARNING,
    category="maintenance",
    strict_in=("production", "hardened"),
    equivalents=(
        "compose-lint:CL-0004",
        "dclint:service-image-require-explicit-tag",
        "trivy:DS-0001",
    ),
    ignore_when=(
        "Where the newest release is wanted, and something notices when it breaks, such as a "
        "test each night."
    ),
    sources=(PULL, IMAGE),
    examples=(
        Example(
            bad="services:\n  proxy:\n    image: nginx:alpine  # error: nginx:alpine\n",
            good="services:\n  proxy:\n    image: nginx:1.30-alpine\n",
        ),
    ),
)
def mutable_tag(service: Service) -> Iterator[Diagnostic]:
    """An image tag names no version, so a later pull may get another image.

    Why: `latest`, `stable`, `lts` and `main` move with every release, and so does a bare
    variant such as `alpine`.

    A digest beside the tag fixes the image, and a tag of a distribution that is its version
    (`debian:bookworm`) names one. Images that the stack builds itself, or a page, script or
    Makefile of the repository (`docker build -t shop .`), and tags that only a machine of your
    own can have (`local`), are left alone. So are tags that an updater such as Watchtower
    follows, and images that are reported as `deprecated-image` or `end-of-life-image`. A tag
    that is the default of a variable (`app:${TAG:-latest}`) is for the deployment to choose:
    only `production` and `hardened` report it, services for development and in profiles, and
    the channels of the project's own image that its workflows publish with its releases.
    """
    image = pulled(service)
    if image is None:
        return
    node, reference = image
    tag = reference.tag
    if not tag or reference.digest or tag == "local" or not is_mutable_tag(tag):
        return
    facts = service.facts
    if facts is not None and tag.lower() not in _MOVING:
        words = set(re.split(r"[-_+]", tag.lower()))
        codenamed = facts.kind == "base" and not words.isdisjoint(_CODENAMES)
        if codenamed or (facts.version is not None and words.isdisjoint(_MOVING)):
            return
        if "distroless" in reference.name or reference.registry == "cgr.dev":
            return  # there tags are variants only
    if _moves_on_purpose(service):
        return
    yield Diagnostic(
        node,
        f'tag "{tag}" of image "{_named(reference)}" names no version',
        help=_advice(service, reference),
        subject=f"{service.path}.image",
        evidence=service.image or "",
        strict=_is_of_no_matter(service, reference, node),
    )


@rule(
    "CF404",
    "end-of-life-image",
    Severity.WARNING,
    category="maintenance",
    strict_in=("production", "hardened"),
    ignore_when=(
        "Where somebody else maintains the release for you, or until a move that is planned: "
        "`until=2027-03-31` in the comment brings the finding back after that day."
    ),
    sources=("https://endoflife.date/",),
    examples=(
        Example(
            bad="services:\n  cache:\n    image: redis:6.0  # error: redis:6.0\n",
            good="services:\n  cache:\n    image: redis:8.2\n",
        ),
    ),
    security_severity=6.0,
)
def end_of_life_image(service: Service) -> Iterator[Diagnostic]:
    """The image's release gets no more security fixes.

    Why: Flaws that become known in it stay open in every container that runs it.

    The dates come from a table that is part of this release of the linter; a release counts as
    ended if it had ended when the table was taken, so that a build does not fail overnight. Products
    that support a release only until the next one follows are graded lower. The distribution in a
    tag (`-focal`, `-alpine3.18`) counts too. Versions that the tag does not tell are not guessed.
    Stacks for tests run the version that is shipped: there only `production` and `hardened` report
    releases that the next one ended.
    """
    image = pulled(service)
    facts = service.facts
    if image is None or facts is None or facts.deprecated is not None:
        return
    cycle = _ended(facts)
    if cycle is None:
        return
    name = cycle.product.replace("-linux", "")
    newest = newest_release(cycle.product)
    advice = "use a release that is supported"
    if newest:
        advice += f"; the newest one is {name} {newest}"
    yield Diagnostic(
        image[0],
        f'image "{shown_image(service)}": support for {name} {cycle.cycle} ended {cycle.ended} '
        f"(as of {cycle.taken})",
        help=advice,
        severity=Severity.INFO if cycle.rolling else None,
        subject=f"{service.path}.image",
        evidence=f"{cycle.product} {cycle.cycle}",
        strict=cycle.rolling and service.stack.is_throwaway,
    )


@rule(
    "CF405",
    "deprecated-image",
    Severity.WARNING,
    category="maintenance",
    ignore_when=(
        "Until a move that is planned: `until=2027-03-31` in the comment brings the finding "
        "back after that day."
    ),
    sources=("https://hub.docker.com/_/openjdk", IMAGE),
    examples=(
        Example(
            bad="services:\n  app:\n    image: openjdk:17  # error: openjdk:17\n    command: java -jar /app.jar\n",
            good="services:\n  app:\n    image: eclipse-temurin:21-jre\n    command: java -jar /app.jar\n",
        ),
    ),
    security_severity=5.0,
)
def deprecated_image(service: Service) -> Iterator[Diagnostic]:
    """The image is no longer maintained, under any tag, or has moved elsewhere.

    Why: Flaws that become known in it stay open: it gets no security fixes.

    What replaces it is named where that is known.
    """
    image = pulled(service)
    note = service.facts.deprecated if service.facts is not None else None
    if image is None or note is None:
        return
    node, reference = image
    since = f" since {note.since}" if note.since else ""
    yield Diagnostic(
        node,
        f'image "{shown_image(service)}" is deprecated{since}: {note.reason}',
        help=f"use {' or '.join(note.replacements)}" if note.replacements else "use another image",
        subject=f"{service.path}.image",
        evidence=reference.name,
    )


@rule(
    "CF406",
    "registry-not-allowed",
    Severity.ERROR,
    category="security",
    ignore_when="Never for a single image: a registry that may be used belongs into `registries`.",
    sources=(IMAGE,),
    examples=(
        Example(
            bad="services:\n  app:\n    image: quay.io/acme/app:1.4  # error: quay.io/acme/app:1.4\n",
            good="services:\n  app:\n    image: ghcr.io/acme/app:1.4\n",
            files={"composelint.toml": 'registries = ["docker.io", "ghcr.io/acme"]\n'},
        ),
    ),
    security_severity=5.0,
)
def registry_not_allowed(service: Service) -> Iterator[Diagnostic]:
    """An image comes from a registry that the configuration does not allow.

    Why: Whoever controls a registry decides what runs: the team has allowed some of them, and
    this one is not among them.

    Says nothing until `registries` in the configuration lists some. A name without a registry comes
    from `docker.io`. Images that the stack builds itself are left alone.
    """
    project = service.stack.project
    if not project.registries:
        return
    image = pulled(service)
    if image is None or project.allows_registry(image[1]):
        return
    node, reference = image
    yield Diagnostic(
        node,
        f'image "{shown_image(service)}" of service "{service.name}" comes from {reference.registry}, '
        "which is not an allowed registry",
        help=f"use an image from {or_list(project.registries, '')}",
        subject=f"{service.path}.image",
        evidence=service.image or "",
    )
