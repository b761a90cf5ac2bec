"""Ignore files: what they leave in a context, and patterns that do nothing."""

from __future__ import annotations

import pytest
from checks import check_paths
from composelint.linter.model.project import Project
from composelint.linter.rule import Applicability
from snippets import diagnostics, fixed, fixing, places, settings, texts, under_preset

DOCKERFILE = "FROM node:22\nWORKDIR /app\nCOPY . .\n"
PACKAGE = '{"name": "x"}\n'
NODE = {"Dockerfile": DOCKERFILE, "package.json": PACKAGE}


def reported(code: str, text: str, files: dict[str, str] | None = None) -> list[tuple[int, str]]:
    """The line and text of each place that a rule reports in the root's .dockerignore."""
    return places(code, text, ".dockerignore", {**NODE, **(files or {})})


# --- DI001

TAKES_ALL = [
    "COPY . .",
    "COPY . /app",
    "ADD ./ /app/",
    "COPY / /app",
    'COPY [".", "/app"]',
    "COPY * /app/",
    "ONBUILD COPY . .",
    "COPY src . /app/",
    "COPY --chown=node . .",
]
TAKES_SOME = [
    "COPY package.json .",
    "COPY src/ ./src/",
    "COPY --from=node:24 . .",
    "COPY --parents . /x",
    "COPY *.js /app/",
    "COPY ./src /app",
    "COPY <<EOF /app/x\n.\nEOF",
    "ADD https://example.com/x.tgz /app/",
    "RUN --mount=type=bind,target=/src make -C /src",
    "RUN x",
]


@pytest.mark.parametrize("copy", TAKES_ALL)
def test_whole_context_without_an_ignore_file(copy: str) -> None:
    files = {"package.json": PACKAGE, "src/a": ""}
    text = f"FROM node:22 AS build\n{copy}\n"
    assert len(places("DI001", text, "Dockerfile", files)) == 1
    assert places("DI001", text, "Dockerfile", {**files, ".dockerignore": "x\n"}) == []
    assert places("DI001", text, "Dockerfile", {**files, "Dockerfile.dockerignore": "x\n"}) == []


@pytest.mark.parametrize("copy", TAKES_SOME)
def test_parts_of_the_context_without_an_ignore_file(copy: str) -> None:
    files = {"package.json": PACKAGE, "src/a": "", "a.js": ""}
    assert places("DI001", f"FROM node:22 AS build\n{copy}\n", "Dockerfile", files) == []


def test_context_that_may_be_another_folder() -> None:
    text = "FROM node:22\nCOPY . .\n"
    assert places("DI001", text, "docker/Dockerfile", {"package.json": PACKAGE}) == []
    named = "FROM node:22\nCOPY api/package.json .\nCOPY . .\n"
    assert places("DI001", named, "api/Dockerfile", {"api/package.json": PACKAGE}) == []
    above = {".dockerignore": "x\n", "api/package.json": PACKAGE}
    assert places("DI001", text, "api/Dockerfile", above) == []


def test_context_that_compose_names() -> None:
    compose = "services:\n  api:\n    build:\n      context: .\n      dockerfile: api/Dockerfile\n"
    files = {"compose.yaml": compose, "api/package.json": PACKAGE}
    text = "FROM node:22\nCOPY . .\n"
    (finding,) = diagnostics("DI001", text, "api/Dockerfile", files)
    assert "there is no .dockerignore" in finding.message
    assert diagnostics("DI001", text, "api/Dockerfile", {**files, ".dockerignore": "x\n"}) == []
    beside = {**files, "api/.dockerignore": "x\n"}
    assert len(diagnostics("DI001", text, "api/Dockerfile", beside)) == 1


def test_the_ignore_file_that_the_fix_creates() -> None:
    files = {
        "package.json": PACKAGE,
        "api/requirements.txt": "",
        "api/shop/__init__.py": "",
        ".gitignore": "dist/\ncoverage\n# x\n",
    }
    outcome = fixing("DI001", DOCKERFILE, "Dockerfile", files)
    assert outcome.created == {
        ".dockerignore": ".git\n**/.env\n**/.env.*\n!**/.env.example\n"
        "**/node_modules\n**/dist\n**/coverage\n**/__pycache__\n"
    }
    text = "FROM node:22\nCOPY dist/ /x/\nCOPY . .\n"
    outcome = fixing("DI001", text, "Dockerfile", {**files, "dist/a": ""})
    assert "dist" not in outcome.created[".dockerignore"]


