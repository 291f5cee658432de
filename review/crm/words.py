"""The words of what we write into a CRM, in the language the connection is set to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "score": "Call quality: {score} of 100",
        "no_score": "Call quality: not scored",
        "by": "Judged by {name}",
        "machine": "Judged by the machine",
        "who": "Who",
        "why": "Why they called",
        "wants": "Wants",
        "objections": "Objections",
        "next": "Next step",
        "call_back": "Call back",
        "withdrawn": "Withdrawn: this number is not to be called any more.",
    },
    "ru": {
        "score": "Качество звонка: {score} из 100",
        "no_score": "Качество звонка: без оценки",
        "by": "Оценил(а) {name}",
        "machine": "Машинная оценка",
        "who": "Кто",
        "why": "Причина звонка",
        "wants": "Что нужно",
        "objections": "Возражения",
        "next": "Следующий шаг",
        "call_back": "Перезвонить",
        "withdrawn": "Снято: на этот номер больше нельзя звонить.",
    },
    "ko": {
        "score": "통화 품질: 100점 중 {score}점",
        "no_score": "통화 품질: 점수 없음",
        "by": "{name} 평가",
        "machine": "자동 평가",
        "who": "고객",
        "why": "통화 이유",
        "wants": "요구 사항",
        "objections": "거절 사유",
        "next": "다음 단계",
        "call_back": "다시 전화하기",
        "withdrawn": "취소됨: 이 번호로는 더 이상 전화하지 마세요.",
    },
    "zh": {
        "score": "通话质量：{score} / 100",
        "no_score": "通话质量：未评分",
        "by": "{name} 评分",
        "machine": "机器评分",
        "who": "客户",
        "why": "来电原因",
        "wants": "需求",
        "objections": "异议",
        "next": "下一步",
        "call_back": "回电",
        "withdrawn": "已撤回：此号码不可再拨打。",
    },
}


def words_of(language: object) -> Mapping[str, str]:
    """The words of a language; English for one we have none of."""
    return WORDS.get(str(language), WORDS["en"])
