"""Values that Docker Compose cannot read. It refuses all of these but where said."""

from __future__ import annotations

from ...linter.rule import Example, Severity, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.stack import Stack
    from ...linter.rule import Diagnostic

SPEC = "https://docs.docker.com/reference/compose-file/"


@rule(
    "CF119",
    "invalid-port",
    Severity.ERROR,
    sources=(SPEC + "services/#ports",),
    examples=(
        Example(
            bad='services:\n  web:\n    image: nginx:1.29\n    ports:\n      - "80800:80"  # error: 80800\n',
            good='services:\n  web:\n    image: nginx:1.29\n    ports:\n      - "8080:80"\n',
        ),
    ),
)
def invalid_port(stack: Stack) -> Iterator[Diagnostic]:
    """A port cannot be read: no number, out of range, an unequal range, a bad address or protocol.

    The short form is `[IP:][PUBLISHED:]TARGET[/PROTOCOL]`; the address is a number (`127.0.0.1`,
    `[::1]`), not a name such as `localhost`.
    """
    yield from stack.problems("port-syntax", "port-without-target", "expose-value")


@rule(
    "CF120",
    "invalid-volume",
    Severity.ERROR,
    sources=(SPEC + "services/#volumes",),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    volumes:\n      - ./data::ro  # error: \n",
            good="services:\n  db:\n    image: postgres:17\n    volumes:\n      - ./data:/var/lib/postgresql/data:ro\n",
        ),
    ),
)
def invalid_volume(stack: Stack) -> Iterator[Diagnostic]:
    """A mount cannot be read: an empty part, too many colons, no target, or a bind without a source."""
    yield from stack.problems("volume-syntax", "volume-without-target", "bind-without-source")


@rule(
    "CF121",
    "invalid-device",
    Severity.ERROR,
    sources=(SPEC + "services/#devices",),
    examples=(
        Example(
            bad="services:\n  hub:\n    image: ghcr.io/home-assistant/home-assistant:2026.1\n    devices:\n      - /dev/ttyUSB0:/dev/zigbee:r:w  # error: \n",
            good="services:\n  hub:\n    image: ghcr.io/home-assistant/home-assistant:2026.1\n    devices:\n      - /dev/ttyUSB0:/dev/zigbee:rw\n",
        ),
    ),
)
def invalid_device(stack: Stack) -> Iterator[Diagnostic]:
    """A device mapping has too many parts or no target, so Docker Compose refuses the stack."""
    yield from stack.problems("device-syntax", "device-without-target")


@rule(
    "CF122",
    "invalid-duration",
    Severity.ERROR,
    sources=(SPEC + "extension/#specifying-durations",),
    examples=(
        Example(
            bad='services:\n  db:\n    image: postgres:17\n    healthcheck:\n      test: [CMD, pg_isready]\n      interval: "30"  # error: \n',
            good="services:\n  db:\n    image: postgres:17\n    healthcheck:\n      test: [CMD, pg_isready]\n      interval: 30s\n",
        ),
    ),
)
def invalid_duration(stack: Stack) -> Iterator[Diagnostic]:
    """A duration has no unit or an unknown one: write `30s`, `1m30s` or `500ms`."""
    yield from stack.problems("duration-syntax")


@rule(
    "CF123",
    "invalid-size",
    Severity.ERROR,
    sources=(SPEC + "extension/#specifying-byte-values",),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    mem_limit: 512 megabytes  # error: \n",
            good="services:\n  db:\n    image: postgres:17\n    mem_limit: 512M\n",
        ),
    ),
)
def invalid_size(stack: Stack) -> Iterator[Diagnostic]:
    """A size in bytes cannot be read: write `512M` or `1.5g`, with k, m, g and t for powers of 1024."""
    yield from stack.problems("size-syntax")


@rule(
    "CF124",
    "invalid-extra-host",
    Severity.ERROR,
    sources=(SPEC + "services/#extra_hosts",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.29\n    extra_hosts:\n      - registry.internal  # error: registry.internal\n",
            good="services:\n  web:\n    image: nginx:1.29\n    extra_hosts:\n      - registry.internal=10.0.0.7\n",
        ),
    ),
)
def invalid_extra_host(stack: Stack) -> Iterator[Diagnostic]:
    """An entry of `extra_hosts` has no address or a bad name, so Docker Compose refuses the stack."""
    yield from stack.problems("extra-hosts")


@rule(
    "CF125",
    "invalid-option",
    Severity.ERROR,
    sources=(SPEC + "services/",),
    examples=(
        Example(
            bad='services:\n  web:\n    image: nginx:1.29\n    ulimits:\n      nofile: "many"  # error: \n',
            good="services:\n  web:\n    image: nginx:1.29\n    ulimits:\n      nofile: 65536\n",
        ),
    ),
)
def invalid_option(stack: Stack) -> Iterator[Diagnostic]:
    """A number, a limit or a switch cannot be read as one, so Docker Compose refuses the stack."""
    yield from stack.problems(
        "option-type", "schema-cast", "yaml-tag", "null-value", "env-file-format"
    )


