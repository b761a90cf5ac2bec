"""Our named tuples behave like the standard ones in all that the program uses."""

from __future__ import annotations

import copy
import pickle
import typing
from collections.abc import Callable
from typing import Any

import pytest
from composelint.linter.base import records


def classes(base: Any) -> tuple[Any, ...]:
    """Five classes that differ in their base alone."""

    class Empty(base):
        """A record without fields."""

    class One(base):
        """One field."""

        only: int

    class Pair(base):
        """A default, a method and a property."""

        left: int
        right: str = "r"

        def both(self) -> str:
            return f"{self.left}{self.right}"

        @property
        def is_left(self) -> bool:
            return bool(self.left)

    class Many(base):
        """Many fields, some with defaults."""

        a: int
        b: int
        c: int
        d: int
        e: int
        f: int
        g: int = 7
        h: int = 8
        i: int = 9
        j: int = 10
        k: int = 11

    class Below(Pair):
        """Derived from one."""

        __slots__ = ()

        def twice(self) -> int:
            return self.left * 2

    return Empty, One, Pair, Many, Below


OURS = classes(records.NamedTuple)
STANDARD = classes(typing.NamedTuple)

USES: list[Callable[[Any, Any, Any, Any, Any], Any]] = [
    lambda Empty, One, Pair, Many, Below: Empty(),
    lambda Empty, One, Pair, Many, Below: Empty(1),
    lambda Empty, One, Pair, Many, Below: One(5),
    lambda Empty, One, Pair, Many, Below: One(only=5),
    lambda Empty, One, Pair, Many, Below: One(),
    lambda Empty, One, Pair, Many, Below: One(1, 2),
    lambda Empty, One, Pair, Many, Below: One(other=1),
    lambda Empty, One, Pair, Many, Below: One(1, only=1),
    lambda Empty, One, Pair, Many, Below: Pair(1),
    lambda Empty, One, Pair, Many, Below: Pair(right="x", left=2),
    lambda Empty, One, Pair, Many, Below: Pair(1).both(),
    lambda Empty, One, Pair, Many, Below: Pair(0).is_left,
    lambda Empty, One, Pair, Many, Below: Pair(1)._replace(right="y"),
    lambda Empty, One, Pair, Many, Below: Pair(1)._replace(middle="y"),
    lambda Empty, One, Pair, Many, Below: Pair(1)._asdict(),
    lambda Empty, One, Pair, Many, Below: Pair._make([1, "z"]),
    lambda Empty, One, Pair, Many, Below: Pair._fields,
    lambda Empty, One, Pair, Many, Below: Pair._field_defaults,
    lambda Empty, One, Pair, Many, Below: Pair.__doc__,
    lambda Empty, One, Pair, Many, Below: repr(Pair(1, "'")),
    lambda Empty, One, Pair, Many, Below: hash(Pair(1)),
    lambda Empty, One, Pair, Many, Below: Pair(1) == (1, "r"),
    lambda Empty, One, Pair, Many, Below: sorted([Pair(2), Pair(1, "b"), Pair(1, "a")]),
    lambda Empty, One, Pair, Many, Below: copy.deepcopy(Pair(1)),
    lambda Empty, One, Pair, Many, Below: Many(1, 2, 3, 4, 5, 6),
    lambda Empty, One, Pair, Many, Below: Many(1, 2, 3, 4, 5, f=6, k=0),
    lambda Empty, One, Pair, Many, Below: Many(1, 2, 3, 4, 5),
    lambda Empty, One, Pair, Many, Below: Many(*range(12)),
    lambda Empty, One, Pair, Many, Below: Many(1, 2, 3, 4, 5, 6, f=6),
    lambda Empty, One, Pair, Many, Below: Many(1, 2, 3, 4, 5, l=6),
    lambda Empty, One, Pair, Many, Below: Many(*range(11))._replace(k=12),
    lambda Empty, One, Pair, Many, Below: Below(4).twice(),
    lambda Empty, One, Pair, Many, Below: Below(4),
    lambda Empty, One, Pair, Many, Below: setattr(Pair(1), "left", 2),
    lambda Empty, One, Pair, Many, Below: setattr(Pair(1), "new", 2),
    lambda Empty, One, Pair, Many, Below: [left for left, right in [Pair(1)]],
]


def outcome(use: Callable[..., Any], classes: tuple[Any, ...]) -> Any:
    """The type, the text and the value that a use returns, or the type of its error."""
    try:
        value = use(*classes)
    except (TypeError, ValueError, AttributeError) as error:
        return type(error)
    return (type(value).__name__, repr(value), value)


@pytest.mark.parametrize("number", range(len(USES)))
def test_each_use_gives_the_result_of_a_standard_tuple(number: int) -> None:
    assert outcome(USES[number], OURS) == outcome(USES[number], STANDARD)


def test_the_first_use_of_a_class_gives_the_same_result() -> None:
    for use in USES:
        assert outcome(use, classes(records.NamedTuple)) == outcome(use, STANDARD)


class Importable(records.NamedTuple):
    """A class at the top level, which pickle needs."""

    value: int


def test_records_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(Importable(3))) == Importable(3)


def test_a_field_without_a_default_after_one_with_a_default_is_an_error() -> None:
    fields = {"a": int, "b": int}
    Wrong = type(records.NamedTuple)(
        "Wrong", (records.NamedTuple,), {"__annotations__": fields, "a": 1}
    )
    with pytest.raises(TypeError, match="without a default"):
        Wrong(1, 2)
