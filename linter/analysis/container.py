"""What is inside the container of a service: image facts, and what its Dockerfile adds.

For ``image:`` these are the facts about the image; for ``build:`` those about the base
image with everything that the stages up to the target add to it. None always means that
it is not known.
"""

from __future__ import annotations

from functools import cached_property

from ..base.units import format_size, parse_size
from ..compose.values import UNKNOWN
from ..model.values import text_list, text_of
from ..source.yaml.nodes import Scalar, Sequence
from .probes import names_number, port_numbers
from .tasks import ends, is_run_by_hand, is_task_name, serves

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..images import ImageFacts, ImageReference
    from ..model.dockerfile import Dockerfile
    from ..model.service import Service
    from ..source.dockerfile.instruction import Instruction
    from ..source.dockerfile.stages import Stage
    from .installed import Installed

_BASES = frozenset(("base", "build-tool", "runtime"))


def container_of(service: Service) -> Container:
    """What is inside a service's container, as far as image facts and Dockerfiles tell."""
    container: Container | None = service.conclusions.get(Container)
    if container is None:
        container = service.conclusions[Container] = Container(service)
    return container


class Container:
    """The inside of a service's container. Nothing is computed before it is asked for."""

    def __init__(self, service: Service) -> None:
        self.service = service

    # --- where it comes from

    @cached_property
    def dockerfile(self) -> Dockerfile | None:
        """The Dockerfile that it is built from, where it can be read."""
        return self.service.stack.project.dockerfile_of(self.service)

    @property
    def dockerfile_missing(self) -> bool:
        """Whether it is built from a local Dockerfile that is not there."""
        build = self.service.build
        if build is None or self.dockerfile is not None or build.node.get("dockerfile_inline"):
            return False
        path = build.dockerfile_path
        return path is not None and self.service.stack.project.reader.kind(path) == "missing"

    @cached_property
    def stage(self) -> Stage | None:
        """The stage whose image runs; None for an image, or where the target is not known."""
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
        """The stages that the image is made of, the first of them first."""
        return list(self.stage.chain())[::-1] if self.stage else []

    @property
    def scratch(self) -> bool:
        """Whether it is built from nothing."""
        return bool(self.chain) and self.chain[0].from_scratch

    @cached_property
    def base_name(self) -> str | None:
        """The image that it is built on, with the build arguments of the service."""
        if not self.chain:
            return None
        root = self.chain[0]
        build = self.service.build
        word = root.base
        if word is None or build is None or not word.has_variable:
            return root.base_name
        from ..model.values import key_values

        given = {item.name: item for item in key_values(build.node.get("args"))}
        names = {reference.name for reference in word.references}
        if names.isdisjoint(given):
            return root.base_name
        values = dict(root.stages.global_scope)
        for name in names & given.keys():
            values[name] = given[name].value
        return word.expand(values, True)

    @cached_property
    def facts(self) -> ImageFacts | None:
        """What is known about the image, or about the one that it is built on."""
        from ..images import facts_for, parse_reference

        service = self.service
        if service.build is not None:
            name = self.base_name
            base = parse_reference(name) if name and name != "scratch" else None
            return facts_for(base) if base else None
        if service.reference is not None:
            return facts_for(service.reference)
        loose = self._loose_reference()
        return facts_for(loose, tag_known=False) if loose else None

    def _loose_reference(self) -> ImageReference | None:
        """The image's name where only its tag is not known: ``postgres:${TAG}``."""
        from ..images import parse_reference

        node = self.service.get("image")
        pattern = getattr(node, "pattern", None)
        if not isinstance(pattern, str):
            return None
        name, colon, tag = pattern.rpartition(":")
        if not colon or "/" in tag or UNKNOWN in name:
            return None
        return parse_reference(name)

    @property
    def kind(self) -> str | None:
        """What kind of service it is, as ``ImageFacts.kind``; None for what is built on a base."""
        facts = self.facts
        if facts is None or (self.service.build is not None and facts.kind in _BASES):
            return None
        return facts.kind

    # --- what is in it

    @cached_property
    def _installed(self) -> Installed:
        from .installed import Installed

        return Installed(self.chain, self.facts, self.scratch)

    def tool(self, name: str) -> bool | None:
        """Whether a program is there, by name or path."""
        if self.service.build is not None:
            return self._installed.tool(name) if self.chain else None
        if self.facts is None or any(_hides(mount.target) for mount in self.service.mounts):
            return None
        folder, slash, plain = name.rpartition("/")
        if any(mount.target.rpartition("/")[2] == plain for mount in self.service.mounts):
            return None
        if slash:
            from .installed import BIN_FOLDERS

            if folder not in BIN_FOLDERS:
                return None
        return self.facts.tool(name)

    def http_probe(self, url: str) -> tuple[str, ...] | None:
        """A health check that fetches ``url`` with what is there; None where nothing is known.

        ``url`` must be free of quotes and ``$``.
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
        if facts is None:
            return None
        if facts.image_healthcheck is None and facts.kind in _BASES:
            return False
        return facts.image_healthcheck

    @cached_property
    def has_healthcheck(self) -> bool | None:
        """Whether Docker checks its health, by the Compose file's or the image's own test."""
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
        """A memory limit to begin with, as Compose writes sizes: the configured one, or what
        suits the image, at least what the service reserves."""
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
    def _sized(self) -> ImageFacts | None:
        """The facts that say something about its size: not those of an empty base."""
        facts = self.facts
        return None if facts and self.service.build and facts.kind == "base" else facts

    # --- who, and what runs

    @cached_property
    def user(self) -> str | None:
        """The user that it starts as: that of the service, the Dockerfile or the image."""
        node = self.service.get("user")
        if node is not None:
            return text_of(node)
        if self.stage is not None:
            own = self.stage.final.user
            if own is not None:
                return own.value
        return self.facts.user if self.facts else None

    @cached_property
    def exposed(self) -> frozenset[int]:
        """The ports that EXPOSE in the stages and the image's facts name."""
        found: set[int] = {port.number for port in self.facts.ports} if self.facts else set()
        for stage in self.chain:
            for instruction, state in stage.walk():
                if instruction.name != "EXPOSE":
                    continue
                for word in instruction.words:
                    found.update(port_numbers(state.scope.expand(word) or ""))
        return frozenset(found)

    def listens_on(self, port: int, *, told: bool = True) -> bool | None:
        """Whether anything says that something in it listens on a port.

        False where what is known names other ports and leaves no room for this one. ``told``
        decides whether the service's own ``ports`` and ``expose`` count.
        """
        if port in self.exposed or (told and port in self._told_ports):
            return True
        service = self.service
        if self._unsure_ports or not self.exposed:
            return None
        mode = service.text("network_mode") or ""
        if mode.startswith(("service:", "container:")):
            return None
        for variable in service.environment.values():
            if names_number(variable.value or variable.name, port):
                return True
        for stage in self.chain:
            if any(names_number(own.value or "", port) for own in stage.final.scope.own.values()):
                return True
        for file in service.stack.loaded.env_files:
            if file.service != service.name or file.role != "env_file":
                continue
            if file.syntax is None:
                return None
            if any(names_number(entry.text or "", port) for entry in file.syntax.entries):
                return True
        return names_number(self.command_text, port)

    @cached_property
    def _told_ports(self) -> frozenset[int]:
        """The container's ports that the Compose file names."""
        found = {port.target for port in self.service.ports if port.target is not None}
        for text in text_list(self.service.get("expose")) or ():
            found.update(port_numbers(text))
        return frozenset(found)

    @cached_property
    def _unsure_ports(self) -> bool:
        """Whether something that cannot be read here may configure the ports."""
        service = self.service
        if any(mount.type == "bind" or mount.unknown for mount in service.mounts):
            return True
        if service.get("configs") is not None:
            return True
        if any(
            variable.unknown or variable.value is None for variable in service.environment.values()
        ):
            return True
        for name in ("command", "entrypoint"):
            node = service.get(name)
            if node is not None and _words(node) is None:
                return True
        # The Dockerfile may bring a configuration; only its own EXPOSE then tells.
        return service.build is not None and not any(
            instruction.name == "EXPOSE"
            for stage in self.chain
            for instruction in stage.instructions
        )

    @property
    def entrypoint(self) -> list[str] | None:
        """The words of its entry point; empty for none, None where that is not known."""
        node = self.service.get("entrypoint")
        if node is not None and not (isinstance(node, Scalar) and node.value is None):
            return _words(node)
        stage = self.stage
        if stage is not None:
            if stage.final.entrypoint is not None:
                return _instruction_words(stage.final.entrypoint)
            if self.scratch:
                return []
        return None

    @property
    def command(self) -> list[str] | None:
        """The words of its command; empty for none, None where that is not known."""
        node = self.service.get("command")
        if node is not None and not (isinstance(node, Scalar) and node.value is None):
            return _words(node)
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
        if self.is_awaited or any(map(is_run_by_hand, service.profiles)) or self.is_task:
            return True
        restart = service.text("restart")
        policy = service.text("deploy", "restart_policy", "condition")
        if restart in ("no", "false") or policy == "none":
            # A known server that is not restarted still is a server.
            return (
                service.build is not None
                or self.kind is None
                or self.kind in _BASES
                or service.get("command") is not None
            )
        return (
            restart is None and policy is None and not service.ports and is_task_name(service.name)
        )

    @property
    def is_awaited(self) -> bool:
        """Whether another service waits for its end."""
        return any(
            dependency.condition == "service_completed_successfully"
            for other in self.service.stack.services.values()
            if (dependency := other.depends_on.get(self.service.name)) is not None
        )

    @cached_property
    def is_task(self) -> bool:
        """Whether its image or its command shows that it ends by itself."""
        service = self.service
        if service.build is None and self.facts is not None and self.facts.one_shot:
            return not serves(self.command_text)
        if service.get("command") is None and service.get("entrypoint") is None:
            return False
        return ends(self.command_text)


def _words(node: Scalar | Sequence | object) -> list[str] | None:
    if isinstance(node, Sequence):
        if any(item.unknown for item in node.items):
            return None
        return text_list(node)
    text = text_of(node) if isinstance(node, Scalar) else None
    if text is None:
        return None
    import shlex

    try:
        return shlex.split(text)
    except ValueError:
        return None


def _instruction_words(instruction: Instruction) -> list[str]:
    if instruction.json is not None:
        return [word.value for word in instruction.json]
    return ["/bin/sh", "-c", instruction.command] if instruction.command else []


def _hides(target: str) -> bool:
    """Whether a mount lies over the folders of programs."""
    return target.rstrip("/") in ("", "/bin", "/usr", "/usr/bin", "/usr/local", "/usr/local/bin")