@rule(
    "CF126",
    "device-count-and-ids",
    Severity.ERROR,
    sources=(SPEC + "deploy/#devices",),
    examples=(
        Example(
            bad='services:\n  ai:\n    image: ollama/ollama:0.13.0\n    deploy:\n      resources:\n        reservations:\n          devices:\n            - capabilities: [gpu]\n              count: 1\n              device_ids: ["0"]  # error: \n',
            good="services:\n  ai:\n    image: ollama/ollama:0.13.0\n    deploy:\n      resources:\n        reservations:\n          devices:\n            - capabilities: [gpu]\n              count: 1\n",
        ),
    ),
)
def device_count_and_ids(stack: Stack) -> Iterator[Diagnostic]:
    """A device request gives both a `count` and `device_ids`, so Docker Compose refuses the stack."""
    yield from stack.problems("device-count-and-ids")


@rule(
    "CF127",
    "invalid-healthcheck-test",
    Severity.ERROR,
    sources=(SPEC + "services/#healthcheck",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.29\n    healthcheck:\n      test: [curl, -f, http://127.0.0.1/]  # error: curl\n",
            good="services:\n  web:\n    image: nginx:1.29\n    healthcheck:\n      test: [CMD, curl, -f, http://127.0.0.1/]\n",
        ),
    ),
)
def invalid_healthcheck_test(stack: Stack) -> Iterator[Diagnostic]:
    """A healthcheck's test list does not begin with CMD, CMD-SHELL or NONE; Compose refuses the stack."""
    yield from stack.problems("healthcheck-test")


@rule(
    "CF132",
    "invalid-watch",
    Severity.ERROR,
    sources=(SPEC + "develop/#watch",),
    examples=(
        Example(
            bad="services:\n  app:\n    build: .\n    develop:\n      watch:\n        - path: ./src\n          action: sync  # error: \n",
        ),
    ),
)
def invalid_watch(stack: Stack) -> Iterator[Diagnostic]:
    """A watch has no target for what it synchronises, or a blank path; Compose refuses the stack."""
    yield from stack.problems("watch-without-target", "watch-path-blank")


@rule(
    "CF133",
    "invalid-interpolation",
    Severity.ERROR,
    sources=(SPEC + "interpolation/",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.29\n    command: echo ${name.first}  # error: ${name.first}\n",
            good="services:\n  web:\n    image: nginx:1.29\n    command: echo ${name}\n",
        ),
    ),
)
def invalid_interpolation(stack: Stack) -> Iterator[Diagnostic]:
    """A `$` begins something that is no variable, so Docker Compose refuses the stack.

    A `$` that the container is meant to see is written `$$`.
    """
    yield from stack.problems("interpolation-syntax")


@rule(
    "CF134",
    "required-variable-unset",
    Severity.ERROR,
    sources=(SPEC + "interpolation/",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:${NGINX_VERSION:?choose one}  # error: ${NGINX_VERSION:?choose one}\n",
            good="services:\n  web:\n    image: nginx:${NGINX_VERSION:-1.29}\n",
            files={".env": "OTHER=1\n"},
        ),
    ),
)
def required_variable_unset(stack: Stack) -> Iterator[Diagnostic]:
    """A variable that the stack requires (`${VAR:?…}`) is set in no env file that Compose reads.

    Docker Compose refuses the stack without it. Where there is no env file at all, as in a fresh
    clone, this is only a note: the file is kept out of git on purpose.
    """
    for item in stack.problems("required-variable"):
        if not stack.has_env_file:
            item.severity = Severity.INFO
        yield item


@rule(
    "CF135",
    "date-as-value",
    Severity.ERROR,
    sources=(SPEC + "services/#environment",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: ghost:6\n    environment:\n      SINCE: 2026-01-31  # error: 2026-01-31\n",
            good='services:\n  app:\n    image: ghost:6\n    environment:\n      SINCE: "2026-01-31"\n',
        ),
    ),
)
def date_as_value(stack: Stack) -> Iterator[Diagnostic]:
    """An unquoted date is a date to YAML and no text, so Docker Compose refuses it: quote it."""
    yield from stack.problems("schema-date")


@rule(
    "CF137",
    "invalid-name",
    Severity.ERROR,
    sources=(SPEC + "version-and-name/", SPEC + "services/"),
    examples=(
        Example(
            bad='services:\n  "my web":  # error: "my web"\n    image: nginx:1.29\n',
            good="services:\n  my-web:\n    image: nginx:1.29\n",
        ),
    ),
)
def invalid_name(stack: Stack) -> Iterator[Diagnostic]:
    """The name of the project, a service or a variable has characters that Compose does not take."""
    yield from stack.problems(
        "schema-name", "project-name", "environment-name", "extension-name", "non-string-key"
    )


