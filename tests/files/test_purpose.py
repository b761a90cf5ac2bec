"""What the names of files say about their purpose: one judgement for all rules."""

from __future__ import annotations

import pytest
from composelint.linter.files.kinds import TEMPLATE_ENDINGS, kind_of
from composelint.linter.files.purpose import (
    is_development_path,
    is_example,
    is_throwaway,
    is_trial,
    says_it_is_tried_out,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (".env.example", True),
        (".env.example2", True),
        (".ENV.Sample", True),
        ("env-template", True),
        ("app.dist", True),
        ("defaults.env", True),
        (".env.production", False),
        ("distribution.env", False),
        ("templater.env", False),
        ("resamples", False),
    ],
)
def test_a_name_says_that_people_copy_the_file(name: str, expected: bool) -> None:
    assert is_example(name) is expected


@pytest.mark.parametrize(
    ("path", "development", "trial"),
    [
        ("docker-compose.dev.yml", True, False),
        ("deploy/local/compose.yml", True, False),
        ("ci/compose.yml", True, True),
        ("tests2/compose.yml", True, True),
        ("e2e/compose.yml", True, True),
        ("examples/compose.yml", False, True),
        ("compose.yml", False, False),
        ("latest/devices/compose.yml", False, False),
        ("contest/client/compose.yml", False, False),
    ],
)
def test_a_path_says_what_the_file_is_for(path: str, development: bool, trial: bool) -> None:
    assert is_development_path(path) is development
    assert is_trial(path) is trial


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("docker-compose.e2e.yml", True),
        ("docker-compose.ci.yml", True),
        ("packages/benchmarks/docker-compose.yml", True),
        ("tools/seed-snapshot/docker-compose.yml", True),
        ("src/tests/docker-compose.yml", True),
        ("Shop.IntegrationTests/compose.yaml", True),
        # The server of a CI system, what developers keep, and what people copy.
        ("ci/docker-compose.yml", False),
        ("docker-compose.dev.yml", False),
        ("examples/docker-compose.yml", False),
        ("workbench/latest/docker-compose.yml", False),
        ("docker-compose.yml", False),
    ],
)
def test_a_path_says_that_a_stack_is_thrown_away(path: str, expected: bool) -> None:
    assert is_throwaway(path) is expected
    assert is_development_path(path) >= expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#####\n###  FOR DEMONSTRATION PURPOSES ONLY  ###\n####\nservices: {}\n", True),
        ("# Local development stack\nservices: {}\n", True),
        ("# 本地开发环境\nservices: {}\n", True),
        ("\n# The databases. This is not meant\n# for production.\n\nservices: {}\n", True),
        ("# For local testing\n---\nservices: {}\n", True),
        ("# Production stack\nservices: {}\n", False),
        ("# Profiles:\n# a: all\n# b: none\n# c: some\n# d: for local testing\na: 1\n", False),
        ("# For development, use compose.dev.yaml\nservices: {}\n", False),
        ("# Demo users are only made once\nservices: {}\n", False),
        ("services:\n  # for local development\n  a: {}\n", False),
        ("services: {}\n", False),
    ],
)
def test_a_file_says_what_it_is_for(text: str, expected: bool) -> None:
    assert says_it_is_tried_out(text) is expected


@pytest.mark.parametrize("ending", TEMPLATE_ENDINGS)
def test_a_template_is_not_a_dockerfile_by_its_name(ending: str) -> None:
    assert kind_of(f"Dockerfile.{ending}") is None
    assert kind_of("Dockerfile.builder") == "dockerfile"
