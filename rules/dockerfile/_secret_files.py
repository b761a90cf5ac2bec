"""Files that usually hold secrets, by their names."""

from __future__ import annotations

import posixpath

from ...linter.files.purpose import is_example, is_trial
from ...linter.rule import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.model.dockerfile import Dockerfile, Stage

_FILES = {
    name: contents
    for contents, names in {
        "registry tokens": ".npmrc .yarnrc.yml",
        "registry passwords": ".pypirc .dockercfg",
        "passwords": ".netrc _netrc",
        "git passwords": ".git-credentials",
        "database passwords": ".pgpass .my.cnf",
        "password hashes": ".htpasswd",
        "credentials": "credentials.json terraform.tfstate",
        "a service account's key": "service-account.json serviceaccount.json",
        "a private key": "id_rsa id_dsa id_ecdsa id_ed25519",
        "credentials of a cluster": "kubeconfig",
    }.items()
    for name in names.split()
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
_PUBLIC_KEYS = frozenset((
    "pub", "public", "gpg", "pgp", "keyring", "keyrings", "archive", "repo", "repository", "release", "apt", "apk", "deb",
    "rpm", "yum", "dnf", "zypper", "nodesource", "nginx_signing",
))  # fmt: skip
"""Words in the names of public keys, such as those with which package repositories sign."""
_KEYRINGS = (
    *("/etc/apt/", "/usr/share/keyrings", "/etc/apk/keys", "/etc/pki/rpm-gpg", "/etc/yum", "/etc/zypp"),
    *("/usr/local/share/ca-certificates", "/usr/share/ca-certificates", "/etc/pki/ca-trust"),
)  # fmt: skip
"""Folders for the public keys of package repositories and certificate authorities."""
_NO_SECRET_FILES = ("-----BEGIN PGP PUBLIC KEY", "-----BEGIN PUBLIC KEY", "-----BEGIN CERTIFICATE", "ssh-", "ENC[", "$ANSIBLE_VAULT")  # fmt: skip
"""What the text of public keys, certificates and encrypted files begins with."""
_SECRET_ENV = frozenset(("local", "live", "prod", "production", "secret", "secrets", "staging"))
_TOKEN_FILES = (".npmrc", ".yarnrc.yml", ".pypirc")


_IN_FOLDERS = {
    ".docker": ("config.json",),
    ".aws": ("credentials", "config"),
    ".kube": ("config", "kubeconfig"),
}
"""What holds the secrets of these folders; a project's own folder may have the same name."""
_PUBLIC_IN_SSH = ("authorized_keys", "config", "known_hosts")


def secret_in(path: str) -> str:
    """What a file of this name usually contains; empty where that is not a secret."""
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
    if name == ".env*" or name.startswith(".env.") or (name.endswith(".env") and "*" not in name):
        return "" if is_example(name) or is_trial(name) else "secrets"
    if name.endswith(_ENDINGS):
        return "private keys"
    if not name.endswith((".pem", ".key")) or _is_public_key(name):
        return ""
    if "key" in name.removesuffix(".key") or "priv" in name:
        return "a private key"
    return "a private key" if name.endswith(".key") and "*" not in name else ""


def _is_public_key(name: str) -> bool:
    """Whether the name of a key says that everybody may have it: ``docker.gpg.key``."""
    words = name.replace("-", ".").split(".")
    return "pub" in name or not _PUBLIC_KEYS.isdisjoint(
        (*words, *name.replace("_", ".").split("."))
    )


def is_settings_file(path: str) -> bool:
    """Whether an env file that a build makes is named after what it sets: ``healthcheck.env``."""
    name = posixpath.basename(path).lower()
    words = name.replace("-", ".").replace("_", ".").strip(".").split(".")
    return name.endswith(".env") and len(words) > 1 and _SECRET_ENV.isdisjoint(words)


def is_keyring(path: str) -> bool:
    """Whether a path in an image is a place for public keys."""
    return path.startswith(_KEYRINGS)


def is_harmless(dockerfile: Dockerfile, path: str, stage: str = "") -> bool:
    """Whether the project contains the file, and no secret is in it.

    A file of another stage is taken for the one of its name in the context, if there is one.
    """
    folder, path = dockerfile.folder, path.lstrip("/")
    if folder is None:
        return False
    if stage:
        if dockerfile.stages.resolve(stage) is None:
            return False
        path = posixpath.basename(path)
    if not stage and _is_own_folder(dockerfile, posixpath.join(folder, path)):
        return True
    text = dockerfile.project.text(posixpath.join(folder, path))
    # Without a Compose file, the context may be a folder above: the root of a monorepo.
    while text is None and not dockerfile.builds and folder not in ("", ".", "/"):
        folder = posixpath.dirname(folder) or "."
        text = dockerfile.project.text(posixpath.join(folder, path))
    if text is None:
        return False
    name = posixpath.basename(path).lower()
    if name in _TOKEN_FILES:
        return not any(
            mark in line and "${" not in line
            for line in text.splitlines()
            for mark in ("_authToken", "_auth=", "npmAuthToken", "password")
        )
    if name.endswith((".pem", ".key")):
        return text.lstrip().startswith(_NO_SECRET_FILES) and "PRIVATE KEY" not in text
    return ".env" in name and not assigns_secret(text)


def _is_own_folder(dockerfile: Dockerfile, path: str) -> bool:
    """Whether a folder called like one for credentials exists, and has none of their files."""
    path = path.rstrip("/").removesuffix("/*").removesuffix("/.")
    name = posixpath.basename(path).lower()
    wanted = _IN_FOLDERS.get(name)
    if wanted is None and name != ".ssh":
        return False
    project = dockerfile.project
    if project.reader.kind(path) != "folder":
        return False
    names = [posixpath.basename(file) for file in project.listing(path).files]
    if wanted is not None:
        return bool(names) and not any(file in wanted for file in names)
    return bool(names) and all(file.endswith(".pub") or file in _PUBLIC_IN_SSH for file in names)


def assigns_secret(text: str) -> bool:
    """Whether a line of an env file sets a variable to a secret."""
    return any(map(_assigns_secret, text.splitlines()))


def _assigns_secret(line: str) -> bool:
    """Whether a line of an env file sets a variable to a secret."""
    # Only few Dockerfiles copy such a file.
    from ...linter.secrets.dummies import is_placeholder
    from ...linter.secrets.values import credential_in_url, holds_secret, token_kind

    name, equals, value = line.strip().removeprefix("export ").partition("=")
    value = value.strip().strip("\"'")
    return (
        bool(equals)
        and not name.startswith("#")
        and not is_placeholder(value)
        and bool(token_kind(value) or credential_in_url(value) or holds_secret(name.strip(), value))
    )


def severity_in(stage: Stage, path: str = "") -> Severity | None:
    """Advice in Dockerfiles for tests and examples, whose secrets are seldom real."""
    return Severity.INFO if is_trial(f"{stage.dockerfile.path}/{path}") else None
