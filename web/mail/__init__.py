"""Mails in words: what a letter says in its reader's language. `python -m web.mail` sends what is due."""
