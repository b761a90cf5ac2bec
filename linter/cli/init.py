"""``composelint init``: a first configuration, or the snippet that runs composelint elsewhere."""

from __future__ import annotations

import click

from ..files.disk import DISK
from ..files.kinds import CONFIG_FILES
from ..version import COMMIT, VERSION
from .common import Choice, Verb, completed
from .console import Failure, tell, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..engine.workspace import Workspace
    from ..migrate import Migration

CONFIG_FILE = "composelint.toml"
PEERS = ("hadolint", "dclint", "compose-lint")

PRE_COMMIT = f"""\
repos:
  - repo: https://github.com/composelint/composelint
    rev: v{VERSION}
    hooks:
      - id: composelint
"""

GITHUB = """\
name: Container files
on:
  push:
    branches: [{branch}] # everything is reported
  pull_request: # what it brings
  merge_group:
permissions: {{}}
concurrency:
  group: ${{{{ github.workflow }}}}-${{{{ github.ref }}}}
  cancel-in-progress: ${{{{ github.event_name == 'pull_request' }}}}
jobs:
  composelint:
    name: composelint
    runs-on: ubuntu-latest
    permissions:
      contents: read # to check the repository out
    steps:
      - uses: actions/checkout@{checkout}
        with:
          fetch-depth: 0 # the history, to compare with where a pull request begins
          persist-credentials: false
      - uses: composelint/composelint@{action}
"""
CHECKOUT = "3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
"""The release of 2026-07-17, from the tags of actions/checkout."""

GITLAB = f"""\
composelint:
  image: python:3.13
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event" # what it brings is reported
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH # everything
  variables:
    GIT_DEPTH: "0" # the history, to compare with where a merge request begins
  script:
    - pip install --quiet --disable-pip-version-check "composelint[shell]=={VERSION}"
    # GitLab compares the code quality of both branches itself: this report has everything.
    - composelint check --quiet --exit-zero --report gitlab=gl-code-quality-report.json || true
    - since=${{CI_MERGE_REQUEST_TARGET_BRANCH_SHA:-$CI_MERGE_REQUEST_DIFF_BASE_SHA}}
    - >-
      composelint check ${{since:+"--since=$since" --fixed}}
      --report junit=composelint-junit.xml --report markdown=composelint.md
  artifacts:
    when: always
    expose_as: composelint
    paths:
      - composelint.md
    reports:
      codequality: gl-code-quality-report.json
      junit: composelint-junit.xml
"""


@click.command("init", cls=Verb, short_help="Write a configuration, or print a snippet for CI.")
@click.option(
    "--preset",
    metavar="NAME",
    shell_complete=completed,
    help="The preset, instead of the one that fits.",
)
@click.option(
    "--from",
    "peers",
    multiple=True,
    type=Choice(PEERS),
    help="Carry over a linter's configuration and rewrite its comments; can be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Print the configuration; write nothing.")
@click.option("--pre-commit", is_flag=True, help="Print what .pre-commit-config.yaml needs.")
@click.option("--github", is_flag=True, help="Print a workflow for GitHub Actions.")
@click.option("--gitlab", is_flag=True, help="Print a job for GitLab CI.")
def init(
    preset: str | None,
    peers: tuple[str, ...],
    dry_run: bool,
    pre_commit: bool,
    github: bool,
    gitlab: bool,
) -> None:
    """Write composelint.toml with the preset that fits what is in the current folder.

    With --pre-commit, --github or --gitlab it prints a snippet instead.
    """
    choices = ((pre_commit, PRE_COMMIT), (github, None), (gitlab, GITLAB))
    snippets = [snippet for is_wanted, snippet in choices if is_wanted]
    if len(snippets) > 1:
        raise Failure(
            "--pre-commit, --github and --gitlab print a file each: give one of them at a time"
        )
    if snippets:
        write(snippets[0] or workflow())
        return
    existing = next((name for name in CONFIG_FILES if _is_config(name)), None)
    if existing and not dry_run:
        raise Failure(
            f"{existing} is already here; it was left as it is. Edit it, or print what init would "
            "write with --dry-run"
        )
    _init(preset, peers, dry_run)


