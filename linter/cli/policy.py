"""``composelint policy test``: whether own rules report what their examples say."""

from __future__ import annotations

import json
import os
import sys

import click

from ..base.escape import visible, visible_path
from ..report import RenderOptions
from ..report.style import Paint
from .common import CONFIG, Choice, Verb, declared
from .console import EXIT_CLEAN, EXIT_FINDINGS, Failure, tell, wants_color, write
from .options import options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..config.settings import Config
    from ..engine.own_examples import Trial
    from ..rule import Rule

    Place = tuple[str, int, int]
    Case = tuple[Rule, list[tuple[Place, Trial]]]


@click.command("policy", cls=Verb, short_help="Test rules of your own by their examples.")
@click.argument("action", type=Choice(["test"]), metavar="test")
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path())
@declared(*CONFIG)
def policy(action: str, files: tuple[str, ...], **given: Any) -> None:
    """Test the policies of the configuration, or of FILEs, by their good and bad examples.

    A policy has to report something in each of its bad examples, on the lines that end with the
    comment "# error" if there are some, and nothing in its good ones. With --trust the rules of
    plug-ins are tested by their examples, too. The exit code is 1 if an example fails. A policy
    without examples is not tested, which the output says, and fails nothing.
    """
    from ..engine.own_examples import failure_of

    cases = list(_cases(files, given))
    if not cases:
        raise Failure("no policies were found: name a file that has some, or a configuration")
    paint = Paint(RenderOptions(color=wants_color("auto")))
    lines: list[str] = []
    failed = tried = 0
    for rule, trials in cases:
        failures = []
        for (path, line, column), trial in trials:
            problem = failure_of(rule, trial)
            if problem:
                kind = "good" if trial.is_good else "bad"
                place = f"{visible_path(path)}:{line}:{column}"
                failures.append(f"  {place}: the {kind} example fails: {visible(problem)}")
        tried += len(trials)
        failed += len(failures)
        lines += [_line(rule, [trial for _, trial in trials], bool(failures), paint), *failures]
    without = sum(not trials for _, trials in cases)
    lines += ["", _summary(len(cases), tried, failed, without)]
    write("".join(f"{line}\n" for line in lines))
    sys.exit(EXIT_FINDINGS if failed else EXIT_CLEAN)


def _line(rule: Rule, trials: list[Trial], has_failed: bool, paint: Paint) -> str:
    """The line about a rule."""
    word, style = (
        ("FAIL", "error") if has_failed else ("ok  ", "good") if trials else ("-   ", "dim")
    )
    good = sum(trial.is_good for trial in trials)
    counts = f"{good} good, {len(trials) - good} bad" if trials else "no examples"
    name = visible(f"{rule.code} {rule.name}")
    return f"{paint(style, word)} {name}: {counts}"


def _summary(rules: int, tried: int, failed: int, without: int) -> str:
    from ..base.wording import plural

    verdict = f"{plural(failed, 'example')} failed" if failed else "all hold"
    text = f"{plural(rules, 'rule')}, {plural(tried, 'example')}: {verdict if tried else 'nothing was tested'}."
    return f"{text} {plural(without, 'rule')} without examples." if without and tried else text


def _cases(files: tuple[str, ...], given: dict[str, Any]) -> Iterator[Case]:
    """The rules with their examples, each with its place."""
    from ..engine.own_examples import trial_of, trials_of
    from ..rulebook.plugins import load_plugins
    from ..rulebook.policies import policy_rule

    for config in _configs(files, given):
        for fault in config.ignored:
            tell(str(fault))
        for policy in config.policies:
            yield (
                policy_rule(policy),
                [
                    (example.origin, trial_of(policy, example.text, example.is_good))
                    for example in policy.examples
                ],
            )
        for rule in load_plugins(config.plugins):
            yield rule, [(_place_of(rule), trial) for trial in trials_of(rule)]


def _configs(files: tuple[str, ...], given: dict[str, Any]) -> Iterator[Config]:
    """The configuration of the working folder, or one for each file."""
    from ..config.errors import ConfigError
    from ..engine.configs import Configs
    from ..files.disk import DISK

    if not files:
        yield Configs(options_of(given)).of(".")
        return
    for file in files:
        if DISK.kind(file) != "file":
            raise ConfigError.at(file, "the file does not exist")
        if _is_config(file):
            yield Configs(options_of({**given, "config": (file,)})).of(".")
        else:
            setting = f"policies = [{json.dumps(file)}]"
            yield Configs(options_of({**given, "config": (setting,), "isolated": True})).of(".")


def _is_config(file: str) -> bool:
    """Whether a file is a configuration, and not only a file of policies."""
    from ..config.find import open_config
    from ..files.kinds import CONFIG_FILES

    if os.path.basename(file) in CONFIG_FILES:
        return True
    document = open_config(file)
    return document is None or not document.data.keys() <= {"$schema", "policies"}


def _place_of(rule: Rule) -> Place:
    """The place of the function of a plug-in's rule."""
    from ..files.paths import shown

    code = rule.check.__code__
    return shown(code.co_filename), code.co_firstlineno, 1
