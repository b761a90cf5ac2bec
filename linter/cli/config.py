"""``composelint config``: the settings for a file or folder, and the place of each."""

from __future__ import annotations

import click

from ..config.options import OPTIONS
from .common import CONFIG, Choice, Verb, completed, declared
from .console import Failure, tell, write
from .options import options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..config.options import Options
    from ..config.settings import Config, Setting


@click.command("config", cls=Verb, short_help="Show the settings that hold.")
@click.argument("key", required=False, metavar="[KEY]", shell_complete=completed)
@click.option(
    "--path",
    type=click.Path(),
    default=".",
    metavar="PATH",
    help="The file or folder that the settings hold for; the current folder by default.",
)
@click.option(
    "--output-format",
    "--format",
    type=Choice(["text", "json", "schema"]),
    default="text",
    show_default=True,
    help='"schema" prints the JSON Schema of configuration files.',
)
@click.option(
    "--stack",
    "stacks",
    multiple=True,
    shell_complete=completed,
    metavar="FILE:FILE",
    help="Show the stack that these files make instead: merged, interpolated, in long forms, "
    "and without the values of secrets.",
)
@click.option("--origins", is_flag=True, help="With --stack: the file and line of each value.")
@declared(OPTIONS["show_secrets"], *CONFIG)
def show_config(
    key: str | None,
    path: str,
    output_format: str,
    stacks: tuple[str, ...],
    origins: bool,
    **given: Any,
) -> None:
    """Show the settings that hold, with the file and line that each comes from.

    KEY is a setting, or the table that several stand in, such as "host".
    """
    from ..config.render import render_config
    from ..engine.configs import Configs

    if stacks:
        shows = options_of(given).show_secrets
        write("---\n".join(_resolved(spec, origins, shows) for spec in stacks))
        return
    if output_format == "schema":
        from ..base.package import read_own

        write(read_own("schemas/config.schema.json").decode())
        return
    config = Configs(options_of(given)).of(path)
    for note in (*config.ignored, *config.notes):
        tell(str(note))
    stack_presets = _stack_presets(path, options_of(given))
    if len(stack_presets) == 1:
        # What a run says about the file, whatever the configuration says about all files.
        config = config._replace(
            settings=(
                *(item for item in config.settings if item.key != "preset"),
                *_preset_setting(config, *stack_presets),
            )
        )
    try:
        text = render_config(config, key, output_format)
    except ValueError as error:
        raise Failure(str(error)) from None
    write(text)


def _stack_presets(path: str, options: Options) -> set[str]:
    """The presets that a run over a Compose file uses for its stacks; none for a folder."""
    from ..engine.run import load_project
    from ..engine.workspace import open_workspace
    from ..files.disk import DISK
    from ..files.kinds import COMPOSE, kind_of_named

    if DISK.kind(path) != "file" or kind_of_named(path) != COMPOSE:
        return set()
    return {
        group.settings.selection.under(group.config.preset_for(stack.files.files)).preset
        for group in open_workspace([path], options).groups
        for stack in load_project(group.files, group.settings).stacks
    }


def _preset_setting(config: Config, preset: str) -> list[Setting]:
    """The setting of a preset, with its place in the configuration if it is set there."""
    from json import dumps

    from ..config.settings import Setting

    key, value = "preset", dumps(preset)
    same = [item for item in config.settings if item.key == key and item.text == value]
    if same or preset == OPTIONS[key].fallback:
        return same
    return [Setting(key, value, config.places_of_preset(preset))]


def _resolved(spec: str, origins: bool, shows_secrets: bool) -> str:
    """The stack of some files as YAML; its problems are written to standard error."""
    from ..base.escape import visible
    from ..compose.discover import parse_stack
    from ..compose.show import render_stack
    from ..compose.stack import load_stack
    from ..files.paths import find_root
    from ..files.reader import Reader
    from ..secrets.shown import masked

    stack = load_stack(parse_stack(spec).files, Reader(find_root(".")))
    for problem in stack.problems:
        span = problem.span.origin
        at = span.file.position(span.start)
        tell(visible(f"{span.file.path}:{at.line}:{at.column}: {problem.message}"))
    if shows_secrets:
        return render_stack(stack.tree, origins)
    return render_stack(stack.tree, origins, masked)
