"""``parse_shell``: from the text of a shell script to its commands.

Apart from ``parser.py``, which is only loaded for a script in a language that it reads.
"""

from __future__ import annotations

from .syntax import MAX_SCRIPT, Script
from .tokens import SHELLS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...base.text import SourceFile
    from ..dockerfile.parts import Heredoc


def parse_shell(
    file: SourceFile,
    text: str,
    locate: Callable[[int], int],
    *,
    dialect: str = "sh",
    heredocs: Sequence[Heredoc] = (),
) -> Script:
    """Parse a script. Never raises; ``Script.complete`` is False after a problem.

    ``locate`` maps an index into ``text`` to an offset in ``file``; ``heredocs`` are those
    whose bodies are outside of ``text``.
    """
    script = Script(file, text, locate, dialect)
    if dialect not in SHELLS or len(text) > MAX_SCRIPT:
        script.complete = False
        return script
    from .parser import scan
    from .strings import follow_strings

    scan(script, script, 0, len(text), heredocs=heredocs)
    follow_strings(script)
    script.commands.sort(key=lambda command: command.script.offset(command.at))
    return script
