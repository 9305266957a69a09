"""The one way a verb says no for a reason other than rights: a sentence that names what, why and the way out."""

from collections.abc import Iterable


class Refused(Exception):
    """A verb's refusal. `str()` is for people and already translated; `code` is for tests and logs."""

    def __init__(self, code: str, message: str, details: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = tuple(details)

    def __str__(self) -> str:
        return " ".join([self.message, *self.details])
