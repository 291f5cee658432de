"""Hand-written calls for the tests, and a way to give their words times and confidences."""

from __future__ import annotations

from dataclasses import replace

from transcription.transcript import AudioQuality, Transcript, Turn, Word

ROLES = {"R": "rep", "C": "client", "A": "speaker_a", "B": "speaker_b", "S": "system"}

GOOD = """\
R: Good morning, this is Nadia Ferris from Clearwater Coolers. I'm calling because you asked about our dispensers.
C: Good morning. Yes, that was me.
R: Great. Have you got five minutes?
C: Sure.
R: How many people work in your office, and what do you use at the moment?
C: About sixty. We buy bottles, it's a mess.
R: I see. What bothers you most about the bottles?
C: Carrying them upstairs, and we run out all the time.
R: Who else is involved in the decision?
C: Only me.
R: So with ours you don't have to carry anything any more. It's forty nine euros a month, service included.
C: Hm, that's more than I expected.
R: I understand. May I ask what you were expecting?
C: Around thirty.
R: The forty nine already includes filter and service, so you pay nothing on top. Would that work for you?
C: Okay, that makes sense.
R: Then I'll send you the contract today and call you on Friday at ten. Is that all right?
C: Yes, perfect.
R: Thank you for your time, Mr Olsen. Have a nice day.
C: Bye.
"""

BAD = """\
R: Yes. You want coolers or what.
C: Who is this, please?
R: We have the best price, everybody buys from us. Two hundred dollars a month.
C: That's way too expensive for us.
R: That's not expensive. You don't understand how this works. Don't be stupid.
C: Excuse me?
R: You have to decide right now, tomorrow it will be gone.
C: No thanks. Please don't call me again.
R: You will regret it.
"""


def call(text: str, *, language: str | None = "en") -> Transcript:
    """A transcript without times from lines such as `R: Hello.`."""
    turns = []
    for line in text.strip().splitlines():
        mark, _, words = line.partition(":")
        turns.append(Turn(ROLES[mark.strip()], words.strip()))  # type: ignore[arg-type]
    return Transcript(tuple(turns), language=language)


def timed(
    transcript: Transcript,
    *,
    confidence: float | None = 0.93,
    seconds_per_word: float = 0.35,
    gap: float = 0.6,
    role_confidence: float | None = 0.99,
) -> Transcript:
    """The same call as a speech engine would hand it over: each word with times and a confidence."""
    at = 0.5
    turns = []
    for turn in transcript.turns:
        words = []
        for text in turn.text.split():
            words.append(Word(text, round(at, 2), round(at + seconds_per_word - 0.05, 2), confidence))
            at += seconds_per_word
        start = words[0].start if words else at
        end = words[-1].end if words else at
        turns.append(replace(turn, words=tuple(words), start=start, end=end, role_confidence=role_confidence))
        at += gap
    return replace(transcript, turns=tuple(turns), duration=round(at, 2), engine="test", model="test")


def partial(transcript: Transcript) -> Transcript:
    """The same call with its end missing from the recording."""
    return replace(transcript, quality=AudioQuality(partial=True))
