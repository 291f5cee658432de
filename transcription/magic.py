"""What a file is by its first bytes: the one container format it may be read as, or what it is instead of sound.

The name of a file says nothing: an ffconcat list named .wav would make a sniffing decoder play other files. Only where
the bytes say nothing either, a name of headerless telephone sound (.ulaw, .gsm, ...) is taken at its word, and checked.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import BinaryIO, Final

from transcription.errors import UnreadableAudio
from transcription.headerless import HeaderlessKind, begins_like_sound, named_kind

HEAD_BYTES: Final = 4096
_SIGN_BYTES: Final = 64

NO_SOUND: Final = "no sound"
"""What a file looks like that is a container we read with no samples in it."""

_SKIP_LIMIT: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class MediaKind:
    """A container we read: `name` for people and for storage, `demuxer` pins the decoder's format."""

    name: str
    demuxer: str
    offset: int = 0
    """Bytes of ID3 tag before the sound."""

    options: tuple[tuple[str, str], ...] = ()
    """What the demuxer must be told, because a headerless file does not."""

    headerless: HeaderlessKind | None = None
    """Set when only the name says what it is: then what comes out must be checked for being sound."""


def identify_media(file: BinaryIO, name: str | None = None) -> MediaKind:
    """The kind of an open file; reads a few bytes and leaves the position at the start.

    `name` is the sender's name for it; it counts only for headerless formats. Raises UnreadableAudio saying what the
    file looks like when it is not a sound we read.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    offset = 0
    if head[:3] == b"ID3" and len(head) >= 10:
        offset = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])
        if offset < _SKIP_LIMIT:
            file.seek(offset)
            head = file.read(HEAD_BYTES)
            if head[:3] != b"ID3" and _sound(head) is None:
                # Padding or junk may stand between the tag and the first frame; the MP3 reader finds it or fails.
                head = b"\xff\xfb"
    file.seek(0)
    return identify_head(head, offset=offset, name=None if offset else name)


def identify_head(head: bytes, *, offset: int = 0, name: str | None = None) -> MediaKind:
    """The kind of a file that begins with `head` (at least HEAD_BYTES of it). Raises UnreadableAudio."""
    sound = _sound(head)
    headerless = named_kind(name)
    if headerless is not None and head and (sound is None or (head[0] == 0xFF and not _frames_follow(head))):
        return _headerless(headerless, head)
    if sound is not None:
        return MediaKind(sound[0], sound[1], offset)
    if not head:
        raise UnreadableAudio("it is empty", looks_like="empty")
    other = _other(head[:_SIGN_BYTES])
    raise UnreadableAudio(
        f"it is {other}, not a sound" if other else "it is no kind of sound we know", looks_like=other
    )


def _headerless(kind: HeaderlessKind, head: bytes) -> MediaKind:
    """The kind its name says, unless the bytes are a sign of something else or cannot be such sound."""
    text = _all_text(head)
    other = _other(head[:_SIGN_BYTES]) or ("text" if text else None)
    # A line's silence can begin like text: both codes of zero in A-law are letters or bytes of a byte order mark.
    if other in (None, "text") and not text and begins_like_sound(kind, head):
        return MediaKind(kind.name, kind.demuxer, options=kind.options, headerless=kind)
    raise UnreadableAudio(
        f"its name says .{kind.name}, but it holds {other or 'data that is no sound'}", looks_like=other
    )


def _all_text(head: bytes) -> bool:
    """Whether it is text in UTF-8; a stretch of one byte alone is silence."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # the last letter may be cut
    except UnicodeDecodeError:
        return False
    return len(set(head)) > 1 and all((byte >= 0x20 and byte != 0x7F) or byte in b"\t\r\n\f" for byte in head)


def _frames_follow(head: bytes) -> bool:
    """Whether another frame begins where the first one ends: two bytes of sync alone may stand in any sound."""
    if head[1] & 0xF6 == 0xF0:
        length = (head[3] & 0x03) << 11 | head[4] << 3 | head[5] >> 5 if len(head) > 5 else 0
    else:
        length = _mpeg_frame_bytes(head[:4])
    return 4 <= length < len(head) - 1 and head[length] == 0xFF and head[length + 1] & 0xFE == head[1] & 0xFE


def _mpeg_frame_bytes(header: bytes) -> int:
    """Bytes of an MPEG audio frame of layer II or III by its header (ISO 11172-3, 13818-3), 0 when it is none."""
    if len(header) < 4:
        return 0
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    rate_code, frequency = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer not in (1, 2) or rate_code in (0, 15) or frequency == 3:
        return 0
    first = version == 3
    table = _BITS_LOW if not first else (_BITS_III if layer == 1 else _BITS_II)
    rate = (44_100, 48_000, 32_000)[frequency] // (1 if first else 2 if version == 2 else 4)
    samples = 144 if first or layer == 2 else 72
    return samples * table[rate_code - 1] * 1000 // rate + (header[2] >> 1 & 1)


_BITS_II: Final = (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_BITS_III: Final = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITS_LOW: Final = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def _sound(head: bytes) -> tuple[str, str] | None:
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return "wav", "wav"
    if head[:4] == b"fLaC":
        return "flac", "flac"
    if head[:4] == b"OggS":
        return "ogg", "ogg"
    if head[:4] == b"\x1aE\xdf\xa3":
        return "webm", "matroska"
    if head[4:8] == b"ftyp":
        return "m4a", "mov"
    if head[:6] in (b"#!AMR\n", b"#!AMR-"):
        return "amr", "amr"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff", "aiff"
    if head[:4] == b".snd":
        return "au", "au"
    if head[:4] == b"caff":
        return "caf", "caf"
    if head[:3] == b"ID3":
        return "mp3", "mp3"
    if len(head) >= 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 != 0x06:
        # A frame sync: the layer bits tell AAC in ADTS (00) from MPEG audio. Layer I (11) is used by nobody, but text
        # in UTF-16 begins like it.
        return ("aac", "aac") if head[1] & 0xF6 == 0xF0 else ("mp3", "mp3")
    return None


def _other(head: bytes) -> str | None:
    signs: tuple[tuple[bytes, str], ...] = (
        (b"\x7fELF", "a program"),
        (b"MZ", "a program"),
        (b"PK", "a zip archive"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"GIF8", "a picture"),
        (b"%PDF", "a PDF document"),
        (b"#EXTM3U", "a playlist"),
        (b"ffconcat", "a list of other files"),
        (b"v=0", "a session description"),
        (b"\xff\xfe", "text"),
        (b"\xfe\xff", "text"),
    )
    for sign, what in signs:
        if head.startswith(sign):
            return what
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<script")):
        return "a web page"
    if start.startswith((b"<?xml", b"<mpd")):
        return "an XML document"
    if start and all(byte >= 0x20 or byte in b"\t\r\n\f" for byte in start):
        return "text"
    return None
