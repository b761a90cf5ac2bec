"""What known images need to start."""

from __future__ import annotations

from ...linter.base.suggest import PLAIN, did_you_mean
from ...linter.base.wording import and_list, or_list
from ...linter.rule import Diagnostic, Example, Related, Severity, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.analysis.contracts import Given, Terms
    from ...linter.base.text import Span
    from ...linter.images.contracts import Requirement
    from ...linter.model.service import Service

_POSTGRES = "https://github.com/docker-library/postgres/blob/master/docker-entrypoint.sh"
_MYSQL = "https://github.com/docker-library/mysql/blob/master/docker-entrypoint.sh"
_DOCS = "https://github.com/docker-library/docs"


def _image_place(service: Service) -> Span:
    """The place that names the image; the service's key where it is built."""
    field = service.field("image")
    return service.key.span if field is None or service.build is not None else field.value.span


def _is_literal(given: Given) -> bool:
    """Whether a value is written in the Compose file, not in a file that people fill in."""
    return given.key == "environment"


def _mistyped(terms: Terms) -> Iterator[tuple[Given, str]]:
    """Variables of a service whose names are almost those that its image reads, and those names."""
    from ...linter.analysis.mistyped import meant_by

    contract = terms.contract
    for given in terms.given.values():
        if given.name_span is None or given.name != given.name.strip():
            continue  # Docker Compose refuses a name that ends with a blank
        meant = meant_by(given.name, contract.variables)
        if meant is None and given.key == "environment":
            meant = contract.slips.get(given.name)
        if (
            meant is not None
            and given.name not in contract.variables
            and not terms.is_set(meant, empty_counts=True)
            and not terms.is_set(f"{meant}_FILE", empty_counts=True)
            and not terms.is_read_by_scripts(given.name)
        ):
            yield given, meant


@rule(
    "CF190",
    "required-variable-missing",
    Severity.ERROR,
    category="start",
    since="0.2",
    sources=(_POSTGRES, _MYSQL),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17  # error: postgres:17\n    environment:\n      POSTGRES_DB: shop\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n",
            good="services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_DB: shop\n      POSTGRES_PASSWORD_FILE: /run/secrets/password\n    secrets: [password]\n    volumes: [data:/var/lib/postgresql/data]\n    healthcheck:\n      test: [CMD-SHELL, 'pg_isready -U postgres -d shop']\nvolumes:\n  data:\nsecrets:\n  password:\n    environment: DB_PASSWORD\n",
        ),
        Example(
            bad="services:\n  db:\n    image: mcr.microsoft.com/mssql/server:2022-latest  # error: mcr.microsoft.com/mssql/server:2022-latest\n    environment:\n      MSSQL_SA_PASSWORD: ${SA_PASSWORD:?}\n    volumes: [data:/var/opt/mssql]\nvolumes:\n  data:\n",
            good="services:\n  db:\n    image: mcr.microsoft.com/mssql/server:2022-latest\n    mem_limit: 3G\n    environment:\n      ACCEPT_EULA: 'Y'\n      MSSQL_SA_PASSWORD: ${SA_PASSWORD:?}\n    volumes: [data:/var/opt/mssql]\n    healthcheck:\n      test: [CMD-SHELL, '/opt/mssql-tools18/bin/sqlcmd -C -S localhost -U sa -P \"$$MSSQL_SA_PASSWORD\" -Q \"SELECT 1\"']\nvolumes:\n  data:\n",
        ),
    ),
)
def required_variable_missing(service: Service) -> Iterator[Diagnostic]:
    """A service does not set a variable without which its image refuses to start.

    Why: The entry script of the image ends with an error, and so does the container.

    Known from the entry scripts of the images: databases without a password, images whose licence has to
    be accepted. Variables count from `environment`, `env_file` and the Dockerfile that is built on such
    an image, files of secrets too. An image asks for some of them only when it makes its data:
    services with an external volume, a folder of the host outside of the project or one that has
    files are left alone, and so are those whose variables are not all known, whose entry point or command
    runs something else, and overlays.
    """
    from ...linter.analysis.contracts import terms_of

    terms = terms_of(service)
    if terms is None or not terms.contract.required or not terms.is_complete:
        return
    missing = [need for need in terms.contract.required if not terms.is_met(need)]
    if not missing:
        return
    mistyped = {meant for _, meant in _mistyped(terms)}
    missing = [need for need in missing if mistyped.isdisjoint(need.any)]
    empty = [need for need in missing if any(name in terms.given for name in need.any)]
    plain = [need for need in missing if need not in empty and not need.or_values]
    for need in missing:
        if need in plain[1:]:
            continue
        yield _missing(terms, plain if need in plain else [need])


