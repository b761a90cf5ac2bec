"""Every call masks the values of secrets, unless it has the option --show-secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from checks import LayOut, Run, run_python
from click.testing import Result
from composelint import check
from composelint.linter.base.names import FORMATS
from composelint.linter.model.service import Service

SECRETS = {
    "a variable": "Xk0bw4dnr&3",
    "a quoted variable": "k8Vw2nQ7t#Rz4Lx",
    "a default": "4f7c2a9be1d0",
    "an address": "hunter2xyz",
    "a second address": "s3condhost",
    "a command": "s3cr3tCache9",
    "a label": "7Gh3kLq9ZxWv",
    "a build argument": "3f0c7e2b9d8a",
    "an x- field": "Yp5tR8sWq1Nm",
    "a private key": "MIIEpAIBAAKCAQEA7bq5",
    "a token": "ghp_9aB8cD7eF6gH5iJ4kL3mN2oP1qR0sT9uV8wX",
    "a weak default": "letmein",
    "an env file": "w4TqZ9vBnM2x",
    "an address in an env file": "Kj7hGf5dSa3p",
    "ENV": "Zx81spectrumAB",
    "ENV, legacy": "Qe45rTy78uIo",
    "ARG": "Lm34nBv56cXz",
    "chpasswd": "Pa55wortAb9",
    "a client's option": "qW3rty9zUi",
    "git": "Hn67bGv54fCd",
    "a broken file": "Rt56yUj78iKm",
    "a dollar": "rl4nd0Wk",
}

FILES = {
    "compose.yaml": f"""\
x-login:
  api_token: {SECRETS["an x- field"]}
services:
  db:
    image: postgres:17
    environment:
      POSTGRES_PASSWORD: {SECRETS["a variable"]} # was {SECRETS["a variable"]}
      POSTGRES_USER: shop
    ports: ["5432:5432"]
    privileged: true
  cache:
    image: redis:latest
    command: redis-server --requirepass {SECRETS["a command"]}
  app:
    build:
      context: app
      args:
        NPM_TOKEN: {SECRETS["a build argument"]}
    labels:
      admin_password: {SECRETS["a label"]}
    environment:
      - API_SECRET="{SECRETS["a quoted variable"]}"
      - SESSION_SECRET=${{SESSION_SECRET:-{SECRETS["a default"]}}}
      - BROKERS=amqp://a:{SECRETS["an address"]}@one/,amqp://a:{SECRETS["a second address"]}@two/
      - GITHUB={SECRETS["a token"]}
      - ADMIN_PASSWORD={SECRETS["a weak default"]}
      - MAIL_PASSWORD=Wa${SECRETS["a dollar"]}
  key:
    image: alpine:3.22
    environment:
      SSH_PRIVATE_KEY: |
        -----BEGIN RSA PRIVATE KEY-----
        {SECRETS["a private key"]}
        -----END RSA PRIVATE KEY-----
""",
    ".env": f"""\
DB_PASSWORD={SECRETS["an env file"]}
CACHE_URL=redis://:{SECRETS["an address in an env file"]}@cache:6379/0
MAIL_PASSWORD=Wa${SECRETS["a dollar"]}
""",
    "app/Dockerfile": f"""\
FROM debian:latest
ENV API_TOKEN={SECRETS["ENV"]}
ENV DB_PASSWORD {SECRETS["ENV, legacy"]}
ARG DEPLOY_TOKEN="{SECRETS["ARG"]}"
RUN useradd app && echo "app:{SECRETS["chpasswd"]}" | chpasswd
RUN mysql -uroot -p{SECRETS["a client's option"]} < schema.sql
RUN git clone https://bot:{SECRETS["git"]}@git.example.com/team/app.git
""",
    "broken/compose.yaml": f"""\
services:
  db:
    image: postgres:17
    environment:
      POSTGRES_PASSWORD: "{SECRETS["a broken file"]}
""",
    "quiet.compose.yaml": f"""\
services:
  db:
    image: postgres:17
    environment:
      # composelint: ignore[secret-in-environment] known
      POSTGRES_PASSWORD: {SECRETS["a variable"]}
