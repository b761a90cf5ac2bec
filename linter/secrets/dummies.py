"""Dummy values: one judgement for all rules of what only looks like a secret.

Three questions, as rules promise different things:

* ``is_dummy``: the value says itself that it is none (``build-time-dummy``), or documentation
  has published it. It protects nothing, wherever it is.
* ``is_placeholder``: a dummy, or a value that asks to be replaced (``changeme``, ``<your-key>``,
  ``xxx``). Nothing leaks through it; but a service that runs with it is open to everybody.
* ``is_guessable``: a placeholder, or a password that attackers try first (``admin``, the name of
  the product). It is a weak default, which is another finding than a leaked secret.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from .names import CAMEL, word_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# --- the lists

_PLAINLY_DUMMY = word_set(
    "dummy dummies placeholder placeholders fake faked mock mocked stub noop unused unneeded ignored notused "
    "notneeded notreal nonexistent"
)
"""Words that make a value a dummy, whatever other words are in it."""

_TRIAL = word_set(
    "test tests testing tester example examples sample samples demo dev devel development local localhost localstack ci "
    "build buildtime compile temp tmp temporary foo bar baz foobar nothing anything whatever asdf"
)
"""Words that make a value a dummy if all other words are fillers."""

_FILLERS = word_set(
    "a an the this that is it my your our some any very super duper really so long strong secure secured secury safe good bad "
    "unsafe insecure not easy simple hard guess to for in of with from at please pls choose put insert enter add paste "
    "fill set use get generate create own new random unique complex alphanumeric chars char characters character at "
    "least min bit bits byte bytes optional different something somewhat value values string text here me change changed "
    "changeme changeit changethis replace replaced replaceme update edit modify todo fixme tbd makeitup "
    "default example examples sample demo test tests testing tester dummy fake placeholder goes be must should "
    "secret secrets secretkey mysecret mysecretkey supersecret topsecret password passwords passwd passphrase pass passwort "
    "pw pwd passw mypassword mypass key keys token tokens jwt api auth access refresh session app application web "
    "client server service site cookie encryption encrypted encrypt signing login logon account admin administrator "
    "adm root superuser sudo user users username guest db dbs database data postgres postgresql pg mysql mariadb sql "
    "mongo mongodb redis rabbitmq mq minio smtp mail email dev development prod production local private internal "
    "hash salt hex base64 url safe only no yes one two and or like as every each install installation just type make up "
    "exactly length minimum time build"
)
"""Words that say nothing: a value made of them alone was never chosen to be secret."""

_GUESSABLE = word_set(
    "toor youshallnotpass postgress pa55word p@ssw0rd p@ssword passw0rd letmein welcome qwerty iloveyou monkey dragon master hello docker foo bar foobar "
    "rabbit grafana elastic elasticsearch kibana neo4j keycloak wordpress nextcloud gitea gitlab jenkins sonar sonarqube sa "
    "oracle zabbix influx influxdb clickhouse airflow superset kafka cassandra couchdb odoo drupal joomla ghost moodle nacos "
    "seata sentinel public bitnami minioadmin adminadmin mongoadmin pgadmin rustfsadmin abc"
)
"""Passwords on the lists that scanners go through, besides the fillers."""

_PUBLISHED = (
    "EXAMPLEKEY", "IOSFODNN7EXAMPLE",  # the documentation of AWS
    "Eby8vdM02xNOcqFl", "C2y6yDjf5/R+ob0N",  # the emulators of Azure's storage and database
    "4eC39HqLyjWDarjt", "6LeIxAcTAAAAA",  # what Stripe and reCAPTCHA publish for tests
    "MTIzNDU2Nzg5MA", "1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkw",  # the introduction to JWT
)  # fmt: skip
"""Parts of values that documentation has published."""

_MASKED = (
    r"(?i:(?:x[ _-]?){3,}|\*{2,}|\.{3,}|_{3,}|-+|\?+|#+|n/?a|tbd|redacted|masked|hidden|removed|omitted"
    r"|(?:env[ _-]?)?(?:missing|unset)|not[ _-]?(?:set|used|needed|required|applicable|defined))"
)
_MASKED_STARTS = frozenset("xX*._-?#nNtTrRmMhHoOeEuU")
_FRAMED = r"<[^>]*>.*|\[.*\]|\{.*\}|\(.*\)"
_CHANGE = r"chang(?:e|ed|ing)?[ _-]?(?:me|this|it)|replace[ _-]"

_TRIAL_START = r"(?:dev(?:el(?:opment)?)?|tests?|local|example|sample|demo)(?![aeiou])"

_SEQUENCES = r"(?:0?123456789(?:0|abcdef)?|abcdefghijklmnopqrstuvwxyz|abcdef|12345678|87654321)"
_LENGTH = r"(?i:(?<![a-z0-9])\d{1,3}[-_ ]?(?:char(?:acter)?s?|bytes?|bits?)(?![a-z0-9]))"
"""How long a value has to be, as placeholders say: ``32char``."""
_TAIL_LENGTH = 4
_MOST_CHARACTERS = 200

_MADE_UP = (
    *("example", "xxxx", "your", "0123456789", "1234567890", "abcdef", "placeholder", "dummy"),
    "fake",
)
"""What tokens contain that only show the form of one."""

_EXAMPLE_WORDS = (
    *("password", "passwd", "secret", "changeme", "example", "dummy", "insecure", "12345"),
)

_RESERVED_HOSTS = r"(?:[\w.-]+\.)?(?:example\.(?:com|org|net|edu)|example|invalid)\Z"
_DUMMY_USERS = frozenset((
    ("user", "pass"), ("user", "password"), ("username", "password"), ("u", "p"), ("foo", "bar"),
))  # fmt: skip
_OWN_HOSTS = frozenset(("localhost", "127.0.0.1", "host", "hostname"))


# --- the questions


def unquoted(value: str) -> str:
    """A value without blanks and quotes around it (``- NAME="x"`` in a list keeps its quotes)."""
    text = value.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1].strip()
    return text


def is_masked(text: str) -> bool:
    """Whether a value is hidden (``xxx``, ``***``) or stands in brackets (``<your-key>``)."""
    # Patterns take long to compile, and most runs see plain values only.
    return bool(
        (text[:1] in _MASKED_STARTS and re.fullmatch(_MASKED, text))
        or (text[:1] in ("<", "[", "{", "(") and re.fullmatch(_FRAMED, text))
    )


@lru_cache(maxsize=1024)
def is_dummy(value: str) -> bool:
    """Whether a value says itself that it is not a secret, or is published as an example."""
    text = unquoted(value)
    if any(part in text for part in _PUBLISHED):
        return True
    if len(text) > _MOST_CHARACTERS:
        return False
    words = _words(text)
    if not words or not all(map(str.isalpha, words)):
        return False
    if not _PLAINLY_DUMMY.isdisjoint(words) or "placeholder" in "".join(words):
        return True
    return not _TRIAL.isdisjoint(words) and all(
        word in _TRIAL or _is_made_of(word, frozenset()) for word in words
    )


def is_trial(value: str) -> bool:
    """Whether a value says that it is for tests or development, and says nothing else: ``testpass``."""
    text = unquoted(value)
    if len(text) > _MOST_CHARACTERS or not is_filler(text):
        return False
    return re.match(_TRIAL_START, text.casefold()) is not None


def is_placeholder(value: str) -> bool:
    """Whether a value is a dummy, or asks to be replaced: ``changeme``, ``<your-key>``, ``xxx``."""
    text = unquoted(value)
    low = text.casefold()
    if is_masked(text) or is_dummy(text):
        return True
    return len(text) <= _MOST_CHARACTERS and (
        low.startswith("your")
        or (("chang" in low or "replace" in low) and re.search(_CHANGE, low) is not None)
    )


def is_filler(value: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether a value is a placeholder, or made of words that say nothing (``mysecretkey``).

    ``names`` are words that say nothing here either, such as the name of the product.
    """
    text = unquoted(value)
    if len(text) > _MOST_CHARACTERS:
        return False
    words = _words(text)
    return is_placeholder(text) or (bool(words) and all(_is_made_of(word, names) for word in words))


