"""The options of ``composelint check``: each is declared here, once.

From this table come the options of Click (``cli/common.py``), those that are read without Click
(``cli/start.py``), the arguments of the library (``api.py``), the settings that an option can
override (``schema.py``) and the list in ``docs/options.md``. Every call loads it, so it
imports nothing that takes long to load.
"""

from __future__ import annotations

from ..base.names import BASELINE_FILE, FAIL_ON, FORMATS, PRESETS
from ..compose.release import RELEASES

TYPE_CHECKING = False
if TYPE_CHECKING:
    # Type checkers see the class below as a dataclass.
    from dataclasses import dataclass
    from typing import Any

    from .settings import Config
else:

    def dataclass(**settings):
        return lambda cls: cls


FLAG, SWITCH, VALUE, LIST, NUMBER = "flag", "switch", "value", "list", "number"

_KINDS = {
    "bool": (FLAG, False),
    "bool | None": (SWITCH, None),
    "str": (VALUE, ""),  # its fallback
    "str | None": (VALUE, None),
    "tuple[str, ...]": (LIST, ()),
    "tuple[str, ...] | None": (LIST, None),
    "int": (NUMBER, 0),
}
"""By the type of an option: how it is written, and its value if it is not given."""


class Option:
    """An option: how it is written on the command line, and what it is elsewhere.

    Attributes:
        attribute: its name in Python, in ``Options`` and as an argument of the library.
        names: its names on the command line; none if only the library has it.
        help: what it does, as sentences.
        kind: ``FLAG`` (no value), ``SWITCH`` (with a form that begins with ``--no-``), ``VALUE``,
            ``LIST`` (can be repeated) or ``NUMBER``.
        unset: its value if it is not given; None leaves the choice to the configuration.
        metavar: the name of its value in the help.
        choices: the values that it may have; empty for any.
        commas: a value of the list holds several, separated by commas.
        configured: a setting of the same name exists, and the option overrides it or adds to it.
        env: the environment variable that sets it.
        fallback: its default, if ``Config`` has none.
        writes: its value is a file that is written.
        hidden: it is left out of the help.
    """

    attribute: str
    unset: Any
    kind = ""
    metavar = ""
    choices: tuple[str, ...] = ()
    commas = configured = writes = hidden = False
    env = ""
    fallback: str | None = None

    def __init__(self, names: str, help: str, **more: Any) -> None:
        self.names = tuple(names.split())
        self.help = help
        self.__dict__.update(more)

    def __set_name__(self, owner: type, name: str) -> None:
        kind, unset = _KINDS[owner.__annotations__[name]]
        self.attribute = name
        self.kind = self.kind or kind
        self.unset = self.fallback if unset == "" else unset

    def __get__(self, options: object, owner: type) -> Any:
        # An option that was given is found in the instance, before this is asked.
        return self if options is None else self.unset

    @property
    def key(self) -> str:
        """The setting that it overrides or adds to; empty if there is none."""
        return self.attribute.replace("_", "-") if self.configured else ""

    @property
    def default(self) -> Any:
        """The value if neither the option nor a setting is given."""
        if self.fallback is not None or not self.configured:
            return self.fallback
        from .settings import Config

        return getattr(Config(), self.attribute, None)

    @property
    def is_plain(self) -> bool:
        """Whether its value is taken as it is; the others are parsed by Click."""
        return (
            self.kind in (FLAG, VALUE, LIST)
            and not self.writes
            and not self.metavar.startswith("[")
        )


