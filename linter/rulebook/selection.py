"""The selected rules, the severities of their findings, and which of their fixes are applied."""

from __future__ import annotations

from collections import defaultdict

from ..base.names import SUBJECT_TOPICS, UNREAD_CODES
from ..config.errors import ConfigError
from ..config.layers import ONE_RULE, Layer, Selector
from ..rule import CATEGORIES, Rule
from .registry import CODE, EXTERNAL, UnknownSelector, find, listed_rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..config.settings import Config
    from ..rule import Rule, Severity


def selection_of(
    config: Config,
    preset: str | None = None,
    select: Sequence[str] | None = None,
    extend_select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    *,
    fixable: Sequence[str] | None = None,
    unfixable: Sequence[str] = (),
) -> Selection:
    """The selection by a configuration and these arguments of the command line.

    Raises:
        UnknownSelector: for a selector in the arguments that matches no rule, or if they select
            nothing.
        ConfigError: if the configuration selects nothing.
    """
    extra: list[Rule] = []
    if config.plugins or config.policies:
        from .plugins import extra_rules

        extra = extra_rules(config)
    selection = Selection(
        preset,
        select,
        extend_select,
        ignore,
        fixable=fixable,
        unfixable=unfixable,
        layers=config.layers,
        extra=extra,
    )
    if selection.is_empty():
        message = "no rule is selected, so nothing would be checked"
        if config.ignored:
            message = f"{message} ({'; '.join(fault.message for fault in config.ignored)})"
        given = select is not None or preset is not None
        for path, line, column in () if given else config.origins("select"):
            raise ConfigError.at(path, message, line, column)
        raise UnknownSelector(message)
    return selection


def parse_selector(text: str, extra: Sequence[Rule] = ()) -> Selector:
    """The selector for a text, with the codes that it matches.

    Raises:
        UnknownSelector: if there are none.
    """
    wanted = text.strip()
    upper = wanted.upper()
    if upper == "ALL":
        return Selector(wanted, 0, None)
    if upper == "SHELLCHECK":
        upper = "SC"
    if EXTERNAL.match(upper):
        rank = len(upper) - 1
        return Selector(wanted, ONE_RULE if rank == 5 else rank, frozenset(), upper)
    codes = frozenset(rule.code for rule in find(wanted, extra))
    is_prefix = CODE.match(upper) is not None and all(
        code != upper and code.startswith(upper) for code in codes
    )
    if wanted.casefold() in CATEGORIES:
        return Selector(wanted, 1, codes)
    digits = len(upper) - len(upper.rstrip("0123456789"))
    return Selector(wanted, 1 + digits if is_prefix else ONE_RULE, codes)


class _Layer:
    """A layer with its selectors parsed."""

    __slots__ = ("choices", "fixable", "fixes", "keep", "locked", "preset", "select", "severity")

    def __init__(self, layer: Layer, extra: Sequence[Rule]) -> None:
        def parse(texts: Iterable[str]) -> list[Selector]:
            return [parse_selector(text, extra) for text in texts]

        def choices(chosen: Iterable[str], refused: Iterable[str]) -> list[tuple[Selector, bool]]:
            return [
                *((selector, True) for selector in parse(chosen)),
                *((selector, False) for selector in parse(refused)),
            ]

        self.preset = layer.preset
        self.select = layer.select is not None
        self.choices = choices((*(layer.select or ()), *layer.extend_select), layer.ignore)
        self.severity = [(parse_selector(text, extra), value) for text, value in layer.severity]
        self.locked = parse(layer.locked)
        self.fixable = layer.fixable is not None
        self.fixes = choices(layer.fixable or (), layer.unfixable)
        self.keep = frozenset(layer.keep)


def _verdict(choices: Iterable[tuple[Selector, bool]], code: str) -> bool | None:
    """Whether the most specific selector chooses a code; None if no selector matches it.

    Of two selectors with the same rank, the one that refuses decides.
    """
    best, verdict = -1, None
    for selector, is_chosen in choices:
        rank = selector.rank
        if (rank > best or (rank == best and not is_chosen)) and selector.matches(code):
            best, verdict = rank, is_chosen
    return verdict


