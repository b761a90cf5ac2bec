"""What the linter says about its own work: files it cannot read, comments that suppress nothing.

None of these means that Docker would reject the file. The engine itself reports them;
the functions here declare and document them.
"""

from __future__ import annotations

from ...linter.rule import Applicability, Severity, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.project import Project
    from ...linter.rule import Diagnostic


@rule("LN001", "unreadable-file", Severity.ERROR, category="reading", engine=True)
def unreadable_file(project: Project) -> Iterator[Diagnostic]:
    """A file cannot be read, so nothing in it was checked.

    The path is a folder, a device or a pipe, permission is missing, the file went away between
    listing and reading, or a file was named that is of no kind which the linter knows. A folder
    that cannot be listed is reported, too; if it belongs to another user, as the data of a
    container does, that is advice. When no file of a run could be read, the exit code is 2.
    """
    yield from ()


@rule("LN002", "file-too-large", Severity.ERROR, category="reading", engine=True)
def file_too_large(project: Project) -> Iterator[Diagnostic]:
    """A file is larger than the linter reads, so nothing in it was checked.

    The limit (4 MiB unless the configuration sets `max-file-size`) keeps a generated or
    hostile file from holding up a run.
    """
    yield from ()


@rule("LN003", "not-utf8", Severity.ERROR, category="reading", engine=True)
def not_utf8(project: Project) -> Iterator[Diagnostic]:
    """A file is not UTF-8 text, so nothing in it was checked.

    BuildKit reads UTF-8, and Docker Compose besides it UTF-16 with a byte order mark, which other tools
    do not. A file in UTF-16 or Latin-1 has to be saved again as UTF-8; a binary file was named by
    mistake. Env files are read byte by byte, as Docker Compose does.
    """
    yield from ()


@rule("LN004", "too-complex", Severity.ERROR, category="reading", engine=True)
def too_complex(project: Project) -> Iterator[Diagnostic]:
    """A file nests or multiplies its values beyond what the linter follows.

    Why: Nothing in it was checked.

    Aliases that expand to millions of values, or collections nested hundreds of levels deep,
    are not found in real stacks; following them would only cost time and memory.
    """
    yield from ()


@rule("LN005", "internal-error", Severity.ERROR, category="reading", engine=True)
def internal_error(project: Project) -> Iterator[Diagnostic]:
    """A rule failed on this input; the other rules ran, and the exit code is 2.

    Why: What the rule would have found is not reported.

    This is a defect of composelint, unless the message names a line of a plug-in: then it is an
    error of that. `--verbose` prints where it happened; please report it with the lines that the
    message points at.
    """
    yield from ()


@rule("LN006", "path-outside-project", Severity.WARNING, category="reading", engine=True)
def path_outside_project(project: Project) -> Iterator[Diagnostic]:
    """A file refers to another one outside the project, which was not read.

    Why: What the other file would have added was not checked.

    `include`, `extends`, `env_file` and symbolic links are followed inside the project only
    (the nearest folder with a `.git`), so that linting an unknown repository reads nothing else
    of the machine.
    """
    yield from ()


@rule("LN007", "part-of-another-stack", Severity.INFO, category="reading", engine=True, since="0.2")
def part_of_another_stack(project: Project) -> Iterator[Diagnostic]:
    """A Compose file refers to what another file of its stack defines, and that file is not known.

    Why: Without the other file most rules cannot tell whether the services are right.

    Such files are given to Docker Compose together with others (`docker compose -f base.yml -f
    jobs.yml up`). Which others, composelint reads from the project: `dockerComposeFile` of a
    devcontainer.json, `-f` and `--file` of commands and `COMPOSE_FILE` in documentation, Makefiles,
    package.json, scripts and CI workflows; else it takes the nearest Compose file in this folder or
    one above it that defines what is missing. Only if none of these shows it, the file is
    reported here, once: what it refers to is not called undefined, and only rules that look at one
    service alone run on it.

    Name the files of the stack with `--stack base.yml:jobs.yml` or in the configuration
    (`[[stacks]]`), and they are linted as one. In a file with a name that Docker Compose looks for
    by itself (`compose.yaml` and the like) an undefined name stays an error, unless an example of
    its override defines it, or the file is below the root of the project and files of other folders
    define all that is missing.
    """
    yield from ()


