"""The inside of a service's container: image facts, and what its Dockerfile adds.

For ``image:`` these are the facts about the image; for ``build:`` those about the base
image with everything that the stages up to the target add to it. None always means
unknown.
"""

from __future__ import annotations

from ..base.lazy import cached_property
from ..base.names import STORES
from ..base.units import format_size, parse_size
from ..compose.nodes import is_null
from ..compose.values import UNKNOWN
from ..model.values import is_unknown, key_values, text_list, text_of
from ..source.yaml.nodes import Node, Sequence, UnknownScalar
from .one_shot import is_endless, is_finite, is_manual_profile, is_one_shot_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..images import ImageFacts, ImageReference
    from ..model.dockerfile import Dockerfile
    from ..model.service import Service
    from ..source.dockerfile.instruction import Instruction
    from ..source.dockerfile.stages import Stage
    from .installed import Installed

_BASES = frozenset(("base", "build-tool", "runtime"))
"""The kinds of images that others are built on."""

_PROGRAM_FOLDERS = frozenset(("", "/bin", "/usr", "/usr/bin", "/usr/local", "/usr/local/bin"))
"""The folders of programs, and those above them; ``/`` is the empty text."""


def container_of(service: Service) -> Container:
    """The inside of a service's container, as far as image facts and Dockerfiles tell."""
    container: Container | None = service.conclusions.get(Container)
    if container is None:
        container = service.conclusions[Container] = Container(service)
    return container


