"""Short texts in their parts, as Docker Compose splits them."""

from __future__ import annotations

import pytest
from composelint.linter.compose.command_text import split_command
from composelint.linter.compose.quantities import parse_byte_size, parse_go_duration
from composelint.linter.compose.values import (
    UNKNOWN,
    BadValue,
    is_file_path,
    is_ip_address,
    is_windows_path,
    parse_device,
    parse_mount,
    parse_port,
)

PORTS = [
    # text, host address, published, target, protocol
    ("80", None, None, "80", None),
    ("8080:80", None, "8080", "80", None),
    ("127.0.0.1:8080:80", "127.0.0.1", "8080", "80", None),
    ("127.0.0.1::80", "127.0.0.1", None, "80", None),
    (":80", None, None, "80", None),
    ("[::1]:8080:80", "::1", "8080", "80", None),
    ("[::ffff:10.0.0.1]:1:2", "::ffff:10.0.0.1", "1", "2", None),
    ("53:53/UDP", None, "53", "53", "UDP"),
    ("53:53/", None, "53", "53", None),
    ("53/tcp/udp", None, None, "53", "tcp"),
    ("8000-8010:80", None, "8000-8010", "80", None),
    ("8000-8010:9000-9010", None, "8000-8010", "9000-9010", None),
    ("0:80", None, "0", "80", None),
    ("1-2-3", None, None, "1-2-3", None),
    (f"{UNKNOWN}:80", None, UNKNOWN, "80", None),
    (f"{UNKNOWN}:{UNKNOWN}:80/{UNKNOWN}", UNKNOWN, UNKNOWN, "80", UNKNOWN),
]


@pytest.mark.parametrize(("text", "host", "published", "target", "protocol"), PORTS)
def test_a_port_is_split_into_its_parts(
    text: str, host: str | None, published: str | None, target: str, protocol: str | None
) -> None:
    port = parse_port(text)
    parts = (port.host_ip, port.published, port.target, port.protocol)
    assert tuple(part.text if part else None for part in parts) == (
        host,
        published,
        target,
        protocol,
    )
    for part in parts:
        assert part is None or text[part.start : part.end] == part.text


BAD_PORTS = [
    # text, part of the message, the part of the text at the place
    ("", "no container port", ""),
    ("80:", "no container port", ":"),
    ("abc", '"abc" is not a container port', "abc"),
    ("70000:80", "host port 70000 is above 65535", "70000"),
    ("80:0", "cannot be 0", "0"),
    ("90-80", "end below their start", "90-80"),
    ("8000-8003:80-81", "differ in number", "8000-8003:80-81"),
    ("80:80/foo", 'protocol "foo"', "foo"),
    ("localhost:80:80", '"localhost" is not an IP address', "localhost"),
    ("[::1:80:80", "not an IP address in brackets", "[::1"),
    ("127.0.0.1:80", "needs a host port", "127.0.0.1"),
    ("010.0.0.1:1:2", "not an IP address", "010.0.0.1"),
    ("80:80 ", '"80 " is not a container port', "80 "),
    ("+80:80", '"+80" is not a host port', "+80"),
]


@pytest.mark.parametrize(("text", "message", "part"), BAD_PORTS)
def test_a_port_that_compose_refuses_is_an_error(text: str, message: str, part: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_port(text)
    assert message in caught.value.message
    assert text[caught.value.start : caught.value.end] == part


MOUNTS = [
    # text, source, target, options
    ("/data", None, "/data", None),
    ("db:/data", "db", "/data", None),
    ("./a:/b:ro", "./a", "/b", "ro"),
    ("/a:/b:ro,z", "/a", "/b", "ro,z"),
    ("C:\\data:/b", "C:\\data", "/b", None),
    ("c:/x:d:/y:ro", "c:/x", "d:/y", "ro"),
    ("v:/d", None, "v:/d", None),
    ("é:/d", None, "é:/d", None),
    ("a", None, "a", None),
    ("::", None, "::", None),
    ("/a:${X:-b:c}/d", "/a", "${X:-b:c}/d", None),
    ("./{a}:/b}:ro", "./{a}", "/b}", "ro"),
    (f"{UNKNOWN}:/d", UNKNOWN, "/d", None),
]


@pytest.mark.parametrize(("text", "source", "target", "options"), MOUNTS)
def test_a_mount_is_split_into_its_parts(
    text: str, source: str | None, target: str, options: str | None
) -> None:
    mount = parse_mount(text)
    assert mount.source is None or text[mount.source.start :].startswith(mount.source.text)
    assert (
        mount.source.text if mount.source else None,
        mount.target,
        mount.options.text if mount.options else None,
    ) == (source, target, options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("vol::ro", "a part beside a colon is empty"),
        (":/data", "a part beside a colon is empty"),
        ("/a:/b:", "a part beside a colon is empty"),
        ("/a:/b:ro:z", "too many colons"),
    ],
)
def test_a_mount_that_compose_refuses_is_an_error(text: str, message: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_mount(text)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("./a", True),
        ("/a", True),
        ("~", True),
        (".", True),
        ("c:/a", True),
        ("\\\\host\\share", True),
        ("data", False),
        ("data/x", False),
        ("", False),
        ("9:/a", False),
    ],
)
def test_a_source_is_a_path_or_the_name_of_a_volume(source: str, path: bool) -> None:
    assert is_file_path(source) is path


