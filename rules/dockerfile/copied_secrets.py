"""Files with secrets that an image takes along."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Severity, rule
from .._sources import BUILD_SECRETS
from ._secret_files import is_harmless, is_keyring, is_settings_file, secret_in, severity_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Stage


@rule(
    "DF305",
    "secret-copied",
    Severity.WARNING,
    category="security",
    ignore_when="Where the file holds nothing secret, although it is called like one that does.",
    sources=(BUILD_SECRETS,),
    examples=(
        Example(
            bad='FROM node:22-alpine\nWORKDIR /app\nCOPY package.json .env ./  # error: .env\nUSER node\nCMD ["node", "server.js"]\n',
            good='FROM node:22-alpine\nWORKDIR /app\nCOPY package.json ./\nUSER node\nCMD ["node", "server.js"]\n',
        ),
    ),
    security_severity=7.0,
)
def secret_copied(stage: Stage) -> Iterator[Diagnostic]:
    """A file that usually contains secrets is copied into the final image.

    It stays in its layer even if a later instruction deletes it. Mount it where a RUN needs it
    (`RUN --mount=type=secret`), and give it to the container when it starts. Reported are env
    files, private keys, keystores and the credential files of common tools by their names; not
    templates such as `.env.example`, public keys and keyrings of package repositories, certificates,
    or files in sight that hold no secret. A file in another stage counts where a `COPY --from`
    takes it along.
    """
    if not stage.copies:
        return
    from ...linter.analysis.image_contents import is_copied_into_image

    for copy in stage.copies:
        if copy.target is not None and is_keyring(copy.target):
            continue
        for word in copy.sources:
            contents = secret_in(word.value)
            if (
                contents
                and not (copy.source_stage and is_settings_file(word.value))
                and not is_harmless(stage.dockerfile, word.value, copy.source_stage)
                and is_copied_into_image(stage, copy, word.value)
            ):
                yield Diagnostic(
                    word.span,
                    f"{word.value} usually contains {contents}, and becomes part of the image",
                    help="mount it with `RUN --mount=type=secret`, or pass it when the container starts",
                    severity=severity_in(stage, word.value),
                    evidence=word.value,
                )