def _missing(terms: Terms, needs: list[Requirement]) -> Diagnostic:
    service, need, image = terms.service, needs[0], terms.contract.name
    names = [*need.any, *need.or_values]
    place = _image_place(service)
    sure = all(each.refused and not (each.recent and terms.is_floating) for each in needs)
    empty = next((terms.given[name] for name in need.any if name in terms.given), None)
    if empty is not None:
        what = f'{empty.name} of service "{service.name}" is empty'
        place = empty.value_span or place
        sure = sure and _is_literal(empty)
    elif len(needs) > 1 or len(need.any) == 1:
        what = (
            f'service "{service.name}" does not set {or_list((each.any[0] for each in needs), "")}'
        )
    else:
        what = f'service "{service.name}" sets none of {and_list(names, "", most=3)}'
    files = [f"{need.any[0]}_FILE"] if need.reads_files and need.any else []
    values = [f"{name}={values[0]}" for name, values in need.or_values.items()]
    choice = or_list([*need.any[:1], *files, *values], "")
    if len(needs) > 1:
        choice = and_list((each.any[0] for each in needs), "")
    return Diagnostic(
        place,
        f"{what}: {image} refuses to start",
        help=need.help if need.help and len(needs) == 1 else f"set {choice}",
        severity=Severity.ERROR if sure else Severity.WARNING,
        subject=f"{service.path}.environment",
        evidence=names[0],
    )


@rule(
    "CF191",
    "variable-of-image-mistyped",
    Severity.WARNING,
    category="start",
    since="0.2",
    words=("environment", "env_file"),
    sources=(_DOCS, _POSTGRES),
    examples=(
        Example(
            bad="services:\n  db:\n    image: rabbitmq:4.3\n    hostname: db\n    environment:\n      RABBITMQ_DEFAULT_USR: shop  # error: RABBITMQ_DEFAULT_USR\n    volumes: [data:/var/lib/rabbitmq]\nvolumes:\n  data:\n",
            good="services:\n  db:\n    image: rabbitmq:4.3\n    hostname: db\n    environment:\n      RABBITMQ_DEFAULT_USER: shop\n    volumes: [data:/var/lib/rabbitmq]\n    healthcheck:\n      test: [CMD, rabbitmq-diagnostics, -q, ping]\n      start_period: 30s\nvolumes:\n  data:\n",
        ),
    ),
)
def variable_of_image_mistyped(service: Service) -> Iterator[Diagnostic]:
    """The name of a variable is almost one that the image reads, so its value is not used.

    The names are those that an image documents or that its entry script reads. One letter may differ,
    or the name is one of the usual mistakes (`POSTGRES_PASS`, `MYSQL_DB`). It is an error where the
    image refuses to start without the variable that was meant. Names that the service's command or
    a mounted file contains are left alone, and so are those beside which the right one is set.
    """
    from ...linter.analysis.contracts import terms_of

    terms = terms_of(service)
    if terms is None:
        return
    missing = [need for need in terms.contract.required if not terms.is_met(need)]
    for given, meant in _mistyped(terms):
        assert given.name_span is not None
        refused = (
            given.key == "environment"
            and terms.is_complete
            and any(need.refused and meant in need.any for need in missing)
        )
        ends = f", which refuses to start without {meant}" if refused else ""
        yield Diagnostic(
            given.name_span,
            f'{given.name} of service "{service.name}" is not a variable of {terms.contract.name}{ends}',
            help=did_you_mean(meant, PLAIN),
            severity=Severity.ERROR if refused else None,
            subject=f"{service.path}.{given.key}.{given.name}",
            evidence=given.name,
        )


