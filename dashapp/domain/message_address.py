"""How an address names one message: ``/message/<id>?recipient=…`` and the explorer's ``msg=<id> <recipient>``."""

import re

PATH = "/message"
LONGEST_NAME = 1_000  # of a message and its recipient in ``msg``
# What mail services give out: identifiers without a character that means something in a path.
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@=+-]{0,199}")


def is_plain_id(text: str) -> bool:
    """Whether ``text`` is an identifier that can stand in a path."""
    return _PLAIN_ID.fullmatch(text) is not None


def id_in(path: str) -> str:
    """The message's id in the path of its page; empty if it is no such path."""
    head, _, name = path.rpartition("/")
    return name if head == PATH and is_plain_id(name) else ""


def split_name(name: object) -> tuple[str, str]:
    """Id and lower-cased recipient of ``msg``; both empty if it is nothing like that. Anybody may have written it."""
    if not isinstance(name, str) or len(name) > LONGEST_NAME or "\0" in name:
        return "", ""
    message_id, _, recipient = name.strip().partition(" ")
    return message_id, recipient.strip().lower()