def is_guessable(
    value: str, names: Iterable[str] = (), products: frozenset[str] = frozenset()
) -> bool:
    """Whether a password is one of those that attackers try first, or a placeholder.

    ``names`` belong to the same account, ``products`` are the names of all that runs with it:
    passwords derived from them count too.
    """
    text = unquoted(value).casefold()
    if not text:
        return False
    named = {name.casefold() for name in names if len(name) > 1}
    of_products, product_words = _names_and_words(products)
    own = named | of_products
    own_words = product_words.union(word for name in named for word in _long_words(name))
    if text in _GUESSABLE or text in own or is_filler(value, own_words):
        return True
    if text.isdigit() and (text in "01234567890123456789" or len(text) < 4):
        return True
    if len(set(text)) < 3 or (len(text) > 7 and not re.sub(_SEQUENCES, "", text)):
        return True
    stem = text.rstrip("0123456789!@#$._-")
    tail = len(text) - len(stem)
    is_guess = stem in _GUESSABLE or stem in own
    if tail == 6 and text.endswith("123456"):
        return is_guess or stem in _FILLERS
    return is_guess and len(stem) > 2 and tail <= _TAIL_LENGTH


def is_dummy_address(user: str, password: str, rest: str) -> bool:
    """Whether an address leads nowhere: ``user:pass@localhost/dummy``.

    ``rest`` is what follows the ``@``.
    """
    host, _, path = rest.partition("/")
    host = re.split(r"[:?,\s\"']", host, maxsplit=1)[0].casefold()
    if is_dummy(password) or (re.match(_RESERVED_HOSTS, host) and not looks_real(password)):
        return True
    if not _PLAINLY_DUMMY.isdisjoint((*_words(host), *_words(re.split(r"[?\s]", path)[0]))):
        return True
    return (user.casefold(), password.casefold()) in _DUMMY_USERS and host in _OWN_HOSTS