@rule(
    "CF192",
    "value-refused-by-image",
    Severity.ERROR,
    category="start",
    since="0.2",
    words=("environment", "env_file"),
    sources=(_MYSQL, "https://github.com/docker-library/mongo/blob/master/docker-entrypoint.sh"),
    examples=(
        Example(
            bad="services:\n  db:\n    image: mysql:8.4\n    environment:\n      MYSQL_ROOT_PASSWORD: ${ROOT_PASSWORD:?}\n      MYSQL_USER: root  # error: root\n    volumes: [data:/var/lib/mysql]\nvolumes:\n  data:\n",
            good="services:\n  db:\n    image: mysql:8.4\n    environment:\n      MYSQL_ROOT_PASSWORD: ${ROOT_PASSWORD:?}\n      MYSQL_USER: shop\n    volumes: [data:/var/lib/mysql]\n    healthcheck:\n      test: [CMD, mysqladmin, ping, -h, 127.0.0.1]\n      start_period: 30s\nvolumes:\n  data:\n",
        ),
        Example(
            bad="services:\n  db:\n    image: mongo:8.0\n    mem_limit: 1G\n    environment:\n      MONGO_INITDB_ROOT_USERNAME: shop  # error: MONGO_INITDB_ROOT_USERNAME\n    volumes: [data:/data/db]\nvolumes:\n  data:\n",
            good="services:\n  db:\n    image: mongo:8.0\n    mem_limit: 1G\n    environment:\n      MONGO_INITDB_ROOT_USERNAME: shop\n      MONGO_INITDB_ROOT_PASSWORD_FILE: /run/secrets/password\n    secrets: [password]\n    volumes: [data:/data/db]\n    healthcheck:\n      test: [CMD, mongosh, --quiet, --eval, db.adminCommand('ping')]\nvolumes:\n  data:\nsecrets:\n  password:\n    environment: DB_PASSWORD\n",
        ),
    ),
)
def value_refused_by_image(service: Service) -> Iterator[Diagnostic]:
    """A variable has a value with which its image refuses to start, or its counterpart is not set.

    Why: The container ends at its start.

    Examples are `MYSQL_USER: root`, a short password of SQL Server or MinIO, one of MongoDB's two
    variables for root, and the variables that RabbitMQ's image refuses since 3.9. Values are not shown.
    What a file gives that people fill in is a warning.
    """
    from ...linter.analysis.contracts import terms_of

    terms = terms_of(service)
    if terms is None:
        return
    name = terms.contract.name
    for refusal in terms.contract.refusals:
        for given in map(terms.given.get, refusal.variables):
            if given is None or given.value is None or given.value_span is None:
                continue
            if refusal.refuses(given.value) and not terms.may_have_data:
                yield Diagnostic(
                    given.value_span,
                    f'{name} refuses to start with this {given.name} of service "{service.name}": '
                    f"{refusal.why}",
                    help=refusal.help,
                    severity=None if _is_literal(given) else Severity.WARNING,
                    subject=f"{service.path}.{given.key}.{given.name}",
                    evidence=given.name,
                    sensitive=[given.value_span] if refusal.shorter or refusal.kinds else [],
                )
    for group in terms.contract.together:
        there = [each for each in group if terms.is_set(each) or terms.is_set(f"{each}_FILE")]
        if not there or len(there) == len(group) or not terms.is_complete:
            continue
        given = terms.given.get(there[0]) or terms.given.get(f"{there[0]}_FILE")
        lacking = [each for each in group if each not in there]
        if given is None or given.name_span is None or given.value is None:
            continue
        if any(meant in lacking for _, meant in _mistyped(terms)):
            continue
        yield Diagnostic(
            given.name_span,
            f'service "{service.name}" sets {given.name} without {and_list(lacking, "")}: '
            f"{name} refuses to start",
            help=f"set {and_list(lacking, '')} too",
            severity=None if _is_literal(given) else Severity.WARNING,
            subject=f"{service.path}.{given.key}.{given.name}",
            evidence=lacking[0],
        )


@rule(
    "CF193",
    "option-removed-in-version",
    Severity.ERROR,
    category="start",
    since="0.2",
    words=("command", "environment", "env_file"),
    sources=(
        "https://dev.mysql.com/doc/refman/8.4/en/mysql-nutshell.html",
        "https://www.postgresql.org/docs/release/",
        "https://www.mongodb.com/docs/manual/release-notes/",
        "https://www.elastic.co/guide/en/elasticsearch/reference/8.19/migrating-8.0.html",
    ),
    examples=(
        Example(
            bad="services:\n  db:\n    image: mysql:8.4\n    command: --default-authentication-plugin=mysql_native_password  # error: --default-authentication-plugin=mysql_native_password\n    environment:\n      MYSQL_ROOT_PASSWORD: ${ROOT_PASSWORD:?}\n    volumes: [data:/var/lib/mysql]\nvolumes:\n  data:\n",
            good="services:\n  db:\n    image: mysql:8.4\n    command: --mysql-native-password=ON\n    environment:\n      MYSQL_ROOT_PASSWORD: ${ROOT_PASSWORD:?}\n    volumes: [data:/var/lib/mysql]\n    healthcheck:\n      test: [CMD, mysqladmin, ping, -h, 127.0.0.1]\n      start_period: 30s\nvolumes:\n  data:\n",
        ),
    ),
)
def option_removed_in_version(service: Service) -> Iterator[Diagnostic]:
    """An option or a variable was removed in this version of the image.

    The program refuses an option that it does not know, and ends. Variables that it only no longer
    reads are warnings. A tag without a version (`latest`) counts as the newest one, which is a warning
    too: an older image may be there.
    """
    from ...linter.analysis.contracts import terms_of
    from ...linter.analysis.removed_options import uses_of

    terms = terms_of(service)
    if terms is None or not terms.contract.removals:
        return
    name = terms.contract.name
    for span, text, removal, path in uses_of(terms):
        verb = "is ignored since" if removal.unread else "was removed in"
        yield Diagnostic(
            span,
            f'{text} of service "{service.name}" {verb} {name} {removal.since}'
            + ("" if removal.unread else ": the service does not start"),
            help=removal.help,
            severity=Severity.WARNING if removal.unread or terms.is_floating else None,
            subject=f"{service.path}.{path}",
            evidence=text,
        )


