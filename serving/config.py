"""Makes .streamlit/config.toml hold, wherever the server is started."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streamlit import config


class SettingsError(RuntimeError):
    """A setting of .streamlit/config.toml is not in force."""


def enforce_config(application: Path) -> None:
    """Read the config.toml beside the application, and refuse to go on without its values.

    Under `streamlit run` Streamlit looks beside the script it runs; under any other server it
    looks in the working directory only, and would run on its defaults without a word, sending
    usage statistics. Flags and environment variables stay stronger than the file.

    Parameters
    ----------
    application
        Path of app.py; `.streamlit/config.toml` is beside it.

    Raises
    ------
    SettingsError
        If a value that is in force differs from the file and no flag or environment variable
        says so.
    """
    if config._main_script_path is None:
        config._main_script_path = str(application)
        config.get_config_options(force_reparse=True)
    file = application.parent / ".streamlit" / "config.toml"
    wrong = list(_differences(file))
    if wrong:
        raise SettingsError(f"settings of {file} are not in force: {'; '.join(wrong)}")


def _differences(file: Path) -> Iterator[str]:
    """Name every setting of the file that another value has displaced by accident."""
    if not file.is_file():
        yield "the file is missing"
        return
    for key, wanted in _flatten(tomllib.loads(file.read_text(encoding="utf-8"))):
        found = config.get_option(key)
        deliberate = "environment variable" in config.get_where_defined(key)
        if found != wanted and not deliberate:
            yield f"{key} is {found!r} instead of {wanted!r}"


def _flatten(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
