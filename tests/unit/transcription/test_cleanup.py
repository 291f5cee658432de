"""Text nobody said: what goes, with which reason, and what must stay."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.line_sounds import white
from transcription.cleanup import clean_utterances
from transcription.speech import RATE, Span, SpokenChannel, Utterance
from transcription.stock_phrases import is_stock_phrase
from transcription.transcript import Word

LABELS = Path(__file__).resolve().parents[3] / "web" / "templates" / "macros" / "labels.html"

INVENTED = [
    ("en", "Thanks for watching!"),
    ("en", "Thank you so much for watching."),
    ("en", "Subtitles by the Amara.org community"),
    ("en", "Don't forget to like and subscribe!"),
    ("en", "I'll see you in the next video."),
    ("en", "Transcription by CastingWords"),
    ("ru", "Продолжение следует..."),
    ("ru", "Субтитры сделал DimaTorzok"),
    ("ru", "Редактор субтитров А.Семкин Корректор А.Егорова"),
    ("ru", "Спасибо за просмотр!"),
    ("ru", "Подписывайтесь на канал и ставьте лайки!"),
    ("ko", "시청해 주셔서 감사합니다."),
    ("ko", "시청해주셔서 감사합니다"),
    ("ko", "MBC 뉴스 이덕영입니다."),
    ("ko", "구독과 좋아요 부탁드립니다"),
    ("ko", "다음 영상에서 만나요."),
    ("zh", "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目"),
    ("zh", "請不吝點贊訂閱轉發打賞支持明鏡與點點欄目"),
    ("zh", "字幕由Amara.org社区提供"),
    ("zh", "中文字幕志愿者 杨栋梁"),
    ("zh", "谢谢观看"),
    ("zh", "未完待续"),
]
SAID = [
    ("en", "Thank you."),
    ("en", "Thank you very much, bye."),
    ("en", "Thanks for calling."),
    ("en", "Thank you for listening to me so patiently, I will send the offer today"),
    ("en", "I would like to subscribe to the standard plan"),
    ("en", "See you next time."),
    ("ru", "Спасибо большое."),
    ("ru", "Спасибо за внимание"),
    ("ru", "Продолжение следует обсудить в четверг"),
    ("ru", "Перевод я сделал вчера"),
    ("ru", "Подписать договор можно завтра"),
    ("ko", "감사합니다."),
    ("ko", "전화 주셔서 감사합니다"),
    ("ko", "구독 요금이 얼마예요"),
    ("zh", "谢谢"),
    ("zh", "谢谢您的来电"),
    ("zh", "我想订阅这个服务多少钱"),
    ("zh", "翻译一下合同"),
]


def spoken(text: str, start: float, end: float, confidence: float = 0.9, **facts: float) -> Utterance:
    """The words of a text spread evenly over a time."""
    words = text.split()
    edges = np.linspace(start, end, len(words) + 1)
    said = tuple(
        Word(word, round(float(a), 3), round(float(b), 3), confidence)
        for word, (a, b) in zip(words, pairwise(edges), strict=True)
    )
    return Utterance(Span(start, end), said, dict(facts))


def texts(utterances: tuple[Utterance, ...]) -> list[str]:
    return [" ".join(word.text for word in u.words) for u in utterances]


@pytest.mark.parametrize(("language", "text"), INVENTED)
def test_stock_phrases_go_when_the_words_are_unsure(language: str, text: str) -> None:
    real = spoken("one two three four", 0, 2)
    unsure = spoken(text, 3, 6, confidence=0.3)
    kept, removed = clean_utterances([real, unsure], [Span(0, 6)], language)
    assert kept == (real,)
    assert [r.reason for r in removed] == ["stock_phrase"]
    assert (removed[0].start, removed[0].end) == (3, 6)
    assert removed[0].text.replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(("language", "text"), INVENTED)
def test_stock_phrases_said_clearly_stay(language: str, text: str) -> None:
    said = spoken(text, 3, 6 + len(text) / 10, confidence=0.9)
    assert clean_utterances([said], [Span(3, 20)], language) == ((said,), ())


@pytest.mark.parametrize(("language", "text"), INVENTED)
def test_stock_phrases_go_where_the_speech_is_too_short_for_them(language: str, text: str) -> None:
    cough = spoken(text, 3, 3.3, confidence=0.9)
    kept, removed = clean_utterances([cough], [Span(3, 3.3)], language)
    assert (kept, [r.reason for r in removed]) == ((), ["stock_phrase"])


@pytest.mark.parametrize(("language", "text"), SAID)
@pytest.mark.parametrize("confidence", [0.05, 0.9])
def test_what_people_say_stays_however_unsure(language: str, text: str, confidence: float) -> None:
    said = spoken(text, 3, 3.4, confidence)
    assert clean_utterances([said], [Span(3, 3.4)], language) == ((said,), ())


def test_english_stock_phrases_are_known_in_every_language_and_others_only_in_their_own() -> None:
    assert all(is_stock_phrase("Thanks for watching!", language) for language in ("en", "ru", "ko", "zh", "de", None))
    assert not is_stock_phrase("Продолжение следует", "en")
    assert not is_stock_phrase("", "en")
    assert not is_stock_phrase("...", "en")


def test_only_the_invented_stretch_of_an_utterance_goes() -> None:
    first, second = spoken("we will send the offer", 0, 2), spoken("Thanks for watching!", 3, 4.5, 0.2)
    both = Utterance(Span(0, 4.5), first.words + second.words)
    kept, removed = clean_utterances([both], [Span(0, 4.5)], "en")
    assert texts(kept) == ["we will send the offer"]
    assert [(r.text, r.reason) for r in removed] == [("Thanks for watching!", "stock_phrase")]
    inside = spoken("we say thanks for watching our demo today", 0, 3, 0.2)
    assert clean_utterances([inside], [Span(0, 3)], "en") == ((inside,), ())


def test_the_engines_doubt_and_the_sound_decide_about_sure_words(tmp_path: Path) -> None:
    text = "Thanks for watching!"
    doubted = spoken(text, 3, 6, 0.9, no_speech_prob=0.8)
    assert [r.reason for r in clean_utterances([doubted], [Span(0, 6)], "en")[1]] == ["stock_phrase"]
    loud = np.concatenate((white(3, 0.1), white(3, 0.002)))
    path = tmp_path / "channel.raw"
    (loud * 32767).astype("<i2").tofile(path)
    channel = SpokenChannel(path, (Span(0, 3), Span(3, 6)))
    said, whispered = spoken("Thanks for watching!", 0, 3), spoken(text, 3, 6)
    kept, removed = clean_utterances([said, whispered], channel.spans, "en", channel=channel)
    assert kept == (said,)
    assert [(r.start, r.reason) for r in removed] == [(3, "stock_phrase")]


def test_low_confidence_words_stay() -> None:
    unsure = spoken("maybe perhaps something", 0, 2, confidence=0.02)
    assert clean_utterances([unsure], [Span(0, 2)], "en") == ((unsure,), ())


def test_long_loops_are_cut_in_every_language() -> None:
    phrase = "我们可以给您发一个报价单您看怎么样"
    words = " ".join(phrase * 4)
    kept, removed = clean_utterances([spoken(words, 0, 30)], [Span(0, 30)], "zh")
    assert texts(kept) == [" ".join(phrase)]
    assert [(r.reason, r.text) for r in removed] == [("loop", phrase * 3)]


def test_the_same_sentence_window_after_window_is_a_loop_and_a_repeated_answer_is_not() -> None:
    windows = [spoken("I am going to the other side", 10.0 * n, 10.0 * n + 5) for n in range(4)]
    kept, removed = clean_utterances(windows, [Span(0, 40)], "en")
    assert kept == (windows[0],)
    assert [r.reason for r in removed] == ["loop"] * 3
    answers = [spoken("yes", 10.0 * n, 10.0 * n + 1) for n in range(8)]
    assert clean_utterances(answers, [Span(0, 80)], "en") == (tuple(answers), ())


def test_segments_out_of_order_are_put_right() -> None:
    early, late = spoken("good morning to you", 0, 2), spoken("what about the price", 5, 7)
    kept, removed = clean_utterances([late, early], [Span(0, 7)], "en")
    assert (kept, removed) == ((early, late), ())
    mixed = Utterance(Span(0, 7), late.words + early.words)
    kept, removed = clean_utterances([mixed], [Span(0, 7)], "en")
    assert texts(kept) == ["good morning to you what about the price"]
    assert removed == ()


def test_a_word_a_little_early_keeps_its_place() -> None:
    words = (Word("the", 1.0, 1.2, 0.9), Word("price", 0.9, 1.5, 0.9), Word("is", 1.5, 1.7, 0.9))
    kept, _ = clean_utterances([Utterance(Span(0.8, 2), words)], [Span(0.8, 2)], "en")
    assert [(w.text, w.start, w.end) for w in kept[0].words] == [
        ("the", 1.0, 1.2),
        ("price", 1.0, 1.5),
        ("is", 1.5, 1.7),
    ]


def test_a_segment_given_twice_is_removed_once() -> None:
    once = spoken("we have two offers for you", 0, 3)
    again = spoken("we have two offers for you", 0.2, 3.1)
    kept, removed = clean_utterances([once, again], [Span(0, 4)], "en")
    assert kept == (once,)
    assert [r.reason for r in removed] == ["repeat"]


def test_words_beyond_the_speech_go() -> None:
    said = spoken("hello there my friend", 50, 52)
    kept, removed = clean_utterances([said], [Span(0, 10)], "en")
    assert (kept, [r.reason for r in removed]) == ((), ["outside_speech"])


def test_every_reason_has_words_for_people() -> None:
    macro = re.search(r"macro removal_name\(code\) %\}(.*?)endmacro", LABELS.read_text(encoding="utf-8"), re.DOTALL)
    assert macro is not None
    known = set(re.findall(r'"(\w+)": _\(', macro[1]))
    assert {"no_speech", "outside_speech", "loop", "repeat", "stock_phrase", "bleed"} <= known


words = st.lists(
    st.tuples(
        st.sampled_from(["yes", "no", "the", "price", "Thanks", "for", "watching", "谢谢", "спасибо"]),
        st.floats(0, 60, allow_nan=False),
        st.floats(0, 2, allow_nan=False),
        st.floats(0, 1, allow_nan=False),
    ),
    max_size=25,
)


@given(st.lists(words, max_size=5), st.sampled_from(["en", "ru", "ko", "zh", "de", None]))
def test_every_word_is_kept_or_removed_once_and_time_goes_on(
    given_words: list[list[tuple[str, float, float, float]]], language: str | None
) -> None:
    utterances = [
        Utterance(Span(0, 60), tuple(Word(t, round(s, 3), round(s + d, 3), c) for t, s, d, c in group))
        for group in given_words
    ]
    kept, removed = clean_utterances(utterances, [Span(5, 40)], language)
    said = sorted(w.text for u in utterances for w in u.words)
    left = [w.text for u in kept for w in u.words]
    gone = "".join(r.text.replace(" ", "") for r in removed)
    assert len("".join(said)) == len("".join(left)) + len(gone)
    assert sorted("".join(said)) == sorted("".join(left) + gone)
    for utterance in kept:
        starts = [w.start or 0.0 for w in utterance.words]
        assert starts == sorted(starts)
    firsts = [u.words[0].start or 0.0 for u in kept]
    assert firsts == sorted(firsts)
    assert all(0 <= (r.start or 0.0) <= (r.end or 0.0) for r in removed)


def test_a_channel_of_silence_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "channel.raw"
    np.zeros(RATE, dtype="<i2").tofile(path)
    assert clean_utterances([], [], "en", channel=SpokenChannel(path, ())) == ((), ())