# --- front ends that are built from env files

BUILT = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n"


@pytest.mark.parametrize(
    ("package", "text", "is_needed"),
    [
        ('"dependencies": {"next": "16.0.0"}', BUILT, True),
        ('"devDependencies": {"vite": "^7"}', BUILT, True),
        ('"devDependencies": {"@sveltejs/kit": "2"}', BUILT.replace("npm run", "pnpm"), True),
        ('"dependencies": {"react-scripts": "5.0.1"}', BUILT.replace("npm run", "yarn"), True),
        (
            '"devDependencies": {"vite": "^7"}',
            BUILT.replace("npm run build", "npx vite build"),
            True,
        ),
        # The Dockerfile gives the values.
        (
            '"devDependencies": {"vite": "^7"}',
            BUILT.replace("COPY", "ARG VITE_API_URL\nCOPY"),
            False,
        ),
        (
            '"dependencies": {"next": "16.0.0"}',
            BUILT.replace("COPY", "ENV A=1 \\\n  NEXT_PUBLIC_URL=/\nCOPY"),
            False,
        ),
        ('"devDependencies": {"vite": "^7"}', BUILT.replace("COPY", "ARG VERSION\nCOPY"), True),
        # Nothing is built, or by nothing that reads them.
        ('"devDependencies": {"vite": "^7"}', BUILT.replace(" && npm run build", ""), False),
        ('"dependencies": {"express": "5.0.0"}', BUILT, False),
        ('"name": "next"', BUILT, False),
    ],
)
def test_env_files_that_a_build_reads_stay_in(package: str, text: str, is_needed: bool) -> None:
    files = {"package.json": f"{{{package}}}\n", ".env": "API_TOKEN=Zx81spectrum48k\n"}
    outcome = fixing("DI001", text, "Dockerfile", files)
    assert (".env" in outcome.created[".dockerignore"]) is not is_needed
    assert "node_modules" in outcome.created[".dockerignore"]
    ignored = {**files, "Dockerfile": text}
    (finding,) = diagnostics("DI002", "node_modules\n", ".dockerignore", ignored)
    assert finding.fix is not None
    assert (finding.fix.applicability is Applicability.SUGGESTION) is is_needed
    assert ("package.json" in finding.help) is is_needed


def test_keys_are_kept_out_of_the_build_of_a_front_end() -> None:
    package = '{"devDependencies": {"vite": "^7"}}\n'
    files = {"package.json": package, "certs/server.key": "x", "Dockerfile": BUILT}
    (finding,) = diagnostics("DI002", "node_modules\n", ".dockerignore", files)
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.UNSAFE


@pytest.mark.parametrize("is_tracked", [True, False])
def test_an_env_file_that_git_has_stays_in(
    is_tracked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Project, "tracked_by_git", lambda *_: is_tracked)
    files = {"package.json": PACKAGE, ".env": "API_TOKEN=Zx81spectrum48k\n"}
    outcome = fixing("DI001", DOCKERFILE, "Dockerfile", files)
    assert ("**/.env" in outcome.created[".dockerignore"]) is not is_tracked
    (finding,) = diagnostics("DI002", "x\n", ".dockerignore", {**files, "Dockerfile": DOCKERFILE})
    assert finding.fix is not None
    assert (finding.fix.applicability is Applicability.SUGGESTION) is is_tracked


# --- DI002


