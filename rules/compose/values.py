"""Values that Docker Compose cannot read. It refuses them, unless the rule says otherwise."""

from __future__ import annotations

from ...linter.rule import Example, Severity, rule
from .._sources import SPEC
from ._problems import APP, DATA, DOCKERFILE, WEB, in_block, problem_rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.stack import Stack
    from ...linter.rule import Diagnostic

problem_rule(
    "CF119",
    "invalid-port",
    """A port cannot be read: no number, out of range, an unequal range, a bad address or protocol.

    Why: Docker Compose refuses the stack.

    The short form is `[IP:][PUBLISHED:]TARGET[/PROTOCOL]`; the address is a number (`127.0.0.1`,
    `[::1]`), not a name such as `localhost`.
    """,
    in_block(WEB, bad='ports:\n  - "80800:80"  # error: 80800', good='ports:\n  - "8080:80"'),
    kinds=("port-syntax", "port-without-target", "expose-value"),
    sources=("services/#ports",),
)

problem_rule(
    "CF120",
    "invalid-volume",
    """A mount cannot be read: an empty part, too many colons, no target, or a bind without a source.

    Why: Docker Compose refuses the stack.
    """,
    in_block(
        APP,
        bad="volumes:\n  - data::ro  # error: ",
        good="volumes:\n  - data:/data:ro",
        end="volumes:\n  data:\n",
    ),
    kinds=("volume-syntax", "volume-without-target", "bind-without-source"),
    sources=("services/#volumes",),
)

problem_rule(
    "CF121",
    "invalid-device",
    "A device mapping has too many parts or no target, so Docker Compose refuses the stack.",
    in_block(
        "services:\n  hub:\n    image: acme/hub:2.1\n    devices:\n",
        bad="  - /dev/ttyUSB0:/dev/zigbee:r:w  # error: ",
        good="  - /dev/ttyUSB0:/dev/zigbee:rw",
    ),
    kinds=("device-syntax", "device-without-target"),
    sources=("services/#devices",),
)

problem_rule(
    "CF122",
    "invalid-duration",
    """A duration has no unit or an unknown one: write `30s`, `1m30s` or `500ms`.

    Why: Docker Compose refuses the stack.
    """,
    in_block(
        APP,
        bad='healthcheck:\n  test: [CMD, /bin/check]\n  interval: "30"  # error: ',
        good="healthcheck:\n  test: [CMD, /bin/check]\n  interval: 30s",
    ),
    kinds=("duration-syntax",),
    sources=("extension/#specifying-durations",),
)

problem_rule(
    "CF123",
    "invalid-size",
    """A size in bytes cannot be read: write `512M` or `1.5g`, with k, m, g and t for powers of 1024.

    Why: Docker Compose refuses the stack.
    """,
    in_block(APP, bad="mem_limit: 512 megabytes  # error: ", good="mem_limit: 512M"),
    kinds=("size-syntax",),
    sources=("extension/#specifying-byte-values",),
)

problem_rule(
    "CF124",
    "invalid-extra-host",
    "An entry of `extra_hosts` has no address or a bad name, so Docker Compose refuses the stack.",
    in_block(
        WEB,
        bad="extra_hosts:\n  - registry.internal  # error: registry.internal",
        good="extra_hosts:\n  - registry.internal=10.0.0.7",
    ),
    kinds=("extra-hosts",),
    sources=("services/#extra_hosts",),
)

problem_rule(
    "CF125",
    "invalid-option",
    "A number, a limit or a switch cannot be read as one, so Docker Compose refuses the stack.",
    in_block(WEB, bad='ulimits:\n  nofile: "many"  # error: ', good="ulimits:\n  nofile: 65536"),
    kinds=("option-type", "schema-cast", "yaml-tag", "null-value", "env-file-format"),
    sources=("services/",),
)

