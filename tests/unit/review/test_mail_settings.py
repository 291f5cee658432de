"""Where mails go, told by the environment; the password is never told."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.settings import BadSetting, read_settings

HOST = {"CALLCOACH_SMTP_HOST": "mail.example.com", "CALLCOACH_MAIL_FROM": "calls@example.com"}


def test_without_a_word_no_mail_goes_out() -> None:
    assert read_settings({}).mail is None
    assert read_settings({**HOST, "CALLCOACH_MAIL": "off"}).mail is None


def test_files_lie_in_the_data_folder(tmp_path: Path) -> None:
    mail = read_settings({"CALLCOACH_DATA": str(tmp_path), "CALLCOACH_MAIL": "file"}).mail
    assert mail
    assert mail.folder == tmp_path / "mail"


@pytest.mark.parametrize(("tls", "port"), [("", 587), ("tls", 465), ("none", 25)])
def test_each_kind_of_tls_has_its_port(tls: str, port: int) -> None:
    mail = read_settings({**HOST, "CALLCOACH_SMTP_TLS": tls}).mail
    assert mail
    assert (mail.port, mail.sender, mail.domain) == (port, "Callcoach <calls@example.com>", "example.com")


def test_the_user_is_the_sender_where_it_is_an_address() -> None:
    mail = read_settings({"CALLCOACH_SMTP_HOST": "m.example.com", "CALLCOACH_SMTP_USER": "calls@example.com"}).mail
    assert mail
    assert mail.sender == "Callcoach <calls@example.com>"


@pytest.mark.parametrize(
    "wrong",
    [
        {"CALLCOACH_MAIL": "pigeon"},
        {"CALLCOACH_MAIL": "smtp", "CALLCOACH_SMTP_HOST": ""},
        {"CALLCOACH_SMTP_HOST": "https://mail.example.com"},
        {"CALLCOACH_SMTP_PORT": "70000"},
        {"CALLCOACH_SMTP_PORT": "٢٥"},
        {"CALLCOACH_SMTP_TLS": "perhaps"},
        {"CALLCOACH_MAIL_FROM": "nobody"},
        {"CALLCOACH_MAIL_FROM": "a@b.de\r\nBcc: x@y.de"},
        {"CALLCOACH_SMTP_PASSWORD": "right words"},
        {"CALLCOACH_SMTP_PASSWORD": "right words", "CALLCOACH_SMTP_USER": "calls", "CALLCOACH_SMTP_TLS": "none"},
    ],
)
def test_what_cannot_be_used_is_refused_without_the_password(wrong: dict[str, str]) -> None:
    with pytest.raises(BadSetting) as caught:
        read_settings({**HOST, **wrong})
    assert caught.value.name in {**HOST, **wrong} or caught.value.name == "CALLCOACH_SMTP_USER"
    assert "right words" not in str(caught.value)


def test_the_password_is_in_nothing_that_is_printed() -> None:
    signed = {**HOST, "CALLCOACH_SMTP_USER": "calls", "CALLCOACH_SMTP_PASSWORD": "right words"}
    settings = read_settings(signed)
    assert settings.mail
    assert settings.mail.password == "right words"
    assert "right words" not in repr(settings)
    assert "right words" not in str(settings.mail)