@pytest.mark.parametrize(
    "files",
    [
        {".env.example": "A=\n"},
        {".env": "DB_PASSWORD=Zx81-spectrum\n"},
        {".env.production": "API_TOKEN=Zx81spectrum48k\n"},
        {"config/id_rsa": "x"},
        {"certs/server.key": "x"},
        {".npmrc": "//example.com/:_authToken=abc\n"},
        {".env.sample": "A=\n"},
        {".env.template": "A=\n"},
        {"api/.env.example": "A=\n"},
        {"certs/private.pem": "x"},
        {"certs/server-key.pem": "x"},
        {"store.p12": "x"},
        {".aws/credentials": "x"},
        {".ssh/id_ed25519": "x"},
        {"compose.yaml": "services:\n  x:\n    build: .\n    env_file: .env\n"},
        {
            "compose.yaml": "services:\n  x:\n    build: .\n    env_file: [{path: .env, required: false}]\n"
        },
    ],
)
def test_secrets_that_are_not_ignored(files: dict[str, str]) -> None:
    assert len(reported("DI002", "node_modules\n", files)) == 1


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (".env\n", {".env.example": "A=\n"}),
        ("**/.env*\n", {".env.example": "A=\n", "api/.env.example": "A=\n"}),
        ("*\n!src\n", {".env.example": "A=\n"}),
        ("x\n", {".env": "PORT=80\n"}),
        ("x\n", {"tests/fixtures/id_rsa": "x"}),
        ("x\n", {"id_rsa.pub": "x", "ca.pem": "x"}),
        ("x\n", {".npmrc": "registry=https://example.com\n"}),
        ("x\n", {"certs/fullchain.pem": "x", "certs/cert.pem": "x"}),
        ("**/.env\n", {".env.example": "A=\n", "api/.env.example": "A=\n"}),
        ("**/id_rsa\n*.p12\n", {"keys/id_rsa": "x", "store.p12": "x"}),
        (".aws\n", {".aws/credentials": "x"}),
        # Another Dockerfile copies it, which secret-copied reports.
        ("x\n", {".env.example": "A=\n", "Dockerfile.dev": "FROM node:22\nCOPY .env .\n"}),
        ("*\n!.env\n", {".env": "DB_PASSWORD=Zx81-spectrum\n"}),
        # root-only-pattern reports this one.
        (".env\n", {"api/.env.example": "A=\n"}),
        (
            "x\n",
            {"Dockerfile": "FROM node:22\nCOPY src /src\n", ".env.example": "A=\n", "src/a": ""},
        ),
    ],
)
def test_ignored_secrets_and_other_files(text: str, files: dict[str, str]) -> None:
    assert reported("DI002", text, files) == []


def test_fix_adds_the_lines_that_are_missing() -> None:
    files = {**NODE, ".env.example": "A=\n", "api/server.key": "x"}
    assert fixed("DI002", "dist", ".dockerignore", files) == "dist\n**/.env\n**/server.key\n"
    assert (
        fixed("DI002", "dist\r\n", ".dockerignore", files) == "dist\r\n**/.env\r\n**/server.key\r\n"
    )


# --- DI003


@pytest.mark.parametrize(
    ("text", "files", "count"),
    [
        ("x\n", {}, 1),
        ("", {}, 1),
        (".git\n", {}, 0),
        (".git/\n", {}, 0),
        ("**/.git\n", {}, 0),
        (".*\n", {}, 0),
        (".git/*\n", {}, 0),
        ("/.git\n", {}, 0),
        (".gitignore\n", {}, 1),
        (".git\n", {".hg/store": "", ".svn/entries": ""}, 2),
        (".git\n.hg\n.svn\n", {".hg/store": "", ".svn/entries": ""}, 0),
        ("*\n!.git\n", {}, 0),
        ("*\n!src\n", {}, 0),
        ("x\n", {"Dockerfile": "FROM node:22\nCOPY . .\nRUN git rev-parse HEAD > /v\n"}, 0),
        ("x\n", {"Dockerfile": "FROM node:22\nCOPY .git .git\nCOPY . .\n"}, 0),
        ("x\n", {"pyproject.toml": "[build-system]\nrequires = ['setuptools-scm']\n"}, 0),
        ("x\n", {"Dockerfile": "FROM node:22\nCOPY package.json .\n"}, 0),
    ],
)
def test_history_in_the_image(text: str, files: dict[str, str], count: int) -> None:
    assert len(reported("DI003", text, files)) == count


def test_history_outside_the_context() -> None:
    files = {"api/Dockerfile": DOCKERFILE, "api/package.json": PACKAGE}
    assert places("DI003", "x\n", "api/.dockerignore", files) == []


# --- DI004