""",
}


@pytest.fixture
def project(lay_out: LayOut, folder: Path) -> Path:
    lay_out(FILES)
    return folder


def secrets_in(text: str) -> list[str]:
    """The names of the secrets that a text contains."""
    return [name for name, value in SECRETS.items() if value in text]


def output_of(answer: Result) -> str:
    return answer.stdout + answer.stderr


@pytest.mark.parametrize("output_format", FORMATS)
@pytest.mark.parametrize("options", [(), ("--show-suppressed", "--verbose", "--color=always")])
def test_no_format_contains_a_secret(
    project: Path, run: Run, output_format: str, options: tuple[str, ...]
) -> None:
    answer = run("--select=ALL", f"--output-format={output_format}", *options)
    assert answer.exit_code == 1
    assert secrets_in(output_of(answer)) == []


def test_every_secret_is_printed_on_demand(project: Path) -> None:
    report = check(select=["ALL"])
    # One by one: a report shows one excerpt for all findings of a rule in a file.
    alone = [report._replace(diagnostics=(finding,)) for finding in report.diagnostics]
    shown = "".join(one.render("full", show_secrets=True) for one in alone)
    assert secrets_in(shown) == list(SECRETS)


@pytest.mark.parametrize(
    "call",
    [
        ("--statistics",),
        ("--statistics", "--output-format=json"),
        ("--diff",),
        ("--diff", "--unsafe-fixes"),
        ("--diff", "--unsafe-fixes", "--show-fixes", "--color=always"),
        ("--fix", "--unsafe-fixes", "--show-fixes"),
        ("--fix", "--unsafe-fixes", "--fix-only", "--show-fixes"),
        ("--add-ignores",),
        ("--jobs=2",),
        ("--no-inline-ignores",),
        ("--preset=all",),
        (),
    ],
    ids=" ".join,
)
def test_no_call_prints_a_secret(project: Path, run: Run, call: tuple[str, ...]) -> None:
    select = () if "--preset=all" in call else ("--select=ALL",)
    assert secrets_in(output_of(run(*select, *call))) == []


def test_findings_from_the_cache_are_masked(project: Path, run: Run) -> None:
    """Packed findings keep the places of secrets."""
    cached = ("--select=ALL", "--cache-dir=kept")
    first, second = run(*cached), run(*cached)
    assert list((project / "kept").glob("*.json"))
    assert first.stdout == second.stdout
    assert secrets_in(second.stdout) == []


def test_reports_in_files_are_masked(project: Path, run: Run) -> None:
    run("--select=ALL", "--report=sarif=a.sarif", "--report=json=a.json", "-o", "a.txt")
    for name in ("a.sarif", "a.json", "a.txt"):
        assert secrets_in((project / name).read_text(encoding="utf-8")) == []
    run("--select=ALL", "--show-secrets", "-o", "a.txt")
    assert "a variable" in secrets_in((project / "a.txt").read_text(encoding="utf-8"))


def test_the_baseline_contains_no_secret(project: Path, run: Run) -> None:
    assert run("baseline", "--select=ALL").exit_code == 0
    text = (project / ".composelint-baseline.json").read_text(encoding="utf-8")
    assert secrets_in(text) == []
    assert '"CF301"' in text


def test_output_without_click_is_masked(project: Path) -> None:
    for options in ([], ["--output-format=json"], ["--color=always"]):
        answer = run_python("-m", "composelint", "--no-cache", *options, ".")
        assert answer.returncode == 1
        assert secrets_in(answer.stdout + answer.stderr) == []


def test_secrets_are_masked_only_if_rules_for_secrets_run(project: Path, run: Run) -> None:
    output = run("--select=DF905").stdout
    assert SECRETS["ENV, legacy"] in output


def test_lines_of_files_that_are_not_linted_are_masked(lay_out: LayOut, run: Run) -> None:
    """A hook names the files that changed; findings in them lead to other files."""
    one_line = "{db: {image: 'postgres:17', ports: ['127.0.0.1:80:5432'], environment: {POSTGRES_PASSWORD: rosebud}}}"
    web = "web:\n    image: nginx:1.29\n    ports: ['127.0.0.1:80:80']"
    lay_out(
        {
            "compose.yaml": f"services: {one_line}\n",
            "compose.override.yaml": f"services:\n  {web}\n",
        }
    )
    for paths in ((), ("compose.yaml",), ("compose.override.yaml",)):
        output = run("--select=CF163,CF301", *paths).stdout
        assert "services: {db" in output
        assert "rosebud" not in output


# --- diffs


def test_a_diff_masks_both_sides_and_has_a_note(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            "compose.yaml": "services:\n  db:\n    image: postgres:17\n    environment:\n"
            '      POSTGRES_PASSWORD: "Tr0ub4dor&3"\n',
            ".env.example": "POSTGRES_PASSWORD=\n",
            "README.md": "Run `cp .env.example .env` and set the password.\n",
        }
    )
    call = ("--select=CF301", "--diff", "--unsafe-fixes")
    lines = run(*call).stdout.splitlines()
    assert lines[0].startswith("# The values of secrets are shown as ***, ")
    assert '-      POSTGRES_PASSWORD: "***"' in lines
    assert lines[lines.index("+++ b/.env") + 2] == "+POSTGRES_PASSWORD='***'"
    unmasked = run(*call, "--show-secrets").stdout.splitlines()
    assert [line.replace("Tr0ub4dor&3", "***") for line in unmasked] == lines[1:]


def test_fixed_files_contain_the_real_value(lay_out: LayOut, run: Run, folder: Path) -> None:
    text = "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: Tr0ub4dor&3\n"
    readme = "Run `cp .env.example .env` and set the password.\n"
    example = "POSTGRES_PASSWORD=\n"
    lay_out({"compose.yaml": text, ".env.example": example, "README.md": readme})
    answer = run("--select=CF301", "--fix", "--unsafe-fixes", "--show-fixes")
    assert "Tr0ub4dor&3" not in output_of(answer)
    assert (folder / ".env").read_text() == "POSTGRES_PASSWORD='Tr0ub4dor&3'\n"


def test_context_lines_of_a_diff_are_masked(lay_out: LayOut, run: Run) -> None:
    """A secret of the text before the fix is masked in the lines around the change, too."""
    lay_out(
        {
            "compose.yaml": "services:\n  db:\n    image: postgres:17\n    environment:\n"
            '      POSTGRES_PASSWORD: rosebud\nversion: "3"\n'
        }
    )
    output = run("--diff").stdout
    assert '-version: "3"' in output
    assert "rosebud" not in output
    # Whichever rules are selected.
    assert "rosebud" not in run("--diff", "--select=CF004").stdout
    assert "rosebud" in run("--diff", "--select=CF004", "--show-secrets").stdout


def test_a_diff_without_secrets_is_a_patch(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": 'version: "3"\nservices:\n  web:\n    image: nginx:1.29\n'})
    assert run("--diff").stdout.startswith("--- a/compose.yaml\n")


# --- parts that masking does not change


def test_masking_changes_neither_places_nor_counts(project: Path, run: Run) -> None:
    masked, plain = (
        json.loads(run("--select=ALL", "--output-format=json", *options).stdout)
        for options in ((), ("--show-secrets",))
    )
    assert masked["summary"] == plain["summary"]
    places = ("code", "path", "start", "end", "severity", "suppressed", "stack", "service")
    for finding, unmasked in zip(masked["diagnostics"], plain["diagnostics"], strict=True):
        assert [finding[key] for key in places] == [unmasked[key] for key in places]


def test_the_traceback_of_a_rule_is_masked(
    lay_out: LayOut, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object) -> str:
        raise RuntimeError("cannot read Tr0ub4dor&3")

    monkeypatch.setattr(Service, "restart", property(fail), raising=False)
    lay_out(
        {
            "compose.yaml": "services:\n  db:\n    image: postgres:17\n    environment:\n"
            "      POSTGRES_PASSWORD: Tr0ub4dor&3\n"
        }
    )
    answer = run("--select=ALL", "--verbose")
    assert "Tr0ub4dor&3" not in output_of(answer)


def test_the_stack_that_config_prints_is_masked(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            ".env": "PASS=Tr0ub4dor&3\n",
            "compose.yaml": "services:\n  a:\n    image: alpine:3.22\n    environment:\n"
            "      DB_PASSWORD: ${PASS}\n      API_TOKEN: 8264519\n      DB_PASSWORD_FILE: /run/a\n"
            "    command: redis-server --requirepass Tr0ub4dor&3\n"
            'configs:\n  c: {content: "[a]\\npassword = Tr0ub4dor&3\\n"}\n'
            "  d: {content: 'postgres://u:Tr0ub4dor&3@db/x'}\n",
        }
    )
    text = run("config", "--stack", "compose.yaml").stdout
    assert "Tr0ub4dor&3" not in text
    assert 'DB_PASSWORD: "***"' in text
    assert 'API_TOKEN: "***"' in text
    assert "DB_PASSWORD_FILE: /run/a" in text
    assert 'content: "[a]\\npassword = ***\\n"' in text
    plain = run("config", "--stack", "compose.yaml", "--show-secrets").stdout
    assert plain.count("Tr0ub4dor&3") == 4
    assert "API_TOKEN: 8264519" in plain
