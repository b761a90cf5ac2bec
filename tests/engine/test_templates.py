"""Templates of Dockerfiles and Compose files are named once and not linted; braces in values are
usual, and such files are linted."""

from __future__ import annotations

import pytest
from checks import LayOut, Run

TEMPLATES = [
    ("Dockerfile", "FROM debian:%%TAG%%\nRUN true\n"),
    ("Dockerfile", "FROM debian:%%DEBIAN-TAG%%\nRUN true\n"),
    ("Dockerfile", "FROM {{ base }}\nRUN true\n"),
    ("Dockerfile", "FROM {{ .Image }}:{{ .Tag }}\n"),
    ("Dockerfile", "FROM <%= image %>\n"),
    ("Dockerfile", "FROM @BASE_IMAGE@\n"),
    ("Dockerfile", "FROM debian\n{% if x %}\nRUN true\n{% endif %}\n"),
    ("Dockerfile", "FROM debian\n{{ include \"x\" }}\n"),
    ("Dockerfile", "FROM debian\n{{- if .X }}\nRUN true\n{{- end }}\n"),
    ("Dockerfile", "{{ header }}\nFROM debian\n"),
    ("Dockerfile", "FROM debian\n%%INSTALL%%\n"),
    ("Dockerfile", "FROM debian\nRUN true \\\n{% for p in packages %}\n  && echo {{ p }} \\\n{% endfor %}\n  && true\n"),
    ("Dockerfile", "FROM debian\nCOPY {{ artifact }} /app/\n"),
    ("Dockerfile", "FROM debian\nADD app-%%VERSION%%.tar.gz /app/\n"),
    ("Dockerfile", "FROM debian\nCOPY \\\n  start.sh ${pkg.name}.deb \\\n  /tmp/\n"),
    ("Dockerfile", "FROM ${docker.base.image}\n"),
    ("Dockerfile-template", "FROM balenalib/%%BALENA_MACHINE_NAME%%\n"),
    ("Dockerfile.j2", "FROM {{ base }}\n"),
    ("Dockerfile.tmpl", "FROM debian\n{{ end }}\n"),
    ("compose.yaml", "services:\n  a:\n    image: {{ image }}\n"),
    ("compose.yaml", "services:\n  a:\n    image: \"acme/app:{{ version }}\"\n"),
    ("compose.yaml", "services:\n  a:\n    image: nginx:%%TAG%%\n"),
    ("compose.yaml", "services:\n{% if x %}\n  a:\n    image: x\n{% endif %}\n"),
    ("compose.yaml", "services:\n  a:\n    image: x\n{{- if .X }}\n  b:\n    image: y\n{{- end }}\n"),
    ("compose.yaml", "services:\n  {{ name }}:\n    image: x\n"),
    ("compose.yaml", "services:\n  \"{{ name }}\":\n    image: x\n"),
    ("compose.yaml", "services:\n  a:\n    image: x\n    volumes:\n      - {{ a }}:{{ b }}\n"),
    ("compose.yaml", "services:\n  a:\n    image: x\n    environment: {{ env }}\n"),
    ("compose.yaml", "services:\n  a:\n    image: <%= image %>\n"),
    ("compose.yaml.j2", "services:\n  a:\n    image: {{ image }}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text"), TEMPLATES)
def test_a_template_is_named_once(lay_out: LayOut, run: Run, path: str, text: str) -> None:
    lay_out({path: text})
    for arguments in ([path], ["."]):
        answer = run(*arguments, "--preset", "hardened", "--output-format", "concise")
        findings = answer.stdout.splitlines()[:-1]
        assert [line.split()[:3] for line in findings] == [[f"{path}:1:1:", "info:", "LN008"]]
        assert answer.stdout.endswith("in 0 files.\n")
        assert answer.exit_code == 0


