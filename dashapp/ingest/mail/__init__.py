"""Readers of real mail: single messages, mbox files and Maildir folders."""

from dashapp.ingest.mail.readers import MBOX, MESSAGE

__all__ = ["MBOX", "MESSAGE"]