_ROWS = ("qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm")
_NEIGHBOURS = frozenset(pair for row in _ROWS for a, b in pairwise(row) for pair in (a + b, b + a))
_MASHED_SHARE = 0.65


def is_mashed(value: str) -> bool:
    """Whether a value was typed by rolling over neighbouring keys: ``4tn7fdsdsdfxcvxcv``."""
    text = unquoted(value).casefold()[:_MOST_CHARACTERS]
    mashed = run = 0
    for a, b in pairwise(text + " "):
        run += 1
        if a + b not in _NEIGHBOURS:
            mashed += run if run > 2 else 0
            run = 0
    return len(text) > 7 and mashed >= _MASHED_SHARE * len(text)


def looks_made_up(token: str) -> bool:
    """Whether a token that has a known form looks like an example of it."""
    if "BEGIN" in token:
        return False
    low = token.casefold()
    return (
        len(set(token[-16:])) < 6
        or any(word in low for word in _MADE_UP)
        or any(part in token for part in _PUBLISHED)
    )


def looks_real(value: str) -> bool:
    """Whether a secret looks chosen or generated for use, not like an example."""
    text = unquoted(value)
    low = text.casefold()
    if len(text) < 8 or len(set(text)) < 7 or any(word in low for word in _EXAMPLE_WORDS):
        return False
    kinds = (str.isupper, str.islower, str.isdigit)
    return sum(any(map(kind, text)) for kind in kinds) >= 2


# --- words


@lru_cache(maxsize=8)
def _names_and_words(names: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The names without case, and the words in them."""
    return (
        frozenset(name.casefold() for name in names if len(name) > 1),
        frozenset(word for name in names for word in _long_words(name)),
    )


def _long_words(name: str) -> list[str]:
    return [word for word in _words(name) if len(word) > 2]


def _words(text: str) -> list[str]:
    """The words of a value, without the digits behind them: ``MyKey_2`` → ``my``, ``key``."""
    if any(map(str.isdigit, text)):
        text = re.sub(_LENGTH, "_", text)
    if text != text.lower():
        text = re.sub(rf"{CAMEL}|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    text = text.casefold()
    pieces = [text] if text.isalnum() else re.split(r"[\W_]+", text)
    return [word for piece in pieces if (word := piece.rstrip("0123456789"))]


@lru_cache(maxsize=1024)
def _is_made_of(word: str, names: frozenset[str]) -> bool:
    """Whether a word is a filler or a name, or several of them without separators."""
    if word in _FILLERS or word in names:
        return True
    if len(word) > 40:
        return False
    # ends[i]: whether the first i letters are such words. Most short words would match anywhere.
    ends = [True] + [False] * len(word)
    for end in range(2, len(word) + 1):
        ends[end] = any(
            ends[start]
            and (
                word[start:end] in names
                or (
                    word[start:end] in _FILLERS
                    and (end - start > 2 or word[start:end] in ("my", "db", "pw", "me"))
                )
            )
            for start in range(max(0, end - 16), end - 1)
        )
    return ends[-1]
