"""Compose projects made by chance: the same seed always makes the same ones."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from harness import Case, load_cases
from values import COMMON, DOTENV, REFUSED, RESOURCES, SERVICE, TOKENS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BESIDE = {
    ".env": DOTENV,
    "e.env": "FROM_FILE=1\nREF=${T}\n",
    "sub/f.env": "F='x y'\n",
    "l.labels": "from=file\n",
    "s": "secret",
}
"""Files that generated services refer to."""

SERVICE_KEYS = list(SERVICE)


class Maker:
    """Makes the parts of one case."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        self.files: dict[str, str] = {}
        self.sound = self.maybe(0.75)
        """Whether values that are refused by themselves are left out."""

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def attributes(self, most: int = 3) -> dict[str, str]:
        """Some attributes of a service; the first values of each are taken more often."""
        chosen: dict[str, str] = {}
        for _ in range(self.random.randint(1, most)):
            key = self.random.choice(COMMON if self.maybe(0.5) else SERVICE_KEYS)
            value = self.value(key)
            if value:
                chosen[key] = value
        return chosen

    def value(self, key: str) -> str:
        """A value of an attribute; empty if only those exist that are refused."""
        values = SERVICE[key]
        if self.sound:
            values = [value for value in values if value not in REFUSED.get(key, ())]
        return self.random.choice(values) if values else ""

    def service(self, most: int = 3, complete: bool = True) -> dict[str, str]:
        """A service, with an image or build if it is to be complete."""
        service = self.attributes(most)
        if complete and not service.keys() & {"image", "build", "provider"}:
            service = {"image": "x", **service}
        return service

    def resources(self, chance: float = 0.6) -> dict[str, dict[str, str]]:
        """Top-level sections."""
        sections: dict[str, dict[str, str]] = {}
        for section, entries in RESOURCES.items():
            if self.maybe(chance):
                name, values = entries[0] if self.maybe(0.7) else self.random.choice(entries)
                sections[section] = {name: self.random.choice(values)}
        return sections

    def all_resources(self) -> dict[str, dict[str, str]]:
        """Sections that define all names that attributes use."""
        return {
            section: {name: values[0] for name, values in entries[:2] if name != "s2"}
            for section, entries in RESOURCES.items()
        }

    def text(self, services: dict[str, dict[str, str]], sections: dict[str, dict[str, str]]) -> str:
        """A file."""
        lines = ["services:"]
        for name, service in services.items():
            lines.append(f"  {name}:" + ("" if service else " {}"))
            lines += [f"    {key}: {value}" for key, value in service.items()]
        for section, entries in sections.items():
            lines.append(f"{section}:")
            lines += [f"  {name}: {value}" for name, value in entries.items()]
        return "\n".join(lines) + "\n"

    def case(self, family: str, name: str, *files: str, **more: object) -> Case:
        """The case of the files made so far; ``files`` are those given with ``-f``."""
        args = tuple(part for file in files for part in ("-f", file))
        present = {**BESIDE, **self.files}
        encoded = {path: text.encode() for path, text in present.items()}
        case = Case(family, name, {**encoded}, args=args)
        return case._replace(**more)


def attributes(maker: Maker, name: str) -> Case:
    """One file, two services: attributes alone and with what they refer to."""
    services = {"a": maker.service(3), "b": maker.service(1)}
    sections = maker.all_resources() if maker.maybe(0.7) else maker.resources()
    maker.files["compose.yaml"] = maker.text(services, sections)
    return maker.case("attributes", name, "compose.yaml")


def merges(maker: Maker, name: str) -> Case:
    """Several layers: files, an override, documents."""
    keys = [maker.random.choice(SERVICE_KEYS) for _ in range(maker.random.randint(1, 3))]
    layers = []
    for index in range(maker.random.randint(2, 3)):
        service = maker.service(2, complete=index == 0)
        for key in keys:
            value = maker.value(key) or "x"
            if index and maker.maybe(0.15):
                value = f"!{maker.random.choice(['reset', 'override'])} {value}"
            service[key] = value
        services = {"a": service}
        if index == 0:
            services["b"] = {"image": "y"}
        sections = maker.all_resources() if index == 0 else maker.resources(0.2)
        layers.append(maker.text(services, sections))
    if maker.maybe(0.2):
        maker.files["compose.yaml"] = "---\n".join(layers)
        return maker.case("merges", name, "compose.yaml")
    if maker.maybe(0.2) and len(layers) == 2:
        maker.files |= {"compose.yaml": layers[0], "compose.override.yaml": layers[1]}
        return maker.case("merges", name)
    for index, layer in enumerate(layers):
        maker.files[f"f{index}.yaml"] = layer
    return maker.case("merges", name, *(f"f{index}.yaml" for index in range(len(layers))))


