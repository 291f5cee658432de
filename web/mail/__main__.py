"""`python -m web.mail`: send the mails that are due, then end. The sweep starts it; two at once do no harm."""

from __future__ import annotations

import sys

from web.mail.sending import send_due

if __name__ == "__main__":
    send_due()
    sys.exit(0)
