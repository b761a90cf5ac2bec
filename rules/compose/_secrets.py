"""What the rules about secrets share."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.model.service import Service
    from ...linter.rule import Diagnostic

SECRETS = "https://docs.docker.com/compose/how-tos/use-secrets/"
CHEATSHEET = "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html"
ROTATE = "and change the secret: git history keeps the old one"


def in_service(finding: Diagnostic, service: Service) -> Diagnostic:
    """The finding as one about a service, though the rule looks at the whole stack."""
    finding.owner = ("service", service.name)
    finding.subject = finding.subject or service.path
    return finding
