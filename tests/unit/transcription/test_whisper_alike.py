"""Our features, tokens and word times are those of faster-whisper, whose libraries the engine does without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from faster_whisper import WhisperModel
from faster_whisper.feature_extractor import FeatureExtractor
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_compression_ratio, get_suppressed_tokens, merge_punctuations

from tests.whisper_model import build_whisper_model
from transcription.engines.whisper import WhisperEngine
from transcription.engines.whisper_features import MelFeatures
from transcription.engines.whisper_hearing import _compression
from transcription.engines.whisper_tokens import WordTokens
from transcription.engines.whisper_words import timed_words

OPENING = "\"'“¿([{-"
CLOSING = "\"'.。,，!！?？:：”)]}、"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_whisper_model(tmp_path_factory.mktemp("alike") / "random")


@pytest.fixture(scope="module")
def ours(folder: Path) -> WhisperEngine:
    return WhisperEngine.load(str(folder), threads=1)


@pytest.fixture(scope="module")
def theirs(folder: Path) -> WhisperModel:
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)


@pytest.mark.parametrize("bands", [80, 128])
@pytest.mark.parametrize("seconds", [30.0, 7.31])
def test_features(bands: int, seconds: float) -> None:
    random = np.random.default_rng(3)
    sound = (random.standard_normal(round(seconds * 16_000)) * random.uniform(0, 0.2)).astype(np.float32)
    sound[: sound.size // 3] *= 1e-4
    wanted = FeatureExtractor(feature_size=bands)(sound, padding=0)
    made = MelFeatures(bands)(sound)
    assert made.shape == wanted.shape
    assert made.dtype == wanted.dtype
    assert np.abs(made - wanted).max() < 1e-4


@pytest.mark.parametrize("language", ["en", "ru", "ko", "zh"])
def test_tokens_as_words_and_back(ours: WhisperEngine, theirs: WhisperModel, language: str) -> None:
    tokenizer = Tokenizer(theirs.hf_tokenizer, True, task="transcribe", language=language)
    tokens = ours._loaded.tokens
    assert tokens.prompt(language) == tokenizer.sot_sequence
    assert tokens.prompt(language, [5, 6]) == [tokenizer.sot_prev, 5, 6, *tokenizer.sot_sequence]
    assert tokens.no_times == tokenizer.no_timestamps
    assert tokens.silenced == get_suppressed_tokens(tokenizer, [-1])
    random = np.random.default_rng(5)
    for _ in range(60):
        said = random.integers(0, 290, 12).tolist()  # letters, pieces of characters, and words with spaces
        said += tokens.encode(" Да, это — 정말 太贵了 (ok)!")[: int(random.integers(0, 30))]
        assert tokens.decode(said) == tokenizer.decode(said)
        texts, parts = tokenizer.split_to_word_tokens([*said, tokenizer.eot])
        wanted = [WordTokens(text, tuple(part)) for text, part in zip(texts, parts, strict=True)][:-1]
        if sum(len(word.tokens) for word in wanted) == len(said):
            assert tokens.words(said, language) == wanted
        assert [token for word in tokens.words(said, language) for token in word.tokens] == said


def test_languages(ours: WhisperEngine, theirs: WhisperModel) -> None:
    known = {code for code in theirs.supported_languages if theirs.hf_tokenizer.token_to_id(f"<|{code}|>") is not None}
    letters = "abcdefghijklmnopqrstuvwxyz"
    two = {one + other for one in letters for other in letters}
    assert {code for code in two | known if ours._loaded.tokens.knows(code)} == known
    assert not ours._loaded.tokens.knows("translate")


def test_words_get_the_times_and_marks_they_got(theirs: WhisperModel) -> None:
    texts = [" (", "Well", ",", " yes", ".", " No", "!", ' "', "so", '"', " it", " is", "?"]
    words = [WordTokens(text, (number,)) for number, text in enumerate(texts)]
    random = np.random.default_rng(9)
    frames = np.sort(random.integers(0, 300, len(texts) + 1))
    pairs = [(token, int(frame) + more) for token, frame in enumerate(frames) for more in (0, 1)]
    answer = SimpleNamespace(alignments=pairs, text_token_probs=random.uniform(0.1, 1, len(texts)).tolist())
    theirs = [
        {"word": text, "tokens": [n], "start": frames[n] / 50, "end": frames[n + 1] / 50}
        for n, text in enumerate(texts)
    ]  # fmt: skip
    merge_punctuations(theirs, OPENING, CLOSING)
    wanted = [word["word"].strip() for word in theirs if word["word"].strip()]
    made = timed_words(words, answer)
    assert [word.text for word in made] == wanted
    kept = [word for word in theirs if word["word"].strip()]
    assert all(word.end <= their["end"] + 1e-9 for word, their in zip(made, kept, strict=True))
    assert all(word.start >= their["start"] - 1e-9 for word, their in zip(made, kept, strict=True))
    assert timed_words([], answer) == ()


def test_how_much_a_text_repeats_itself() -> None:
    for text in ("yes", "no no no no no no no no no no", "да да да", "太贵了"):
        assert _compression(text) == get_compression_ratio(text)
    assert _compression("") == 0.0


def test_an_engine_at_work_has_neither_the_decoders_libraries_nor_those_of_the_network(
    folder: Path, tmp_path: Path
) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "import numpy as np\n"
        "from transcription.engines.whisper import WhisperEngine\n"
        "from transcription.pipeline import TranscribeOptions, transcribe\n"
        "from transcription import wav_header\n"
        "import wave\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "for leg in ('one', 'two'):\n"
        "    with wave.open(str(folder / (leg + '.wav')), 'wb') as file:\n"
        "        file.setnchannels(1)\n"
        "        file.setsampwidth(2)\n"
        "        file.setframerate(16000)\n"
        "        file.writeframes(np.random.default_rng(1).normal(0, 900, 32000).astype('<i2').tobytes())\n"
        f"engine = WhisperEngine.load({str(folder)!r}, threads=1)\n"
        "legs = [folder / 'one.wav', folder / 'two.wav']\n"
        "transcribe(legs, engine, TranscribeOptions(language='en'), workdir=folder / 'work')\n"
        "print(*sorted({'av', 'onnxruntime', 'faster_whisper', 'huggingface_hub', 'sklearn'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == ""