def _reaches(selector: Selector, letters: str) -> bool:
    """Whether a selector may match a code that begins with these letters."""
    return selector.codes is None or selector.prefix.startswith(letters)


_STRICT = ("production", "hardened")
"""The presets that ask for all findings of a rule that does not say so itself."""


class Selection:
    """The selected rules, the severities of their findings, and which of their fixes are applied.

    ``layers`` come from the configuration, the farthest base first; the other arguments are
    those of the command line, the top layer. In a layer the more specific selector decides,
    and of two with the same rank the one that ignores. The ``select`` of a layer replaces what
    the layers below select and ignore, its ``preset`` only what they select. Rules about the
    linter itself (LN) run under any ``select`` unless ignored, and those that report what could
    not be read (``UNREAD_CODES``) always.

    ``extra`` are the rules of plug-ins and policies.

    Raises:
        UnknownSelector: for a selector that matches no rule.
    """

    def __init__(
        self,
        preset: str | None = None,
        select: Sequence[str] | None = None,
        extend_select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        severities: Mapping[str, Severity] | None = None,
        *,
        fixable: Sequence[str] | None = None,
        unfixable: Sequence[str] = (),
        layers: Sequence[Layer] = (),
        extra: Sequence[Rule] = (),
    ) -> None:
        top = Layer(
            preset,
            None if select is None else tuple(select),
            tuple(extend_select),
            tuple(ignore),
            tuple((severities or {}).items()),
            (),
            None if fixable is None else tuple(fixable),
            tuple(unfixable),
        )
        self.extra = tuple(extra)
        self.layers = (*layers, top)
        self._layers = [_Layer(layer, self.extra) for layer in self.layers]
        self._locks = [selector for layer in self._layers for selector in layer.locked]
        self._start()

    def _start(self) -> None:
        named = [layer.preset for layer in self._layers if layer.preset is not None]
        self.preset = named[-1] if named else "recommended"
        self._selected: dict[str, bool] = {}
        self._strict: dict[str, bool] = {}
        self._grouped: dict[str, tuple[dict[str, list[Rule]], frozenset[str]]] = {}
        self._under: dict[str, Selection] = {}

    def under(self, preset: str | None) -> Selection:
        """The selection for files that have a preset of their own.

        That preset is a layer above the configuration and below the command line.
        """
        if preset is None:
            return self
        selection = self._under.get(preset)
        if selection is None:
            selection = object.__new__(Selection)
            selection.extra, selection._locks = self.extra, self._locks
            *configured, command_line = self._layers
            selection._layers = [*configured, _Layer(Layer(preset=preset), ()), command_line]
            selection._start()
            self._under[preset] = selection
        return selection

    def selects(self, rule: Rule) -> bool:
        """Whether a rule is selected."""
        is_selected = self._selected.get(rule.code)
        if is_selected is None:
            is_selected = self._selected[rule.code] = self.allows(rule.code, rule.presets)
        return is_selected

    def reports_strict(self, rule: Rule) -> bool:
        """Whether the strict findings of a selected rule are reported.

        They are where a preset in ``strict_in`` holds (for findings that are held back because of
        the file that they are in, a rule need not name any), and where a selector chooses the rule:
        then no preset says which of its findings matter.
        """
        is_strict = self._strict.get(rule.code)
        if is_strict is None:
            is_strict = self._strict[rule.code] = self.allows(rule.code, rule.strict_in or _STRICT)
        return is_strict

    def allows(self, code: str, presets: Sequence[str] = ("recommended",)) -> bool:
        """Whether a code that is part of these presets is selected.

        For ShellCheck's codes, for which no rule is declared; else see ``selects``.
        """
        if self.is_locked(code):
            return True
        preset: str | None = None
        for layer in reversed(self._layers):
            choices = layer.choices
            if preset is not None and layer.select:
                # The preset of a layer above replaces what this layer selects.
                choices = [choice for choice in choices if not choice[1]]
            verdict = _verdict(choices, code)
            if verdict is not None:
                return verdict
            if layer.select:
                if preset is not None:
                    break
                return code in layer.keep or (code.startswith("LN") and "recommended" in presets)
            preset = preset or layer.preset
        preset = preset or self.preset
        if preset == "all":
            return True
        # Every preset but "style" includes the recommended rules.
        if "recommended" in presets and (preset != "style" or code.startswith("LN")):
            return True
        return preset in presets

    def is_empty(self) -> bool:
        """Whether lists of selectors leave no rule, as an empty one does.

        ``ignore`` with ``ALL`` says that nothing is to be checked, and is not meant.
        """
        for layer in reversed(self._layers):
            for selector, is_chosen in layer.choices:
                if selector.prefix or selector.codes is None:
                    return False
                if is_chosen and any(map(self.allows, selector.codes)):
                    return False
            if layer.select:
                return not (layer.keep or self._locks)
            if layer.preset is not None:
                return False
        return False

    def ignored_in_vain(self) -> list[str]:
        """The selectors of the command line that ignore what is always reported."""
        return [
            selector.text
            for selector, is_chosen in self._layers[-1].choices
            if not is_chosen and selector.rank == ONE_RULE and selector.codes
            if selector.codes <= UNREAD_CODES
        ]

    def allows_some(self, letters: str) -> bool:
        """Whether a code with these letters may be selected."""
        if any(_reaches(selector, letters) for selector in self._locks):
            return True
        for layer in reversed(self._layers):
            named = [choice for choice in layer.choices if choice[0].prefix.startswith(letters)]
            is_ignored = any(
                selector.prefix == letters and not chosen for selector, chosen in named
            )
            if is_ignored and not any(chosen for _, chosen in named):
                return False  # more specific than ALL
            if any(chosen and _reaches(selector, letters) for selector, chosen in layer.choices):
                return True
            if layer.select or any(
                selector.codes is None or selector.prefix == letters
                for selector, _ in layer.choices
            ):
                return False
        return True

    def names(self, letters: str) -> bool:
        """Whether codes with these letters are selected by name."""
        return any(
            is_chosen and selector.prefix.startswith(letters)
            for layer in self._layers
            for selector, is_chosen in layer.choices
        )

    def is_locked(self, code: str) -> bool:
        """Whether findings of a code cannot be ignored or suppressed.

        The configuration says so (``locked``), or they report what could not be read.
        """
        return code in UNREAD_CODES or any(selector.matches(code) for selector in self._locks)

    def override(self, rule: Rule) -> Severity | None:
        """The severity that the configuration sets for a rule; None if it sets none.

        A layer above the one that locks a rule can only raise it.
        """
        code, override = rule.code, None
        is_locked = code in UNREAD_CODES
        for layer in self._layers:
            best = -1
            severity: Severity | None = None
            for selector, value in layer.severity:
                if selector.rank > best and selector.matches(code):
                    best, severity = selector.rank, value
            lowest = (override or self._default_severity(rule)) if is_locked else None
            if severity is not None and (lowest is None or severity >= lowest):
                override = severity
            is_locked = is_locked or any(selector.matches(code) for selector in layer.locked)
        return override

    def _default_severity(self, rule: Rule) -> Severity:
        return rule.severity_in.get(self.preset, rule.severity)

    def severity(self, rule: Rule) -> Severity:
        """The severity of a rule's findings, unless a finding has its own."""
        return self.override(rule) or self._default_severity(rule)

    def fixes(self, code: str) -> bool:
        """Whether fixes of a code may be applied (``fixable``, ``unfixable``)."""
        for layer in reversed(self._layers):
            verdict = _verdict(layer.fixes, code)
            if verdict is not None:
                return verdict
            if layer.fixable:
                return False
        return True

    def of(self, topic: str) -> list[Rule]:
        """The selected rules of a topic, without those that the engine reports."""
        rules = [rule for rule in listed_rules(topic) if not rule.engine]
        rules += [rule for rule in self.extra if SUBJECT_TOPICS.get(rule.subject) == topic]
        return [rule for rule in rules if self.selects(rule)]

    def grouped(self, topic: str) -> tuple[dict[str, list[Rule]], frozenset[str]]:
        """The rules of ``of`` by what they run on, and their codes."""
        grouped = self._grouped.get(topic)
        if grouped is None:
            rules = self.of(topic)
            by_subject: dict[str, list[Rule]] = defaultdict(list)
            for rule in rules:
                by_subject[rule.subject].append(rule)
            grouped = self._grouped[topic] = by_subject, frozenset(rule.code for rule in rules)
        return grouped
