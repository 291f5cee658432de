"""The engine of the product: Whisper on windows of speech only, several at a time, with the same answer every time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from transcription.coming import ComingSpeech
from transcription.engines.cores import usable_cores
from transcription.engines.protocol import Accuracy, Progress
from transcription.engines.protocol import Cancelled as CancelledCheck
from transcription.engines.whisper_call import AskedCall, Heard
from transcription.engines.whisper_careful import hear_channel
from transcription.engines.whisper_crew import NARROW, share_threads, work_through
from transcription.engines.whisper_folder import model_width
from transcription.engines.whisper_hearing import Encoded, Listener
from transcription.engines.whisper_languages import Probabilities, Spoken, spread, vote
from transcription.engines.whisper_memory import give_back_memory, keep_memory, one_heap
from transcription.engines.whisper_model import LoadedModel, load_model
from transcription.engines.whisper_models import bring_model
from transcription.engines.whisper_windows import Window, coming_windows, fill_windows
from transcription.errors import NeedsModel
from transcription.speech import Recognition, SpokenChannel, Utterance, primary_language

ON_A_CARD: Final = 8
"""Windows decoded together on a graphics card, which is idle with one."""


class WhisperEngine:
    """A loaded Whisper model. Keep it for many calls; never fork after loading; not for two threads at once.

    Words depend on the spans, the language, the model, the accuracy and the names given, on nothing heard before and
    on no number of windows heard at once.
    """

    name = "whisper"
    draft = False

    def __init__(
        self,
        loaded: LoadedModel,
        model: str,
        *,
        crew: int = 1,
        together: int = 1,
        most_tokens: int | None = None,
        once: bool = False,
        lean: bool = False,
    ) -> None:
        """`crew` threads each hear `together` windows at a time; `most_tokens` bounds the text of a window.

        `lean`: memory is given back behind each window's encoding, which narrow models do faster without.
        `once`: looping windows are not heard a second time (for comparisons at equal settings).
        """
        self._loaded = loaded
        self._crew = crew
        self._together = together
        self._once = once
        self._listener = Listener(loaded, most_tokens=most_tokens, encoding=max(1, crew // 2), lean=lean)
        self.model = model

    @classmethod
    def load(
        cls,
        model: str,
        *,
        models_dir: Path | None = None,
        threads: int | None = None,
        at_once: int | None = None,
        most_tokens: int | None = None,
        once: bool = False,
        hub: str | None = None,
    ) -> WhisperEngine:
        """Load a model given by folder or name, fetching it first when only the hub has it.

        `int8` on the processor with `threads` threads in all (None: the cores this process may use), shared among
        `at_once` windows; `float16` on a graphics card when CTranslate2 sees one, or `int8_float16` when that does not
        fit. Raises NeedsModel and EngineFailed.
        """
        called, folder = bring_model(model, models_dir=models_dir, hub=hub)
        wide = model_width(folder) or NARROW + 1
        import ctranslate2

        device = "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"
        threads = max(1, threads or usable_cores())
        if device == "cuda":
            crew, each, together = 1, threads, at_once or ON_A_CARD
        else:
            crew, each = share_threads(threads, wide) if at_once is None else (at_once, max(1, threads // at_once))
            together = 1
            one_heap()
        loaded = load_model(folder, called, device, crew, each)
        if device == "cpu":
            keep_memory()
        stored = f"{called} (CTranslate2 {version('ctranslate2')}, {loaded.compute})"
        lean = device == "cpu" and wide > NARROW
        return cls(loaded, stored, crew=crew, together=together, most_tokens=most_tokens, once=once, lean=lean)

    def recognise(
        self,
        channels: Sequence[SpokenChannel],
        language: str | None,
        *,
        on_progress: Progress | None = None,
        cancelled: CancelledCheck | None = None,
        hotwords: Sequence[str] = (),
        accuracy: Accuracy = "normal",
    ) -> Recognition:
        """Words of every span, with times inside it; a span over 30 s becomes several utterances.

        An utterance's facts are its window's: `avg_logprob`, `no_speech_prob`, `compression_ratio`; when the language
        was detected also `language_probability` (0..1, of the language the window was heard in) and, where that is not
        the call's, `language`. Sound is read window by window. Raises Cancelled between windows, NeedsModel for a
        language the model does not know.
        """
        windows = fill_windows(channels)
        given = primary_language(language)
        if given is not None:
            self._check_language(given)
        elif not self._loaded.model.is_multilingual:
            raise NeedsModel(
                f"The model {self.model} understands only English and the call's language is not known.",
                "Say that the call is English (the source's language, or --language en), or use a model for many "
                "languages.",
            )
        spoken, encoded = Spoken(given), dict[Window, Encoded]()
        if given is None and windows:
            spoken, encoded = self._detect(windows, channels, cancelled)
        call = AskedCall(self._listener, channels, spoken, given is None, tuple(hotwords), encoded, self._once)
        heard = _Heard(on_progress)
        heard.expect(windows)
        if accuracy == "high":
            lines = [
                hear_channel(call, [window for window in windows if window.channel == channel])
                for channel in dict.fromkeys(window.channel for window in windows)
            ]
        else:
            lines = [
                call.hear(windows[first : first + self._together]) for first in range(0, len(windows), self._together)
            ]
        try:
            work_through(lines, self._crew, heard.take, cancelled)
        finally:
            give_back_memory()
        return heard.recognition(windows, len(channels), spoken)

    def can_begin(self, language: str | None, accuracy: Accuracy) -> bool:
        """Whether `recognise_coming` will do: not where the language is voted for or windows are heard together."""
        return primary_language(language) is not None and accuracy == "normal" and self._together == 1

    def recognise_coming(
        self,
        coming: ComingSpeech,
        language: str,
        *,
        on_progress: Progress | None = None,
        cancelled: CancelledCheck | None = None,
        hotwords: Sequence[str] = (),
    ) -> Recognition:
        """What `recognise` makes of the same spans, begun while they are still being found; progress is told after.

        Raises what `recognise` does, and what listening failed with.
        """
        given = primary_language(language)
        if given is not None:
            self._check_language(given)
        spoken = Spoken(given)
        channels = [SpokenChannel(path, ()) for path in coming.paths]  # windows carry the spans
        call = AskedCall(self._listener, channels, spoken, False, tuple(hotwords), {}, self._once)
        heard = _Heard(on_progress)
        windows: list[Window] = []

        def lines() -> Iterator[Iterator[Heard]]:
            for window in coming_windows(coming):
                windows.append(window)
                yield call.hear([window])
            heard.expect(windows)

        try:
            work_through(lines(), self._crew, heard.take, cancelled, coming.close)
        finally:
            give_back_memory()
        return heard.recognition(sorted(windows, key=lambda window: window.channel), len(channels), spoken)

    def _detect(
        self, windows: Sequence[Window], channels: Sequence[SpokenChannel], cancelled: CancelledCheck | None
    ) -> tuple[Spoken, dict[Window, Encoded]]:
        """The call's language by several windows, which stay encoded for when they are written down."""
        call = AskedCall(self._listener, channels, Spoken(None), False, (), {})
        chosen = [windows[n] for n in spread(windows)]
        encoded: dict[Window, Encoded] = {}
        heard: dict[Window, Probabilities] = {}

        def take(answer: tuple[Window, Encoded, Probabilities]) -> None:
            encoded[answer[0]], heard[answer[0]] = answer[1:]

        work_through([_listen(call, window) for window in chosen], self._crew, take, cancelled)
        return vote(chosen, [heard[window] for window in chosen]), encoded

    def _check_language(self, language: str) -> None:
        many = self._loaded.model.is_multilingual
        if not (self._loaded.tokens.knows(language) if many else language == "en"):
            raise NeedsModel(
                f"The model {self.model} does not know the language '{language}'.",
                "Check the language of the call's source, or use a model for many languages.",
            )