PLACES = ["compose.yaml", "lib.yaml", "a/lib.yaml", "a/b/lib.yaml", "c/lib.yaml", "c/compose.yaml"]


def _relative(path: str, origin: str) -> str:
    """A path as a file would name it."""
    up = "../" * origin.count("/")
    folder = origin.rpartition("/")[0]
    if folder and path.startswith(f"{folder}/"):
        return path[len(folder) + 1 :]
    return up + path


def extends(maker: Maker, name: str) -> Case:
    """Chains of bases across files in several folders."""
    places = ["compose.yaml", *maker.random.sample(PLACES[1:], maker.random.randint(1, 3))]
    names = ["s0", "s1", "s2"]
    for place in places:
        services = {}
        for service_name in names if maker.sound else names[: maker.random.randint(1, 3)]:
            service = maker.service(2, complete=maker.maybe(0.85 if maker.sound else 0.5))
            if maker.maybe(0.6):
                target = maker.random.choice(names)
                if maker.maybe(0.65):
                    later = places[places.index(place) + 1 :]
                    others = later if maker.sound and later else places
                    file = _relative(maker.random.choice(others), place)
                    if maker.maybe(0.2):
                        file = "./" + file
                    service["extends"] = f"{{service: {target}, file: {file}}}"
                else:
                    service["extends"] = target if maker.maybe(0.5) else f"{{service: {target}}}"
                for key in service:
                    if key != "extends" and maker.maybe(0.1):
                        service[key] = "!reset null"
            services[service_name] = service
        maker.files[place] = maker.text(services, maker.all_resources())
    return maker.case("extends", name, "compose.yaml")


ENV_FILES = ["e.env", "[e.env, sub/f.env]", "/dev/null", "gone", "sub"]


def includes(maker: Maker, name: str) -> Case:
    """Includes in all their forms, nested, overlaid, with folders and env files."""
    places = maker.random.sample(PLACES[1:], maker.random.randint(1, 3))
    for index, place in enumerate(places):
        services = {f"i{index}": maker.service(2)}
        if maker.maybe(0.4):
            services["shared"] = maker.service(1)
        sections = maker.all_resources() if maker.sound else maker.resources(0.4)
        text = maker.text(services, sections)
        later = places[index + 1 :]
        if later and maker.maybe(0.5):
            text = f"include: [{_relative(later[0], place)}]\n{text}"
        maker.files[place] = text
        if maker.maybe(0.3) and "/" in place:
            maker.files[place.rpartition("/")[0] + "/.env"] = "T=inner\nOWN=1\n"
    entries = []
    for place in places:
        form = maker.random.randrange(8)
        entry = place if form < 3 else f"{{path: {place}}}"
        if form == 4:
            entry = f"{{path: [{place}, {maker.random.choice(places)}]}}"
        elif form == 5:
            entry = (
                f"{{path: {place}, project_directory: {maker.random.choice(['.', 'a', 'c/d'])}}}"
            )
        elif form == 6:
            entry = f"{{path: {place}, env_file: {maker.random.choice(ENV_FILES[: 3 if maker.sound else 5])}}}"
        elif form == 7 and not maker.sound:
            entry = maker.random.choice(["gone.yaml", "12", "{foo: 1}", "[a]", "~", "a"])
        entries.append(entry)
    services = {"web": maker.service(2)}
    if maker.maybe(0.4):
        services[maker.random.choice(["i0", "shared"])] = maker.service(2, complete=False)
    if maker.maybe(0.3):
        services["web"]["extends"] = (
            "i0" if maker.sound else maker.random.choice(["shared", "web2"])
        )
    if maker.maybe(0.3):
        services["web"]["depends_on"] = "[i0]"
    text = maker.text(services, maker.all_resources() if maker.maybe(0.5) else maker.resources(0.3))
    maker.files["compose.yaml"] = f"include: [{', '.join(entries)}]\n{text}"
    if maker.maybe(0.2):
        maker.files["over.yaml"] = maker.text({"i0": maker.service(1, complete=False)}, {})
        return maker.case("includes", name, "compose.yaml", "over.yaml")
    return maker.case("includes", name, "compose.yaml")


