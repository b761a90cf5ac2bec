"""Calls of package managers: the action, the options and the packages.

The tables list, for each manager, the options that take a value (so that the value is not
taken for a package) and the spellings of its verbs. They follow the managers' own manuals.
"""

from __future__ import annotations

from itertools import pairwise

from ...base.records import NamedTuple
from .syntax import Options, parse_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .syntax import SimpleCommand
    from .tokens import ShellWord


class PackageCommand(NamedTuple):
    """One call of a package manager.

    ``manager`` is a key of ``_MANAGERS``; ``action`` the verb in its usual spelling
    (``install`` for ``npm i``, ``apk add`` and ``zypper in`` alike), ``verb`` the word as
    written, None where the manager was called without one (``yarn``). ``operands`` are the
    arguments after the verb that are not options: mostly packages.
    """

    manager: str
    action: str
    command: SimpleCommand
    verb: ShellWord | None
    options: Options
    operands: Sequence[ShellWord]

    @property
    def program(self) -> str:
        """The program's name: ``apt`` or ``apt-get`` for the manager ``apt``."""
        return self.command.name


class _Manager(NamedTuple):
    """``with_value`` are options with a value; ``verbs`` maps spellings to actions.

    ``groups`` are verbs that need a second one: ``dnf module install`` is the action
    ``module-install``. ``bare`` is the action of a call without a verb. ``switches`` are the long
    options without a value, where all of them are listed: any other may have one.
    """

    with_value: frozenset[str]
    verbs: dict[str, str]
    groups: frozenset[str] = frozenset()
    bare: str = ""
    switches: frozenset[str] | None = None


