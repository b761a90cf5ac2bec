"""Files for Docker Swarm, whose `version` is read."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from snippets import places

TEXT = 'version: "3.8"\nservices:\n  web:\n    image: nginx:1.30\n'


@pytest.mark.parametrize(
    ("path", "files", "is_reported"),
    [
        ("compose.yaml", {}, True),
        ("docker-stack.yml", {}, False),
        ("docker-stack.prod.yml", {}, False),
        ("stack.yml", {}, False),
        ("docker-compose.swarm.yml", {}, False),
        ("compose.stacks.yml", {}, True),
        ("compose.prod.yml", {"up.sh": "docker stack deploy -c compose.prod.yml web\n"}, False),
        (
            "deploy/compose.yml",
            {
                "README.md": "    docker stack deploy \\\n      --compose-file deploy/compose.yml web\n"
            },
            False,
        ),
        ("compose.yml", {"up.sh": "docker stack deploy -c compose.prod.yml web\n"}, True),
        ("compose.yml", {"up.sh": "docker stack ls\ndocker compose -f compose.yml up\n"}, True),
    ],
)
def test_version_is_read_by_docker_stack(
    path: str, files: Mapping[str, str], is_reported: bool
) -> None:
    assert bool(places("CF004", TEXT, path, files)) is is_reported


@pytest.mark.parametrize(
    ("comment", "is_reported"),
    [("# docker stack deploy -c x.yml web\n\n", False), ("# docker compose up\n", True)],
)
def test_the_comment_at_the_top_says_what_reads_it(comment: str, is_reported: bool) -> None:
    assert bool(places("CF004", comment + TEXT)) is is_reported
    assert places("CF004", TEXT + comment)
