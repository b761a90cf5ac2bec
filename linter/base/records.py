"""``typing.NamedTuple`` for a program that has to start quickly.

The standard one checks and compiles every annotation when a class is created, five times the
work of all the rest: to create a hundred such classes takes longer than to lint a small file.
Here the annotations stay texts, and a class's constructor is created with the first instance.
Type checkers see the standard one.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from operator import itemgetter

    try:
        from _collections import _tuplegetter as getter
    except ImportError:

        def getter(index, doc):
            return property(itemgetter(index), doc=doc)

    class _RecordType(type):
        """Creates the classes: a field for each annotation, a default for each value."""

        def __new__(meta, name, bases, space):
            if bases[0] is tuple or bases[0]._fields:
                # The base itself, or a class that is derived from a record.
                return type.__new__(meta, name, bases, space)
            fields = tuple(space.get("__annotations__", ()))
            defaults = {field: space.pop(field) for field in fields if field in space}
            space["__slots__"] = ()
            space["__match_args__"] = space["_fields"] = fields
            space["_field_defaults"] = defaults
            for index, field in enumerate(fields):
                space[field] = getter(index, "")
            space.setdefault("__new__", _first)
            return type.__new__(meta, name, bases, space)

    new = tuple.__new__

    # Constructors by the number of fields: given the fields' names, one takes a tenth of the
    # time that compiling it does.
    _shapes = (
        lambda cls: new(cls, ()),
        lambda cls, a: new(cls, (a,)),
        lambda cls, a, b: new(cls, (a, b)),
        lambda cls, a, b, c: new(cls, (a, b, c)),
        lambda cls, a, b, c, d: new(cls, (a, b, c, d)),
        lambda cls, a, b, c, d, e: new(cls, (a, b, c, d, e)),
        lambda cls, a, b, c, d, e, f: new(cls, (a, b, c, d, e, f)),
        lambda cls, a, b, c, d, e, f, g: new(cls, (a, b, c, d, e, f, g)),
        lambda cls, a, b, c, d, e, f, g, h: new(cls, (a, b, c, d, e, f, g, h)),
        lambda cls, a, b, c, d, e, f, g, h, i: new(cls, (a, b, c, d, e, f, g, h, i)),
    )

    def _first(cls, *values, **named):
        """Create the constructor, and the first instance with it."""
        record = next(base for base in cls.__mro__ if base.__dict__.get("__new__") is not None)
        fields, defaults = record._fields, record._field_defaults
        if list(fields)[len(fields) - len(defaults) :] != list(defaults):
            raise TypeError(f"{record.__name__}: a field without a default follows one with")
        if len(fields) >= len(_shapes):
            record.__new__ = staticmethod(_wide(fields, defaults))
            return record.__new__(cls, *values, **named)
        shape = _shapes[len(fields)]
        code = shape.__code__.replace(
            co_varnames=("cls", *fields),
            co_name="__new__",
            co_qualname=f"{record.__qualname__}.__new__",
        )
        function = _function(code, shape.__globals__, None, tuple(defaults.values()))
        function.__module__ = record.__module__
        record.__new__ = staticmethod(function)
        return record.__new__(cls, *values, **named)

    def _wide(fields, defaults):
        """A constructor for more fields than the shapes have: slower, but nothing is compiled."""
        names = frozenset(fields)

        def construct(cls, *values, **named):
            arguments = {**defaults, **dict(zip(fields, values, strict=False)), **named}
            is_twice = not named.keys().isdisjoint(fields[: len(values)])
            if len(values) > len(fields) or is_twice or arguments.keys() != names:
                raise TypeError(f"{cls.__name__} takes other fields: {', '.join(fields)}")
            return new(cls, map(arguments.__getitem__, fields))

        return construct

    _function = type(_first)

    class NamedTuple(tuple, metaclass=_RecordType):
        """The base of all records."""

        __slots__ = _fields = ()

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _replace(self, /, **changes):
            values = [
                changes.pop(field, value) for field, value in zip(self._fields, self, strict=True)
            ]
            if changes:
                raise ValueError(f"Got unexpected field names: {list(changes)!r}")
            return type(self)(*values)

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            shown = ", ".join(
                f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True)
            )
            return f"{type(self).__name__}({shown})"

        def __getnewargs__(self):
            return tuple(self)
