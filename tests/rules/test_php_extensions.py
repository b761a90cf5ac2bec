"""Extensions that the PHP of the official image cannot have, or no longer has."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def php(text: str, severity: Severity | None = None) -> Case:
    return Case("DF168", text, {}, severity)


CASES = [
    php("FROM php:7.4-fpm\nRUN pecl install xdebug  #! xdebug\n", ERROR),
    # Of several packages pecl leaves it out; what enables it then fails.
    php("FROM php:7.4-fpm\nRUN pecl install redis-5.3.7 xdebug  #! xdebug\n", WARNING),
    php("FROM php:7.4\nRUN pecl install redis xdebug  #! xdebug\nRUN docker-php-ext-enable redis xdebug.so\n", ERROR),
    php("FROM php:7.4\nRUN pecl install redis xdebug  #! xdebug\nRUN docker-php-ext-enable redis\n", WARNING),
    php("FROM php:7\nRUN yes | pecl install xdebug  #! xdebug\n", ERROR),
    php("FROM php:8.0-alpine\nRUN pecl install mongodb  #! mongodb\n", ERROR),
    php("FROM php:7.2-apache\nRUN docker-php-ext-install -j4 gd mcrypt  #! mcrypt\n", ERROR),
    php("FROM php:apache\nRUN docker-php-ext-install imap  #! imap\n", ERROR),
    php("FROM php:8\nRUN docker-php-ext-install mysql  #! mysql\n", ERROR),
    php("FROM php:7.4\nRUN pecl install xdebug; true  #! xdebug\n", WARNING),
    # A PHP for it, or another release.
    php("FROM php:8.0\nRUN pecl install xdebug\n"),
    php("FROM php:8\nRUN pecl install xdebug mongodb\n"),
    php("FROM php\nRUN pecl install xdebug mongodb\n"),
    php("FROM php:7.4\nRUN pecl install xdebug-3.1.6\n"),
    php("FROM php:7.4\nRUN pecl install -f xdebug\n"),
    php("FROM php:7.4\nRUN pecl download xdebug\n"),
    php("FROM php:7.1\nRUN docker-php-ext-install mcrypt\n"),
    php("FROM php:5.6\nRUN docker-php-ext-install mysql mcrypt\n"),
    php("FROM php:8.3\nRUN docker-php-ext-install imap\n"),
    php("FROM php:8.4\nRUN docker-php-ext-install gd mysqli\n"),
    # Its source may be there, or another PHP.
    php("FROM php:8.4\nRUN git clone https://x/imap /usr/src/php/ext/imap && docker-php-ext-install imap\n"),
    php("FROM acme/php:7.4\nRUN pecl install xdebug\n"),
    php("FROM php:8.4\nRUN docker-php-ext-install imap || true\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_php_extensions(case: Case) -> None:
    check(case)
