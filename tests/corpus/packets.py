"""Sound in formats that no encoder here writes, made frame by frame: GSM 06.10 (raw and wav49), Speex, minimal Opus."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

_Field = tuple[int, int]
"""A value and its number of bits."""

_NEUTRAL_LAR = ((32, 6), (32, 6), (20, 5), (11, 5), (8, 4), (4, 4), (3, 3), (2, 3))
"""Reflection coefficients of about zero: the synthesis filter then passes the pulses as they are."""


def gsm(sound: NDArray[np.int16]) -> bytes:
    """Mono 8 kHz int16 as raw GSM full rate: 33 bytes for 20 ms. Simple (no prediction), but every frame is valid."""
    return b"".join(_pack([(0xD, 4), *fields]) for fields in _gsm_frames(sound))


def wav49(sound: NDArray[np.int16]) -> bytes:
    """The same in a WAV as Microsoft packs it: 65 bytes for 40 ms, bits from the low end."""
    frames = list(_gsm_frames(sound))
    frames += frames[-1:] if len(frames) % 2 else []
    data = b"".join(_pack_low([*one, *two]) for one, two in zip(frames[::2], frames[1::2], strict=True))
    head = struct.pack("<4sIHHIIHHHH", b"fmt ", 20, 0x31, 1, 8000, 1625, 65, 0, 2, 320)
    head += struct.pack("<4sII", b"fact", 4, len(frames) * 160) + struct.pack("<4sI", b"data", len(data))
    return b"RIFF" + struct.pack("<I", 4 + len(head) + len(data)) + b"WAVE" + head + data


def _gsm_frames(sound: NDArray[np.int16]) -> Iterator[list[_Field]]:
    """Fields of each frame after the signature: filter, then four times lag, gain, grid, peak and 13 pulses."""
    flat = sound.reshape(-1).astype(np.float64)
    emphasised = np.append(flat[:1], flat[1:] - 0.86 * flat[:-1])
    tops = _peak_table()
    for start in range(0, emphasised.size - 159, 160):
        fields = list(_NEUTRAL_LAR)
        for sub in range(start, start + 160, 40):
            grids = [emphasised[sub + grid : sub + grid + 37 : 3] for grid in range(4)]
            grid = int(np.argmax([float(pulses @ pulses) for pulses in grids]))
            pulses = 2.7 * grids[grid]
            peak = min(63, int(np.searchsorted(tops, np.abs(pulses).max())))
            codes = np.clip(np.rint((pulses / tops[peak] * 8 + 7) / 2), 0, 7).astype(int)
            fields += [(40, 7), (0, 2), (grid, 2), (peak, 6), *((int(code), 3) for code in codes)]
        yield fields


def _peak_table() -> NDArray[np.float64]:
    """The highest pulse each of the 64 codes stands for (GSM 06.10, table 3.5)."""
    tops, top, step = [], -1, 32
    for code in range(64):
        step = 32 if code < 16 else 32 << (code // 8 - 1)
        top += step
        tops.append(float(top))
    return np.array(tops)


def _pack(fields: Iterable[_Field]) -> bytes:
    bits = "".join(format(value, f"0{size}b") for value, size in fields)
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def _pack_low(fields: Sequence[_Field]) -> bytes:
    number = at = 0
    for value, size in fields:
        number |= value << at
        at += size
    return number.to_bytes(-(-at // 8), "little")


def speex(seconds: float) -> bytes:
    """Narrow-band Speex in Ogg: a hum of changing loudness in its lowest mode, 20 ms a packet."""
    head = b"Speex   " + b"1.2".ljust(20, b"\0")
    head += struct.pack("<13i", 1, 80, 8000, 0, 4, 1, -1, 160, 0, 1, 0, 0, 0)
    packets = [
        _pack([(0, 1), (1, 4), (20, 6), (20, 6), (20, 6), (60, 7), (12, 4), (14 + n // 5 % 8, 5), (0, 4), (15, 5)])
        for n in range(round(seconds * 50))
    ]
    return ogg([head, _comment()], [(packet, 160) for packet in packets])


def opus_dtx(hours: float) -> bytes:
    """Ogg Opus of nothing but one-byte packets of 120 ms: 60 kB hold an hour of silence."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)
    count = round(hours * 3600 / 0.12)
    return ogg([head, b"OpusTags" + _comment()], [(b"\x19", 5760)] * count)


def _comment() -> bytes:
    return struct.pack("<I4sI", 4, b"test", 0)


def ogg(headers: Sequence[bytes], packets: Sequence[tuple[bytes, int]], serial: int = 7) -> bytes:
    """An Ogg stream of header packets (a page each) and sound packets with their samples, 255 to a page."""
    pages = [_page(serial, n, 0, 0x02 if n == 0 else 0, [packet]) for n, packet in enumerate(headers)]
    granule = 0
    for start in range(0, len(packets), 255):
        part = packets[start : start + 255]
        granule += sum(samples for _, samples in part)
        last = 0x04 if start + 255 >= len(packets) else 0
        pages.append(_page(serial, len(pages), granule, last, [packet for packet, _ in part]))
    return b"".join(pages)


def _page(serial: int, number: int, granule: int, flags: int, packets: Sequence[bytes]) -> bytes:
    """One page (RFC 3533) of packets under 255 bytes, with its checksum."""
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, granule, serial, number, 0)
    body = bytes([len(packets)]) + bytes(map(len, packets)) + b"".join(packets)
    page = head + body
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(data: bytes) -> int:
    value = 0
    for byte in data:
        value = (value << 8 & 0xFFFFFFFF) ^ _CRC[value >> 24 ^ byte]
    return value


def _crc_entry(byte: int) -> int:
    value = byte << 24
    for _ in range(8):
        value = value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)
    return value & 0xFFFFFFFF


_CRC = [_crc_entry(byte) for byte in range(256)]
