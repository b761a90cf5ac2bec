"""Commands that run another command, and shells that run a string."""

from __future__ import annotations

from .tokens import SHELLS, ResolvedCommand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .tokens import ShellWord

# For each wrapper: its options that take the next word, and how many operands come before
# the command that it runs.
# fmt: off
_WRAPPERS: dict[str, tuple[frozenset[str], int]] = {
    "sudo": (frozenset(("-u", "-g", "-h", "-p", "-C", "-D", "-R", "-r", "-t", "-T", "-U", "--user",
                        "--group", "--host", "--chdir")), 0),
    "doas": (frozenset(("-u", "-C")), 0),
    "env": (frozenset(("-u", "-C", "--unset", "--chdir")), 0),
    "time": (frozenset(("-f", "-o", "--format", "--output")), 0),
    "nice": (frozenset(("-n", "--adjustment")), 0),
    "ionice": (frozenset(("-c", "-n", "--class", "--classdata")), 0),
    "nohup": (frozenset(), 0),
    "exec": (frozenset(("-a",)), 0),
    "command": (frozenset(), 0),
    "builtin": (frozenset(), 0),
    "coproc": (frozenset(), 0),
    "xargs": (frozenset(("-I", "-L", "-n", "-P", "-d", "-s", "-a", "-E", "--max-args",
                         "--max-procs", "--delimiter")), 0),
    "eatmydata": (frozenset(), 0),
    "fakeroot": (frozenset(("-l", "-s", "-i", "-b")), 0),
    "setarch": (frozenset(), 1),
    "linux32": (frozenset(), 0),
    "linux64": (frozenset(), 0),
    "stdbuf": (frozenset(("-i", "-o", "-e")), 0),
    "unbuffer": (frozenset(), 0),
    "chrt": (frozenset(), 1),
    "timeout": (frozenset(("-k", "-s", "--kill-after", "--signal")), 1),
    "gosu": (frozenset(), 1),
    "su-exec": (frozenset(), 1),
    "chroot": (frozenset(), 1),
    "tini": (frozenset(("-p", "-e")), 0),
    "dumb-init": (frozenset(("-r",)), 0),
    "catchsegv": (frozenset(), 0),
}
# fmt: on
_MAX_WRAPPERS = 10


def base_name(path: str) -> str:
    """The last component of a command's path."""
    return path.rsplit("/", 1)[-1] if "/" in path else path


def resolve(words: Sequence[ShellWord]) -> ResolvedCommand:
    """The command that a command's words run in the end."""
    wrappers: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        literal = word.literal
        if literal is None:
            # ${BIN}/pip is pip.
            tail = base_name(word.value)
            name = tail if "/" in word.value and "$" not in tail and "`" not in tail else ""
            return ResolvedCommand(name, word, words[at + 1 :], wrappers)
        name = base_name(literal)
        inner = _inner(name, words, at + 1) if len(wrappers) < _MAX_WRAPPERS else None
        if inner is None:
            return ResolvedCommand(name, word, words[at + 1 :], wrappers)
        wrappers.append(name)
        at = inner
    return ResolvedCommand("", None, (), wrappers)


def _inner(name: str, words: Sequence[ShellWord], at: int) -> int | None:
    """The index of the command that a wrapper runs; None if this is not a wrapper."""
    if name.startswith("python") and _is_python(name):
        if len(words) > at + 1 and words[at].literal == "-m":
            return at + 1
        return None
    if name == "busybox":
        return at if at < len(words) and not words[at].value.startswith("-") else None
    wrapper = _WRAPPERS.get(name)
    if wrapper is None:
        return None
    with_value, operands = wrapper
    count = len(words)
    while at < count:
        text = words[at].value
        if text == "--":
            at += 1
            break
        if name == "command" and text in ("-v", "-V"):
            return None
        if text.startswith("-") and len(text) > 1:
            at += 2 if text in with_value else 1
        elif name in ("env", "sudo") and "=" in text and text.split("=", 1)[0].isidentifier():
            at += 1
        else:
            break
    at += operands
    return at if at < count else None


def _is_python(name: str) -> bool:
    return name[6:].replace(".", "").isdigit() or name == "python"


def shell_string(name: str, args: Sequence[ShellWord]) -> ShellWord | None:
    """The script of ``sh -c '…'``, ``su -c '…'`` or ``eval '…'``; None if there is none."""
    if name == "eval":
        return args[0] if len(args) == 1 else None
    if name not in SHELLS and name != "su":
        return None
    takes_script = False
    i = 0
    while i < len(args):
        text = args[i].value
        if name == "su" and text in ("-c", "--command"):
            return args[i + 1] if i + 1 < len(args) else None
        if text in ("-o", "+o", "-O", "+O"):
            i += 2
            continue
        if text[:1] in ("-", "+") and len(text) > 1:
            if text[1] != "-" and "c" in text:
                takes_script = True
            if text[1] != "-" and text.endswith("o"):
                i += 1
        elif name != "su":
            return args[i] if takes_script else None
        i += 1
    return None


def reads_stdin(name: str, args: Sequence[ShellWord]) -> bool:
    """Whether a shell is called such that it runs its standard input."""
    if name not in SHELLS:
        return False
    i = 0
    while i < len(args):
        text = args[i].value
        if text in ("-o", "+o", "-O", "+O"):
            i += 2
            continue
        if text[:1] not in ("-", "+"):
            return False
        if text[:2] not in ("--", "++") and "c" in text:
            return False
        if text[:1] == "-" and text[1:2] != "-" and "s" in text:
            return True
        i += 1
    return True
