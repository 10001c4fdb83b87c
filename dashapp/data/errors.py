"""What can go wrong with a question, as the pages tell it apart."""


class EngineError(Exception):
    """A question was not answered; the message is for the person who asked."""


class EngineBusy(EngineError):
    """The queue is full; the same question may be asked again in a moment."""


class QueryTimeout(EngineError):
    """The answer took longer than the limit."""


class QueryCancelled(EngineError):
    """Nobody waits for the answer any more: a newer request took its place, or the engine is closing."""


class QueryTooLarge(EngineError):
    """It needs more memory than questions may use."""


class TooDeep(EngineError):
    """A page of the grid lies beyond what is sorted by anything else than time."""


class FilterError(EngineError):
    """A filter is well-formed but means nothing: a number is no number, a pattern is no pattern.

    Attributes:
        field: Name of the field, as in the registry; empty if it is about none.
        message: What is wrong, for the person who typed it.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.message = message