def _options(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _verbs(*lines: str) -> dict[str, str]:
    """``"install in add"`` says that ``in`` and ``add`` mean ``install``."""
    return {word: line.split()[0] for line in lines for word in line.split()}


_RPM_OPTIONS = _options(
    "-c --config --setopt --enablerepo --disablerepo --repo --repoid --from-repo --releasever"
    " --installroot -x --exclude --excludepkgs --advisory --advisories --forcearch --arch"
    " -d --debuglevel -e --errorlevel --rpmverbosity --disableplugin --enableplugin"
    " --disableexcludes --disableexcludepkgs --repofrompath --comment -R --randomwait"
    " --downloaddir --destdir"
)
_RPM_VERBS = _verbs(
    "install in localinstall groupinstall reinstall rei",
    "upgrade up upgrade-minimal up-min upgrade-to update update-minimal",
    "distro-sync dsync distribution-synchronization",
    "remove erase rm groupremove autoremove",
    "clean",
    "makecache mc",
    "builddep",
    "swap",
)

_MANAGERS: dict[str, _Manager] = {
    "apt": _Manager(
        _options(
            "-t --target-release --default-release -o --option -c --config-file"
            " -a --host-architecture -P --build-profiles"
        ),
        _verbs(
            "install reinstall satisfy",
            "update",
            "upgrade safe-upgrade",
            "dist-upgrade full-upgrade",
            "remove purge",
            "autoremove auto-remove autopurge",
            "clean",
            "dist-clean distclean",
            "build-dep",
            "download",
            "source",
        ),
    ),
    "apk": _Manager(
        _options(
            "-t --virtual -X --repository -p --root --keys-dir --arch --repositories-file"
            " --cache-dir --cache-max-age --wait --timeout --progress-fd"
        ),
        _verbs("install add", "update", "upgrade", "remove del", "cache", "fetch", "fix"),
    ),
    "yum": _Manager(_RPM_OPTIONS, _RPM_VERBS, frozenset(("module", "group", "groups"))),
    "dnf": _Manager(_RPM_OPTIONS, _RPM_VERBS, frozenset(("module", "group", "groups"))),
    "microdnf": _Manager(_RPM_OPTIONS, _RPM_VERBS, frozenset(("module",))),
    "zypper": _Manager(
        _options(
            "-r --repo -t --type -R --root --installroot --config --reposd-dir --cache-dir"
            " --raw-cache-dir --solv-cache-dir --pkg-cache-dir --from --plus-repo"
            " --plus-content"
        ),
        _verbs(
            "install in",
            "remove rm",
            "update up",
            "patch",
            "dist-upgrade dup",
            "refresh ref",
            "clean cc",
            "source-install si",
            "install-new-recommends inr",
            "addrepo ar",
        ),
    ),
    "pip": _Manager(
        _options(
            "--abi -b --build -C --config-settings -c --constraint -e --editable"
            " --extra-index-url -f --find-links -i --index-url --implementation --no-binary"
            " --only-binary --platform --prefix --progress-bar --proxy --python"
            " --python-version -r --requirement --root --root-user-action --src -t --target"
            " --trusted-host --upgrade-strategy --cache-dir --global-option --install-option"
            " --log --timeout --retries --exists-action --report --cert --client-cert"
            " --use-feature --use-deprecated --keyring-provider --default-timeout"
            " -p --index --default-index --group --extra --override --resolution --index-strategy"
            " --link-mode --exclude-newer -o --output-file --python-preference --python-platform"
            " --prerelease --fork-strategy --torch-backend --color --directory --project"
            " --config-file --config-setting --build-constraint --build-constraints --overrides"
            " --constraints --requirements --upgrade-package -P --reinstall-package"
            " --refresh-package --no-build-package --no-binary-package --no-build-isolation-package"
            " --allow-insecure-host --excludes --exclude-newer-package --uploaded-prior-to"
        ),
        _verbs("install", "uninstall", "download", "wheel", "cache", "compile", "sync", "config"),
        switches=_options(
            "--all-extras --allow-existing --break-system-packages --check-build-dependencies"
            " --compile --compile-bytecode --debug --disable-pip-version-check --dry-run --exact"
            " --force-reinstall --help --ignore-installed --ignore-requires-python --isolated"
            " --managed-python --native-tls --no-build --no-build-isolation --no-cache"
            " --no-cache-dir --no-clean --no-color --no-compile --no-config --no-deps"
            " --no-index --no-input --no-managed-python --no-progress --no-python-version-warning"
            " --no-python-downloads --no-require-hashes --no-sources --no-use-pep517"
            " --no-verify-hashes --no-warn-conflicts --no-warn-script-location --offline --pre"
            " --prefer-binary --quiet --refresh --reinstall --require-hashes --require-virtualenv"
            " --strict --system --upgrade --use-pep517 --user --verbose --verify-hashes --yes"
        ),
    ),
    "npm": _Manager(
        _options(
            "--loglevel --registry --prefix -C --userconfig --globalconfig --cache --tag --omit"
            " --include --workspace -w --only --also --install-strategy --maxsockets"
            " --fetch-timeout --fetch-retries --network-timeout --proxy --https-proxy"
            " --fetch-retry-mintimeout --fetch-retry-maxtimeout --cafile --os --cpu --libc --before"
            " --script-shell --location -L"
        ),
        _verbs(
            "install i in ins inst insta instal isnt isnta isntal isntall add",
            "ci clean-install ic install-clean isntall-clean",
            "install-test it",
            "install-ci-test cit clean-install-test",
            "run run-script rum urn",
            "uninstall un remove rm r unlink",
            "update up upgrade udpate",
            "exec x",
            "cache",
            "prune",
            "rebuild rb",
            "config c",
            "set",
            "link ln",
            "test t tst",
            "start",
            "dedupe ddp",
        ),
    ),
    "yarn": _Manager(
        _options(
            "--cwd --cache-folder --modules-folder --registry --mutex --network-timeout"
            " --network-concurrency --loglevel --use-yarnrc --global-folder --link-folder"
        ),
        _verbs("install", "add", "run", "cache", "remove", "upgrade up", "config", "set", "build"),
        frozenset(("global", "workspaces", "plugin")),
        bare="install",
    ),
    "pnpm": _Manager(
        _options(
            "--filter -F -C --dir --store-dir --virtual-store-dir --reporter --registry --loglevel"
            " --filter-prod --config-dir --network-concurrency"
        ),
        _verbs(
            "install i",
            "add",
            "ci clean-install",
            "run run-script",
            "remove rm uninstall un",
            "update up upgrade",
            "prune",
            "deploy",
            "fetch",
            "exec",
            "dlx",
            "config c",
            "build",
        ),
        frozenset(("store",)),
    ),
    "bun": _Manager(
        _options("--cwd --filter --registry --cache-dir --backend --config -c"),
        _verbs("install i", "add a", "run", "build", "remove rm", "update", "ci"),
    ),
    "pipx": _Manager(
        _options("--python --pip-args --suffix --index-url -i --spec"),
        _verbs("install", "inject", "run", "upgrade"),
    ),
    "gem": _Manager(
        _options(
            "-v --version -i --install-dir -n --bindir -s --source -P --trust-policy -p"
            " --http-proxy --platform --build-root -g --file -B --bulk-threshold --target-rbconfig"
            " --config-file"
        ),
        _verbs("install i", "update", "uninstall", "sources", "cleanup"),
        switches=_options(
            "--both --clear-sources --conservative --default --development --development-all"
            " --document --env-shebang --explain --force --format-executable"
            " --ignore-dependencies --local --lock --minimal-deps --no-document --no-env-shebang"
            " --no-force --no-format-executable --no-http-proxy --no-lock --no-post-install-message"
            " --no-prerelease --no-rdoc --no-ri --no-suggestions --no-user-install --no-vendor"
            " --no-verbose --no-wrappers --post-install-message --prerelease --quiet --rdoc"
            " --remote --ri --silent --suggestions --user-install --vendor --verbose --wrappers"
        ),
    ),
    "go": _Manager(
        _options("-o -ldflags -tags -p -mod -modfile -gcflags -asmflags -C -buildmode"),
        _verbs("install", "get", "run", "build", "test", "generate", "clean"),
        frozenset(("mod",)),
    ),
    "bundle": _Manager(
        _options("--path --jobs -j --retry --without --with --gemfile"),
        _verbs("install", "config", "exec", "clean", "update"),
        bare="install",
    ),
    "composer": _Manager(
        _options("-d --working-dir"),
        _verbs("install i", "require r", "update u upgrade", "clear-cache clearcache", "config"),
        frozenset(("global",)),
    ),
    "poetry": _Manager(
        _options("--only --without --with -E --extras -C --directory --group -G"),
        _verbs("install", "add", "sync", "config", "export", "run", "build", "lock"),
        frozenset(("cache", "self")),
    ),
    "pipenv": _Manager(
        _options("--python --index -i --pypi-mirror --categories -r"),
        _verbs("install", "sync", "run", "lock", "requirements"),
    ),
    "uv": _Manager(
        _options(
            "--group --no-group --only-group --extra --package --python -p --cache-dir --directory"
            " --project --index-url --extra-index-url --link-mode --index --index-strategy"
        ),
        _verbs("sync", "add", "run", "lock", "venv", "build"),
        frozenset(("tool", "python", "cache")),
    ),
    "cargo": _Manager(
        _options(
            "--bin -p --package --target --target-dir --manifest-path --features -F -j --jobs"
            " --profile --path --git --root --version --vers --branch --tag --rev -C"
        ),
        _verbs("install", "build b", "fetch", "run r", "test t", "chef"),
    ),
}

_PROGRAMS = {
    **{name: name for name in _MANAGERS},
    "apt-get": "apt",
    "aptitude": "apt",
    "dnf5": "dnf",
    "dnf-3": "dnf",
    "tdnf": "dnf",
    "bundler": "bundle",
    "pip2": "pip",
    "pip3": "pip",
    "yarnpkg": "yarn",
    "composer.phar": "composer",
}

RPM_MANAGERS = frozenset(("yum", "dnf", "microdnf"))
NODE_MANAGERS = frozenset(("npm", "yarn", "pnpm", "bun"))
SYSTEM_MANAGERS = RPM_MANAGERS | {"apt", "apk", "zypper"}
"""The managers of the packages that a distribution consists of."""


def read_package_command(command: SimpleCommand) -> PackageCommand | None:
    """The call of a package manager that a command is; None if it is another command."""
    name = command.name
    manager = _PROGRAMS.get(name)
    if manager is None:
        if not name.startswith(("pip3.", "pip2.")) or not name[5:].isdigit():
            return None
        manager = "pip"
    table = _MANAGERS[manager]
    args = command.args
    if manager == "uv" and args and args[0].value == "pip":
        # Its pip interface takes pip's own options.
        manager, table, args = "pip", _MANAGERS["pip"], args[1:]
    elif manager == "gem":
        # Behind -- come the options of the compiler that builds extensions.
        end = next((at for at, word in enumerate(args) if word.value == "--"), len(args))
        args = args[:end]
    options = parse_options(args, table.with_value)
    operands = options.operands
    if not operands:
        return PackageCommand(manager, table.bare, command, None, options, ())
    first = operands[0]
    word = first.value
    if word in table.groups and len(operands) > 1:
        inner = operands[1].value
        action = f"{word}-{table.verbs.get(inner, inner)}"
        return PackageCommand(manager, action, command, operands[1], options, operands[2:])
    return PackageCommand(
        manager, table.verbs.get(word, word), command, first, options, operands[1:]
    )


def possible_values(call: PackageCommand) -> set[int]:
    """The ids of the words that may be the value of the option in front of them, which is not known."""
    switches = _MANAGERS[call.manager].switches
    if switches is None:
        return set()
    return {
        id(word)
        for option, word in pairwise(call.command.args)
        if (before := option.value).startswith("--")
        and len(before) > 2
        and "=" not in before
        and before not in switches
    }
