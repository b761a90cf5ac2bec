"""Templates of Dockerfiles and Compose files are named once and not linted; braces in values are
usual, and such files are linted."""

from __future__ import annotations

import pytest
from checks import LayOut, Run

TEMPLATES = [
    ("Dockerfile", "FROM debian:%%TAG%%\nRUN true\n"),
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
        if arguments == ["."] and path.endswith((".j2", ".tmpl")):
            continue  # Their names say what they are.
        answer = run(*arguments, "--preset", "hardened", "--output-format", "concise")
        findings = answer.stdout.splitlines()[:-1]
        assert [line.split()[:2] for line in findings] == [[f"{path}:1:1:", "LN008"]]
        assert answer.exit_code == 0


VALUES = [
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
    assert [line.split()[1] for line in about_file] == ["LN008"]
    assert "XF10" not in answer.stdout