@rule(
    "CF195",
    "node-name-not-kept",
    Severity.WARNING,
    category="start",
    since="0.2",
    words=("rabbitmq",),
    sources=(f"{_DOCS}/blob/master/rabbitmq/content.md",),
    examples=(
        Example(
            bad="services:\n  queue:\n    image: rabbitmq:4.3\n    volumes:\n      - data:/var/lib/rabbitmq  # error: data:/var/lib/rabbitmq\nvolumes:\n  data:\n",
            good="services:\n  queue:\n    image: rabbitmq:4.3\n    hostname: queue\n    volumes:\n      - data:/var/lib/rabbitmq\n    healthcheck:\n      test: [CMD, rabbitmq-diagnostics, -q, ping]\n      start_period: 30s\nvolumes:\n  data:\n",
        ),
    ),
)
def node_name_not_kept(service: Service) -> Iterator[Diagnostic]:
    """RabbitMQ has a volume and no `hostname`, so a new container does not find the data of the last one.

    It keeps its data in a folder with the name of its node, which is `rabbit@` and the container's host name. Without
    `hostname` that is the container's id, which changes with each update: queues and users seem to be lost.
    """
    from ...linter.analysis.contracts import terms_of

    terms = terms_of(service)
    if terms is None or not terms.contract.node_name or not terms.is_complete:
        return
    if service.get("hostname") is not None or service.get("network_mode") is not None:
        return
    if service.replicas != 1 or any(terms.is_set(each) for each in terms.contract.node_name):
        return
    for mount in service.mounts:
        if mount.target.rstrip("/") not in ("/var/lib/rabbitmq", "/var/lib/rabbitmq/mnesia"):
            continue
        if mount.unknown or mount.type not in ("volume", "bind") or not mount.source:
            continue
        yield Diagnostic(
            mount.node,
            f'a new container of service "{service.name}" does not find the old data: RabbitMQ stores it '
            "under the host name, by default the container's id",
            help=f"set `hostname: {service.name}`; data that exists is stored under the old name "
            "(RABBITMQ_NODENAME)",
            subject=f"{service.path}.hostname",
            evidence=mount.target,
            related=[Related(service.key.span, "hostname is not set")],
        )
        return


@rule(
    "CF196",
    "command-of-image-missing",
    Severity.ERROR,
    category="start",
    since="0.2",
    words=("minio", "keycloak", "cockroach", "cloudflared"),
    sources=("https://www.keycloak.org/server/containers",),
    examples=(
        Example(
            bad="services:\n  login:\n    image: quay.io/keycloak/keycloak:26.7  # error: quay.io/keycloak/keycloak:26.7\n    environment:\n      KC_DB: dev-file\n",
            good="services:\n  login:\n    image: quay.io/keycloak/keycloak:26.7\n    command: start-dev\n    environment:\n      KC_DB: dev-file\n",
        ),
    ),
)
def command_of_image_missing(service: Service) -> Iterator[Diagnostic]:
    """The image needs a command, and exits without one.

    Why: The container ends as soon as it has started.

    Known for MinIO (`server /data`), Keycloak (`start`), CockroachDB and cloudflared. Silent where the
    Dockerfile, an overlay's base or a variable gives the command.
    """
    from ...linter.analysis.container import container_of
    from ...linter.analysis.contracts import terms_of

    terms = terms_of(service)
    if terms is None or terms.contract.command is None or not terms.is_complete:
        return
    if service.build is not None:
        return
    container = container_of(service)
    if container.command or service.get("command") is not None or container.runs_once:
        return
    yield Diagnostic(
        _image_place(service),
        f'service "{service.name}" has no command: {terms.contract.name} {terms.contract.command.why}',
        help=terms.contract.command.help,
        subject=f"{service.path}.command",
        evidence=terms.contract.name,
    )
