"""Base images that were deleted from their registry."""

from __future__ import annotations

import pytest
from composelint.linter.images import data
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def image(text: str, severity: Severity | None = None) -> Case:
    return Case("DF144", text, {}, severity)


_PROD = "FROM nvidia/cuda:9.0-devel AS prod  #! nvidia/cuda:9.0-devel\nRUN a\nFROM debian\n"
_CHOSEN = "ARG E=dev\nFROM debian AS dev\nRUN a\nFROM nvidia/cuda:9.0-devel AS prod  #! nvidia/cuda:9.0-devel\nRUN a\nFROM ${E} AS final\n"

CASES = [
    image("FROM nvidia/cuda:10.2-cudnn7-devel-ubuntu18.04  #! nvidia/cuda:10.2-cudnn7-devel-ubuntu18.04\n", ERROR),
    image("FROM nvidia/cuda:8.0-devel  #! nvidia/cuda:8.0-devel\n", ERROR),
    image("FROM docker.io/nvidia/cuda:9.0-base  #! docker.io/nvidia/cuda:9.0-base\n", ERROR),
    image("FROM nvcr.io/nvidia/cuda:10.1-base  #! nvcr.io/nvidia/cuda:10.1-base\n", ERROR),
    image("FROM nvidia/cuda  #! nvidia/cuda\n", ERROR),
    image("FROM nvidia/cuda:latest AS x  #! nvidia/cuda:latest\n", ERROR),
    image("FROM archlinux/base  #! archlinux/base\n", ERROR),
    image("FROM gcr.io/tensorflow/tensorflow:latest-gpu  #! gcr.io/tensorflow/tensorflow:latest-gpu\n", ERROR),
    image("FROM microsoft/dotnet:2.1-sdk  #! microsoft/dotnet:2.1-sdk\n", ERROR),
    image("FROM registry.svc.ci.openshift.org/ocp/4.4:base  #! registry.svc.ci.openshift.org/ocp/4.4:base\n", ERROR),
    image("ARG V=9.0\nFROM nvidia/cuda:$V-devel  #! nvidia/cuda:$V-devel\n", WARNING),
    # Newer, or not known.
    image("FROM nvidia/cuda:11.8.0-base-ubuntu22.04\n"),
    image("FROM nvidia/cuda:12.9.1-devel-ubuntu24.04\n"),
    image("FROM nvidia/cuda:7.5-devel\n"),
    image("FROM nvidia/cuda:devel\n"),
    image("ARG V\nFROM nvidia/cuda:$V\n"),
    image("FROM nvidia/cudagl:9.0-devel\n"),
    image("FROM nvidia/cuda@sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d\n"),
    # Other registries and repositories.
    image("FROM acme.example/nvidia/cuda:9.0\n"),
    image("FROM acme/cuda:9.0\n"),
    image("FROM microsoft/cntk\n"),
    image("FROM archlinux\n"),
    image("FROM archlinux/archlinux:base\n"),
    image("FROM tensorflow/tensorflow:latest-gpu\n"),
    image("FROM mcr.microsoft.com/dotnet/sdk:9.0\n"),
    image("FROM acme.example/microsoft/dotnet\n"),
    image("FROM registry.ci.openshift.org/ocp/4.4:base\n"),
    # Pulled only for another target, or with another argument.
    image("FROM nvidia/cuda:9.0-devel AS prod  #! nvidia/cuda:9.0-devel\nRUN a\nFROM debian\n", WARNING),
    image("FROM nvidia/cuda:9.0-devel AS prod  #! nvidia/cuda:9.0-devel\nRUN a\nFROM prod AS test\nRUN b\nFROM debian\n", WARNING),
    image("ARG E=dev\nFROM debian AS dev\nRUN a\nFROM nvidia/cuda:9.0-devel AS prod  #! nvidia/cuda:9.0-devel\nRUN a\nFROM ${E} AS final\n", WARNING),
    image("ARG E=prod\nFROM debian AS dev\nRUN a\nFROM nvidia/cuda:9.0-devel AS prod  #! nvidia/cuda:9.0-devel\nRUN a\nFROM ${E} AS final\n", ERROR),
    image("FROM debian AS a-amd64\nRUN a\nFROM nvidia/cuda:9.0-devel AS a-arm64  #! nvidia/cuda:9.0-devel\nRUN a\nFROM a-$TARGETARCH\n", WARNING),
    image("FROM nvidia/cuda:9.0-devel AS prod  #! nvidia/cuda:9.0-devel\nRUN a\nFROM debian\nCOPY --from=prod /a /a\n", ERROR),
    image("FROM nvidia/cuda:9.0-devel AS prod  #! nvidia/cuda:9.0-devel\nRUN a\nFROM debian\nRUN --mount=from=prod,target=/a b\n", ERROR),
    Case("DF144", _PROD, {"compose.yaml": "services:\n  a:\n    build:\n      context: .\n      target: prod\n"}, ERROR),
    Case("DF144", _CHOSEN, {"compose.yaml": "services:\n  a:\n    build:\n      context: .\n      args:\n        E: prod\n"}, ERROR),
    Case("DF144", _PROD, {"Makefile": "all:\n\tdocker build --target prod .\n"}, ERROR),
    # Never pulled.
    image("FROM nvidia/cuda:9.0-devel AS build\nRUN a\nFROM debian\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_removed_images(case: Case) -> None:
    check(case)


def test_every_image_has_a_date_and_sources() -> None:
    table = data.gone()
    for entry in table["images"]:
        assert entry["since"] <= table["taken"]
        assert all(source.startswith("https://") for source in entry["sources"])
