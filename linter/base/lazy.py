"""Attributes that are worked out when they are first asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from functools import cached_property as cached_property
else:

    class cached_property:
        """As ``functools.cached_property``, without the lock that it has in Python 3.11.

        One thread uses an object here, and the lock takes longer than most of what it guards.
        """

        def __init__(self, work):
            self.work = work
            self.__doc__ = work.__doc__

        def __set_name__(self, owner, name):
            self.name = name

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            value = instance.__dict__[self.name] = self.work(instance)
            return value
