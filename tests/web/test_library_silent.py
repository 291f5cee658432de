"""A playlist's page where the sound of a clip is no longer available: its words are left, and the rest is finished."""

from __future__ import annotations

from sqlalchemy import delete, update

from review.comments.clips import make_clip
from review.db import Database
from review.library.silent import tell_silent
from review.models import Call, WebAudio
from tests.web.conftest import Crew, SignIn, post
from tests.web.test_library import person, shared, sound, their_call

__all__ = ["shared", "sound", "their_call"]


def test_a_clip_without_sound_is_read_and_the_playlist_finished(
    sign_in: SignIn, database: Database, crew: Crew, shared: int, their_call: int, scored_call: int
) -> None:
    lead, rep = sign_in("quality_lead"), sign_in("rep")
    with database.session() as db:
        db.add(WebAudio(call_id=scored_call, folder="derived/own", duration=30.0))
        own = make_clip(db, person(database, crew, "rep"), scored_call, 0.0, 2.0, "Mine")
    made = post(lead, "/playlists", {"title": "Price talks"}, page="/clips").headers["Location"]
    for clip in (shared, own):
        post(lead, f"/clips/{clip}", {"act": "add", "playlist": made.rsplit("/", 1)[1]}, page="/clips")
    post(lead, f"{made}/give", {"person": str(crew.users["rep"])}, page=made)

    with database.session() as db:
        db.execute(delete(WebAudio).where(WebAudio.call_id == their_call))
        db.execute(update(Call).where(Call.id == their_call).values(state="received"))
    page = rep.get(made).text
    assert "The sound is being made. Come back later." in page
    assert "0 of 2 clips heard" in page

    with database.session() as db:
        db.execute(update(Call).where(Call.id == their_call).values(state="dead"))
        assert tell_silent(db) == 1
    page = rep.get(made).text
    assert "The sound is no longer available. What was said can still be read." in page
    assert "It does not count among the clips to be heard." in page
    assert "that is too much" in page
    assert "secret" not in page, "nothing else of the call is read either"
    assert f'data-clip="{shared}"' not in page
    assert "0 of 1 clips heard" in page
    told = post(rep, f"{made}/heard", {"clip": str(own), "start": "0", "end": "2"}, page=made)
    assert told.get_json() == {"done": True, "place": 2.0, "heard": 1, "clips": 1}
    answer = post(rep, f"{made}/answer", {"rating": "4"}, page=made, follow_redirects=True)
    assert "Kept. You can change it whenever you like." in answer.text

    notes = lead.get("/notifications").text
    assert "“Too much” in the playlist “Price talks” has no sound any more and need not be heard" in notes
    page = lead.get(made).text
    assert "The sound is no longer available." in page
    assert "It does not count" not in page, "that is said to those who have it to hear"
