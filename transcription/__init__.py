"""Audio in, transcript out: decoding, voice activity, speech engines, turns by speaker role."""

import os as _os

# ONNX Runtime (voice activity, optional diarization) reports its use to its maker unless told not to before it loads,
# and keeps a device id and a database of what it has not sent yet in the user's cache. Nothing leaves this machine.
_os.environ["ORT_DISABLE_TELEMETRY"] = "1"
