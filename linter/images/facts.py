"""Facts about an image: the entry of the data files, narrowed to one tag.

Everything is optional. None means unknown, and nothing is guessed: a fact that depends on a
version or variant is unknown if the tag does not name it.
"""

from __future__ import annotations

from functools import lru_cache

from ..base.names import STORES, is_root_user
from ..base.records import NamedTuple
from ..base.units import parse_size
from . import data, tags
from .lifecycle import lifecycle_of, newest_release
from .narrowing import narrow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .lifecycle import Lifecycle
    from .reference import ImageReference

_INTERNAL_KINDS = STORES | {"admin-panel"}
"""Kinds of service that should not be reachable from other machines by default."""

_BARE_KINDS = frozenset({"base", "runtime"})


class Port(NamedTuple):
    """A port that the image exposes or listens on by default."""

    number: int
    protocol: str


class Healthcheck(NamedTuple):
    """A health check that works in the image.

    ``test`` is in Compose's form (``CMD`` or ``CMD-SHELL`` first, ``$`` doubled).
    ``needs_arguments`` and ``needs_variables`` must be part of the service's command and
    environment for it to work. ``start_period`` is a Compose duration. Variables (with ``*``),
    arguments and words of configuration that ``doubted_by_…`` name may keep it from working;
    ``settings`` is None where any configuration may.
    """

    test: tuple[str, ...]
    needs_arguments: tuple[str, ...]
    needs_variables: tuple[tuple[str, str], ...]
    start_period: str | None
    doubted_by_variables: tuple[str, ...] = ()
    doubted_by_arguments: tuple[str, ...] = ()
    doubted_by_settings: tuple[str, ...] | None = None


class Credential(NamedTuple):
    """An account that the image creates unless the variables say otherwise."""

    user: str
    password: str
    user_variable: str | None = None
    password_variable: str | None = None


class Deprecation(NamedTuple):
    """Why an image should not be used any more, since when, and what replaces it."""

    reason: str
    since: str | None
    replacements: tuple[str, ...]


