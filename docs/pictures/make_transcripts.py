"""The pictures of difficult transcripts: a corrected, a swapped, a partial, a mono and a noisy call.

    make demo                                          # in one terminal
    python docs/pictures/make_transcripts.py           # in another; --address and --data when the demo was told others

The partial, the mono and the noisy call are made from sample calls and brought in like any recording, so the speech
engine takes a minute or two for each. Swapping is taken back at the end; the correction stays.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import wave
from pathlib import Path
from typing import Any

import numpy as np
from make import CHROMIUM, HERE, WIDE, read_passphrase, sign_in
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(HERE.parents[1]))

from benchmarks.mixing import mix_down
from transcription.audio import decode_call
from transcription.speech import RATE
from workers.demo.manifest import sample_calls

REVIEWER = "lead@demo.example"
NOISE_DB = 8.0  # speech above noise in the noisy call
WHOLE = 0.55  # share of the partial recording's bytes that is there
LONGEST = 900_000  # milliseconds to wait for the speech engine


def main() -> int:
    """Take all five pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", default="http://127.0.0.1:8000", help="where the demo answers")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the demo's data folder")
    parser.add_argument("--email", default=REVIEWER)
    arguments = parser.parse_args()
    passphrase = read_passphrase(arguments.data / "demo-sign-in.txt")
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        make_recordings(Path(folder))
        bring_in(Path(folder), arguments.data)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        memory = sign_in(browser, arguments.address, arguments.email, passphrase)
        context = browser.new_context(storage_state=memory, viewport=WIDE, device_scale_factor=2)
        page = context.new_page()
        for name in ("mono", "partial", "noisy"):
            open_call(page, arguments.address, f"pictures-{name}")
            page.screenshot(path=HERE / f"transcript-{name}.png")
        correct_and_swap(page, arguments.address)
        browser.close()
    return 0


def make_recordings(folder: Path) -> None:
    """Three WAV files: one channel, cut short, and with noise."""
    samples = {call.name: call for call in sample_calls()}
    mix_down(list(samples["en-quick-close"].files), folder / "pictures-mono.wav")
    legs = _sound(list(samples["en-hard-no"].files))
    _write(folder / "whole.wav", legs)
    whole = (folder / "whole.wav").read_bytes()
    (folder / "whole.wav").unlink()
    (folder / "pictures-partial.wav").write_bytes(whole[: int(len(whole) * WHOLE)])
    spoken = _sound(list(samples["en-discount"].files)).astype(np.float64)
    level = np.sqrt(np.mean(spoken**2)) / 10 ** (NOISE_DB / 20)
    noisy = spoken + np.random.default_rng(1).normal(0.0, level, spoken.shape)
    _write(folder / "pictures-noisy.wav", np.clip(noisy, -32768, 32767).astype(np.int16))


def bring_in(folder: Path, data: Path) -> None:
    """Import the recordings as English calls of the demo's source."""
    command = [sys.executable, "-m", "workers.cli.main", "import", str(folder), "--language", "en"]
    subprocess.run(command, check=True, env={**os.environ, "CALLCOACH_DATA": str(data.absolute())})


def open_call(page: Any, address: str, name: str) -> None:
    """The call whose file has this name, once it is transcribed and settled."""
    for number in range(1, 200):
        answer = page.request.get(f"{address}/calls/{number}")
        if answer.ok and name in answer.text():
            break
    else:
        sys.exit(f"{name} did not arrive at {address}")
    page.goto(f"{address}/calls/{number}")
    page.wait_for_selector("#transcript", timeout=LONGEST)
    page.wait_for_selector("#sound div", state="attached")
    page.wait_for_timeout(900)


def correct_and_swap(page: Any, address: str) -> None:
    """A turn put right by hand, then the roles swapped (and back)."""
    open_call(page, address, "pictures-mono")
    page.locator("#turns .turn .w[data-t]").nth(3).click()
    page.keyboard.press("k")
    page.keyboard.press("e")
    field = page.locator("#turns textarea").first
    field.fill(field.input_value() + " today")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(4000)
    page.screenshot(path=HERE / "transcript-corrected.png")
    page.keyboard.press("w")
    page.wait_for_timeout(4000)
    page.screenshot(path=HERE / "transcript-swapped.png")
    page.keyboard.press("w")
    page.wait_for_timeout(2000)


def _sound(files: list[Path]) -> Any:
    """(samples, channels) int16 at 16 kHz."""
    with tempfile.TemporaryDirectory(prefix="pictures-") as work:
        call = decode_call(files, Path(work))
        channels = [np.fromfile(channel.path, dtype="<i2") for channel in call.channels]
    length = min(channel.size for channel in channels)
    return np.stack([channel[:length] for channel in channels], axis=1)


def _write(path: Path, sound: Any) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.shape[1])
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.astype("<i2").tobytes())


if __name__ == "__main__":
    raise SystemExit(main())
