"""Files that usually hold secrets, by their names."""

from __future__ import annotations

import posixpath

from ...linter.secrets.values import credential_in_url, holds_secret, token_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.model.dockerfile import Dockerfile

_FILES = {
    ".npmrc": "registry tokens",
    ".yarnrc.yml": "registry tokens",
    ".pypirc": "registry passwords",
    ".netrc": "passwords",
    "_netrc": "passwords",
    ".git-credentials": "git passwords",
    ".pgpass": "database passwords",
    ".my.cnf": "database passwords",
    ".htpasswd": "password hashes",
    ".dockercfg": "registry passwords",
    "credentials.json": "credentials",
    "service-account.json": "a service account's key",
    "serviceaccount.json": "a service account's key",
    "id_rsa": "a private key",
    "id_dsa": "a private key",
    "id_ecdsa": "a private key",
    "id_ed25519": "a private key",
    "terraform.tfstate": "credentials",
    "kubeconfig": "credentials of a cluster",
}
_FOLDERS = {
    ".ssh": "private keys",
    ".aws": "AWS credentials",
    ".azure": "Azure credentials",
    ".gcloud": "credentials",
    ".kube": "credentials of a cluster",
    ".docker": "registry passwords",
    ".gnupg": "private keys",
    ".git": "the repository with its history",
}
_ENDINGS = (".pfx", ".p12", ".keystore", ".jks", ".kdbx", ".ppk")
_TEMPLATES = ("example", "sample", "template", "dist", "defaults", "default", "tpl", "ci", "test")
_TOKEN_FILES = (".npmrc", ".yarnrc.yml", ".pypirc")


def secret_in(path: str) -> str:
    """What a file of this name usually holds; empty where that is no secret."""
    plain = path.rstrip("/").removesuffix("/*").removesuffix("/.")
    name = posixpath.basename(plain).lower()
    if name in _FOLDERS:
        return _FOLDERS[name]
    parents = plain.lower().split("/")[:-1]
    for folder in (".ssh", ".aws", ".kube", ".gnupg"):
        if folder in parents and not name.endswith((".pub", "config", "known_hosts")):
            return _FOLDERS[folder]
    if ".docker" in parents and name == "config.json":
        return _FOLDERS[".docker"]
    if name in _FILES:
        return _FILES[name]
    if (
        name in (".env", ".env*")
        or name.startswith(".env.")
        or (name.endswith(".env") and "*" not in name)
    ):
        words = name.replace("-", ".").replace("_", ".").split(".")
        return "" if any(word in words for word in _TEMPLATES) else "secrets"
    if name.endswith(_ENDINGS):
        return "private keys"
    if name.endswith((".pem", ".key")) and ("key" in name.removesuffix(".key") or "priv" in name):
        return "" if "pub" in name else "a private key"
    if name.endswith(".key") and "*" not in name:
        return "a private key"
    return ""


def is_harmless(dockerfile: Dockerfile, path: str) -> bool:
    """Whether the file is in sight and shows that it holds no secret."""
    name = posixpath.basename(path).lower()
    folder = dockerfile.folder
    if folder is None:
        return False
    text = dockerfile.project.text(posixpath.join(folder, path.lstrip("/")))
    # Where nothing tells the context, it may be a folder above: the root of a monorepo.
    while text is None and not dockerfile.builds and folder not in ("", ".", "/"):
        folder = posixpath.dirname(folder) or "."
        text = dockerfile.project.text(posixpath.join(folder, path.lstrip("/")))
    if text is None:
        return False
    if name in _TOKEN_FILES:
        return not any(
            mark in line and "${" not in line
            for line in text.splitlines()
            for mark in ("_authToken", "_auth=", "_password", "npmAuthToken", "password")
        )
    if ".env" in name:
        return not _holds_secret(text)
    return False


def _holds_secret(text: str) -> bool:
    for line in text.splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not equals or name.startswith("#"):
            continue
        value = value.strip().strip("\"'")
        if token_kind(value) or credential_in_url(value):
            return True
        if holds_secret(name.strip(), value):
            return True
    return False