def workflow() -> str:
    """A workflow for GitHub, whose actions are pinned to commits as far as they are known."""
    from ..files.git import main_branch

    action = f"{COMMIT} # v{VERSION}"
    if not COMMIT:
        action = f"v{VERSION}"
        tell(
            "this composelint is not a release, so that its commit is not known: the workflow names "
            f"the tag {action}; write the commit of the tag in its place"
        )
    branch = main_branch(".") or "main"
    return GITHUB.format(branch=branch, checkout=CHECKOUT, action=action)


def _is_config(name: str) -> bool:
    """Whether a file exists and configures composelint."""
    from ..config.find import open_config

    return DISK.kind(name) == "file" and open_config(name) is not None


def _init(preset: str | None, peers: Sequence[str], dry_run: bool) -> None:
    """Write the configuration, and carry over those of other linters."""
    from ..config.options import Options
    from ..engine.workspace import check_preset, open_workspace
    from ..migrate import as_toml, contradictions, read_peer
    from .preset_advice import chosen_by_name, fitting_preset, stacks_of

    workspace = open_workspace((), Options(isolated=True))
    stacks = stacks_of(workspace)
    if preset is None:
        preset, reason = fitting_preset(workspace, stacks)
        tell(f'preset "{preset}": {reason}')
    check_preset(preset)
    migrations = [read_peer(peer) for peer in peers]
    head = (
        "# https://github.com/composelint/composelint/blob/main/docs/configuration.md\n"
        f'preset = "{preset}"\n'
    )
    parts = [head, as_toml(migrations)]
    by_name = [each for each in chosen_by_name(stacks) if each.preset != preset]
    if by_name:
        # A preset in the configuration comes before those that names of files choose.
        lines = [f'"{each.glob}" = "{each.preset}"\n' for each in by_name]
        parts.append(f"[presets-by-name]\n{''.join(lines)}")
    for glob, name, path in by_name:
        tell(f'preset "{name}" for {glob}: {path} keeps the preset that its name chooses')
    text = "\n".join(filter(None, parts))
    if dry_run:
        write(text)
    else:
        from ..files.write import WriteError, create_file

        try:
            create_file(CONFIG_FILE, text.encode("utf-8"), ".")
        except WriteError as error:
            raise Failure(str(error)) from None
        tell(f"wrote {CONFIG_FILE}")
    for migration in migrations:
        _carry_comments(migration, workspace, dry_run)
    for message in contradictions(migrations):
        tell(message)


def _carry_comments(migration: Migration, workspace: Workspace, dry_run: bool) -> None:
    """Rewrite the comments of another linter in the files, and say what was carried over."""
    from ..base.wording import plural
    from ..files.reader import Reader, ReadProblem
    from ..files.write import WriteError, replace_file
    from ..fixing.workspace import encoded
    from ..migrate import CONFIGS
    from ..suppression.peer_comments import KINDS, rewrite_comments

    if migration.path and not migration.is_empty:
        tell(f"{migration.path} is carried over; delete it when {migration.tool} is gone")
    for note in migration.notes:
        tell(f"{migration.path or migration.tool}: {note}")
    files = comments = 0
    for group in workspace.groups:
        root = group.settings.root
        reader = Reader(root, max_bytes=group.settings.config.max_file_size)
        for path in (file.path for file in group.files if file.kind == KINDS[migration.tool]):
            source = reader.read_text(path)
            if isinstance(source, ReadProblem):
                tell(f"{path}: its comments were not rewritten: {source.message}")
                continue
            changed = rewrite_comments(source, migration.tool)
            for note in changed.notes:
                tell(note)
            if not changed.comments:
                continue
            if not dry_run:
                before, after = (encoded(text, source.bom) for text in (source.text, changed.text))
                try:
                    replace_file(path, before, after, root)
                except WriteError as error:
                    tell(f"{path}: its comments were not rewritten: {error}")
                    continue
            files += 1
            comments += changed.comments
    if comments:
        verb = "would rewrite" if dry_run else "rewrote"
        count = plural(comments, "comment")
        tell(f"{verb} {count} for {migration.tool} in {plural(files, 'file')}")
    elif migration.is_empty:
        tool = migration.tool
        reason = f"no configuration of it was found here ({', '.join(CONFIGS[tool])})"
        if migration.path:
            reason = f"nothing in {migration.path} has a counterpart here"
        tell(f"nothing to carry over from {tool}: {reason}, and no comments for it were found")
