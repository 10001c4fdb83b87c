"""What can go wrong with a lake and a caller may want to handle."""


class LakeError(Exception):
    """The lake could not do what was asked; the message is for people."""


class LakeBusy(LakeError):
    """Another writer holds the lake, and the time to wait for it is over."""


class LakeTooNew(LakeError):
    """The lake was written by a newer version of this program."""


class LakeTooOld(LakeError):
    """The lake has to be brought to the present schema by ``lake migrate`` before anything is added."""


class LakeDamaged(LakeError):
    """A file of the lake is missing or cannot be read."""


class LakeWriteError(LakeError):
    """Writing failed (a full disk, no permission); what was begun has been taken back."""


class UnknownBatch(LakeError, ValueError):
    """There is no such batch, or it has been undone."""
