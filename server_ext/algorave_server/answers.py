"""Answers in JSON with one shape for everything that was not done, and bodies that are checked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ValidationError
from tornado.web import RequestHandler

from algorave_server.api_models import Answer, NotDone, Says
from algorave_server.errors import Refusal
from algorave_server.store import StoreFailure

STATUS = {
    "malformed": 400,
    "too_old": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "ended": 410,
    "too_fast": 429,
    "not_saved": 503,
}
_REASONS = {status: reason for reason, status in reversed(STATUS.items())} | {
    405: "malformed",
    413: "malformed",
    415: "malformed",
}
_DETAILS = {
    400: "the request cannot be read",
    401: "log in, or come by an invite",
    403: "you may not do that here",
    404: "there is nothing here",
    405: "that method does nothing here",
    415: "send JSON, and say so",
    429: "too many requests; wait a minute",
}
MAX_BODY_BYTES = 16_384


SomeBody = TypeVar("SomeBody", bound=BaseModel)


class Answering(RequestHandler):
    """Lets handlers raise `Refusal`, and says everything in JSON."""

    says: ClassVar[dict[str, Says]]
    """Method → what it takes and gives."""
    max_body_bytes: ClassVar[int] = MAX_BODY_BYTES

    def reply(self, answer: Answer | Sequence[Answer], status: int = 200) -> None:
        """Answer with JSON that nobody keeps."""
        many = isinstance(answer, Sequence)
        body = [each.model_dump(mode="json") for each in answer] if many else answer.model_dump(mode="json")
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(body))

    def read(self, model: type[SomeBody]) -> SomeBody:
        """The body, checked; raises a `malformed` refusal that names the field and repeats nothing."""
        if len(self.request.body) > self.max_body_bytes:
            raise Refusal("malformed", f"body: at most {self.max_body_bytes} bytes")
        try:
            return model.model_validate_json(self.request.body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "body"
            message = str(first["msg"]).removeprefix("Value error, ")
            raise Refusal("malformed", f"{place}: {message}") from None

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Answer a request that was not carried out."""
        error = kwargs.get("exc_info", (None, None))[1]
        if isinstance(error, Refusal):
            status_code = STATUS[error.reason]
        elif isinstance(error, StoreFailure):
            status_code = 503
        super().send_error(status_code, **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """The one shape. Never a text of the machine's, which could quote what was sent."""
        error = kwargs.get("exc_info", (None, None))[1]
        reason = _REASONS.get(status_code, "fault")
        detail = _DETAILS.get(status_code, "a fault of the server; it is in its log")
        if isinstance(error, Refusal):
            reason, detail = error.reason, error.detail
            if error.retry_after_s is not None:
                self.set_header("Retry-After", str(max(1, round(error.retry_after_s))))
        elif isinstance(error, StoreFailure):
            reason, detail = "not_saved", str(error)
        self.reply(NotDone(reason=reason, detail=detail), status_code)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Nothing for what is expected; a line for the database; all of it for faults."""
        if isinstance(value, Refusal):
            return
        if isinstance(value, StoreFailure):
            self.settings["serverapp"].log.error("algorave: %s", value)
            return
        super().log_exception(typ, value, tb)