@pytest.mark.parametrize(
    ("text", "files", "named"),
    [
        (".git\n", {}, "node_modules"),
        (".git\n", {"dist/a.js": ""}, "node_modules and dist"),
        (
            ".git\n",
            {".gitignore": "/dist/\n", "package.json": '{"scripts": {"build": "x"}}'},
            "node_modules and dist",
        ),
        (
            "node_modules\n",
            {".gitignore": "coverage\n", "package.json": '{"scripts": {"t": "vitest --coverage"}}'},
            "coverage",
        ),
        (
            "node_modules\n**/__pycache__\n",
            {
                ".gitignore": "htmlcov\n",
                "requirements.txt": "",
                "requirements-dev.txt": "pytest-cov",
            },
            "htmlcov",
        ),
        (
            "node_modules\n**/__pycache__\n",
            {".gitignore": "dist\n", "pyproject.toml": "[build-system]\n"},
            "dist",
        ),
        ("node_modules\n", {"coverage/x": ""}, "coverage"),
        (
            "**/node_modules\n",
            {"api/pyproject.toml": "", "api/a/__init__.py": ""},
            "api/__pycache__",
        ),
        ("**/node_modules\n", {"api/pom.xml": ""}, "api/target"),
        ("**/node_modules\n", {"api/api.csproj": ""}, "api/bin and api/obj"),
        ("**/node_modules\n", {"api/a.csproj": "", "api/b.fsproj": ""}, "api/bin and api/obj"),
        ("**/node_modules\n", {"Cargo.toml": "", "crates/a/Cargo.toml": ""}, "target"),
        ("**/node_modules\n", {"build.gradle": "", ".gradle/x": ""}, ".gradle"),
        ("**/node_modules\n", {"composer.json": "", ".gitignore": "vendor\n"}, "vendor"),
        (
            "node_modules\n",
            {"venv/x": "", "requirements.txt": "", "a.py": "", "b.py": ""},
            "__pycache__ and venv",
        ),
        ("node_modules\n", {".next/x": ""}, ".next"),
        (
            "node_modules\n",
            {".gitignore": ".next\n", "package.json": '{"dependencies": {"next": "15"}}'},
            ".next",
        ),
    ],
)
def test_build_output_that_is_not_ignored(text: str, files: dict[str, str], named: str) -> None:
    (finding,) = diagnostics("DI004", text, ".dockerignore", {**NODE, **files})
    assert f" copies {named}, as" in finding.message


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("node_modules\n", {}),
        ("**/node_modules\n", {"api/package.json": PACKAGE}),
        ("node_modules/*\n", {}),
        ("*\n!src\n", {}),
        # Unknown language, or a .gitignore from a template names output that no tool here creates.
        ("node_modules\n", {"venv/x": "", "target/x": ""}),
        ("node_modules\n", {".gitignore": ".next\n.nuxt\n.cache\n.svelte-kit\n.turbo\n"}),
        ("node_modules\n", {".gitignore": "# dist\n!coverage\n"}),
        (
            "node_modules\n**/__pycache__\n",
            {
                ".gitignore": "dist\ncoverage\nhtmlcov\nbuild\n",
                "package.json": '{"scripts": {"test": "vitest run"}}',
                "requirements.txt": "flask\n",
                "pyproject.toml": "[tool.ruff]\n",
            },
        ),
        ("node_modules\n", {"vendor/x/package.json": PACKAGE}),
        # root-only-pattern reports this one.
        ("node_modules\n", {"api/package.json": PACKAGE}),
        ("node_modules\n", {"Dockerfile": "FROM node:22\nCOPY dist /x\nCOPY . .\n", "dist/a": ""}),
        ("x\n", {"Dockerfile": "FROM node:22\nCOPY src /src\n", "src/a": ""}),
        ("*\n!node_modules\n", {}),
    ],
)
def test_build_output_that_is_ignored(text: str, files: dict[str, str]) -> None:
    assert reported("DI004", text, files) == []


BUILT_APART = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM node:22\nCOPY --from=build {} /app/\n"


