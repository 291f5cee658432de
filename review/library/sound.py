"""A stretch of a call's playable sound as a file of its own: whoever gets it has no byte of the rest of the call.

The packets of the call's WebM are copied, not decoded, into a new WebM that begins at 0. Only packets that sound wholly
inside the stretch are taken. WebM: https://www.matroska.org/technical/elements.html; the length of an Opus packet from
its first byte: RFC 6716, section 3.1.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

LONGEST_CUT: Final = 300.0
"""Seconds that are cut in one piece; it is held in memory, about 1.5 MB."""
_CLUSTER: Final = 5_000  # milliseconds of sound in one cluster, so that players can seek
_DELAY: Final = 7  # milliseconds: an encoder's delay (6.5 ms) by which a packet sounds before its time stamp
_SEGMENT, _INFO, _TRACKS, _CLUSTER_ID, _CUES = 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675, 0x1C53BB6B
_TIMECODE, _SIMPLE_BLOCK, _BLOCK_GROUP, _BLOCK = 0xE7, 0xA3, 0xA0, 0xA1
_EBML: Final = 0x1A45DFA3
_OPUS_MS: Final = (10, 20, 40, 60) * 3 + (10, 20) * 2 + (2.5, 5, 10, 20) * 4
"""Milliseconds of one frame by the first five bits of an Opus packet (RFC 6716, table 2)."""


class NoSound(ValueError):
    """The file is no WebM as the product writes it, or holds nothing in the stretch."""


class _Element(NamedTuple):
    name: int
    begin: int  # of its content
    end: int


class _Packet(NamedTuple):
    at: int  # milliseconds of the call
    data: bytes


@dataclass(frozen=True, slots=True)
class _Source:
    header: bytes
    tracks: bytes
    clusters: tuple[tuple[int, _Element], ...]  # (milliseconds, where)


def cut_sound(path: Path, start: float, end: float) -> bytes:
    """The sound between two seconds of a call as a WebM file. Raises NoSound, and OSError where it cannot be read."""
    first, last = round(start * 1000), round(min(end, start + LONGEST_CUT) * 1000)
    with open(path, "rb") as file:
        source = _read(file, path.stat().st_size)
        packets = list(_packets(file, source, first, last))
    if not packets:
        raise NoSound(f"nothing sounds from {start:.1f} s to {end:.1f} s")
    return _write(source, packets, last - first)


def _read(file: BinaryIO, size: int) -> _Source:
    top = list(_children(file, 0, size))
    if len(top) < 2 or top[0].name != _EBML or top[1].name != _SEGMENT:
        raise NoSound("not a WebM file")
    tracks, clusters = b"", []
    for element in _children(file, top[1].begin, top[1].end):
        if element.name == _TRACKS:
            tracks = _content(file, element)
        elif element.name == _CLUSTER_ID:
            inner = next(_children(file, element.begin, element.end), None)
            if inner is None or inner.name != _TIMECODE:
                raise NoSound("a cluster without a time")
            clusters.append((int.from_bytes(_content(file, inner)), element))
    if not tracks:
        raise NoSound("no track")
    return _Source(_content(file, top[0]), tracks, tuple(clusters))


def _packets(file: BinaryIO, source: _Source, first: int, last: int) -> Iterator[_Packet]:
    for place, (at, cluster) in enumerate(source.clusters):
        following = source.clusters[place + 1][0] if place + 1 < len(source.clusters) else None
        if at > last or (following is not None and following <= first):
            continue
        for element in _children(file, cluster.begin, cluster.end):
            block = element
            if element.name == _BLOCK_GROUP:
                inner = (one for one in _children(file, element.begin, element.end) if one.name == _BLOCK)
                block = next(inner, element)
            if block.name not in (_SIMPLE_BLOCK, _BLOCK):
                continue
            content = _content(file, block)
            if len(content) < 5 or content[0] & 0x80 == 0 or content[3] & 0x06:
                raise NoSound("a block of many frames or of a far track")
            when = at + struct.unpack(">h", content[1:3])[0]
            if when - _DELAY >= first and when + _length(content[4:]) <= last:
                yield _Packet(when, content[4:])


def _length(packet: bytes) -> float:
    """Milliseconds of an Opus packet."""
    code = packet[0] & 3
    frames = 1 if code == 0 else 2 if code < 3 else packet[1] & 0x3F if len(packet) > 1 else 0
    return _OPUS_MS[packet[0] >> 3] * frames


def _write(source: _Source, packets: list[_Packet], duration: int) -> bytes:
    zero = packets[0].at
    groups: list[list[_Packet]] = []
    for packet in packets:
        if not groups or packet.at - groups[-1][0].at >= _CLUSTER:
            groups.append([])
        groups[-1].append(packet)
    clusters = [_cluster(group, zero) for group in groups]
    info = _element(
        _INFO,
        _element(0x2AD7B1, _number(1_000_000))
        + _element(0x4489, struct.pack(">d", float(duration)))
        + _element(0x4D80, b"callcoach")
        + _element(0x5741, b"callcoach"),
    )
    tracks = _element(_TRACKS, source.tracks)
    times = [group[0].at - zero for group in groups]
    position = len(info) + len(tracks) + len(_cues([(time, 0) for time in times]))
    places = []
    for time, cluster in zip(times, clusters, strict=True):
        places.append((time, position))
        position += len(cluster)
    segment = info + tracks + _cues(places) + b"".join(clusters)
    return _element(_EBML, source.header) + _element(_SEGMENT, segment)


def _cluster(group: list[_Packet], zero: int) -> bytes:
    begin = group[0].at
    blocks = (
        _element(_SIMPLE_BLOCK, b"\x81" + struct.pack(">h", packet.at - begin) + b"\x80" + packet.data)
        for packet in group
    )
    return _element(_CLUSTER_ID, _element(_TIMECODE, _number(begin - zero)) + b"".join(blocks))


def _cues(places: list[tuple[int, int]]) -> bytes:
    """Where players find each cluster: (milliseconds, bytes from the segment's beginning), of fixed width."""
    points = (
        _element(
            0xBB,
            _element(0xB3, _number(time)) + _element(0xB7, _element(0xF7, b"\x01") + _element(0xF1, _number(position))),
        )
        for time, position in places
    )
    return _element(_CUES, b"".join(points))


def _element(name: int, content: bytes) -> bytes:
    return name.to_bytes((name.bit_length() + 7) // 8) + (len(content) | 1 << 56).to_bytes(8) + content


def _number(value: int) -> bytes:
    return value.to_bytes(8)


def _children(file: BinaryIO, begin: int, end: int) -> Iterator[_Element]:
    at = begin
    while at < end:
        file.seek(at)
        head = file.read(12)
        name, used = _vint(head, keep=True)
        size, more = _vint(head[used:], keep=False)
        content = at + used + more
        # An unknown size is a live stream's: its content goes on to the end of what it stands in.
        until = end if size == (1 << (7 * more)) - 1 else content + size
        if until > end:
            raise NoSound("an element reaches over its parent")
        yield _Element(name, content, until)
        at = until


def _vint(head: bytes, *, keep: bool) -> tuple[int, int]:
    """A number of variable width and how many bytes it takes; `keep` leaves its length marker in (for names)."""
    if not head or head[0] == 0:
        raise NoSound("not a WebM element")
    length = 9 - head[0].bit_length()
    if len(head) < length:
        raise NoSound("cut off in the middle of an element")
    value = int.from_bytes(head[:length])
    return (value if keep else value & ((1 << (7 * length)) - 1)), length


def _content(file: BinaryIO, element: _Element) -> bytes:
    file.seek(element.begin)
    return file.read(element.end - element.begin)