problem_rule(
    "CF126",
    "device-count-and-ids",
    "A device request gives both a `count` and `device_ids`, so Docker Compose refuses the stack.",
    Example(
        bad='services:\n  ai:\n    image: acme/ai:1.4\n    deploy:\n      resources:\n        reservations:\n          devices:\n            - capabilities: [gpu]\n              count: 1\n              device_ids: ["0"]  # error: \n',
        good="services:\n  ai:\n    image: acme/ai:1.4\n    deploy:\n      resources:\n        reservations:\n          devices:\n            - capabilities: [gpu]\n              count: 1\n",
    ),
    sources=("deploy/#devices",),
)

problem_rule(
    "CF127",
    "invalid-healthcheck-test",
    "A healthcheck's test list does not begin with CMD, CMD-SHELL or NONE; Compose refuses the stack.",
    in_block(
        WEB,
        bad="healthcheck:\n  test: [curl, -f, http://127.0.0.1/]  # error: curl",
        good="healthcheck:\n  test: [CMD, curl, -f, http://127.0.0.1/]",
    ),
    kinds=("healthcheck-test",),
    sources=("services/#healthcheck",),
)

problem_rule(
    "CF132",
    "invalid-watch",
    "A watch has no target for what it synchronises, or a blank path; Compose refuses the stack.",
    in_block(
        "services:\n  app:\n    build: .\n",
        bad="develop:\n  watch:\n    - path: ./src\n      action: sync  # error: ",
        good="develop:\n  watch:\n    - path: ./src\n      action: sync\n      target: /app/src",
        files=DOCKERFILE,
    ),
    kinds=("watch-without-target", "watch-path-blank"),
    sources=("develop/#watch",),
)

problem_rule(
    "CF133",
    "invalid-interpolation",
    """A `$` begins something that is not a variable, so Docker Compose refuses the stack.

    A `$` that the container is meant to see is written `$$`.
    """,
    in_block(
        WEB,
        bad="command: echo ${name.first}  # error: ${name.first}",
        good="command: echo ${name:-world}",
    ),
    kinds=("interpolation-syntax",),
    sources=("interpolation/",),
)


@rule(
    "CF134",
    "required-variable-unset",
    Severity.WARNING,
    category="reading",
    words=("problem:required-variable",),
    strict_in=("hardened",),
    ignore_when=(
        "Where the deployment sets the variable, and the stack is meant to refuse to start "
        "without it."
    ),
    sources=(SPEC + "interpolation/",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:${NGINX_VERSION:?choose one}  # error: ${NGINX_VERSION:?choose one}\n",
            good="services:\n  web:\n    image: nginx:${NGINX_VERSION:-1.30}\n",
            files={".env": "OTHER=1\n"},
        ),
    ),
)
def required_variable_unset(stack: Stack) -> Iterator[Diagnostic]:
    """A variable that the stack requires (`${VAR:?…}`) is not set in any env file that Compose reads.

    Why: Docker Compose refuses the stack unless the shell that starts it sets the variable.

    Where there is no env file at all, as in a fresh clone, this is only a note, under
    `hardened`: the file is kept out of git on purpose. Where an example env file, or a script
    that starts the stack, sets the variable, nothing is reported.
    """
    for finding in stack.problems("required-variable"):
        finding.strict = finding.severity is Severity.INFO
        yield finding


problem_rule(
    "CF135",
    "date-as-value",
    """An unquoted date is a date to YAML and not a text, so the container gets another text.

    `2026-01-31` becomes `2026-01-31 00:00:00 +0000 UTC` in a container, where the value is not refused,
    as Docker Compose 2 does. Quote it.
    """,
    in_block(
        APP,
        bad="environment:\n  SINCE: 2026-01-31  # error: 2026-01-31",
        good='environment:\n  SINCE: "2026-01-31"',
    ),
    kinds=("schema-date",),
    severity=Severity.WARNING,
    sources=("services/#environment",),
)

problem_rule(
    "CF137",
    "invalid-name",
    """The name of the project, a service or a variable has characters that Compose does not allow.

    Why: Docker Compose refuses the stack.
    """,
    Example(
        bad='services:\n  "my web":  # error: "my web"\n    image: nginx:1.30\n',
        good="services:\n  my-web:\n    image: nginx:1.30\n",
    ),
    kinds=("schema-name", "project-name", "environment-name", "extension-name", "non-string-key"),
    sources=("version-and-name/", "services/"),
)