@pytest.mark.parametrize(
    ("path", "output", "count"),
    [
        # What reaches the image, and dependencies, which replace those of the stage.
        ("/app", "coverage", 1),
        ("/app/", "coverage", 1),
        ("/app/out", "node_modules", 1),
        ("/app/out", "coverage", 0),
        ("/app/dist", "htmlcov", 0),
    ],
)
def test_output_that_does_not_reach_the_image(path: str, output: str, count: int) -> None:
    others = "node_modules coverage __pycache__ htmlcov .git".replace(output, "").split()
    files = {
        "Dockerfile": BUILT_APART.format(path),
        "package.json": PACKAGE,
        "requirements.txt": "",
        "coverage/x": "",
        "htmlcov/x": "",
        ".dockerignore": "".join(f"**/{name}\n" for name in others),
    }
    for preset, expected in (("recommended", count), ("production", 1)):
        assert len(under_preset("DI004", files, preset)) == expected


WORKSPACES = [
    {"pnpm-workspace.yaml": "packages: [apps/*]\n"},
    {"turbo.json": "{}"},
    {"package.json": '{"workspaces": ["apps/*"]}'},
]
APP = {
    "apps/a/package.json": PACKAGE,
    "apps/a/.env.example": "A=\n",
    "apps/a/src/x.js": "",
    "apps/a/.git/HEAD": "",
    "apps/a/lib/package.json": PACKAGE,
}
BAD_LINES = "node_modules\nx.log\nx.log\n"


def codes_of(files: dict[str, str], path: str = "apps/a/.dockerignore") -> set[str]:
    """The rules that report something in an ignore file."""
    codes = ("DI002", "DI003", "DI004", "DI005", "DI007")
    more = {**files}
    text = more.pop(path)
    return {code for code in codes if diagnostics(code, text, path, more)}


@pytest.mark.parametrize("root", WORKSPACES)
def test_a_package_of_a_workspace_is_built_from_the_root(root: dict[str, str]) -> None:
    files = {**root, **APP, "apps/a/.dockerignore": BAD_LINES}
    unclear = {**files, "apps/a/Dockerfile": DOCKERFILE}
    assert codes_of(unclear) == set()
    both = {
        **unclear,
        "apps/a/Dockerfile": DOCKERFILE + "COPY package.json ./\n",
        "package.json": '{"workspaces": []}',
    }
    assert codes_of(both) == set()


@pytest.mark.parametrize("root", [{}, *WORKSPACES])
def test_the_folder_of_a_package_may_be_the_context(root: dict[str, str]) -> None:
    files = {**root, **APP, "apps/a/.dockerignore": BAD_LINES}
    everything = {"DI002", "DI003", "DI005", "DI007"}
    built = {
        **files,
        "apps/a/Dockerfile": DOCKERFILE,
        "compose.yaml": "services:\n  a:\n    build: apps/a\n",
    }
    assert codes_of(built) == everything
    own = {**files, "apps/a/Dockerfile": DOCKERFILE + "COPY src ./src\n"}
    assert codes_of(own) == everything
    if not root:
        assert codes_of({**files, "apps/a/Dockerfile": DOCKERFILE}) == everything


def test_an_ignore_file_that_no_build_reads() -> None:
    files = {"web/Dockerfile": DOCKERFILE, "web/package.json": PACKAGE}
    built = {**files, "compose.yaml": "services:\n  a:\n    build: web\n"}
    text = "x.log\nx.log\n"
    assert places("DI007", text, ".dockerignore", files) == []
    assert places("DI007", text, ".dockerignore", built) == []
    # The root may be the context, or nothing is known.
    above = {**files, "docker/Dockerfile": "FROM node:22\nCOPY web/ .\n"}
    root = {
        **files,
        "compose.yaml": "services:\n  a:\n    build: {context: ., dockerfile: web/Dockerfile}\n",
    }
    for others in ({}, above, root):
        assert places("DI007", text, ".dockerignore", others) == [(2, "x.log")]


# --- DI005