NAMES = [
    *("docker-compose.yml.j2", "compose.yaml.tmpl", "deploy/compose.prod.yml.gotmpl"),
    *("Dockerfile.j2", "Dockerfile.tmpl", "Dockerfile.template", "Dockerfile.erb", "Dockerfile.in"),
    *("Dockerfile-alpine.template", "Dockerfile.template.erb", "app.Dockerfile.jinja2"),
    "Containerfile.TPL",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_a_template_by_its_name_is_named_once(
    lay_out: LayOut, run: Run, name: str
) -> None:
    lay_out({name: "FROM debian\n", "compose.yaml": "services: {}\n"})
    answer = run("--preset", "all", "--fail-on", "info", "--output-format", "concise")
    about_file = [line for line in answer.stdout.splitlines() if line.startswith(name)]
    assert [line.split()[2] for line in about_file] == ["LN008"]
    assert "in 1 file" in answer.stdout
    assert run("--preset", "all").exit_code == 0
    assert run("--show-files").stdout == "compose.yaml\n"


@pytest.mark.parametrize(
    "name", [".env.j2", "notes.j2", "values.yaml.tmpl", "about-docker.in", "x.erb"]
)
def test_templates_of_other_files_are_not_named(lay_out: LayOut, run: Run, name: str) -> None:
    lay_out({name: "FROM {{ x }}\n"})
    assert "LN008" not in run("--output-format", "concise").stdout


def test_templates_alone_are_nothing_to_lint(lay_out: LayOut, run: Run) -> None:
    lay_out({"Dockerfile.j2": "FROM {{ x }}\n"})
    assert "no Compose file" in run("--select", "DF").stderr


def test_a_file_that_a_stack_builds_is_linted_though_its_name_is_that_of_a_template(
    lay_out: LayOut, run: Run
) -> None:
    stack = "services: {a: {build: {context: ., dockerfile: Dockerfile.template}}}\n"
    lay_out({"compose.yaml": stack, "Dockerfile.template": "FROM debian:12\nCOYP a b\n"})
    answer = run("--output-format", "concise")
    assert "Dockerfile.template:2:1: error: DF001" in answer.stdout
    assert "LN008" not in answer.stdout


PARTS = [
    ("eng/dockerfile-templates/Dockerfile.env.container", "ENV A=1 \\\n    B\n", True),
    ("templates/Dockerfile.install", "RUN true\n", True),
    ("templates/web/Dockerfile.note", "# Only a comment.\n", True),
    # An error in what may well be a whole Dockerfile stays one.
    ("templates/Dockerfile.web", "FORM debian:12\nRUN true\n", False),
    ("templates/web/Dockerfile", "RUN true\n", False),
    ("parts/Dockerfile.install", "RUN true\n", False),
    ("templates/Dockerfile.web", "FROM debian:12\nCOYP a b\n", False),
]


@pytest.mark.parametrize(("path", "text", "is_part"), PARTS)
def test_parts_of_templates_need_no_from(
    lay_out: LayOut, run: Run, path: str, text: str, is_part: bool
) -> None:
    lay_out({path: text})
    answer = run("--select", "DF0,LN008", "--output-format", "concise")
    assert (f"{path}:1:1: info: LN008" in answer.stdout) is is_part
    assert (" DF00" in answer.stdout) is not is_part


VALUES = [
    ("Dockerfile", "FROM debian:12\nRUN echo ${pkg.name} {{ x }}\nENV A='${catalina.home}'\n"),
    ("Dockerfile", "FROM debian:12\nCOPY <<EOF /x\n{{ x }} ${pkg.name} %%X%%\nEOF\n"),
    ("Dockerfile", "ARG A=a.b\nFROM debian:12\nCOPY ${A}.c ${A:-x.y} /x/\n"),
    ("Dockerfile", "FROM debian:12\nHEALTHCHECK CMD docker inspect --format '{{.State}}' x\n"),
    ("Dockerfile", "FROM debian:12\nRUN docker ps \\\n  --format '{{if .X}}a{{end}}'\n"),
    ("Dockerfile", "FROM debian:12\nRUN cat > /x <<EOF\n{% if x %}\n{{ end }}\n<% y %>\nEOF\n"),
    ("Dockerfile", "FROM debian@sha256:" + "a" * 64 + "\nRUN date +%%s && mail a@B.C@D\n"),
    ("Dockerfile", "# {{ not }} a {% template %}\nFROM debian:12\nLABEL a=\"{{ b }}\" c=%%D%%\n"),
    ("Dockerfile", "FROM debian:12\nRUNN true '{{ x }}'\n"),
    ("compose.yaml", "services:\n  a:\n    image: x\n    logging: {options: {tag: '{{.Name}}'}}\n"),
    ("compose.yaml", "services:\n  a:\n    image: x\n    hostname: '{{.Node.Hostname}}'\n"),
    ("compose.yaml", "services:\n  a:\n    image: x\n    labels: ['traefik.x=Host(`{{ .Name }}`)']\n"),
    ("compose.yaml", "services:\n  a:\n    image: x\n    command: |\n      {{ a }}\n      {% if x %}\n"),
    ("compose.yaml", "services:\n  a:\n    image: x\n    command: echo {{ a }} %%B%%\n"),
    ("compose.yaml", "# {{ x }}\nservices:\n  a:\n    image: x@sha256:" + "a" * 64 + "\n"),
    ("compose.yaml", "services:\n  a:\n    image: x\n    tag: [\n    hostname: '{{.Node.Hostname}}'\n"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text"), VALUES)
def test_braces_in_values_are_no_template(lay_out: LayOut, run: Run, path: str, text: str) -> None:
    lay_out({path: text})
    answer = run(".", "--select", "ALL", "--output-format", "concise")
    assert "LN008" not in answer.stdout
    assert f"{path}:" in answer.stdout


def test_a_stack_that_builds_a_template_is_linted_without_it(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": "services: {a: {build: .}}\n", "Dockerfile": "FROM {{ x }}\n"})
    answer = run("--preset", "hardened", "--output-format", "concise")
    about_file = [line for line in answer.stdout.splitlines() if line.startswith("Dockerfile")]
    assert [line.split()[2] for line in about_file] == ["LN008"]
    assert "XF10" not in answer.stdout