@rule(
    "CF138",
    "invalid-command",
    Severity.ERROR,
    sources=(SPEC + "services/#command",),
    examples=(
        Example(
            bad='services:\n  web:\n    image: nginx:1.29\n    command: echo "hello  # error: \n',
            good='services:\n  web:\n    image: nginx:1.29\n    command: echo "hello"\n',
        ),
    ),
)
def invalid_command(stack: Stack) -> Iterator[Diagnostic]:
    """A command given as text has a quote or bracket that does not match; Compose refuses the stack."""
    yield from stack.problems("command-syntax")


@rule(
    "CF139",
    "command-cut",
    Severity.WARNING,
    sources=(SPEC + "services/#command",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: ghost:6\n    command: migrate && serve  # error: \n",
            good="services:\n  app:\n    image: ghost:6\n    command: [sh, -c, migrate && serve]\n",
        ),
    ),
)
def command_cut(stack: Stack) -> Iterator[Diagnostic]:
    """A command given as text holds shell operators, and Docker Compose silently drops the rest.

    It splits the text into words as a shell would and stops at the first `;`, `&`, `|`, `<` or `>`,
    but runs no shell. Name one: `[sh, -c, "…"]`.
    """
    yield from stack.problems("command-cut")


@rule(
    "CF144",
    "size-ignored",
    Severity.WARNING,
    sources=(SPEC + "extension/#specifying-byte-values",),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    shm_size: 1e8  # error: 1e8\n",
            good="services:\n  db:\n    image: postgres:17\n    shm_size: 100M\n",
        ),
    ),
)
def size_ignored(stack: Stack) -> Iterator[Diagnostic]:
    """A size is a number with a fraction or an exponent, which Docker Compose silently reads as 0."""
    yield from stack.problems("size-ignored")


@rule(
    "CF181",
    "empty-stack",
    Severity.ERROR,
    sources=(SPEC,),
    examples=(Example(bad="# nothing here yet  # error\n"),),
)
def empty_stack(stack: Stack) -> Iterator[Diagnostic]:
    """A Compose file defines nothing, or is no mapping, so Docker Compose refuses it."""
    yield from stack.problems("empty-file", "top-level-not-a-mapping")


@rule(
    "CF182",
    "compose-file-missing",
    Severity.ERROR,
    sources=(
        "https://docs.docker.com/compose/how-tos/environment-variables/envvars/#compose_file",
    ),
    examples=(
        Example(
            bad="COMPOSE_FILE=compose.yaml:compose.prod.yaml  # error\n",
            path=".env",
            files={"compose.yaml": "services:\n  web:\n    image: nginx:1.29\n"},
        ),
    ),
)
def compose_file_missing(stack: Stack) -> Iterator[Diagnostic]:
    """A file that the stack is said to be made of does not exist, so Docker Compose refuses it."""
    yield from stack.problems("compose-file-missing")


@rule(
    "CF145",
    "boolean-word",
    Severity.WARNING,
    sources=("https://yaml.org/spec/1.2.2/#10212-boolean",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: ghost:6\n    read_only: yes  # error: yes\n",
            good="services:\n  app:\n    image: ghost:6\n    read_only: true\n",
        ),
    ),
)
def boolean_word(stack: Stack) -> Iterator[Diagnostic]:
    """A switch is written `yes`, `on` or the like, which Docker Compose takes with a warning only.

    YAML 1.2 knows `true` and `false`; a later release may refuse the others.
    """
    yield from stack.problems("boolean-word")


@rule(
    "CF146",
    "deprecated-external-name",
    Severity.WARNING,
    sources=(SPEC + "volumes/#external",),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n    external:\n      name: old_data  # error\n",
            good="services:\n  db:\n    image: postgres:17\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n    external: true\n    name: old_data\n",
        ),
    ),
)
def deprecated_external_name(stack: Stack) -> Iterator[Diagnostic]:
    """The name of an external resource stands below `external`, which is deprecated: put it beside."""
    yield from stack.problems("external-name-deprecated")


@rule(
    "CF147",
    "ignored-reference-key",
    Severity.WARNING,
    sources=(SPEC + "include/", SPEC + "services/#extends"),
    examples=(
        Example(
            bad="services:\n  app:\n    extends:\n      service: base\n      form: base.yaml  # error: form\n  base:\n    image: ghost:6\n",
            good="services:\n  app:\n    extends:\n      service: base\n  base:\n    image: ghost:6\n",
        ),
    ),
)
def ignored_reference_key(stack: Stack) -> Iterator[Diagnostic]:
    """An `extends` or `include` has a key that Docker Compose does not know and silently ignores."""
    yield from stack.problems("extends-ignored-key", "include-ignored-key")


@rule(
    "CF148",
    "folder-instead-of-file",
    Severity.ERROR,
    sources=(SPEC + "services/#env_file",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: ghost:6\n    env_file: settings  # error: settings\n",
            good="services:\n  app:\n    image: ghost:6\n    env_file: settings/app.env\n",
            files={"settings/app.env": "A=1\n"},
        ),
    ),
)
def folder_instead_of_file(stack: Stack) -> Iterator[Diagnostic]:
    """A folder stands where a file is meant (an env file, an included file); Compose refuses it."""
    yield from stack.problems("path-is-directory")
