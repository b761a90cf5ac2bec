# syntax=docker/dockerfile:1
FROM python:3.13-alpine AS build
WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --wheel-dir /wheels ".[shell]"

FROM python:3.13-alpine
# git tells which files a repository ignores, whoever owns the mounted folder.
RUN apk add --no-cache git && git config --system --add safe.directory '*'
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels "composelint[shell]"
USER 65532:65532
HEALTHCHECK NONE
WORKDIR /work
ENTRYPOINT ["composelint"]
