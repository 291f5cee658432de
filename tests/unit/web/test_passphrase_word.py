"""What a person signs in with is called a passphrase everywhere; passwords are those of other systems."""

from __future__ import annotations

import argparse
import getpass
import re
import sys

import pytest

from review.services.passwords import WeakPassword, check_password
from review.services.sessions import SignInRefused, TooManyAttempts
from web import catalogues
from workers.cli import user
from workers.cli.errors import CommandRefused

OF_OTHER_SYSTEMS = {
    "Give a whole address like https://example.com/hooks, without user and password.",
    "Password",  # of a telephone system, on its source's page
    "Password for fetching recordings",
    "the server refuses user and password: check them on the source's page",
}
OLD = re.compile(r"(?<![_A-Z])password(?! manager)", re.IGNORECASE)  # a setting's name and a kind of program stay


def test_no_string_of_the_pages_names_a_password_of_ours() -> None:
    found = {
        words
        for message in catalogues.read_sources()
        if message.id
        for words in ([message.id] if isinstance(message.id, str) else message.id)
        if OLD.search(words)
    }
    assert found <= OF_OTHER_SYSTEMS


@pytest.mark.parametrize("typed", ["short", "x" * 300, " " * 20, "passwordpassword", "jonas@example.com"])
def test_a_refused_passphrase_is_called_so(typed: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_password(typed, "jonas@example.com", "Jonas Weber")
    assert "passphrase" in refused.value.why
    assert not OLD.search(refused.value.why)


def test_a_refused_sign_in_speaks_of_a_passphrase() -> None:
    for refused in (SignInRefused(), TooManyAttempts(90)):
        assert "passphrase" in str(refused)
        assert not OLD.search(str(refused))


def test_the_command_line_speaks_of_a_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = argparse.ArgumentParser()
    user.add_arguments(parser)
    assert "new passphrase" in parser.format_help()
    asked: list[str] = []
    answers = iter(["green kettle by the door", "green kettle by the window"])

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return next(answers)

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(getpass, "getpass", ask)
    with pytest.raises(CommandRefused, match="the two passphrases differ"):
        user._ask_password(generate=False)
    assert asked[0].startswith("Passphrase (")
