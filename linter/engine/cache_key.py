"""The secret of the user that entries of the cache are made with, and which folders may hold them.

The cache lies in the linted tree, which may bring files that look like entries. Only the user's own
are used: each begins with a hash that cannot be made without the secret. Results with findings about
secrets hold what the files hold, so they are encrypted with it.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from ..files.disk import DISK
from ..files.git import is_tracked
from ..files.paths import is_within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import blake2b

_SIZE = 32
"""The bytes of a secret."""

_NAME = "cache-key"

_NONCE = 16
"""The bytes that make the encryption of each text another one."""


def key_for(folder: str, root: str, is_named: bool) -> bytes | None:
    """The secret for the cache in a folder, which is made if it is missing; None if there is none.

    It is in the user's folder for the state of programs. A folder that the user names, outside of the
    linted tree, holds its own secret, so that it can be kept from one CI job to the next.
    """
    home = _state_folder()
    if is_named and not is_within(DISK.real(root), DISK.real(folder)):
        home = folder
    if not home:
        return None
    path = os.path.join(home, _NAME)
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    except OSError:
        return None
    with suppress(OSError):
        os.makedirs(home, mode=0o700, exist_ok=True)
        _make(path)
        return _read(path)
    return None


def signature(data: bytes, secret: bytes) -> bytes:
    """A hash of data that cannot be made without the secret, in letters and digits."""
    keyed = _blake2b()(data, digest_size=32, key=secret, person=b"composelint")
    return keyed.hexdigest().encode()


def _blake2b() -> type[blake2b]:
    try:
        # hashlib loads OpenSSL with it, which takes longer than all the hashing.
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b
    return blake2b


def sealed(text: str, secret: bytes) -> str:
    """A text that cannot be read without the secret; only who checks a signature may trust it."""
    from binascii import b2a_base64
    from zlib import compress

    data = text.encode("utf-8", "surrogatepass")
    # Of the text: equal results stay equal files.
    nonce = signature(data, secret)[:_NONCE]
    # Encrypting takes ten times as long as compressing.
    data = nonce + _mixed(compress(data, 1), secret, nonce)
    return b2a_base64(data, newline=False).decode("ascii")


def unsealed(text: str, secret: bytes) -> str:
    """The text that ``sealed`` was given."""
    from binascii import a2b_base64
    from zlib import decompress

    data = a2b_base64(text)
    return decompress(_mixed(data[_NONCE:], secret, data[:_NONCE])).decode("utf-8", "surrogatepass")


def _mixed(data: bytes, secret: bytes, nonce: bytes) -> bytes:
    """Data mixed with a stream that cannot be made without the secret; doing it again undoes it.

    Python has no cipher of its own. The stream is a keyed hash of counters, the nonce one of the text (as
    in SIV), and the file is signed. Without it results with secrets would be linted again by each
    run: 5.6 s instead of 0.3 s of CPU time in a repository of 200 Dockerfiles.
    """
    keyed = _blake2b()
    size = len(data)
    stream = b"".join(
        keyed(
            number.to_bytes(8, "little"), key=secret, salt=nonce, person=b"composelint mix"
        ).digest()
        for number in range(-(-size // 64))
    )
    return (int.from_bytes(data, "little") ^ int.from_bytes(stream[:size], "little")).to_bytes(
        size, "little"
    )


def may_hold_cache(folder: str) -> bool:
    """Whether a folder may hold the cache: it is the user's own, and git tracks nothing in it."""
    try:
        status = os.lstat(folder)
    except OSError:
        return True
    if not stat.S_ISDIR(status.st_mode) or not _is_own(status):
        # A repository must not choose where on this machine files are written.
        return False
    above, name = os.path.split(os.path.abspath(folder))
    return not is_tracked(above, name)


def is_own_file(status: os.stat_result) -> bool:
    """Whether a regular file belongs to the user."""
    return stat.S_ISREG(status.st_mode) and _is_own(status)


def _is_own(status: os.stat_result) -> bool:
    return not hasattr(os, "getuid") or status.st_uid == os.getuid()


def _state_folder() -> str:
    """Our folder for the state of programs; empty if the user has none."""
    for name, inner in (
        ("XDG_STATE_HOME", ""),
        ("LOCALAPPDATA" if os.name == "nt" else "HOME", "" if os.name == "nt" else ".local/state"),
    ):
        folder = os.environ.get(name, "")
        if os.path.isabs(folder):
            return os.path.join(folder, inner, "composelint")
    return ""


def _read(path: str) -> bytes:
    """The secret in a file.

    Raises:
        OSError: if it cannot be read, or others may have read or written it.
    """
    handle = os.open(
        path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    )
    try:
        status = os.fstat(handle)
        if not is_own_file(status) or (hasattr(os, "getuid") and status.st_mode & 0o077):
            raise PermissionError(f"{path} is not the user's alone")
        secret = os.read(handle, _SIZE + 1)
    finally:
        os.close(handle)
    if len(secret) != _SIZE:
        raise OSError(f"{path} is not a secret of ours")
    return secret


def _make(path: str) -> None:
    """Make a file with a new secret, unless another run has just made it."""
    temporary = f"{path}.{os.getpid()}.tmp"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            os.write(handle, os.urandom(_SIZE))
        finally:
            os.close(handle)
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)
