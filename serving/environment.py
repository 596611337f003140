"""The environment variables that configure Unrolled, read and checked before anything is served.

A value that cannot be used ends the start with a sentence. Found out later, it would be an error
for every visitor, after the start said that all is well.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final

PREFIX: Final = "UNROLLED_"
FRAME_ANCESTORS: Final = "UNROLLED_FRAME_ANCESTORS"
ALLOWED_HOSTS: Final = "UNROLLED_ALLOWED_HOSTS"
KNOWN: Final = (FRAME_ANCESTORS, ALLOWED_HOSTS)
# What a cluster sets by itself where a service is called "unrolled".
OF_KUBERNETES: Final = re.compile(r"UNROLLED_(SERVICE_(HOST|PORT)|PORT)(_|$)")
NAME: Final = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_-]{1,63}", re.I)
# A source as browsers read it: a keyword, a scheme, or a host with an optional scheme and port.
SOURCE: Final = re.compile(
    r"'self'|'none'|\*|[a-z][a-z0-9+.-]*:"
    r"|([a-z][a-z0-9+.-]*://)?(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*(:(\d+|\*))?(/[^\s;,?#]*)?",
    re.I,
)


class BadEnvironmentError(ValueError):
    """An environment variable has a value that cannot be used."""


@dataclass(frozen=True)
class Environment:
    """What the environment asks for.

    Attributes
    ----------
    frame_ancestors
        Who may show the app in a frame, as in a Content-Security-Policy.
    allowed_hosts
        Names by which the server may be asked, besides this machine's own; "*" allows all.
    """

    frame_ancestors: str = "'self'"
    allowed_hosts: tuple[str, ...] = field(default=())


def read_environment(environ: Mapping[str, str] = os.environ) -> Environment:
    """Return what the environment asks for.

    Raises
    ------
    BadEnvironmentError
        For a variable that is unknown, or whose value cannot be used.
    """
    ours = (name for name in environ if name.startswith(PREFIX) and not OF_KUBERNETES.match(name))
    if unknown := sorted(set(ours) - set(KNOWN)):
        raise BadEnvironmentError(
            f"{unknown[0]} is not known; the variables of Unrolled are {' and '.join(KNOWN)}."
        )
    return Environment(
        read_ancestors(environ.get(FRAME_ANCESTORS, "'self'")),
        read_hosts(environ.get(ALLOWED_HOSTS, "")),
    )


def read_listening(environ: Mapping[str, str] = os.environ) -> tuple[int | None, str | None]:
    """Return the port and the address to listen on, each None where nothing is set.

    >>> read_listening({"PORT": "8600", "HOST": ""})
    (8600, None)
    """
    port, host = environ.get("PORT", ""), environ.get("HOST", "")
    return read_port(port) if port else None, read_host(host) if host else None


def read_port(text: str) -> int:
    """Return a port to listen on.

    >>> read_port("8600")
    8600
    """
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= 65535:
        raise BadEnvironmentError(f"PORT is {text!r}; expected a number from 1 to 65535.")
    return int(text)


def read_host(text: str) -> str:
    """Return an address or a name to listen on.

    >>> read_host("0.0.0.0"), read_host("::1")
    ('0.0.0.0', '::1')
    """
    if not is_address(text) and not (NAME.fullmatch(text) and "*" not in text):
        raise BadEnvironmentError(
            f"HOST is {text!r}; expected an address or a name of this machine, such as 0.0.0.0."
        )
    return text


def read_ancestors(text: str) -> str:
    """Return the sources that may frame the app, one blank between two.

    >>> read_ancestors(" 'self'  https://moodle.example.org ")
    "'self' https://moodle.example.org"
    """
    sources = text.split(" ")
    sources = [source for source in sources if source]
    bad = [source for source in sources if not SOURCE.fullmatch(source)]
    if not sources or bad or ("'none'" in sources and len(sources) > 1):
        raise BadEnvironmentError(
            f"{FRAME_ANCESTORS} is {text!r}; expected sources separated by spaces, such as "
            "'self' https://moodle.example.org, or 'none' alone."
        )
    return " ".join(sources)


def read_hosts(text: str) -> tuple[str, ...]:
    """Return the names by which the server may be asked, in lower case.

    >>> read_hosts("unrolled.example.org, *.school.example")
    ('unrolled.example.org', '*.school.example')
    """
    names = tuple(part.lower().rstrip(".") for part in re.split(r"[\s,]+", text) if part)
    for name in names:
        if name != "*" and not NAME.fullmatch(name) and not is_address(name.strip("[]")):
            raise BadEnvironmentError(
                f"{ALLOWED_HOSTS} is {text!r}; expected names separated by blanks or commas, "
                "without scheme, port or path, such as unrolled.example.org or *.example.org."
            )
    return names


def is_address(text: str) -> bool:
    """Return whether a text is an IP address.

    >>> is_address("192.168.0.7"), is_address("::1"), is_address("localhost")
    (True, True, False)
    """
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