_option: Any = Option
"""Declares an option; the annotation tells its type."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of one call, of the command line or of the library.

    It is made of those that are given, by name: ``Options(preset="production")``.
    """

    # --- rules

    select: tuple[str, ...] | None = _option(
        "--select",
        "Only these rules: codes, names, prefixes, peers' ids or ALL, separated by commas.",
        metavar="RULES",
        commas=True,
        configured=True,
    )
    extend_select: tuple[str, ...] = _option(
        "--extend-select",
        "These rules besides those of the preset.",
        metavar="RULES",
        commas=True,
        configured=True,
    )
    ignore: tuple[str, ...] = _option(
        "--ignore", "Not these rules.", metavar="RULES", commas=True, configured=True
    )
    preset: str | None = _option(
        "--preset",
        f"{', '.join(PRESETS[:-1])} or {PRESETS[-1]}.",
        metavar="NAME",
        configured=True,
        fallback=PRESETS[0],
    )

    # --- what is linted

    stacks: tuple[str, ...] = _option(
        "--stack",
        "Files that form one stack, in the order in which Compose merges them.",
        metavar="FILE:FILE",
        configured=True,
    )
    profiles: tuple[str, ...] = _option(
        "--profile", "A Compose profile to switch on.", metavar="NAME"
    )
    env_files: tuple[str, ...] = _option(
        "--env-file", "Read variables from this file instead of .env.", metavar="FILE"
    )
    use_environment: bool = _option(
        "--use-environment",
        "Let the environment of the linter set variables, as Docker Compose does. Results then "
        "differ from machine to machine.",
        configured=True,
    )
    compose_version: str | None = _option(
        "--compose-version",
        "The release of Docker Compose whose verdict counts.",
        choices=RELEASES,
        configured=True,
    )
    exclude: tuple[str, ...] | None = _option(
        "--exclude",
        "Leave these paths out, instead of those that the configuration excludes.",
        metavar="GLOB",
        commas=True,
        configured=True,
    )
    extend_exclude: tuple[str, ...] = _option(
        "--extend-exclude",
        "Leave these paths out, too.",
        metavar="GLOB",
        commas=True,
        configured=True,
    )
    vendored: tuple[str, ...] | None = _option(
        "--vendored",
        "The names of folders with copies of other projects, which are not searched, instead of the "
        "usual ones such as vendor and third_party; an empty value for none.",
        metavar="NAME",
        commas=True,
        configured=True,
    )
    force_exclude: bool = _option(
        "--force-exclude", "Leave excluded files out even when they are named.", configured=True
    )
    respect_gitignore: bool | None = _option(
        "--respect-gitignore", "Leave out what git ignores.", configured=True
    )
    inline_ignores: bool | None = _option(
        "--inline-ignores", "Honour comments that suppress findings.", configured=True
    )

    # --- speed

    jobs: int = _option(
        "--jobs",
        "How many processes to use; 0 decides by the amount of work.",
        metavar="N",
    )
    no_cache: bool = _option("--no-cache", "Read and write no cache.")
    cache_dir: str | None = _option(
        "--cache-dir",
        "Keep the cache here; in .composelint_cache of the project by default.",
        metavar="DIR",
        env="COMPOSELINT_CACHE_DIR",
    )

    # --- another state than the disk, and only what is new

    since: str | None = _option(
        "--since",
        "Report only what is new since this commit or branch; merge-base:main is where this branch "
        "left main.",
        metavar="REV",
    )
    staged: bool = _option(
        "--staged", "Lint what is staged, and report only what is new since the last commit."
    )
    fixed: bool = _option("--fixed", "With --since or --staged: also list what was mended.")
    at: str | None = _option(
        "--at",
        "Lint a commit instead of the files on the disk, also in a bare repository; :index is what "
        "is staged.",
        metavar="REV",
    )
    archive: str | None = _option(
        "--archive", "Lint what a tar or zip archive contains.", metavar="FILE"
    )

    # --- configuration

    config: str | None = _option(
        "--config",
        "A configuration file instead of the one that is found, or one setting such as "
        "'fail-on = \"error\"' on top of it.",
        metavar="FILE|SETTING",
        kind=LIST,
    )
    overrides: tuple[str, ...] = _option("", "The settings among the values of --config.")
    isolated: bool = _option("--isolated", "Read no configuration and load no plug-ins.")
    trust: bool = _option(
        "--trust",
        "Let the configurations of the tree run plug-ins and programs, read outside of it, and use "
        "the environment.",
    )

    # --- fixes

    fix: bool = _option("--fix", "Apply the safe fixes.")
    unsafe_fixes: bool = _option(
        "--unsafe-fixes",
        "With --fix or --diff: also those that change what runs, by values that evidence supports.",
    )
    diff: bool = _option("--diff", "Show what the fixes would change; write nothing.")
    fix_only: bool = _option("--fix-only", "Apply fixes and report nothing else.")
    show_fixes: bool = _option("--show-fixes", "List the fixes that were applied.")
    fixable: tuple[str, ...] | None = _option(
        "--fixable",
        "Fix only these rules. By default all.",
        metavar="RULES",
        commas=True,
        configured=True,
    )
    unfixable: tuple[str, ...] = _option(
        "--unfixable", "Fix none of these rules.", metavar="RULES", commas=True, configured=True
    )
    exit_non_zero_on_fix: bool = _option(
        "--exit-non-zero-on-fix", "Exit with 1 when something was fixed, too."
    )
    add_ignores: str | None = _option(
        "--add-ignores",
        "Write a comment that suppresses each finding, with a reason.",
        metavar="[=REASON]",
    )

    # --- reports and the exit code

    baseline: str | None = _option(
        "--baseline",
        f"Report only what is not in this baseline ({BASELINE_FILE} if it is there).",
        metavar="FILE",
        configured=True,
        fallback=BASELINE_FILE,
    )
    no_baseline: bool = _option("--no-baseline", "Report what the baseline hides, too.")
    output_format: str | None = _option(
        "--output-format --format",
        "How to report.",
        metavar="FORMAT",
        choices=tuple(FORMATS),
        configured=True,
        env="COMPOSELINT_OUTPUT_FORMAT",
    )
    output_file: str | None = _option(
        "-o --output-file", "Write the report to a file.", metavar="FILE", writes=True
    )
    reports: tuple[str, ...] = _option(
        "--report", "Write another report to a file; can be repeated.", metavar="FORMAT=FILE"
    )
    statistics: bool = _option("--statistics", "Report only how often each rule was met.")
    show_suppressed: bool = _option("--show-suppressed", "Show suppressed findings, too.")
    show_secrets: bool = _option(
        "--show-secrets", "Print the values of secrets that were found, too."
    )
    fail_on: str | None = _option(
        "--fail-on",
        "The least severity that makes the exit code 1.",
        choices=FAIL_ON,
        configured=True,
    )
    exit_zero: bool = _option("--exit-zero", "Exit with 0 whatever was found.")

    # --- the call

    watch: bool = _option("--watch", "Lint again whenever a file changes.")
    show_files: bool = _option("--show-files", "List the files that would be linted.")
    show_settings: bool = _option("--show-settings", "Show the settings that hold for the files.")
    stdin_filename: str | None = _option(
        "--stdin-filename", 'Where the text of "-" would stand.', metavar="PATH"
    )
    color: str = _option(
        "--color", "When to use colours.", choices=("auto", "always", "never"), fallback="auto"
    )
    quiet: bool = _option(
        "-q --quiet", "Report nothing but the exit code, and that nothing was linted."
    )
    verbose: bool = _option("-v --verbose", "Say more on standard error.")
    debug: bool = _option("--debug", "Let internal errors raise.", hidden=True)

    if not TYPE_CHECKING:

        def __init__(self, **given):
            for name in given:
                if name not in OPTIONS:
                    raise TypeError(f"there is no option {name}")
            self.__dict__.update(given)

    def applied_to(self, config: Config) -> Config:
        """The configuration, with the single values that are given here instead of its own."""
        given = {
            name: value
            for name, option in OPTIONS.items()
            if option.configured and option.kind != LIST and name in config._fields
            if (value := getattr(self, name)) is not option.unset
        }
        if self.vendored is not None:
            given["vendored"] = tuple(filter(None, self.vendored))
        return config._replace(**given) if given else config


OPTIONS = {name: option for name, option in vars(Options).items() if isinstance(option, Option)}
"""Each option by its attribute."""

GROUPS = {
    "select": "Rules",
    "stacks": "What is linted",
    "jobs": "Speed",
    "since": "Changes and other states",
    "config": "Configuration",
    "fix": "Fixes",
    "baseline": "Reports and the exit code",
    "watch": "Other",
}
"""The groups of options, each by the first of its options."""


def grouped() -> dict[str, list[Option]]:
    """The options of the command line by the title of their group."""
    groups: dict[str, list[Option]] = {}
    for name, option in OPTIONS.items():
        if name in GROUPS:
            title = GROUPS[name]
        if option.names:
            groups.setdefault(title, []).append(option)
    return groups