class Container:
    """The inside of a service's container. Everything is computed on demand."""

    def __init__(self, service: Service) -> None:
        self.service = service

    # --- where it comes from

    @cached_property
    def dockerfile(self) -> Dockerfile | None:
        """The Dockerfile that it is built from; None if it cannot be read."""
        return self.service.stack.project.dockerfile_of(self.service)

    @property
    def dockerfile_missing(self) -> bool:
        """Whether it is built from a local Dockerfile that does not exist."""
        build = self.service.build
        if build is None or self.dockerfile is not None or build.node.get("dockerfile_inline"):
            return False
        project = self.service.stack.project
        path = project.dockerfile_path(build)
        return path is not None and project.reader.kind(path) == "missing"

    @cached_property
    def stage(self) -> Stage | None:
        """The stage whose image runs; None for an image, or if the target is unknown."""
        build, dockerfile = self.service.build, self.dockerfile
        if build is None or dockerfile is None or dockerfile.syntax.custom_frontend:
            return None
        node = build.node.get("target")
        if node is None:
            return dockerfile.stages.last
        target = text_of(node)
        return dockerfile.stages.resolve(target) if target else None

    @cached_property
    def chain(self) -> list[Stage]:
        """The stages that the image is made of; the one that starts from an image comes first."""
        return list(self.stage.chain())[::-1] if self.stage else []

    @property
    def scratch(self) -> bool:
        """Whether it is built from ``scratch``."""
        return bool(self.chain) and self.chain[0].from_scratch

    @cached_property
    def base_name(self) -> str | None:
        """The name of the image that it is built on, with the build arguments of the service."""
        if not self.chain:
            return None
        root = self.chain[0]
        build = self.service.build
        word = root.base
        if word is None or build is None or not word.has_variable:
            return root.base_name
        names = {reference.name for reference in word.references}
        args = {
            arg.name: arg.value for arg in key_values(build.node.get("args")) if arg.name in names
        }
        return word.expand({**root.stages.global_scope, **args}, True) if args else root.base_name

    @cached_property
    def facts(self) -> ImageFacts | None:
        """The facts about the image, or about the one that it is built on."""
        from ..images import facts_for, parse_reference

        service = self.service
        if service.build is not None:
            name = self.base_name
            base = parse_reference(name) if name and name != "scratch" else None
            return facts_for(base) if base else None
        if service.reference is not None:
            return facts_for(service.reference)
        untagged = self._untagged_reference()
        return facts_for(untagged, tag_known=False) if untagged else None

    def _untagged_reference(self) -> ImageReference | None:
        """The image's name if only its tag is unknown: ``postgres:${TAG}``."""
        from ..images import parse_reference

        node = self.service.get("image")
        if not isinstance(node, UnknownScalar):
            return None
        name, _, tag = node.pattern.rpartition(":")
        return None if "/" in tag or UNKNOWN in name else parse_reference(name)

    @property
    def kind(self) -> str | None:
        """The kind of service, as in ``ImageFacts.kind``; None if it is built on a base image.

        None, too, where the image is that of a store and the command runs something else of it.
        """
        facts = self.facts
        if facts is None or (self.service.build is not None and facts.kind in _BASES):
            return None
        return None if facts.kind in STORES and self.runs_another_program else facts.kind

    @cached_property
    def runs_another_program(self) -> bool:
        """Whether its command surely runs something else than the image's server: a backup, a wait."""
        words = [*(self.entrypoint or ()), *(self.command or ())]
        if not words:
            return False
        from .other_program import runs_another

        return runs_another(words)

    @property
    def is_known_program(self) -> bool:
        """Whether the data tell which program runs: not for images that others are built on."""
        return self.kind is not None and self.kind not in _BASES

    # --- what is in it

    @cached_property
    def _installed(self) -> Installed:
        from .installed import Installed

        return Installed(self.chain, self.facts, self.scratch)

    def tool(self, name: str) -> bool | None:
        """Whether a program is there, by name or path."""
        if self.service.build is not None:
            return self._installed.tool(name) if self.chain else None
        folder, slash, plain = name.rpartition("/")
        if self.facts is None or any(
            mount.target.rstrip("/") in _PROGRAM_FOLDERS or mount.target.rpartition("/")[2] == plain
            for mount in self.service.mounts
        ):
            return None
        if slash:
            from .installed import BIN_FOLDERS

            if folder not in BIN_FOLDERS:
                return None
        return self.facts.tool(name)

    def http_probe(self, url: str) -> tuple[str, ...] | None:
        """A health check that fetches ``url`` with a program that is there; None if none is known.

        ``url`` must not contain quotes or ``$``.
        """
        if self.tool("curl"):
            return ("CMD", "curl", "-fsS", "-o", "/dev/null", url)
        if self.tool("wget"):
            return ("CMD", "wget", "-q", "-O", "/dev/null", url)
        facts = self.facts
        if facts is None:
            return None
        if self.tool("node") and facts.version and facts.version >= (18,):
            script = f"fetch('{url}').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
            return ("CMD", "node", "-e", script)
        if self.tool("python3"):
            script = f"import urllib.request; urllib.request.urlopen('{url}', timeout=5)"
            return ("CMD", "python3", "-c", script)
        return None

    # --- health

    @cached_property
    def image_healthcheck(self) -> bool | None:
        """Whether the image has a health check of its own."""
        stage = self.stage
        if stage is not None:
            own = stage.final.healthcheck
            if own is not None:
                return not (own.words and own.words[0].value.upper() == "NONE")
            if self.scratch:
                return False
        elif self.service.build is not None:
            return None
        facts = self.facts
        if facts is not None and facts.image_healthcheck is None and facts.kind in _BASES:
            return False
        return facts.image_healthcheck if facts else None

    @cached_property
    def has_healthcheck(self) -> bool | None:
        """Whether Docker checks its health, with the test of the Compose file or of the image."""
        check = self.service.healthcheck
        if check is None:
            return None if self.service.get("healthcheck") is not None else self.image_healthcheck
        if check.disabled:
            return False
        test = check.test_node
        if test is None or (isinstance(test, Sequence) and not test.items):
            return self.image_healthcheck
        return True

    # --- what it needs

    @cached_property
    def suggested_memory(self) -> str:
        """A memory limit to begin with, such as ``512M``: the configured one, or one that
        suits the image, not less than the service reserves."""
        values = self.service.stack.project.fix_values
        if values.memory:
            return values.memory
        facts = self._sized
        text = (facts.suggested_memory if facts else None) or "512M"
        least = max(self.service.memory_reservation or 0, (facts.min_memory if facts else 0) or 0)
        return format_size(least) if least > (parse_size(text) or 0) else text

    @cached_property
    def suggested_cpus(self) -> str:
        """A CPU limit to begin with, in CPUs."""
        values = self.service.stack.project.fix_values
        if values.cpus:
            return f"{values.cpus:g}"
        facts = self._sized
        return (facts.suggested_cpus if facts else None) or "0.5"

    @property
    def has_known_size(self) -> bool:
        """Whether it is known what its program needs; each application has needs of its own."""
        facts = self.facts
        if facts is None or not self.is_known_program or facts.suggested_memory is None:
            return False
        return self.kind != "app" or facts.has_own_limits

    @property
    def _sized(self) -> ImageFacts | None:
        """The facts that tell about its size: not those of a base without a program."""
        facts = self.facts
        return None if facts and self.service.build and facts.kind == "base" else facts

    # --- who, and what runs

    @cached_property
    def stop_signal(self) -> str | None:
        """The signal that stops it, such as ``SIGTERM``; None if it is unknown."""
        node = self.service.get("stop_signal")
        if node is not None and not is_null(node):
            return _signal_name(text_of(node))
        for stage in reversed(self.chain):
            for instruction, state in reversed(list(stage.walk())):
                if instruction.name == "STOPSIGNAL" and instruction.words:
                    return _signal_name(state.scope.expand(instruction.words[0]))
        return "SIGTERM"

    @cached_property
    def user(self) -> str | None:
        """The user that it starts as: that of the service, of the Dockerfile or of the image."""
        node = self.service.get("user")
        if node is not None:
            return text_of(node)
        if self.stage is not None:
            own = self.stage.final.user
            if own is not None:
                return own.value
        return self.facts.user if self.facts else None

    @property
    def entrypoint(self) -> list[str] | None:
        """The words of its entry point; an empty list if it has none, None if unknown."""
        node = self.service.get("entrypoint")
        if node is not None and not is_null(node):
            return command_words(node)
        stage = self.stage
        if stage is not None:
            if stage.final.entrypoint is not None:
                return _instruction_words(stage.final.entrypoint)
            if self.scratch:
                return []
        return None

    @property
    def command(self) -> list[str] | None:
        """The words of its command; an empty list if it has none, None if unknown."""
        node = self.service.get("command")
        if node is not None and not is_null(node):
            return command_words(node)
        if self.service.get("entrypoint") is not None:
            return []
        stage = self.stage
        if stage is not None:
            if stage.final.cmd is not None:
                return _instruction_words(stage.final.cmd)
            if stage.final.entrypoint is not None or self.scratch:
                return []
        return None

    @cached_property
    def command_text(self) -> str:
        """Entry point and command as one text, as far as they are known."""
        return " ".join((*(self.entrypoint or ()), *(self.command or ())))

    @cached_property
    def runs_once(self) -> bool:
        """Whether it is meant to end: a migration, a seed, a tool behind a profile."""
        service = self.service
        if self.is_awaited or any(map(is_manual_profile, service.profiles)) or self.is_task:
            return True
        restart = service.text("restart")
        policy = service.text("deploy", "restart_policy", "condition")
        if self._ends_without_error and is_one_shot_name(service.name) and not service.ports:
            return True
        if restart in ("no", "false") or policy == "none":
            # A known server without a restart policy is still a server.
            return (
                service.build is not None
                or self.kind is None
                or self.kind in _BASES
                or service.get("command") is not None
                or service.get("entrypoint") is not None
            )
        return (
            restart is None
            and policy is None
            and not service.ports
            and is_one_shot_name(service.name)
        )

    @property
    def _ends_without_error(self) -> bool:
        """Whether its restart policy leaves it alone when it ends without an error."""
        policy = self.service.text("deploy", "restart_policy", "condition")
        restart = policy or self.service.text("restart") or ""
        return restart.partition(":")[0] == "on-failure"

    @property
    def may_run_once(self) -> bool:
        """Whether its restart policy says that it may end, and it has no ports."""
        service = self.service
        return self._ends_without_error and not service.ports and service.get("expose") is None

    @property
    def is_awaited(self) -> bool:
        """Whether another service waits for its end."""
        return any(
            dependency.condition == "service_completed_successfully"
            for dependency in self.service.stack.dependants.get(self.service.name, ())
        )

    @cached_property
    def is_task(self) -> bool:
        """Whether its image or its command shows that it ends by itself."""
        service = self.service
        if service.build is None and self.facts is not None and self.facts.one_shot:
            return not is_endless(self.command_text)
        if service.get("command") is None and service.get("entrypoint") is None:
            return False
        return is_finite(self.command_text)


def _signal_name(text: str | None) -> str | None:
    """A signal by its name: ``SIGINT`` for ``int``, ``INT`` and ``2``."""
    if not text:
        return None
    name = text.strip().upper()
    name = {"2": "INT", "3": "QUIT", "9": "KILL", "15": "TERM"}.get(name, name)
    return name if name.startswith("SIG") else f"SIG{name}"


def command_words(node: Node) -> list[str] | None:
    """The words of ``command`` or ``entrypoint``; None if unknown or malformed."""
    if isinstance(node, Sequence):
        return None if any(map(is_unknown, node.items)) else text_list(node)
    text = text_of(node)
    if text is None:
        return None
    import shlex

    try:
        return shlex.split(text)
    except ValueError:
        return None


def _instruction_words(instruction: Instruction) -> list[str]:
    """The words that a CMD or ENTRYPOINT runs, in either form."""
    if instruction.json is not None:
        return [word.value for word in instruction.json]
    return ["/bin/sh", "-c", instruction.command] if instruction.command else []