def profiles(maker: Maker, name: str) -> Case:
    """Services that run or not, and need each other."""
    names = ["a", "b", "c", "d"]
    services = {}
    for service_name in names:
        service = {"image": "x", **(maker.service(1) if maker.maybe(0.4) else {})}
        if maker.maybe(0.2 if maker.sound else 0.6):
            service["profiles"] = maker.random.choice(["[p]", "[q]", "[p, q]", "[]", '[""]'])
        other = maker.random.choice(names)
        if maker.sound and other <= service_name:
            other = "d"
        need = maker.random.randrange(9)
        if need == 0:
            service["depends_on"] = f"[{other}]"
        elif need == 1:
            service["depends_on"] = f"{{{other}: {{condition: service_started, required: false}}}}"
        elif need == 2:
            service["links"] = f"[{other}]"
        elif need == 3:
            service["network_mode"] = f"service:{other}"
        elif need == 4:
            service["volumes_from"] = f"[{other}]"
        elif need == 5:
            service["pid"] = f"service:{other}"
        elif need == 6:
            service["build"] = f"{{context: ., additional_contexts: {{o: 'service:{other}'}}}}"
        services[service_name] = service
    maker.files["compose.yaml"] = maker.text(services, maker.all_resources())
    chosen = maker.random.choice([(), ("p",), ("q",), ("p", "q"), ("*",)])
    return maker.case("profiles", name, "compose.yaml", profiles=chosen)


def tokens(maker: Maker, name: str) -> Case:
    """Scalars, tags, anchors and references in several places."""
    token = maker.random.choice
    lines = [
        "x-anchor: &anchor " + maker.random.choice(["v", "{k: v}", "[v]"]),
        "services:",
        "  a:",
    ]
    lines.append("    image: x")
    lines.append("    environment:")
    for key in maker.random.sample(
        ["A", "B", "C", "'1'", "yes", "x y"], maker.random.randint(1, 4)
    ):
        value = token(TOKENS).replace("\n", "\n      ")
        lines.append(f"      {key}: {value}")
    if maker.maybe(0.5):
        lines.append("    labels:")
        lines.append("      l: " + token(TOKENS).replace("\n", "\n      "))
    if maker.maybe(0.3):
        lines.append("    command: " + token(TOKENS).replace("\n", "\n    "))
    if maker.maybe(0.3):
        key = token(["hostname", "tty", "scale", "mem_limit", "user", "pids_limit", "cpus"])
        lines.append(f"    {key}: " + token(TOKENS).replace("\n", "\n    "))
    if maker.maybe(0.3):
        lines.append("x-t: " + token(TOKENS))
    if maker.maybe(0.2):
        lines.append("  b: {<<: " + token(["*anchor", "[*anchor]", "{image: y}", "~"]) + "}")
    maker.files["compose.yaml"] = "\n".join(lines) + "\n"
    return maker.case("tokens", name, "compose.yaml")


_LINE_VALUE = re.compile(r"^(\s*(?:- )?[\w.-]+:) \S.*$")


def mutants(maker: Maker, name: str) -> Case:
    """A case written by hand, with lines removed, repeated, replaced or brought from another."""
    cases = load_cases()
    case = maker.random.choice(cases)
    if maker.sound:
        case = maker.random.choice([case for case in cases if not case.errors])
    files = dict(case.files)
    names = [path for path, data in files.items() if data and path.endswith((".yaml", ".yml"))]
    if not names:
        return attributes(maker, name)
    path = maker.random.choice(names)
    data = files[path] or b""
    lines = data.decode("utf-8", "replace").split("\n")
    if any(len(line) > 2000 for line in lines):
        return attributes(maker, name)
    for _ in range(1 if maker.sound else 2):
        at = maker.random.randrange(len(lines))
        action = maker.random.randrange(6)
        match = _LINE_VALUE.match(lines[at])
        if action == 0:
            del lines[at]
        elif action == 1:
            lines.insert(at, lines[at])
        elif action == 2 and match:
            lines[at] = f"{match[1]} {maker.random.choice(TOKENS)}".replace("\n", " ")
        elif action == 3:
            lines[at] = "  " + lines[at]
        elif action == 4:
            key = maker.random.choice(SERVICE_KEYS)
            indent = len(lines[at]) - len(lines[at].lstrip(" "))
            lines.insert(at, f"{' ' * indent}{key}: {maker.random.choice(SERVICE[key])}")
        else:
            lines[at] = lines[at].replace(
                *maker.random.choice([("1", "2"), ("a", "b"), ('"', "'"), ("[", "{"), (":", "=")])
            )
        if not lines:
            lines = [""]
    files[path] = "\n".join(lines).encode()
    return case._replace(
        topic="mutants", name=f"{name}-{case.topic}-{case.name}", files=files, errors=()
    )


FAMILIES: dict[str, Callable[[Maker, str], Case]] = {
    "attributes": attributes,
    "merges": merges,
    "extends": extends,
    "includes": includes,
    "profiles": profiles,
    "tokens": tokens,
    "mutants": mutants,
}
"""What makes a case, by the name of its kind."""


def generated(seed: int, count: int, families: tuple[str, ...] = ()) -> Iterator[Case]:
    """The cases of a seed, of all families in turn."""
    chosen = families or tuple(FAMILIES)
    for index in range(count):
        family = chosen[index % len(chosen)]
        name = f"{seed}-{index}"
        yield FAMILIES[family](Maker(f"{family} {seed} {index}"), name)
