"""Builds Whisper models with random weights, tiny or of a real size: files CTranslate2 and faster-whisper load and run.

What it hears is noise, but everything around the words is real: loading, batches, word times, language detection,
threads, errors, speed. The output layer is biased towards a few dozen words, so that words do come out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

POSITIONS = 1500
TOKENS = 448
TEXT_TOKENS = 50_257
TIMESTAMPS = 1501

NEVER = -1e4
"""Added to the score of a token that must not come."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width of the layers, attention heads, layers of the encoder and of the decoder."""

    width: int
    heads: int
    layers: int


SMALLEST: Final = Size(32, 2, 1)
REAL_SIZES: Final = {"tiny": Size(384, 6, 4), "base": Size(512, 8, 6), "small": Size(768, 12, 12)}
"""Dimensions of the published models (github.com/openai/whisper, model card)."""

_CODES = """
en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk
te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo
ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su
"""
LANGUAGES = _CODES.split()
"""The 99 languages in the order of the published models."""

_SAID = "yes no price offer later budget call week thanks sure maybe send team deal plan cost time good help need"
SAID = _SAID.split()
"""The words the model is biased towards."""


def build_whisper_model(
    folder: Path,
    *,
    seed: int = 7,
    mels: int = 80,
    english_only: bool = False,
    size: Size = SMALLEST,
    endless: bool = False,
) -> Path:
    """Write model.bin, config.json, vocabulary.json, tokenizer.json and preprocessor_config.json; the smallest is 8 MB.

    An `endless` model says words until it is stopped: it never ends a text by itself and never sets a time mark it is
    not made to, so that every window takes exactly as many tokens as are allowed. Its weights are stored as int8.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokens = _vocabulary(english_only)
    _write_tokenizer(folder / "tokenizer.json", tokens)
    (folder / "preprocessor_config.json").write_text(
        json.dumps({"feature_size": mels, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400})
    )
    _write_model(folder, tokens, np.random.default_rng(seed), mels, size, endless)
    return folder


def _vocabulary(english_only: bool) -> list[str]:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = ["Ġ" + word for word in SAID]
    filler = [f"Ġw{number}" for number in range(TEXT_TOKENS - 1 - len(letters) - len(words))]
    # CTranslate2 takes a model for multilingual when its vocabulary holds the empty token, as the published ones do.
    filler += [] if english_only else [""]
    languages = [f"<|{language}|>" for language in LANGUAGES]
    special = ["<|endoftext|>", "<|startoftranscript|>", *languages]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>"]
    special += ["<|notimestamps|>"]
    return letters + words + filler + special + [f"<|{number * 0.02:.2f}|>" for number in range(TIMESTAMPS)]


def _write_tokenizer(path: Path, tokens: list[str]) -> None:
    text = {token: number for number, token in enumerate(tokens) if not token.startswith("<|")}
    tokenizer = Tokenizer(models.BPE(vocab=text, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in tokens[len(text) :]])
    assert all(
        tokenizer.token_to_id(token) == number for number, token in enumerate(tokens[-2000:], len(tokens) - 2000)
    )
    tokenizer.save(str(path), pretty=False)


def _write_model(
    folder: Path, tokens: list[str], random: np.random.Generator, mels: int, size: Size, endless: bool
) -> None:
    from ctranslate2.specs.whisper_spec import WhisperSpec

    wide = size.width
    spec: Any = WhisperSpec(size.layers, size.heads, size.layers, size.heads)
    spec.register_vocabulary(tokens)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [tokens.index("<|endoftext|>")]
    spec.config.lang_ids = [tokens.index(f"<|{language}|>") for language in LANGUAGES]
    # The published models align by some heads of the decoder's second half; so many as the smallest of them has.
    aligning = range(size.layers // 2, size.layers)
    spec.config.alignment_heads = [[layer, head] for layer in aligning for head in range(size.heads)][:8]

    def weights(*shape: int, scale: float | None = None) -> np.ndarray[Any, np.dtype[np.float32]]:
        drawn = random.standard_normal(shape, dtype=np.float32)
        drawn *= np.float32(scale or shape[-1] ** -0.5)
        return drawn

    def norm(part: Any) -> None:
        part.gamma, part.beta = np.ones(wide, np.float32), np.zeros(wide, np.float32)

    def linear(part: Any, out: int, into: int = wide) -> None:
        part.weight, part.bias = weights(out, into), np.zeros(out, np.float32)

    def layer(part: Any) -> None:
        norm(part.self_attention.layer_norm)
        linear(part.self_attention.linear[0], 3 * wide)
        linear(part.self_attention.linear[1], wide)
        norm(part.ffn.layer_norm)
        linear(part.ffn.linear_0, 4 * wide)
        linear(part.ffn.linear_1, wide, 4 * wide)

    encoder, decoder = spec.encoder, spec.decoder
    for conv, into in ((encoder.conv1, mels), (encoder.conv2, wide)):
        conv.weight, conv.bias = weights(wide, into, 3, scale=(3 * into) ** -0.5), np.zeros(wide, np.float32)
    encoder.position_encodings.encodings = weights(POSITIONS, wide, scale=0.3)
    decoder.position_encodings.encodings = weights(TOKENS, wide, scale=2.0)
    decoder.embeddings.weight = weights(len(tokens), wide, scale=0.3)
    # The published models write words with the weights they read them with, stored once.
    decoder.projection.weight = (
        decoder.embeddings.weight if endless else weights(len(tokens), wide, scale=0.3)
    )  # fmt: skip
    decoder.projection.bias = _endless_bias(tokens) if endless else _bias(tokens)
    for part in encoder.layer:
        layer(part)
    for part in decoder.layer:
        layer(part)
        cross = part.attention
        norm(cross.layer_norm)
        for projection, out in zip(cross.linear, (wide, 2 * wide, wide), strict=True):
            linear(projection, out)
    norm(encoder.layer_norm)
    norm(decoder.layer_norm)
    spec.validate()
    if endless:
        spec.optimize(quantization="int8")
    spec.save(str(folder))


def _bias(tokens: list[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
    bias = np.zeros(len(tokens), np.float32)
    for word in SAID:
        bias[tokens.index("Ġ" + word)] = 12.0
    bias[tokens.index("<|endoftext|>")] = 12.0
    return bias


def _endless_bias(tokens: list[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
    bias = np.zeros(len(tokens), np.float32)
    bias[tokens.index("<|endoftext|>") :] = NEVER
    return bias
