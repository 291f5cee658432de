"""What people write to each other about calls: comments, notifications, clips and playlists."""

from __future__ import annotations