MONOREPO = {"packages/api/package.json": PACKAGE}


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("node_modules", MONOREPO),
        ("node_modules/", MONOREPO),
        ("dist", MONOREPO),
        ("coverage", {"packages/api/package.json": '{"scripts": {"test": "jest --coverage"}}'}),
        (".env", {**MONOREPO, "api/package.json": "{}", "api/.env.example": ""}),
        (".env*", {**MONOREPO, "api/package.json": "{}", "api/.env.sample": ""}),
        ("*.log", MONOREPO),
        ("__pycache__", {"api/pyproject.toml": ""}),
        ("*.pyc", {"api/pyproject.toml": ""}),
        ("target", {"api/pom.xml": ""}),
        ("bin", {"api/api.csproj": ""}),
        ("tmp", {"shop/Gemfile": ""}),
        ("node_modules", {"old/node_modules/a/index.js": ""}),
        ("*.log", {"src/debug.log": ""}),
        (".DS_Store", {"src/.DS_Store": ""}),
        ("*.pem", {"certs/a.pem": ""}),
    ],
)
def test_pattern_for_the_root_only(pattern: str, files: dict[str, str]) -> None:
    text = f".git\n{pattern}\n"
    assert reported("DI005", text, files) == [(2, pattern)]
    assert fixed("DI005", text, ".dockerignore", {**NODE, **files}) == f".git\n**/{pattern}\n"


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("node_modules\n", {}),
        ("**/node_modules\n", MONOREPO),
        ("/node_modules\n", MONOREPO),
        ("packages/*/node_modules\nnode_modules\n", MONOREPO),
        ("README.md\ndocs\nDockerfile\n", {**MONOREPO, "packages/api/README.md": ""}),
        ("build\n", {"tools/build/x.sh": ""}),
        ("dist\n", {"api/pom.xml": ""}),
        (".git\n", MONOREPO),
        ("*\n!src\n", MONOREPO),
        ("!node_modules\n", MONOREPO),
        # No tool writes output below vendor and in tests.
        ("node_modules\n", {"vendor/x/package.json": PACKAGE}),
        # The members of a Cargo workspace share one target.
        ("target\n", {"Cargo.toml": "", "crates/a/Cargo.toml": ""}),
        # Nothing copies the packages.
        ("node_modules\n", {**MONOREPO, "Dockerfile": "FROM node:22\nCOPY package.json .\n"}),
    ],
)
def test_pattern_that_means_the_root_or_covers_all(text: str, files: dict[str, str]) -> None:
    assert reported("DI005", text, files) == []


def test_copying_a_folder_copies_its_subfolders() -> None:
    files = {**MONOREPO, "Dockerfile": "FROM node:22\nCOPY packages ./packages\n"}
    assert reported("DI005", "node_modules\n", files) == [(1, "node_modules")]


# --- DI006


@pytest.mark.parametrize(
    ("ignore", "copy", "spans"),
    [
        ("dist\n", "COPY dist /x", ["dist"]),
        ("dist\n", "COPY dist/ /x", ["dist/"]),
        ("dist\n", "COPY ./dist/a.js /x", ["./dist/a.js"]),
        ("dist\n", "COPY /dist /x", ["/dist"]),
        ("dist\n", "ADD dist /x", ["dist"]),
        ("dist\n", 'COPY ["dist", "/x"]', ['"dist"']),
        ("**/dist\n", "COPY api/dist /x", ["api/dist"]),
        ("*.md\n", "COPY README.md LICENSE /x/", ["README.md"]),
        ("*\n", "COPY src /x", ["src"]),
        ("*\n!src\n", "COPY lib /x", ["lib"]),
        ("dist\n", "ONBUILD COPY dist /x", ["dist"]),
        ("**/*.js\n", "COPY src/a.js /x", ["src/a.js"]),
        ("Dockerfile\n", "COPY Dockerfile /x", ["Dockerfile"]),
        ("dist\n", "COPY src /x", []),
        ("Dist\n", "COPY dist /x", []),
        ("dist/a\n", "COPY dist /x", []),
        ("dist/*\n", "COPY dist /x", []),
        ("dist\n", "COPY <<EOF dist\nx\nEOF", []),
        ("dist\n", "COPY --from=build dist /x", []),
        ("dist\n", "COPY dist* /x/", []),
        ("dist\n", "COPY $DIR /x", []),
        ("dist\n", "COPY . /x", []),
        ("dist\n", "ADD https://example.com/dist /x", []),
        ("*\n!src\n", "COPY src /x", []),
        ("*\n!src\n", "COPY src/a.js /x", []),
        ("dist\n!dist/keep\n", "COPY dist /x", []),
        ("dist\n!**/keep\n", "COPY dist /x", []),
        ("*.md\n", "COPY docs/README.md /x", []),
    ],
)
def test_what_is_copied_and_ignored(ignore: str, copy: str, spans: list[str]) -> None:
    text = f"FROM node:22\n{copy}\n"
    files = {".dockerignore": ignore}
    assert [span for _, span in places("DI006", text, "Dockerfile", files)] == spans


