"""What a client's turn replies to decides whether a no resists: an offer, a side request, a question for a fact."""

from __future__ import annotations

import pytest

from scoring.conversation import prepare
from scoring.engine import open_case, score
from scoring.facts import Facts
from scoring.objection_replies import FACT, OFFER, SIDE, replies_to
from scoring.packs import load_pack
from scoring.standards import load_standard
from transcription.transcript import Transcript, Turn

ASKED = {
    "en": {
        OFFER: ("The set is nine hundred pounds. Shall I raise the order?", "No."),
        SIDE: ("Can I text you the link for our app as well?", "No thanks."),
        FACT: ("Do you have an account number with us?", "No, not at the moment."),
    },
    "ru": {
        OFFER: ("Обслуживание бесплатно полгода, потом тысяча в месяц. Открываем?", "Нет."),
        SIDE: ("Подключить вам смс-информирование?", "Не надо, спасибо."),
        FACT: ("Номер договора у вас есть?", "Нет, не надо."),
    },
    "ko": {
        OFFER: ("연회비는 면제입니다. 신청 도와드릴까요?", "아니요."),
        SIDE: ("알림 문자 서비스도 같이 넣어드릴까요?", "아니요, 괜찮아요."),
        FACT: ("냉장 보관이 필요하신가요?", "아니요, 필요 없어요."),
    },
    "zh": {
        OFFER: ("账户管理费全免，给您开一个？", "不开。"),
        SIDE: ("那短信提醒给您开通吗？", "不用。"),
        FACT: ("货物需要打木架吗？", "不用。"),
    },
}


def found(language: str, *turns: tuple[str, str]) -> list[tuple[int | None, tuple[str, ...]]]:
    """The objections of a short call, each with its turn and types."""
    transcript = Transcript(tuple(Turn(role, text) for role, text in turns), language=language)  # type: ignore[arg-type]
    return [(o.client.turn, o.types) for o in score(transcript, load_standard("cold-call"), Facts()).objections]


@pytest.mark.parametrize("asked", [OFFER, SIDE, FACT])
@pytest.mark.parametrize("language", ASKED)
def test_what_is_replied_to(language: str, asked: str) -> None:
    said, reply = ASKED[language][asked]
    transcript = Transcript((Turn("rep", said), Turn("client", reply)), language=language)
    case = open_case(transcript, prepare(transcript), load_pack(language), Facts())
    assert replies_to(case, 1) == asked
    assert replies_to(case, 0) is None


@pytest.mark.parametrize("language", ASKED)
def test_a_no_is_an_objection_to_an_offer_alone(language: str) -> None:
    objects = {
        asked: found(language, ("rep", said), ("client", reply)) for asked, (said, reply) in ASKED[language].items()
    }
    assert objects == {OFFER: [(1, ("brush_off",))], SIDE: [], FACT: []}


def test_an_acceptance_passes_over_its_own_sentence_only() -> None:
    said = ("rep", "It comes to forty pounds a pallet. Shall we go ahead?")
    assert found("en", said, ("client", "Okay. But the boot is tiny, I'll be honest.")) == [(1, ("fit",))]
    assert found("en", said, ("client", "The boot is tiny, I'll be honest. But okay, let's do that.")) == []


def test_how_the_call_came_about_is_no_objection() -> None:
    asked = ("rep", "What has you shopping for cover today?")
    assert found("en", asked, ("client", "Some guy called me and said I could get a better deal.")) == []
    assert found("en", asked, ("client", "I didn't call, you called me.")) == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "I already told the other guy."),
        ("ru", "Я уже всё это говорил вашему коллеге."),
        ("ko", "아까 다 말씀드렸잖아요."),
        ("zh", "刚才不是说过了吗？"),
    ],
)
def test_being_asked_again_is_resisted(language: str, said: str) -> None:
    assert [types for _, types in found(language, ("client", said))] == [("other",)]


@pytest.mark.parametrize(("later", "excluded"), [(20, None), (0, "hard_no")])
def test_a_death_told_long_before_the_end_excludes_nobody(later: int, excluded: str | None) -> None:
    turns = [Turn("rep", "May I speak to Mr Hall?"), Turn("client", "He passed away last year.")]
    for number in range(later):
        turns += [Turn("rep", f"And how many rooms on floor {number}?"), Turn("client", "Two of them.")]
    facts = Facts.from_json({"disposition": "closed_lost", "loss_reason": "other"})
    rejection = score(Transcript(tuple(turns), language="en"), load_standard("cold-call"), facts).rejection
    assert rejection is not None
    assert rejection.excluded == excluded


def test_a_farewell_promises_nothing() -> None:
    transcript = Transcript((Turn("rep", "All right, I will talk to you soon."), Turn("client", "Bye.")), language="en")
    assert score(transcript, load_standard("cold-call"), Facts()).promises == ()


def test_a_reason_quotes_what_was_left_and_no_farewell() -> None:
    said = "I'll keep the quote on file for you. Talk to you soon."
    transcript = Transcript((Turn("rep", said), Turn("client", "Bye.")), language="en")
    facts = Facts.from_json({"disposition": "closed_lost"})
    rejection = score(transcript, load_standard("cold-call"), facts).rejection
    assert rejection is not None
    quotes = [reason.evidence.quote for reason in rejection.reasons if reason.id == "left_open" and reason.evidence]
    assert quotes == ["I'll keep the quote on file for you."]
