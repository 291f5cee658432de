"""A Whisper model of random numbers: real files, a real tokenizer, real loading and decoding; its words are noise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import WhisperSpec
from faster_whisper.tokenizer import _LANGUAGE_CODES
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

WIDTH = 32
TEXT_TOKENS = 50_257  # as many as the published models have
FRAMES = 1500
POSITIONS = 448


def build_tiny_whisper(folder: Path, *, seed: int = 7) -> Path:
    """Write a one-layer multilingual model to `folder`, which then loads like any converted Whisper model."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = build_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    tokens = [token for token, _ in sorted(tokenizer.get_vocab(with_added_tokens=True).items(), key=lambda i: i[1])]
    rng = np.random.default_rng(seed)

    def weights(*shape: int) -> np.ndarray[Any, Any]:
        return (rng.standard_normal(shape) * 0.3).astype(np.float32)

    def norm(spec: Any) -> None:
        spec.gamma, spec.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    def linear(spec: Any, out: int, inside: int) -> None:
        spec.weight, spec.bias = weights(out, inside), np.zeros(out, np.float32)

    def self_attention(spec: Any) -> None:
        norm(spec.layer_norm)
        linear(spec.linear[0], 3 * WIDTH, WIDTH)
        linear(spec.linear[1], WIDTH, WIDTH)

    def feed_forward(spec: Any) -> None:
        norm(spec.layer_norm)
        linear(spec.linear_0, 2 * WIDTH, WIDTH)
        linear(spec.linear_1, WIDTH, 2 * WIDTH)

    spec = WhisperSpec(1, 2, 1, 2)
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = weights(WIDTH, 80, 3), np.zeros(WIDTH, np.float32)
    encoder.conv2.weight, encoder.conv2.bias = weights(WIDTH, WIDTH, 3), np.zeros(WIDTH, np.float32)
    encoder.position_encodings.encodings = weights(FRAMES, WIDTH)
    norm(encoder.layer_norm)
    self_attention(encoder.layer[0].self_attention)
    feed_forward(encoder.layer[0].ffn)
    decoder.embeddings.weight = weights(len(tokens), WIDTH)
    decoder.projection.weight = decoder.embeddings.weight
    decoder.position_encodings.encodings = weights(POSITIONS, WIDTH)
    norm(decoder.layer_norm)
    self_attention(decoder.layer[0].self_attention)
    norm(decoder.layer[0].attention.layer_norm)
    for layer, out in zip(decoder.layer[0].attention.linear, (WIDTH, 2 * WIDTH, WIDTH), strict=True):
        linear(layer, out, WIDTH)
    feed_forward(decoder.layer[0].ffn)
    spec.register_vocabulary(tokens)
    spec.config.suppress_ids = [tokenizer.token_to_id("<|nospeech|>")]
    spec.config.suppress_ids_begin = [tokenizer.token_to_id("<|endoftext|>")]
    spec.config.lang_ids = [tokenizer.token_to_id(f"<|{code}|>") for code in _LANGUAGE_CODES]
    spec.config.alignment_heads = [(0, 0), (0, 1)]
    spec.validate()
    spec.save(str(folder))
    return folder


def build_tokenizer() -> Tokenizer:
    """A byte-level tokenizer with every special token of Whisper in Whisper's order."""
    vocabulary = {character: n for n, character in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    for n in range(len(vocabulary), TEXT_TOKENS - 1):
        vocabulary[f"Ġw{n}"] = n
    # CTranslate2 calls a model multilingual when its vocabulary has the empty token, as the published ones do.
    vocabulary[""] = TEXT_TOKENS - 1
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    names = ["endoftext", "startoftranscript", *_LANGUAGE_CODES, "translate", "transcribe", "startoflm"]
    names += ["startofprev", "nospeech", "notimestamps", *(f"{n * 0.02:.2f}" for n in range(1501))]
    tokenizer.add_special_tokens([AddedToken(f"<|{name}|>", special=True) for name in names])
    return tokenizer
