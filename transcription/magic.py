"""What a file is by its first bytes: the container we may open it as, or words for what it is instead of audio.

File names say nothing: a "WAV" that holds a playlist would make a decoder open other files.
"""

from __future__ import annotations

from typing import Final

HEAD: Final = 4096  # bytes to give; fewer when the file is shorter

_STARTS: Final = (
    (b"fLaC", "flac"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
    (b"#!AMR", "amr"),
    (b"\x1a\x45\xdf\xa3", "matroska"),
)
_PICTURE_BRANDS: Final = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")

_NOT_AUDIO: Final = (
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"PK\x03\x04", "a zip archive (or an office document)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3", "a database"),
)
_TEXT_STARTS: Final = (
    ("ffconcat", "a playlist that names other files (ffconcat)"),
    ("#extm3u", "a playlist that names other files (m3u)"),
    ("[playlist]", "a playlist that names other files (pls)"),
    ("<!doctype html", "a web page"),
    ("<html", "a web page"),
    ("<mpd", "a streaming playlist (DASH)"),
    ("<?xml", "an XML document"),
    ("webvtt", "a transcript with times (WebVTT)"),
    ("v=0", "a session description (SDP)"),
    ("{", "a JSON document"),
    ("[", "a JSON document"),
)


def sniff(head: bytes) -> str | None:
    """The container the bytes begin: wav, flac, ogg, mp3, mp4, matroska or amr; None when it is none of them."""
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return "wav"
    for start, name in _STARTS:
        if head.startswith(start):
            return name
    if head[4:8] == b"ftyp" and head[8:12] not in _PICTURE_BRANDS:
        return "mp4"
    return "mp3" if _is_mp3_frame(head) else None


def describe_not_audio(head: bytes) -> str:
    """Words for what the bytes seem to be, to follow "it looks like"."""
    if not head:
        return "an empty file"
    for start, words in _NOT_AUDIO:
        if head.startswith(start):
            return words
    text = _as_text(head)
    if text is not None:
        beginning = text.lstrip("\ufeff \t\r\n").lower()
        for words_start, words in _TEXT_STARTS:
            if beginning.startswith(words_start):
                return words
        return "a text file"
    return "data of no audio format we know"


def _is_mp3_frame(head: bytes) -> bool:
    """An MPEG audio frame of layer II or III with a bit rate and a sampling rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bit_rate, rate = head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer in (1, 2) and bit_rate not in (0, 15) and rate != 3


def _as_text(head: bytes) -> str | None:
    for encoding in ("utf-8", "utf-16"):
        if encoding == "utf-16" and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        for cut in range(4):  # the last character may be cut in the middle
            try:
                text = head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            if not any(ord(character) < 32 and character not in "\t\r\n\f\v\x1b" for character in text):
                return text
    return None
