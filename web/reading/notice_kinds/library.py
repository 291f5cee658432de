"""What notifications of clips, playlists, quizzes and praise say. Where one leads stands in its body as `url`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

Body = Mapping[str, Any]


def _praised(body: Body) -> str:
    count = int(body.get("count") or 1)
    if count > 1:
        return str(
            ngettext(
                "%(num)s person praises clips of your call, the last: %(name)s",
                "%(num)s people praise clips of your call, the last: %(name)s",
                count,
                name=_by(body),
            )
        )
    return str(_("%(name)s praises how you spoke: “%(title)s”", name=_by(body), title=_title(body)))


def _told(words: Callable[[str, str], str]) -> Callable[[Body], str]:
    return lambda body: str(words(_by(body), _title(body)))


def _by(body: Body) -> str:
    return str(body.get("by") or _("Somebody"))


def _title(body: Body) -> str:
    return str(body.get("title") or "")


def _gone(body: Body) -> str:
    if body.get("clip"):
        return str(
            _(
                "“%(clip)s” in the playlist “%(title)s” has no sound any more and need not be heard",
                clip=body["clip"],
                title=_title(body),
            )
        )
    if body.get("by"):
        return str(
            _(
                "The playlist “%(title)s” was taken back from %(name)s: none of its clips can be heard any more",
                title=_title(body),
                name=body["by"],
            )
        )
    return str(
        _("The playlist “%(title)s” was taken back: none of its clips can be heard any more", title=_title(body))
    )


SENTENCES: Mapping[str, Callable[[Body], str]] = {
    "clip_praised": _praised,
    "clip_good": _told(
        lambda name, title: _("%(name)s chose your “%(title)s” as what good sounds like", name=name, title=title)
    ),
    "clip_shared": _told(
        lambda name, title: _(
            "%(name)s opened a clip with your voice to every seller: “%(title)s”. You may ask to have it taken out",
            name=name,
            title=title,
        )
    ),
    "clip_asked_out": _told(
        lambda name, title: _(
            "%(name)s asks to have a clip with their voice taken out: “%(title)s”", name=name, title=title
        )
    ),
    "clip_taken_out": _told(
        lambda name, title: _("%(name)s took “%(title)s” out of the library, as you asked", name=name, title=title)
    ),
    "clip_kept_shared": _told(
        lambda name, title: _("%(name)s keeps “%(title)s” in the library and says why", name=name, title=title)
    ),
    "playlist_given": _told(
        lambda name, title: _("%(name)s gave you a playlist to hear: “%(title)s”", name=name, title=title)
    ),
    "playlist_done": _told(
        lambda name, title: _("%(name)s heard “%(title)s” through and says how it is going", name=name, title=title)
    ),
    "playlist_gone": _gone,
    "playlist_soon": _told(lambda _name, title: _("The playlist “%(title)s” is due within a day", title=title)),
    "playlist_late": _told(
        lambda _name, title: _("The playlist “%(title)s” was due and is not heard yet", title=title)
    ),
    "playlist_not_done": _told(
        lambda name, title: _("%(name)s has not heard “%(title)s” through, and it was due", name=name, title=title)
    ),
    "quiz_given": _told(lambda name, title: _("%(name)s gave you a quiz: “%(title)s”", name=name, title=title)),
    "quiz_done": _told(lambda name, title: _("%(name)s has taken the quiz “%(title)s”", name=name, title=title)),
    "quiz_soon": _told(lambda _name, title: _("The quiz “%(title)s” is due within a day", title=title)),
    "quiz_late": _told(lambda _name, title: _("The quiz “%(title)s” was due and is not taken yet", title=title)),
    "quiz_not_done": _told(
        lambda name, title: _("%(name)s has not taken the quiz “%(title)s”, and it was due", name=name, title=title)
    ),
}
