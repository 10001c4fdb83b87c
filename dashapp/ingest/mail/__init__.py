"""Readers of real mail: single messages, mbox files and Maildir folders."""

from dashapp.ingest.mail.message import looks_like_mail
from dashapp.ingest.mail.readers import MBOX, MESSAGE, read_many

__all__ = ["MBOX", "MESSAGE", "looks_like_mail", "read_many"]