problem_rule(
    "CF138",
    "invalid-command",
    "A command given as text has a quote or bracket that does not match; Compose refuses the stack.",
    in_block(WEB, bad='command: echo "hello  # error: ', good='command: echo "hello"'),
    kinds=("command-syntax",),
    sources=("services/#command",),
)

problem_rule(
    "CF139",
    "command-cut",
    """A command given as text contains shell operators, and Docker Compose silently drops the rest.

    Docker Compose splits the text into words as a shell would and stops at the first `;`, `&`,
    `|`, `<` or `>`, but runs no shell. Name a shell: `[sh, -c, "…"]`.
    """,
    in_block(
        APP, bad="command: migrate && serve  # error: ", good="command: [sh, -c, migrate && serve]"
    ),
    severity=Severity.WARNING,
    sources=("services/#command",),
)

problem_rule(
    "CF144",
    "size-ignored",
    """A size is a number with a fraction or an exponent, which Docker Compose silently reads as 0.

    Why: For a limit, 0 means that there is none.
    """,
    in_block(APP, bad="shm_size: 1e8  # error: 1e8", good="shm_size: 100M"),
    severity=Severity.WARNING,
    sources=("extension/#specifying-byte-values",),
)

problem_rule(
    "CF181",
    "empty-stack",
    """A Compose file defines nothing, or is not a mapping, so Docker Compose refuses it.

    Nothing in it was checked. Beside other files of its stack an empty file is accepted.
    """,
    Example(bad="# nothing here yet  # error\n"),
    kinds=("empty-file", "top-level-not-a-mapping"),
    sources=(SPEC,),
)

problem_rule(
    "CF182",
    "compose-file-missing",
    "A file that is named as a part of the stack does not exist, so Docker Compose refuses it.",
    Example(
        bad="COMPOSE_FILE=compose.yaml:compose.prod.yaml  # error\n",
        path=".env",
        files={"compose.yaml": WEB},
    ),
    sources=(
        "https://docs.docker.com/compose/how-tos/environment-variables/envvars/#compose_file",
    ),
)

problem_rule(
    "CF145",
    "boolean-word",
    """A boolean is written `yes`, `on` or the like, which Docker Compose accepts only with a warning.

    Why: Every command prints the warning, and a later release may refuse the word.

    YAML 1.2 knows `true` and `false`, not the others.
    """,
    in_block(APP, bad="read_only: yes  # error: yes", good="read_only: true"),
    severity=Severity.WARNING,
    sources=("https://yaml.org/spec/1.2.2/#10212-boolean",),
)

problem_rule(
    "CF146",
    "deprecated-external-name",
    """The name of an external resource is below `external`, which is deprecated: move it one level up.

    Why: Every command warns about it, and a later release may refuse it.
    """,
    in_block(
        DATA, bad="external:\n  name: old_data  # error", good="external: true\nname: old_data"
    ),
    kinds=("external-name-deprecated",),
    severity=Severity.WARNING,
    category="maintenance",
    sources=("volumes/#external",),
)

problem_rule(
    "CF147",
    "ignored-reference-key",
    """An `extends` or `include` has a key that Docker Compose does not know and silently ignores.

    Why: What the key asks for does not happen, and nothing says so.
    """,
    in_block(
        "services:\n  app:\n    extends:\n      service: base\n",
        bad="  form: base.yaml  # error: form",
        good="",
        end="  base:\n    image: shop/app:2.1\n",
    ),
    kinds=("extends-ignored-key", "include-ignored-key"),
    severity=Severity.WARNING,
    sources=("include/", "services/#extends"),
)

problem_rule(
    "CF148",
    "folder-instead-of-file",
    "A path names a folder where a file is needed (an env file, an included file); Compose refuses it.",
    Example(
        bad=APP + "    env_file: settings  # error: settings\n",
        good=APP + "    env_file: settings/app.env\n",
        files={"settings/app.env": "A=1\n"},
    ),
    kinds=("path-is-directory",),
    sources=("services/#env_file",),
)