class ImageFacts:
    """Facts about one image and tag.

    ``name`` is the image's short name; ``kind`` one of ``data.KINDS`` or None; ``version`` the
    numbers of the tag: a short one floats (``8`` is the newest 8.x).
    """

    __slots__ = ("_facts", "_system", "_tools", "_words", "kind", "name", "version")

    def __init__(self, name: str, kind: str | None, tag: tags.Tag, facts: dict[str, Any]) -> None:
        self.name = name
        self.kind = kind
        self.version = tag.version
        self._words = tag.words or ()
        self._facts = facts
        self._system: dict[str, Any] = data.common()["systems"].get(facts.get("os"), {})
        self._tools = {**self._system_tools(), **facts["tools"]}

    def __repr__(self) -> str:
        return f"ImageFacts({self.name!r}, version={self.version})"

    @property
    def tag(self) -> str:
        """The words of the tag, with ``-`` between them; empty if it is unknown."""
        return "-".join(self._words)

    @property
    def distribution_words(self) -> tuple[str, ...]:
        """The words of its name and tag that may name a distribution and its release."""
        words = (*tags.split_words(self.name.rpartition("/")[2]), *self._words)
        own: list[str] = self._facts.get("own_words") or []
        return tuple(word for word in words if word not in own)

    # Purpose

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the facts come from, by name."""
        return tuple(self._facts["sources"])

    @property
    def taken(self) -> str:
        """The date on which the facts were taken from their sources, as YYYY-MM-DD."""
        return str(self._facts["taken"])

    @property
    def internal(self) -> bool:
        """Whether such a service should not be reachable from other machines by default."""
        return self.kind in _INTERNAL_KINDS

    @property
    def stateful(self) -> bool | None:
        """Whether it keeps data that must outlive the container."""
        return self._flag("stateful")

    @property
    def one_shot(self) -> bool:
        """Whether it runs a command and ends, as migration tools and clients do."""
        return self._flag("one_shot") is True

    @property
    def language(self) -> str | None:
        """The language that its main process is written in or runs (``node``, ``shell``)."""
        return self._text("language")

    @property
    def repl(self) -> bool | None:
        """Whether it starts an interactive prompt, and so ends, when no command is given."""
        return self._flag("repl")

    @property
    def npm(self) -> int | None:
        """The lowest major version of npm in a Node.js image; None if the version is unknown."""
        majors: dict[str, int] | None = self._facts.get("npm")
        return majors.get(str(self.version[0])) if majors and self.version else None

    @property
    def slow_start(self) -> bool | None:
        """Whether it starts so slowly that a health check needs a start period."""
        return self._flag("slow_start")

    # Contents

    @property
    def os(self) -> str | None:
        """The system it is built on: a key of the table ``systems``, such as ``alpine``."""
        return self._text("os")

    @property
    def package_manager(self) -> str | None:
        """``apt-get``, ``apk``, …; None if it has none or it is unknown."""
        manager: str | None = self._system.get("package_manager")
        return manager

    @property
    def shell(self) -> str | None:
        """The path of its shell; the empty string if it has none."""
        path: str | None = self._system.get("shell")
        if path is None and self.tool("sh"):
            return "/bin/sh"
        return path

    def tool(self, name: str) -> bool | None:
        """Whether a command is in the image, given its name or path."""
        tools = self._tools
        if name not in tools:
            name = name.rpartition("/")[2]
        return tools.get(name, False if self._system.get("closed") else None)

    # Users and privileges

    @property
    def user(self) -> str | None:
        """The user that the image starts as, by name or number."""
        return self._text("user")

    @property
    def runs_as_root(self) -> bool | None:
        """Whether it starts as root."""
        return None if self.user is None else is_root_user(self.user)

    @property
    def drops_privileges(self) -> bool | None:
        """Whether it starts as root and runs its main process as another user."""
        return self._flag("drops_privileges")

    @property
    def capabilities(self) -> tuple[str, ...] | None:
        """The capabilities that it needs after ``cap_drop: [ALL]``."""
        return self._texts("capabilities")

    @property
    def writable_paths(self) -> tuple[str, ...] | None:
        """Folders that must be writable under ``read_only: true``, the data paths excepted."""
        return self._texts("writable_paths")

    # Network, data, health

    @property
    def ports(self) -> tuple[Port, ...]:
        """The ports that it exposes or listens on by default; empty if unknown."""
        parts = (str(port).partition("/") for port in self._facts.get("ports") or ())
        return tuple(Port(int(number), protocol or "tcp") for number, _, protocol in parts)

    def may_listen(self, port: int) -> bool:
        """Whether some of its versions, or ways to start it, listen on a port that it need not expose."""
        spans = (str(item).partition("-") for item in self._facts.get("more_ports") or ())
        return any(int(first) <= port <= int(last or first) for first, _, last in spans)

    @property
    def data_paths(self) -> tuple[str, ...]:
        """Folders of which one must be on a volume to keep the data; empty if unknown.

        If the version decides and is unknown, these are all candidates.
        """
        return self._texts("data_paths") or ()

    @property
    def data_path(self) -> str | None:
        """The folder to put on a volume; None if it is unknown or depends on the version."""
        return self.data_paths[0] if self.data_paths and self._facts["data_certain"] else None

    @property
    def all_data_paths(self) -> tuple[str, ...]:
        """Folders that all have to be on volumes, where one of them is not enough; else empty."""
        return self._texts("all_data_paths") or ()

    @property
    def wrong_data_paths(self) -> tuple[str, ...]:
        """Folders that users take for the data path.

        A volume there keeps no data, unless a data path is on a volume too or a variable or
        argument moves the data.
        """
        return self._texts("wrong_data_paths") or ()

    @property
    def data_path_variables(self) -> tuple[str, ...]:
        """Environment variables that move the data elsewhere."""
        return self._texts("data_path_variables") or ()

    @property
    def config_paths(self) -> tuple[str, ...] | None:
        """Where it looks for its configuration if no argument names it; None if unknown."""
        return self._texts("config_paths")

    @property
    def healthcheck(self) -> Healthcheck | None:
        """A health check to suggest; None if none is known."""
        check: dict[str, Any] | None = self._facts.get("healthcheck")
        if check is None:
            return None
        doubts = self._facts.get("healthcheck_doubts", {})
        settings = doubts.get("settings")
        return Healthcheck(
            tuple(check["test"]),
            tuple(check.get("needs_arguments", ())),
            tuple(check.get("needs_variables", {}).items()),
            check.get("start_period", "30s" if self.slow_start else None),
            tuple(doubts.get("variables", ())),
            tuple(doubts.get("arguments", ())),
            None if settings is None else tuple(settings),
        )

    @property
    def image_healthcheck(self) -> bool | None:
        """Whether the image has a health check of its own."""
        return self._flag("image_healthcheck")

    # Secrets and authentication

    @property
    def secrets(self) -> tuple[str, ...]:
        """The environment variables that contain secrets."""
        return tuple(self._facts["secrets"])

    @property
    def file_variables(self) -> dict[str, str]:
        """For each variable whose value can come from a file, the variable that names the file."""
        both = {**self._facts["files"], **self._facts["secrets"]}
        return {name: file for name, file in both.items() if file}

    def reads_file(self, variable: str) -> bool | None:
        """Whether the value of ``variable`` can come from a file."""
        files = (self._facts[key].get(variable) for key in ("secrets", "files"))
        return next((bool(file) for file in files if file is not None), None)

    @property
    def authentication_default(self) -> bool | None:
        """Whether clients must authenticate when nothing is configured."""
        default = self._facts.get("authentication_default")
        return None if default is None else default == "on"

    @property
    def authentication_on_variables(self) -> tuple[str, ...]:
        """Variables any of which, when set, makes clients authenticate."""
        return self._texts("authentication_on_variables") or ()

    @property
    def authentication_on_arguments(self) -> tuple[str, ...]:
        """Arguments any of which makes clients authenticate."""
        return self._texts("authentication_on_arguments") or ()

    @property
    def authentication_off_arguments(self) -> tuple[str, ...]:
        """Arguments (one blank between words) any of which switches authentication off."""
        return self._texts("authentication_off_arguments") or ()

    def switches_authentication_off(self, variable: str, value: str) -> bool:
        """Whether ``variable=value`` switches authentication off."""
        values = (self._facts.get("authentication_off_variables") or {}).get(variable, ())
        if values is True:
            return bool(value)
        return value.strip().lower() in [off.lower() for off in values]

    @property
    def default_credentials(self) -> tuple[Credential, ...]:
        """Accounts that exist unless the service's environment says otherwise."""
        return tuple(
            Credential(**account) for account in self._facts.get("default_credentials") or ()
        )

    # Resources

    @property
    def min_memory(self) -> int | None:
        """The bytes of memory below which it does not start or is killed."""
        size = self._text("min_memory")
        return None if size is None else parse_size(size)

    @property
    def has_own_limits(self) -> bool:
        """Whether the suggested limits are those of this image, not those of its kind."""
        return self._facts.get("limits") is not None

    @property
    def suggested_memory(self) -> str | None:
        """A memory limit to begin with, as Compose writes sizes."""
        return self._limit("memory")

    @property
    def suggested_cpus(self) -> str | None:
        """A CPU limit to begin with, as Compose writes it."""
        return self._limit("cpus")

    # Support

    @property
    def lifecycle(self) -> Lifecycle | None:
        """The release that the tag names; None if the table does not contain it."""
        product = self._text("lifecycle")
        if product is None or self.version is None:
            return None
        return lifecycle_of(product, self.version)

    @property
    def end_of_life(self) -> str | None:
        """The day on which support for the release ends or ended."""
        release = self.lifecycle
        return release.end if release else None

    @property
    def newest(self) -> str | None:
        """The newest supported release of its product, as its tags begin (``18``)."""
        product = self._text("lifecycle")
        return None if product is None else newest_release(product)

    @property
    def base(self) -> Lifecycle | None:
        """The release of the distribution that the tag names (``-bookworm``, ``alpine3.20``)."""
        distribution = tags.base_of(self.distribution_words, data.common()["suites"])
        if distribution is None or distribution[0] == self._text("lifecycle"):
            return None
        version = tags.parse_version(distribution[1])
        return lifecycle_of(distribution[0], version) if version else None

    @property
    def deprecated(self) -> Deprecation | None:
        """Set if the image should not be used any more."""
        note: dict[str, Any] | None = self._facts.get("deprecated")
        if note is None:
            return None
        since = note.get("since")
        return Deprecation(
            note["reason"],
            since,
            tuple(note.get("replacements", ())),
        )

    def _system_tools(self) -> dict[str, bool | None]:
        """The tools that the system contains (True) or lacks (False) where none were added."""
        system = self._system
        tools: dict[str, bool | None] = dict.fromkeys(system.get("present", ()), True)
        if not self._facts.get("more_tools"):
            tools.update(dict.fromkeys(system.get("absent", ()), False))
            if self.kind in _BARE_KINDS:
                tools.update(dict.fromkeys(system.get("bare", ()), False))
        return tools

    def _flag(self, key: str) -> bool | None:
        value: bool | None = self._facts.get(key)
        return value

    def _text(self, key: str) -> str | None:
        value: str | None = self._facts.get(key)
        return value

    def _texts(self, key: str) -> tuple[str, ...] | None:
        value = self._facts.get(key)
        return None if value is None else tuple(value)

    def _limit(self, key: str) -> str | None:
        limits = self._facts.get("limits") or data.common()["limits"].get(self.kind)
        return None if limits is None else str(limits[key])


@lru_cache(maxsize=1024)
def facts_for(reference: ImageReference, *, tag_known: bool = True) -> ImageFacts | None:
    """The facts about an image; None for an image that the data do not contain.

    No tag means ``latest``, as for Docker, unless there is a digest: then the tag is unknown.
    ``tag_known`` is False if the tag comes from a variable of unknown value.
    """
    image = data.find(reference.name)
    if image is None:
        return None
    kind, entry = image
    if not tag_known or (reference.tag is None and reference.digest is not None):
        tag = tags.UNKNOWN
    else:
        tag = tags.parse_tag(
            reference.tag or "latest",
            reference.name,
            entry.get("version_aliases"),
            entry.get("version_pattern"),
        )
    return ImageFacts(reference.name, kind, tag, narrow(entry, tag))