def test_ignore_file_beside_the_dockerfile_comes_first() -> None:
    text = "FROM node:22\nCOPY dist /x\n"
    files = {".dockerignore": "dist\n", "Dockerfile.dockerignore": "src\n"}
    assert places("DI006", text, "Dockerfile", files) == []


def test_inline_dockerfiles_are_checked_with_their_context() -> None:
    compose = "services:\n  x:\n    build:\n      context: .\n      dockerfile_inline: |\n        FROM node:22\n        COPY dist /x\n"
    assert places("DI006", compose, files={".dockerignore": "dist\n"}) == [(7, "dist")]


# --- DI007

DEAD = [
    ("a\nb\na\n", [(3, "a")], "a\nb\n"),
    ("a\n./a\n", [(2, "./a")], "a\n"),
    ("a/\na\n", [(2, "a")], "a/\n"),
    ("a\na/b\n", [(2, "a/b")], "a\n"),
    ("**/node_modules\nnode_modules\n", [(2, "node_modules")], "**/node_modules\n"),
    ("node_modules\n**/node_modules\n", [(1, "node_modules")], "**/node_modules\n"),
    ("*.log\nnpm-debug.log", [(2, "npm-debug.log")], "*.log"),
    # What is wanted is not deleted: ** is missing above.
    ("!a\nb\n", [(1, "!a")], None),
    ("# only sources\n!**/*.go\n!go.mod\n", [(2, "!**/*.go")], None),
    ("!**/*.go\n!go.mod\n**/*_test.go\n!a\n", [(1, "!**/*.go")], None),
    # The comment is kept, on a line of its own.
    ("*.log # logs\n", [(1, "*.log # logs")], "# logs\n*.log\n"),
    (
        "a\ndata/                 # 147 MB, in a VOLUME, not in the image\nb",
        [(2, "data/                 # 147 MB, in a VOLUME, not in the image")],
        "a\n# 147 MB, in a VOLUME, not in the image\ndata/\nb",
    ),
    ("a\r\n  b\t# why\r\n", [(2, "b\t# why")], "a\r\n# why\r\n  b\r\n"),
    ("a #\n", [(1, "a #")], "a\n"),
    ("a\n  # comment\n", [(2, "# comment")], "a\n# comment\n"),
    ("src\\dist\n", [(1, "src\\dist")], "src/dist\n"),
    ("../a\n", [(1, "../a")], None),
    ("// all\n*\n!a\n", [(1, "// all")], "# all\n*\n!a\n"),
]
ALIVE = [
    "a\nb\n",
    "**\n!**/*.go\n!go.mod\n",
    "*\n!**/*.go\n",
    "a\n!a/b\na/b\n",
    "a\n!b\na\n",
    "*\n!src\nsrc/tmp\n",
    "# a comment\na\n",
    "*.log\n*.tmp\n",
    "a\\ b\n",
    "docs\n!docs/a.md\n",
    "a#b\n",
    "**/*.md\n!README.md\n",
    "./a\n",
    "a\nb/*.js\n",
    "#a\n# a\n",
    "a\\#b\n",
    "\n\n",
]


@pytest.mark.parametrize(
    ("text", "expected", "fixed_text"), DEAD, ids=[text for text, _, _ in DEAD]
)
def test_dead_patterns(text: str, expected: list[tuple[int, str]], fixed_text: str | None) -> None:
    assert reported("DI007", text) == expected
    assert fixed("DI007", text, ".dockerignore", NODE) == (
        text if fixed_text is None else fixed_text
    )


@pytest.mark.parametrize("text", ALIVE)
def test_patterns_with_an_effect(text: str) -> None:
    assert reported("DI007", text) == []


def test_deleting_a_duplicate_is_safe_and_changing_a_pattern_is_not() -> None:
    def grade(text: str) -> str:
        (finding,) = diagnostics("DI007", text, ".dockerignore", NODE)
        assert finding.fix is not None
        return finding.fix.applicability.label

    assert grade("a\na\n") == "safe"
    assert grade("*.log # logs\n") == "unsafe"


