"""Words that rows refer to by number: fixed ones plus those of one day."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from dashapp.demo.organisation import Organisation, Person
from dashapp.demo.rows import Array


class Vocabulary:
    """A growing list of texts; a text's code is its position."""

    def __init__(self, base: Iterable[str] | pa.Array = ()) -> None:
        self._base = base if isinstance(base, pa.Array) else pa.array(list(base), pa.string())
        self._extra: list[str] = []

    def __len__(self) -> int:
        return len(self._base) + len(self._extra)

    def add(self, texts: Iterable[str]) -> int:
        """Append texts and return the code of the first."""
        first = len(self)
        self._extra.extend(texts)
        return first

    def values(self) -> pa.Array:
        """Every text, in the order of the codes."""
        if not self._extra:
            return self._base
        return pa.concat_arrays([self._base, pa.array(self._extra, pa.string())])

    def encode(self, codes: Array) -> pa.DictionaryArray:
        """Return the texts of ``codes``; negative codes are null."""
        return encode(self.values(), codes)


def encode(values: pa.Array | Iterable[str], codes: Array) -> pa.DictionaryArray:
    """Return a dictionary array of ``values`` by ``codes``; negative codes are null."""
    texts = values if isinstance(values, pa.Array) else pa.array(list(values), pa.string())
    if not len(texts):
        texts = pa.array([""])
    numbers: Array = np.asarray(codes, np.int32)
    if len(numbers) < len(texts):  # a small file should not carry the words of the whole day
        used, numbers = np.unique(np.maximum(numbers, 0), return_inverse=True)
        texts = texts.take(pa.array(used))
        numbers = np.where(np.asarray(codes) < 0, -1, numbers).astype(np.int32)
    missing = numbers < 0
    mask = missing if bool(missing.any()) else None
    return pa.DictionaryArray.from_arrays(pa.array(numbers, mask=mask), texts)


class Book:
    """Everybody who sends or receives on one day, by number: users, contacts, newsletters, then the day's attackers."""

    def __init__(self, organisation: Organisation) -> None:
        self.users = len(organisation.users)
        self.contacts = self.users
        self.newsletters = self.contacts + len(organisation.contacts)
        texts = organisation.texts
        self.addresses, self.names = Vocabulary(texts["address"]), Vocabulary(texts["name"])
        self.domains, self.mail_from = Vocabulary(texts["domain"]), Vocabulary(texts["mail_from"])
        self.mail_from_domains = Vocabulary(texts["mail_from_domain"])

    def add(self, people: list[Person]) -> int:
        """Append people and return the number of the first."""
        self.names.add(person.name for person in people)
        self.domains.add(person.domain for person in people)
        self.mail_from.add(person.mail_from for person in people)
        self.mail_from_domains.add(person.mail_from.rpartition("@")[2] for person in people)
        return self.addresses.add(person.address for person in people)
