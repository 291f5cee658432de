"""Where this installation's Redis is found: an outside server by URL, or the app's own socket in the data folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis import Redis

    from review.settings import Settings

# A Unix socket's path must fit into 108 bytes with its final NUL; some systems allow less.
LONGEST_SOCKET_PATH = 100


def socket_path(settings: Settings) -> Path:
    """The Unix socket of the app's own Redis, always under 100 bytes.

    A deep data folder gets a short private folder named after its hash in the system's temporary folder instead.
    """
    path = settings.data / "redis" / "redis.sock"
    if len(os.fsencode(path)) < LONGEST_SOCKET_PATH:
        return path
    mark = hashlib.sha256(os.fsencode(settings.data)).hexdigest()[:16]
    short = f"callcoach-{os.getuid()}-{mark}"
    path = Path(tempfile.gettempdir()) / short / "redis.sock"
    return path if len(os.fsencode(path)) < LONGEST_SOCKET_PATH else Path("/tmp") / short / "redis.sock"  # noqa: S108


def redis_url(settings: Settings) -> str:
    """The address of the Redis in use, as a URL."""
    return settings.redis_url or f"unix://{socket_path(settings)}"


def connect(settings: Settings, *, timeout: float = 1.0) -> Redis:
    """A client that gives up after `timeout` seconds and never retries by itself; connects on first use.

    Without retries a server that is away is noticed in 0.06 s instead of 7-8 s.
    """
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    client: Redis = Redis.from_url(
        redis_url(settings), socket_timeout=timeout, socket_connect_timeout=timeout, retry=Retry(NoBackoff(), 0)
    )
    return client