# --- DI008, DI009


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("[a-\n", 1),
        ("!\n", 1),
        ("! \n", 1),
        ("a\\\n", 1),
        ("[]\n", 1),
        ("[z-a]\n", 1),
        ("[a-z]\n", 0),
        ("[^a]\n", 0),
        ("a\\[b\n", 0),
        ("!a\n", 0),
        ("a]\n", 0),
    ],
)
def test_invalid_patterns(text: str, count: int) -> None:
    assert len(reported("DI008", text)) == count


@pytest.mark.parametrize(
    ("pattern", "base", "count"),
    [
        ("!obj\\publish\\", "mcr.microsoft.com/windows/servercore:ltsc2022", 0),
        ("!obj\\publish\\", "mcr.microsoft.com/dotnet/aspnet:9.0", 1),
        ("[a-\\", "mcr.microsoft.com/windows/servercore:ltsc2022", 1),
    ],
)
def test_a_backslash_separates_folders_on_windows(pattern: str, base: str, count: int) -> None:
    files = {"Dockerfile": f"FROM {base}\n"}
    assert len(places("DI008", f"{pattern}\n", ".dockerignore", files)) == count


@pytest.mark.parametrize(
    ("context", "dockerfile", "count"),
    [(".", "api/Dockerfile", 1), ("./api", "Dockerfile", 0), (".", "other/Dockerfile", 0)],
)
def test_unused_ignore_file(context: str, dockerfile: str, count: int) -> None:
    compose = (
        f"services:\n  x:\n    build:\n      context: {context}\n      dockerfile: {dockerfile}\n"
    )
    files = {
        "compose.yaml": compose,
        "api/Dockerfile": "FROM node:22\n",
        "other/Dockerfile": "FROM node:22\n",
    }
    assert len(places("DI009", "dist\n", "api/.dockerignore", files)) == count


def test_an_ignore_file_for_one_dockerfile_is_read_beside_it() -> None:
    compose = "services:\n  x:\n    build: {context: ., dockerfile: api/Dockerfile}\n"
    files = {"compose.yaml": compose, "api/Dockerfile": "FROM node:22\n"}
    assert places("DI009", "dist\n", "api/Dockerfile.dockerignore", files) == []


# --- which files are linted


def test_suppressions_in_ignore_files() -> None:
    files = {**NODE, **MONOREPO}
    text = "# composelint: ignore[DI005] only the root has any\nnode_modules\n"
    assert places("DI005", text, ".dockerignore", files) == []


@pytest.mark.parametrize(
    ("ignore", "dockerfile"),
    [
        (".dockerignore", "Dockerfile"),
        ("api/.dockerignore", "api/Dockerfile"),
        ("prod.Dockerfile.dockerignore", "prod.Dockerfile"),
    ],
)
def test_an_ignore_file_that_is_named_alone(ignore: str, dockerfile: str) -> None:
    folder = ignore.rpartition("/")[0]
    package = f"{folder}/package.json" if folder else "package.json"
    with texts({ignore: "x\n", dockerfile: DOCKERFILE, package: PACKAGE}):
        result = check_paths([ignore], settings("DI004"))
        assert [finding.span.file.path for finding in result.reported] == [ignore]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"DI003": 1, "DI004": 1}),
        ("\n", {"DI003": 1, "DI004": 1}),
        ("#\n", {"DI003": 1, "DI004": 1}),
        ("\ufeffnode_modules\n", {"DI003": 1, "DI005": 1}),
        ("a\r\nb\r\n", {"DI003": 2, "DI004": 2}),
        ("[" * 2000 + "\n", {"DI003": 1, "DI004": 1, "DI008": 1}),
        ("*" * 5000, {}),
    ],
    ids=["empty", "blank", "comment", "byte order mark", "CRLF", "brackets", "stars"],
)
def test_empty_and_odd_files(text: str, expected: dict[str, int]) -> None:
    """The rules that report something, and the line that each begins on."""
    lines = {
        code: [line for line, _ in places(code, text, ".dockerignore", {**NODE, **MONOREPO})]
        for code in ("DI002", "DI003", "DI004", "DI005", "DI007", "DI008", "DI009")
    }
    assert {code: reported_on for code, reported_on in lines.items() if reported_on} == {
        code: [line] for code, line in expected.items()
    }
