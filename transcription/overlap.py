"""Listening and recognising at the same time: the engine begins on what is known of a call of two channels or more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from transcription.audio import DecodedCall
from transcription.coming import ComingSpeech
from transcription.listening import Listened, listen_to_call
from transcription.speech import Recognition
from transcription.turns import Voice
from transcription.vad import VadOptions


def listen_while(
    recognise: Callable[[ComingSpeech], Recognition],
    call: DecodedCall,
    voices: Sequence[Voice],
    vad: VadOptions | None = None,
    *,
    models_dir: Path | None = None,
    begun: Callable[[], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[DecodedCall, Listened, Recognition | None]:
    """The call settled, what `listen_to_call` finds, and what `recognise` makes of it meanwhile, in this thread.

    `begun` is called before that. None in its place when nothing can be said before all is known: nobody speaks, or on
    one channel only. The answer is the same as that of one after the other. Raises what either raises.
    """
    coming = ComingSpeech([channel.path for channel in call.channels])
    heard: list[Listened] = []
    settled: list[DecodedCall] = []
    faults: list[BaseException] = []

    def stop() -> bool:
        return coming.closed or (cancelled is not None and cancelled())

    def listen() -> None:
        try:
            heard.append(listen_to_call(call, voices, vad, models_dir=models_dir, cancelled=stop, coming=coming))
            coming.end()
            settled.append(call.settled())
        except BaseException as fault:  # noqa: BLE001 - kept for the thread that waits, which raises it
            faults.append(fault)
            coming.end(fault)

    listening = threading.Thread(target=listen, daemon=True, name="listening")
    listening.start()
    try:
        recognition = None
        if coming.begins():
            if begun is not None:
                begun()
            recognition = recognise(coming)
    except BaseException:
        coming.close()
        raise
    finally:
        listening.join()
    if faults:
        raise faults[0]
    return settled[0], heard[0], recognition
