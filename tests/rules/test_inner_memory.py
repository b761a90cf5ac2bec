"""The memory that a program takes inside, against the limit of its container."""

from __future__ import annotations

import pytest

from .snippets import diagnostics, reported


def app(body: str, image: str = "shop/app:2.1") -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"services:\n  app:\n    image: {image}\n{lines}"


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ("mem_limit: 2g\nmemswap_limit: 1g", ["1g"]),
        ("memswap_limit: 1g", ["1g"]),
        ("deploy: {resources: {limits: {memory: 2G}}}\nmemswap_limit: 2047m", ["2047m"]),
        ("mem_limit: 2g\nmemswap_limit: 2g", []),
        ("mem_limit: 2g\nmemswap_limit: 3g", []),
        ("mem_limit: 2g\nmemswap_limit: -1", []),
        ("mem_limit: 2g\nmemswap_limit: 0", []),
        ("mem_limit: ${M}\nmemswap_limit: 1g", []),
        ("mem_limit: 2g", []),
    ],
)
def test_swap_is_not_less_than_memory(body: str, places: list[str]) -> None:
    assert reported("CF167", app(body)) == places


@pytest.mark.parametrize(
    ("setting", "place"),
    [
        ("command: java -Xmx2g -jar a.jar", "-Xmx2g"),
        ("command: [java, -Xmx1024m, -jar, a.jar]", "-Xmx1024m"),
        ("command: java -XX:MaxHeapSize=2147483648 -jar a.jar", "-XX:MaxHeapSize=2147483648"),
        ("environment: {ES_JAVA_OPTS: -Xms2g -Xmx2g}", "-Xmx2g"),
        ("environment: {JAVA_TOOL_OPTIONS: -Xmx512m -Xmx1g}", "-Xmx1g"),
        ("environment:\n  - JAVA_OPTS=-Xmx4g", "-Xmx4g"),
        ("environment: {NODE_OPTIONS: --max-old-space-size=4096}", "--max-old-space-size=4096"),
        ("command: node --max_old_space_size=1024 a.js", "--max_old_space_size=1024"),
        ("command: postgres -c shared_buffers=1GB", "shared_buffers=1GB"),
        ("command: postgres -c shared_buffers=131072", "shared_buffers=131072"),
        ("command: redis-server --maxmemory 2gb", "--maxmemory 2gb"),
        ("command: mysqld --innodb-buffer-pool-size=1G", "--innodb-buffer-pool-size=1G"),
        ("command: mongod --wiredTigerCacheSizeGB 1.5", "--wiredTigerCacheSizeGB 1.5"),
    ],
)
@pytest.mark.parametrize(
    "limit", ["mem_limit: 1g", "deploy: {resources: {limits: {memory: 1024M}}}"]
)
def test_a_program_takes_more_than_its_container_has(setting: str, place: str, limit: str) -> None:
    (shown,) = reported("CF168", app(f"{limit}\n{setting}"))
    assert shown in (place, setting.partition(": ")[2])


@pytest.mark.parametrize(
    "setting",
    [
        "command: java -Xmx1023m -jar a.jar",
        "command: java -Xms2g -jar a.jar",
        "command: java -Xmx${HEAP} -jar a.jar",
        "environment: {JAVA_OPTS: -Xmx2g -Xmx512m}",
        "environment: {NODE_OPTIONS: --max-old-space-size=768}",
        "command: postgres -c shared_buffers=256MB",
        "command: postgres -c shared_buffers=1024",
        "command: redis-server --maxmemory 1000mb --maxmemory-policy allkeys-lru",
        "command: redis-server --maxmemory 1g",
        "command: mongod --wiredTigerCacheSizeGB 0.5",
        "command: mysqld --innodb-buffer-pool-size=512M",
    ],
)
def test_a_program_leaves_room(setting: str) -> None:
    assert reported("CF168", app(f"mem_limit: 1g\n{setting}")) == []
    assert reported("CF168", app(setting)) == []


def test_a_setting_of_the_image_is_told_at_the_limit() -> None:
    text = "services:\n  app:\n    build: .\n    mem_limit: 1g\n"
    files = {"Dockerfile": 'FROM eclipse-temurin:21-jre\nCMD ["java", "-Xmx2g", "-jar", "a.jar"]\n'}
    (finding,) = diagnostics("CF168", text, files=files)
    assert (finding.span.text, finding.evidence) == ("1g", "-Xmx2g")
