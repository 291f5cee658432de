"""Builds a tiny Whisper model with random weights: real files that CTranslate2 and faster-whisper load and run.

What it hears is noise, but everything around the words is real: loading, batches, word times, language detection,
threads, errors. The output layer is biased towards a few dozen words, so that words do come out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

WIDTH = 32
HEADS = 2
POSITIONS = 1500
TOKENS = 448
TEXT_TOKENS = 50_257
TIMESTAMPS = 1501

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


def build_whisper_model(folder: Path, *, seed: int = 7, mels: int = 80, english_only: bool = False) -> Path:
    """Write model.bin, config.json, vocabulary.json, tokenizer.json and preprocessor_config.json; about 8 MB."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens = _vocabulary(english_only)
    _write_tokenizer(folder / "tokenizer.json", tokens)
    (folder / "preprocessor_config.json").write_text(
        json.dumps({"feature_size": mels, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400})
    )
    _write_model(folder, tokens, np.random.default_rng(seed), mels)
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


def _write_model(folder: Path, tokens: list[str], random: np.random.Generator, mels: int) -> None:
    from ctranslate2.specs.whisper_spec import WhisperSpec

    spec: Any = WhisperSpec(1, HEADS, 1, HEADS)
    spec.register_vocabulary(tokens)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [tokens.index("<|endoftext|>")]
    spec.config.lang_ids = [tokens.index(f"<|{language}|>") for language in LANGUAGES]
    spec.config.alignment_heads = [[0, head] for head in range(HEADS)]

    def weights(*shape: int, scale: float | None = None) -> np.ndarray[Any, np.dtype[np.float32]]:
        return random.normal(0.0, scale or shape[-1] ** -0.5, shape).astype(np.float32)

    def norm(part: Any) -> None:
        part.gamma, part.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    def linear(part: Any, out: int, into: int = WIDTH) -> None:
        part.weight, part.bias = weights(out, into), np.zeros(out, np.float32)

    def layer(part: Any) -> None:
        norm(part.self_attention.layer_norm)
        linear(part.self_attention.linear[0], 3 * WIDTH)
        linear(part.self_attention.linear[1], WIDTH)
        norm(part.ffn.layer_norm)
        linear(part.ffn.linear_0, 4 * WIDTH)
        linear(part.ffn.linear_1, WIDTH, 4 * WIDTH)

    encoder, decoder = spec.encoder, spec.decoder
    for conv, into in ((encoder.conv1, mels), (encoder.conv2, WIDTH)):
        conv.weight, conv.bias = weights(WIDTH, into, 3, scale=(3 * into) ** -0.5), np.zeros(WIDTH, np.float32)
    encoder.position_encodings.encodings = weights(POSITIONS, WIDTH, scale=0.3)
    decoder.position_encodings.encodings = weights(TOKENS, WIDTH, scale=2.0)
    decoder.embeddings.weight = weights(len(tokens), WIDTH, scale=0.3)
    decoder.projection.weight = weights(len(tokens), WIDTH, scale=0.3)
    decoder.projection.bias = _bias(tokens)
    layer(encoder.layer[0])
    layer(decoder.layer[0])
    cross = decoder.layer[0].attention
    norm(cross.layer_norm)
    for part, out in zip(cross.linear, (WIDTH, 2 * WIDTH, WIDTH), strict=True):
        linear(part, out)
    norm(encoder.layer_norm)
    norm(decoder.layer_norm)
    spec.validate()
    spec.save(str(folder))


def _bias(tokens: list[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
    bias = np.zeros(len(tokens), np.float32)
    for word in SAID:
        bias[tokens.index("Ġ" + word)] = 12.0
    bias[tokens.index("<|endoftext|>")] = 12.0
    return bias
