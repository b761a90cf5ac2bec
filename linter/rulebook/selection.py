"""Which rules run, how their findings are graded, and which of their fixes are applied."""

from __future__ import annotations

from collections import defaultdict

from ..base.names import SUBJECT_TOPICS
from ..config.layers import ONE_RULE, Layer, Selector
from ..rule import CATEGORIES, Rule
from .registry import CODE, EXTERNAL, find, topic_rules

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
    """The rules that a configuration selects under these arguments of the command line.

    Raises:
        UnknownSelector: for an argument that no rule answers to.
    """
    extra: list[Rule] = []
    if config.plugins or config.policies:
        from .plugins import extra_rules

        extra = extra_rules(config)
    return Selection(
        preset,
        select,
        extend_select,
        ignore,
        fixable=fixable,
        unfixable=unfixable,
        layers=config.layers,
        extra=extra,
    )


def parse_selector(text: str, extra: Sequence[Rule] = ()) -> Selector:
    """Work a selector out.

    Raises:
        UnknownSelector: where it stands for nothing.
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
    """A layer with its selectors worked out."""

    __slots__ = ("choices", "fixable", "fixes", "keep", "locked", "preset", "select", "severity")

    def __init__(self, layer: Layer, extra: Sequence[Rule]) -> None:
        def parse(texts: Iterable[str]) -> list[Selector]:
            return [parse_selector(text, extra) for text in texts]

        self.preset = layer.preset
        self.select = layer.select is not None
        self.choices = [
            (selector, True) for selector in parse((*(layer.select or ()), *layer.extend_select))
        ] + [(selector, False) for selector in parse(layer.ignore)]
        self.severity = [(parse_selector(text, extra), value) for text, value in layer.severity]
        self.locked = parse(layer.locked)
        self.fixable = layer.fixable is not None
        self.fixes = [(selector, True) for selector in parse(layer.fixable or ())] + [
            (selector, False) for selector in parse(layer.unfixable)
        ]
        self.keep = frozenset(layer.keep)


def _verdict(choices: Iterable[tuple[Selector, bool]], code: str) -> bool | None:
    """What the most specific selector says about a code; of two alike, the one against it."""
    best, verdict = -1, None
    for selector, wanted in choices:
        rank = selector.rank
        if (rank > best or (rank == best and not wanted)) and selector.matches(code):
            best, verdict = rank, wanted
    return verdict


def _reaches(selector: Selector, letters: str) -> bool:
    return selector.codes is None or selector.prefix.startswith(letters)


class Selection:
    """Which rules run, how their findings are graded, and which of their fixes are applied.

    ``layers`` come from the configuration, the farthest base first; the other arguments
    are the command line's and lie on top. Within a layer the more specific selector wins,
    and of two alike the one that ignores. A layer's ``select`` starts afresh: it replaces
    what the layers below select and ignore. A layer's ``preset`` replaces only what they
    select. Rules of the linter itself (LN) run under any ``select`` unless ignored.

    ``extra`` are the rules of plug-ins and policies.

    Raises:
        UnknownSelector: for a selector that no rule answers to.
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
        self._decided: dict[str, bool] = {}
        self._of: dict[str, list[Rule]] = {}
        self._grouped: dict[str, tuple[dict[str, list[Rule]], frozenset[str]]] = {}
        self._under: dict[str, Selection] = {}

    def under(self, preset: str | None) -> Selection:
        """The same selection where a preset holds for some files only.

        It lies above the configuration and below the command line.
        """
        if preset is None:
            return self
        known = self._under.get(preset)
        if known is None:
            known = object.__new__(Selection)
            known.extra, known._locks = self.extra, self._locks
            known._layers = [
                *self._layers[:-1],
                _Layer(Layer(preset=preset), ()),
                self._layers[-1],
            ]
            known._start()
            self._under[preset] = known
        return known

    def selects(self, rule: Rule) -> bool:
        known = self._decided.get(rule.code)
        if known is None:
            known = self._decided[rule.code] = self.allows(rule.code, rule.presets)
        return known

    def allows(self, code: str, presets: Sequence[str] = ("recommended",)) -> bool:
        """Whether findings under a code are wanted that is part of these presets.

        ShellCheck's codes, which no rule declares, are asked for like this.
        """
        if self.is_locked(code):
            return True
        preset: str | None = None
        for layer in reversed(self._layers):
            choices = layer.choices
            if preset is not None and layer.select:
                # A preset further up took the place of what this layer selects.
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
        # Every preset stands on the recommended rules; "style" alone does not.
        if "recommended" in presets and (preset != "style" or code.startswith("LN")):
            return True
        return preset in presets

    def allows_some(self, letters: str) -> bool:
        """Whether findings under some code with these letters may be wanted."""
        if any(_reaches(selector, letters) for selector in self._locks):
            return True
        for layer in reversed(self._layers):
            if any(wanted and _reaches(selector, letters) for selector, wanted in layer.choices):
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
            wanted and selector.prefix.startswith(letters)
            for layer in self._layers
            for selector, wanted in layer.choices
        )

    def is_locked(self, code: str) -> bool:
        """Whether the configuration forbids to ignore or suppress findings of this code."""
        return any(selector.matches(code) for selector in self._locks)

    def override(self, rule: Rule) -> Severity | None:
        """The severity that the configuration gives a rule's findings, if any.

        A layer above the one that locks a rule can only raise it.
        """
        code, found, locked = rule.code, None, False
        for layer in self._layers:
            best = -1
            wanted: Severity | None = None
            for selector, severity in layer.severity:
                if selector.rank > best and selector.matches(code):
                    best, wanted = selector.rank, severity
            if wanted is not None and not (locked and wanted < (found or self._grade(rule))):
                found = wanted
            locked = locked or any(selector.matches(code) for selector in layer.locked)
        return found

    def _grade(self, rule: Rule) -> Severity:
        return rule.severity_in.get(self.preset, rule.severity)

    def severity(self, rule: Rule) -> Severity:
        """The severity of a rule's findings, where a finding has none of its own."""
        return self.override(rule) or self._grade(rule)

    def fixes(self, code: str) -> bool:
        """Whether fixes of a rule's findings are to be applied (``fixable``, ``unfixable``)."""
        for layer in reversed(self._layers):
            verdict = _verdict(layer.fixes, code)
            if verdict is not None:
                return verdict
            if layer.fixable:
                return False
        return True

    def of(self, topic: str) -> list[Rule]:
        """The selected rules of one topic that are functions (not the engine's own)."""
        known = self._of.get(topic)
        if known is None:
            rules = [rule for rule in topic_rules(topic) if not rule.engine]
            rules += [rule for rule in self.extra if SUBJECT_TOPICS.get(rule.subject) == topic]
            known = self._of[topic] = [rule for rule in rules if self.selects(rule)]
        return known

    def grouped(self, topic: str) -> tuple[dict[str, list[Rule]], frozenset[str]]:
        """The rules of ``of`` by what they run on, and their codes."""
        known = self._grouped.get(topic)
        if known is None:
            rules = self.of(topic)
            by_subject: dict[str, list[Rule]] = defaultdict(list)
            for rule in rules:
                by_subject[rule.subject].append(rule)
            known = by_subject, frozenset(rule.code for rule in rules)
            self._grouped[topic] = known
        return known
