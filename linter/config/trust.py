"""Which configurations may decide about this machine.

A configuration lies in the linted tree, which may be anybody's. What would run code, read outside of
the tree or show the machine's environment counts only from the user's side: from the command line,
from the user's own configuration, and from trees that the user trusts.
"""

from __future__ import annotations

import os

from ..base.records import NamedTuple
from ..files.disk import DISK
from ..files.paths import is_within, tree_of
from ..files.tree import current_tree, use_tree
from .errors import ConfigError, Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .document import Document
    from .toml_places import Path


class User(NamedTuple):
    """What the user says about this machine.

    ``document`` has the settings of the user's own configuration (None without one), ``trusted`` are
    the real paths of the folders whose configurations may do what it may, and ``everything`` says
    that all of them may, as ``--trust`` does.
    """

    document: Document | None = None
    trusted: tuple[str, ...] = ()
    everything: bool = False

    def trusts(self, folder: str) -> bool:
        """Whether the configurations in a folder are trusted."""
        return self.everything or any(
            is_within(trusted, current_tree().real(folder)) for trusted in self.trusted
        )


def user_path() -> str:
    """The path of the user's own configuration, whether it exists or not; empty without a home."""
    folder = os.environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(folder):
        home = os.path.expanduser("~")
        if not os.path.isabs(home):
            return ""
        folder = os.path.join(home, ".config")
    return os.path.join(folder, "composelint", "config.toml")


def read_user(everything: bool = False) -> User:
    """The user's own configuration.

    Raises:
        ConfigError: if it has errors.
    """
    path = user_path()
    if not path or DISK.kind(path) != "file":
        return User(everything=everything)
    from .check import check_document
    from .document import parse_toml, read_source
    from .schema import DEFINITIONS, USER

    with use_tree(DISK):
        document = parse_toml(read_source(path), os.path.dirname(path))
    faults = check_document(document, USER, DEFINITIONS)
    folders = document.data.pop("trusted", [])
    if not faults:
        for index, folder in enumerate(folders):
            if not os.path.isabs(os.path.expanduser(folder)):
                where: Path = ("trusted", index)
                problem = f'"trusted[{index}]" takes an absolute path, or one that begins with ~/'
                faults.append(document.fault(where, problem))
    if faults:
        raise ConfigError(faults)
    trusted = tuple(DISK.real(os.path.expanduser(folder)) for folder in folders)
    return User(document if document.data else None, trusted, everything)


_REASONS: tuple[tuple[str, Any, str], ...] = (
    ("plugins", list, "it runs code"),
    ("shellcheck", str, "it names a program"),
    ("allow-outside", bool, "it lets files outside of the tree be read"),
    ("use-environment", bool, "it lets the variables of this machine into reports"),
)
"""The settings that count from the user's side only, if they have a value of this type that is not
empty, and why."""


def restrict(document: Document) -> list[Fault]:
    """Take out of a document what a tree that is not trusted may not decide.

    Returns a message for each setting, with its place.
    """
    data = document.data
    ignored = []
    for key, type_, reason in _REASONS:
        if isinstance(data.get(key), type_) and data[key]:
            ignored.append(_ignored(document, (key,), reason))
            del data[key]
    if leads_out(document, data.get("baseline")):
        ignored.append(_ignored(document, ("baseline",), _OUTSIDE))
        del data["baseline"]
    policies = data.get("policies")
    if isinstance(policies, list):
        out = [index for index, item in enumerate(policies) if leads_out(document, item)]
        ignored += [_ignored(document, ("policies", index), _OUTSIDE) for index in out]
        for index in out:
            # The places of the others stay.
            policies[index] = {}
        if out:
            data["policies"] = [item for item in policies if item]
    return ignored


_OUTSIDE = "it leads out of the tree"


def ignored_base(document: Document) -> Fault:
    """The message for ``extend`` with a path that leads out of the tree."""
    return _ignored(document, ("extend",), _OUTSIDE)


def leads_out(document: Document, path: object) -> bool:
    """Whether a path in a document is absolute, or leads out of the tree that the document is in."""
    if not isinstance(path, str) or not path:
        return False
    real = current_tree().real
    tree = real(tree_of(document.folder))
    return os.path.isabs(path) or not is_within(tree, real(os.path.join(document.folder, path)))


def _ignored(document: Document, path: Path, reason: str) -> Fault:
    from .check import dotted

    return document.fault(
        path, f'"{dotted(path)}" is ignored: {reason}, and this tree is not trusted', on_key=True
    )


HOW_TO_TRUST = (
    "if you trust who wrote it, give --trust, or list its folder in "
    '~/.config/composelint/config.toml: trusted = ["~/work/shop"]'
)
"""What a user can do who trusts a tree."""