@rule("LN008", "template-not-linted", Severity.INFO, category="reading", engine=True, since="0.2")
def template_not_linted(project: Project) -> Iterator[Diagnostic]:
    """A file is a template from which a Dockerfile or Compose file is rendered; it is not linted.

    Why: Nothing in it was checked.

    `{{ }}`, `{% %}`, `<% %>`, `%%NAME%%` and `@NAME@` tell it where they cannot be read as they are:
    in place of an instruction, of the image of `FROM` or `image:`, of a path of `COPY` or `ADD`, of a
    key or a mapping, or as a block (`{% if %}`) at the start of a line; `${project.version}` in `FROM`,
    `COPY` or `ADD` is a property that a build tool replaces, and Docker refuses it. In other values
    they are usual (`--format '{{.State}}'`, `tag: "{{.Name}}"`), and such files are linted. Files whose names end
    like those of templates (`Dockerfile.j2`, `compose.yaml.tmpl`, `.template`, `.erb`, `.in`) are only
    linted if they are named, or if a stack builds them as they are. Parts of Dockerfiles without a
    FROM, in a folder of templates, are not linted either. Render the template, and lint the result.
    """
    yield from ()


@rule("LN009", "broken-configuration", Severity.ERROR, category="reading", engine=True, since="0.2")
def broken_configuration(project: Project) -> Iterator[Diagnostic]:
    """The configuration of a part of the files has errors, so these files were not linted.

    All others were linted. If the configuration is that of the working folder, or if no other
    files are left, the run ends with exit code 2 instead. An entry of `[[stacks]]` of which no
    file exists is reported here, too: it has nothing to lint.
    """
    yield from ()


@rule(
    "LN010",
    "unused-suppression",
    Severity.WARNING,
    category="maintenance",
    fix=Applicability.SAFE,
    engine=True,
)
def unused_suppression(project: Project) -> Iterator[Diagnostic]:
    """A comment suppresses a rule that reports nothing there.

    Why: The comment would hide the next finding of that rule in this place.

    The problem was solved, or the comment stands in the wrong place (inside a block of text it
    is text, not a comment). Only rules that this run selected are judged.
    """
    yield from ()


@rule("LN011", "unknown-suppression", Severity.WARNING, category="maintenance", engine=True)
def unknown_suppression(project: Project) -> Iterator[Diagnostic]:
    """A comment suppresses a rule that does not exist, most likely because its name is misspelled.

    Why: The finding that it was meant for is reported all the same.
    """
    yield from ()


@rule("LN012", "expired-suppression", Severity.WARNING, category="maintenance", engine=True)
def expired_suppression(project: Project) -> Iterator[Diagnostic]:
    """A comment suppresses a rule until a day that is in the past.

    Why: The finding counts again, and may fail a build.

    The finding is reported again from that day on: solve it, or set a later `until=`.
    """
    yield from ()


@rule(
    "LN013",
    "suppression-without-reason",
    Severity.WARNING,
    category="maintenance",
    presets=(),
    engine=True,
)
def suppression_without_reason(project: Project) -> Iterator[Diagnostic]:
    """A comment suppresses a rule and does not say why.

    Off by default. A reason lets the next reader judge whether it still holds.
    """
    yield from ()


@rule(
    "LN040", "setting-not-trusted", Severity.WARNING, category="reading", engine=True, since="0.2"
)
def setting_not_trusted(project: Project) -> Iterator[Diagnostic]:
    """A configuration of the tree has a setting that does not count, because the tree is not trusted.

    Why: The run does not do all that the configuration asks for.

    `plugins` and `shellcheck` start code, `allow-outside` and paths that lead out of the tree let other
    files of the machine be read and shown, `use-environment` shows its variables. Who lints a tree may
    not know who wrote it, so that these settings count only from the user's side: on the command
    line (`--config 'shellcheck = "/usr/bin/shellcheck"'`), in the user's own configuration
    (`~/.config/composelint/config.toml`), and in the tree if the user trusts it (`--trust`, or
    `trusted = ["~/work/shop"]` in the user's own configuration). What the rules of an ignored
    plug-in would have found was not looked for. See [security](../security.md).
    """
    yield from ()


@rule("LN020", "fix-dropped", Severity.INFO, category="maintenance", engine=True)
def fix_dropped(project: Project) -> Iterator[Diagnostic]:
    """A fix was not applied, because its result did not pass verification.

    Why: The problem that the fix was for is still there.

    The file stays as it was. The message says what the check found; please report it, since a
    fix should not have been offered there.
    """
    yield from ()


@rule("LN030", "stale-baseline", Severity.INFO, category="maintenance", engine=True)
def stale_baseline(project: Project) -> Iterator[Diagnostic]:
    """The baseline lists findings that are gone.

    Why: A finding that comes back is hidden as long as the baseline lists it.

    `composelint baseline` writes it anew, and `--fix` strikes off what it solves. It is advice,
    since solving a finding must fail no build.
    """
    yield from ()
