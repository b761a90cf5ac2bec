"""Users that nothing makes."""

from __future__ import annotations

from ...linter.base.suggest import nearest
from ...linter.rule import Diagnostic, Example, Severity, rule
from .._sources import REFERENCE
from ._pulled import is_left_out
from ._runs import chain_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.analysis.base_image import Bases
    from ...linter.base.text import Span
    from ...linter.model.dockerfile import Stage
    from ...linter.source.dockerfile.instruction import Instruction


@rule(
    "DF131",
    "unknown-user",
    Severity.ERROR,
    category="build",
    words=("user", "chown"),
    since="0.2",
    sources=(REFERENCE + "#user", REFERENCE + "#copy---chown---chmod"),
    examples=(
        Example(
            bad='FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nUSER appuser  # error: appuser\nCMD ["node", "main.js"]\n',
            good='FROM node:22-alpine\nRUN adduser -D appuser\nWORKDIR /app\nCOPY . .\nUSER appuser\nCMD ["node", "main.js"]\n',
        ),
        Example(
            bad='FROM python:3.13-slim\nWORKDIR /app\nCOPY --chown=app main.py .  # error: app\nUSER 1000\nCMD ["python", "main.py"]\n',
            good='FROM python:3.13-slim\nWORKDIR /app\nCOPY --chown=1000 main.py .\nUSER 1000\nCMD ["python", "main.py"]\n',
        ),
    ),
)
def unknown_user(stage: Stage) -> Iterator[Diagnostic]:
    """USER or `--chown` names a user that the image does not have and that no instruction creates.

    The build fails at `COPY --chown` and at the next RUN, and a container of the image does not
    start. Numbers need no entry in /etc/passwd and are right. Reported only for images whose users
    are known, and where no package, script or copied file may have made the user. It is a warning
    where the base depends on an argument, or a USER is only in force while the image runs and every
    service sets another.
    """
    named = [
        (instruction, span, user)
        for instruction, span, text in _named(stage)
        if (user := text.partition(":")[0])
        and not user.isdigit()
        and user not in ("root", "${")
        and "$" not in user
    ]
    if not named or stage.syntax.windows or is_left_out(stage):
        return
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(stage)
    if bases is None:
        return
    from ...linter.analysis.made_users import MadeUsers

    chain = [part.syntax for part in chain_of(stage)][::-1]
    users: MadeUsers | None = None
    reported: set[str] = set()
    for instruction, span, user in named:
        if user in reported:
            continue
        if users is None:
            users = MadeUsers(chain, bases, instruction)
        users.advance(instruction)
        if not users.lacks(user):
            continue
        reported.add(user)
        yield Diagnostic(
            span,
            f'no instruction creates user "{user}", and {" or ".join(bases.names)} does not have it',
            help=_advice(user, bases, users.names),
            severity=None if bases.certain and not _replaced(stage) else Severity.WARNING,
            evidence=user,
        )


def _named(stage: Stage) -> Iterator[tuple[Instruction, Span, str]]:
    """The instructions of a stage that name a user, the place of the name, and the user."""
    for instruction, state in stage.syntax.walk():
        if instruction.name == "USER" and instruction.words:
            word = instruction.words[0]
            text = state.scope.expand(word)
            if text:
                end = len(text.partition(":")[0])
                yield instruction, word.span if word.has_variable else word.part(0, end), text
        elif instruction.name in ("COPY", "ADD"):
            flag = instruction.flag("chown")
            if flag is not None and flag.value:
                text = state.scope.expand(flag.word) if "$" in flag.value else flag.value
                if text and "=" not in text:
                    yield instruction, flag.value_span, text


def _replaced(stage: Stage) -> bool:
    """Whether every service that runs the image sets a user."""
    builds = stage.dockerfile.builds
    return bool(builds) and all(build.service.get("user") is not None for build in builds)


def _advice(user: str, bases: Bases, users: set[str]) -> str:
    from ...linter.images.distributions import own_users

    near = nearest(user, users)
    if near:
        return f"did you mean {near}?"
    systems = {facts.os for facts in bases.facts}
    if systems == {"distroless"}:
        return "use a number, or nonroot"
    make = f"adduser -D {user}" if systems == {"alpine"} else f"useradd --create-home {user}"
    own = next((name for facts in bases.facts for name in own_users(facts)), "")
    also = f", or use {own}, which the image has" if own else ""
    return f"create it before: `RUN {make}`{also}"
