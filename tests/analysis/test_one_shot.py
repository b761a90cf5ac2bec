"""Commands and names of services that end by themselves."""

from __future__ import annotations

import pytest
from composelint.linter.analysis.one_shot import is_finite, is_one_shot_name


@pytest.mark.parametrize(
    ("command", "ends"),
    [
        ("./bin/migrate.sh", True),
        ("sh ./bin/migrate.sh", True),
        ("python -m app.migrate", True),
        ("python manage.py migrate", True),
        ("npm run db:migrate", True),
        ("yarn seed", True),
        ("bundle exec rake db:migrate", True),
        ("/app/seeder --all", True),
        ("dotnet ef database update", True),
        ("psql -h db -U shop -f /schema.sql", True),
        ("pg_dump -h db shop", True),
        ("mongosh mongodb://db/shop init.js", True),
        ("alembic upgrade head", True),
        ("sh -c 'sleep 5 && ./migrate'", True),
        ("./migrate.sh && exec gunicorn app:api", False),
        ("./migrate-and-start.sh", False),
        ("./bin/run_migrations_and_serve", False),
        ("npm run start", False),
        ("node server.js", False),
        ("sh -c 'apt-get update; go test ./...'", True),
        ("python -m pytest tests", True),
        ("npm test", True),
        ("npm run test:watch", False),
        ("cockroach init --insecure", True),
        ("cockroach start --insecure", False),
        ("python worker.py", False),
        ("./entrypoint.sh", False),
        ("gunicorn seeds.wsgi", False),
        ("", False),
    ],
)
def test_commands_that_end(command: str, ends: bool) -> None:
    assert is_finite(command) is ends


@pytest.mark.parametrize(
    ("name", "once"),
    [
        ("migrate", True),
        ("db-init", True),
        ("seeder", True),
        ("data_provision", True),
        ("web", False),
        ("initiative", False),
        ("migrations-dashboard", True),
    ],
)
def test_names_of_services_that_are_run_once(name: str, once: bool) -> None:
    assert is_one_shot_name(name) is once
