"""The words of the page inside the file of one's own data, in the languages of the UI: no web page is there to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "title": "My data",
        "about": "Everything kept here that is yours: your calls with their words (private numbers masked), how they"
        " were judged by the machine and by people, what was written to you and by you, coaching, disputes and praise."
        " Other people's private notes and the names and numbers of clients are not in it.",
        "calls": "Calls",
        "evaluations": "Scorecards by people",
        "comments": "Comments",
        "coaching_sessions": "Coaching sessions",
        "coaching_plans": "Coaching plans",
        "coaching_comments": "Comments in coaching",
        "disputes": "Disputes",
        "praise": "Praise",
        "playlists": "Playlists",
        "quizzes": "Quizzes",
        "answers": "Answers by criterion",
        "words": "the words",
        "when": "When (UTC)",
        "score": "Score",
    },
    "ru": {
        "title": "Мои данные",
        "about": "Всё ваше, что здесь хранится: звонки с текстом (личные номера скрыты), как их оценили машина и люди,"
        " что писали вам и вы, коучинг, споры и похвала. Чужих личных заметок, имён и номеров клиентов здесь нет.",
        "calls": "Звонки",
        "evaluations": "Оценки людей",
        "comments": "Комментарии",
        "coaching_sessions": "Встречи коучинга",
        "coaching_plans": "Планы коучинга",
        "coaching_comments": "Комментарии в коучинге",
        "disputes": "Споры",
        "praise": "Похвала",
        "playlists": "Подборки",
        "quizzes": "Викторины",
        "answers": "Ответы по критериям",
        "words": "текст",
        "when": "Когда (UTC)",
        "score": "Балл",
    },
    "ko": {
        "title": "내 데이터",
        "about": "여기에 보관된 본인 데이터 전부입니다. 통화와 그 내용(개인 번호는 가림),"
        " 기계와 사람의 평가, 주고받은 글, 코칭, 이의,"
        " 칭찬이 들어 있습니다. 다른 사람의 비공개 메모와 고객의 이름·번호는 없습니다.",
        "calls": "통화",
        "evaluations": "사람의 평가",
        "comments": "댓글",
        "coaching_sessions": "코칭 면담",
        "coaching_plans": "코칭 계획",
        "coaching_comments": "코칭 댓글",
        "disputes": "이의",
        "praise": "칭찬",
        "playlists": "재생 목록",
        "quizzes": "퀴즈",
        "answers": "기준별 답",
        "words": "내용",
        "when": "일시 (UTC)",
        "score": "점수",
    },
    "zh": {
        "title": "我的数据",
        "about": "这里保存的属于您的全部内容：通话及其文字（私人号码已遮盖）、机器和人的评价、"
        "您收到和写下的文字、辅导、申诉和表扬。"
        "不含他人的私人备注，也不含客户的姓名和号码。",
        "calls": "通话",
        "evaluations": "人工评分",
        "comments": "评论",
        "coaching_sessions": "辅导谈话",
        "coaching_plans": "辅导计划",
        "coaching_comments": "辅导中的评论",
        "disputes": "申诉",
        "praise": "表扬",
        "playlists": "播放列表",
        "quizzes": "测验",
        "answers": "各项标准的答案",
        "words": "文字",
        "when": "时间（UTC）",
        "score": "分数",
    },
}


def words_in(language: str) -> Mapping[str, str]:
    """The words in this language, in English for one that is not among them."""
    return _WORDS.get(language.split("-")[0], _WORDS["en"])