@pytest.mark.parametrize(
    ("path", "absolute"),
    [("c:/a", True), ("c:\\a", True), ("c:a", False), ("\\\\h\\s", True), ("/a", False)],
)
def test_windows_paths_are_recognised(path: str, absolute: bool) -> None:
    assert is_windows_path(path) is absolute


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("/a", ("/a", None, None)),
        ("/a:/b", ("/a", "/b", None)),
        ("/a:/b:r", ("/a", "/b", "r")),
        ("/a::r", ("/a", None, "r")),
        ("", ("", None, None)),
    ],
)
def test_a_device_is_split_into_its_parts(text: str, parts: tuple[str | None, ...]) -> None:
    assert tuple(part.text if part else None for part in parse_device(text)) == parts


def test_a_device_with_four_parts_is_an_error() -> None:
    with pytest.raises(BadValue):
        parse_device("/a:/b:r:w")


ADDRESSES = [
    ("127.0.0.1", True),
    ("0.0.0.0", True),
    ("256.0.0.1", False),
    ("1.2.3", False),
    ("01.2.3.4", False),
    ("::", True),
    ("::1", True),
    ("fe80::1%eth0", False),
    ("1:2:3:4:5:6:7:8", True),
    ("1:2:3:4:5:6:7::", True),
    ("1:2:3:4:5:6:7:8:9", False),
    ("1::2::3", False),
    ("::1.2.3.4", True),
    ("1.2.3.4::", False),
    ("12345::", False),
    (":1", False),
    ("", False),
    ("localhost", False),
]


@pytest.mark.parametrize(("text", "valid"), ADDRESSES)
def test_addresses_are_recognised(text: str, valid: bool) -> None:
    assert is_ip_address(text) is valid


SIZES = [
    ("0", 0),
    ("512", 512),
    ("1b", 1),
    ("1k", 1024),
    ("1KB", 1024),
    ("1KiB", 1024),
    ("1.5g", 1610612736),
    (".5k", 512),
    ("5.k", 5120),
    ("1 g", 1 << 30),
    ("5 ", 5),
    ("1e3", 1000),
    ("1_000", 1000),
    ("+5", 5),
    ("1p", 1 << 50),
]


@pytest.mark.parametrize(("text", "size"), SIZES)
def test_sizes_are_read_in_bytes(text: str, size: int) -> None:
    assert parse_byte_size(text) == size


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "- 1",
            "-1k",
            "plenty",
            "12foo",
            "1e",
            "1i",
            "1ki",
            "1bb",
            "0x10",
            " 5",
            "1.5.5g",
            "1,5g",
        ),
        *("1__0", "1e400"),
    ],
)
def test_sizes_that_compose_refuses_are_errors(text: str) -> None:
    with pytest.raises(BadValue):
        parse_byte_size(text)


SECOND = 1_000_000_000
DURATIONS = [
    ("0", 0),
    ("10s", 10 * SECOND),
    ("1m30s", 90 * SECOND),
    ("1.5h", 5400 * SECOND),
    (".5s", SECOND // 2),
    ("10.s", 10 * SECOND),
    ("-1s", -SECOND),
    ("+1s", SECOND),
    ("1d12h", 129600 * SECOND),
    ("1w", 604800 * SECOND),
    ("1µs", 1000),
    ("1μs", 1000),
    ("500ms", SECOND // 2),
]


@pytest.mark.parametrize(("text", "nanoseconds"), DURATIONS)
def test_durations_are_read_in_nanoseconds(text: str, nanoseconds: int) -> None:
    assert parse_go_duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", ""),
        ("10", "10"),
        ("1s2", "2"),
        ("5sec", "sec"),
        ("10S", "S"),
        ("1m 30s", "m "),
        ("soon", ""),
        (".s", ""),
        ("99999999h", ""),
    ],
)
def test_durations_that_compose_refuses_are_errors(text: str, part: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_go_duration(text)
    error = caught.value
    assert text[error.start : error.end] == part if part else error.end < 0


COMMANDS = [
    # text, words, the rest that Compose drops
    ("echo hi", ["echo", "hi"], ""),
    ('echo "a b" c', ["echo", "a b", "c"], ""),
    ("echo 'a \"b\"'", ["echo", 'a "b"'], ""),
    ("a '' b", ["a", "", "b"], ""),
    ("a\\ b", ["a b"], ""),
    ("  a  ", ["a"], ""),
    ("", [], ""),
    ("#a", ["#a"], ""),
    ("a $(b c) d", ["a", "$(b c)", "d"], ""),
    ("a `b c` d", ["a", "`b c`", "d"], ""),
    ("a && b", ["a"], "&& b"),
    ("a | b > c", ["a"], "| b > c"),
    ("a 2>b", ["a"], ">b"),
    ("a x2>b", ["a", "x2"], ">b"),
    ("sh -c 'a && b'", ["sh", "-c", "a && b"], ""),
]


@pytest.mark.parametrize(("text", "words", "dropped"), COMMANDS)
def test_commands_are_split_without_a_shell(text: str, words: list[str], dropped: str) -> None:
    command = split_command(text)
    assert command.words == words
    assert (text[command.cut :] if command.cut >= 0 else "") == dropped


@pytest.mark.parametrize("text", ['a "b', "it's", "a \\", "a (b)", "a )", "a $(b", "a `b"])
def test_commands_that_compose_refuses_are_errors(text: str) -> None:
    with pytest.raises(BadValue):
        split_command(text)