class _Heard:
    """Answers as they come in, and how many are still to come."""

    def __init__(self, on_progress: Progress | None) -> None:
        self._on_progress = on_progress
        self._answers: dict[Window, list[Utterance]] = {}
        self._expected: Sequence[Window] | None = None

    def expect(self, windows: Sequence[Window]) -> None:
        """All there will be."""
        self._expected = windows

    def take(self, answer: Heard) -> None:
        """One more answer; progress is told once it is known of how many."""
        window, utterances = answer
        self._answers[window] = utterances
        if self._on_progress is None or self._expected is None:
            return
        done, total = (sum(window.length for window in some) for some in (self._answers, self._expected))
        self._on_progress(1.0 if len(self._answers) == len(self._expected) else min(1.0, done / total))

    def recognition(self, windows: Sequence[Window], channels: int, spoken: Spoken) -> Recognition:
        """Everything heard in the windows, which are in order of time on each channel."""
        utterances: list[list[Utterance]] = [[] for _ in range(channels)]
        for window in windows:
            utterances[window.channel] += self._answers[window]
        return Recognition(tuple(map(tuple, utterances)), spoken.language, spoken.probability)


def _listen(call: AskedCall, window: Window) -> Any:
    encoded = call.encode([window])
    yield window, encoded, call.listener.languages(encoded)[0]
