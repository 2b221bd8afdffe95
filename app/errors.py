"""What can go wrong in the service. `app.problems` makes the answers of it.

A leaf's `code` never changes meaning; the codes are listed in docs/errors.md.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import ClassVar

from ras.errors import Problem

RETRY_SECONDS = 5


class ServiceError(Exception):
    """The root of the service's own errors. A leaf has a code, a status and a next step."""

    code: ClassVar[str]
    status: ClassVar[HTTPStatus]
    next_step: ClassVar[str]
    headers: ClassVar[dict[str, str]] = {}
    wait: int | None = None
    """How many seconds to wait before it is worth trying again, where that is known."""

    def __init__(self, detail: str = "", problems: Sequence[Problem] = ()) -> None:
        self.detail = detail or (self.__doc__ or "").partition("\n")[0]
        self.problems = tuple(problems)
        super().__init__(self.detail)


class BodyUnreadable(ServiceError):
    """The body cannot be read safely."""

    code = "body-unreadable"
    status = HTTPStatus.BAD_REQUEST
    next_step = (
        "Send one JSON document, or for an import one CSV file, in UTF-8; each problem says where it is not."
    )


class LengthInDoubt(ServiceError):
    """The request says in two ways where its body ends."""

    code = "length-in-doubt"
    status = HTTPStatus.BAD_REQUEST
    next_step = "Send a Content-Length or a Transfer-Encoding, and not both."
    headers: ClassVar = {"Connection": "close"}


class IdempotencyKeyRequired(ServiceError):
    """A system client must send an Idempotency-Key with every write."""

    code = "idempotency-key-required"
    status = HTTPStatus.BAD_REQUEST
    next_step = "Send a fresh Idempotency-Key, and the same one again when you repeat the request."


class TokenMissing(ServiceError):
    """There is no bearer token."""

    code = "token-missing"
    status = HTTPStatus.UNAUTHORIZED
    next_step = "Send an Authorization header with a bearer token from the identity provider."
    headers: ClassVar = {"WWW-Authenticate": 'Bearer realm="ras"'}


class TokenInvalid(ServiceError):
    """The bearer token cannot be trusted, has run out, or is not for this service."""

    code = "token-invalid"
    status = HTTPStatus.UNAUTHORIZED
    next_step = "Get a new token from the identity provider."
    headers: ClassVar = {"WWW-Authenticate": 'Bearer realm="ras", error="invalid_token"'}


class NotOnStaffRegister(ServiceError):
    """The person or system is not on the staff register, or no longer."""

    code = "not-on-staff-register"
    status = HTTPStatus.FORBIDDEN
    next_step = "Ask whoever runs the service to put them on the staff register."


class OnBehalfOfNeeded(ServiceError):
    """A system client acts only for a named user."""

    code = "on-behalf-of-needed"
    status = HTTPStatus.FORBIDDEN
    next_step = "Name the user in a RAS-On-Behalf-Of header; only system clients may send one."


class NotAllowedForRole(ServiceError):
    """The role, or the system client's scope, does not allow this."""

    code = "not-allowed-for-role"
    status = HTTPStatus.FORBIDDEN
    next_step = "Ask someone whose role allows it; the API's description names the roles."


class OwnPolicy(ServiceError):
    """Nobody approves or publishes a policy they wrote any part of."""

    code = "own-policy"
    status = HTTPStatus.FORBIDDEN
    next_step = "Ask a second policy lead or a panel chair."


class NotFound(ServiceError):
    """There is no such record, or it is not yours to see."""

    code = "not-found"
    status = HTTPStatus.NOT_FOUND
    next_step = "Check the address and whose case it is."


class NoSuchAddress(ServiceError):
    """There is nothing at this address."""

    code = "no-such-address"
    status = HTTPStatus.NOT_FOUND
    next_step = "Look the address up in the API's description at /docs."


class MethodNotAllowed(ServiceError):
    """This address does not take this method."""

    code = "method-not-allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED
    next_step = "Use a method from the Allow header."


class ReferenceTaken(ServiceError):
    """Another person has this reference."""

    code = "reference-taken"
    status = HTTPStatus.CONFLICT
    next_step = "Look the person up by reference, or use another reference."


class VersionTaken(ServiceError):
    """There is a policy with this authority, code and version."""

    code = "version-taken"
    status = HTTPStatus.CONFLICT
    next_step = "Change the draft that exists, or give the new policy another version."


class WrongState(ServiceError):
    """The record is not in a state that allows this."""

    code = "wrong-state"
    status = HTTPStatus.CONFLICT
    next_step = "Read the record again and see what can follow from its state."


class PolicyNotReady(ServiceError):
    """The checker found mistakes in the policy, or warnings that nobody has answered in writing."""

    code = "policy-not-ready"
    status = HTTPStatus.CONFLICT
    next_step = "Mend each mistake in the document, and answer each warning at the policy's /answers."


class PolicyHasStarted(ServiceError):
    """A policy can be withdrawn only before the day it starts."""

    code = "policy-has-started"
    status = HTTPStatus.CONFLICT
    next_step = "Publish a later policy; what has been assessed under this one stands."


class TooYoungToHandOver(ServiceError):
    """Hand-over to the adult team begins at the age that the policy says."""

    code = "too-young-to-hand-over"
    status = HTTPStatus.CONFLICT
    next_step = "Ask again from that age on."


class OwnCase(ServiceError):
    """Nobody issues a notice they drafted, or answers about a decision they made, assessed or proposed."""

    code = "own-case"
    status = HTTPStatus.FORBIDDEN
    next_step = "Ask somebody else whose role allows it."


class NothingToNotice(ServiceError):
    """The decision lowers nothing, so there is nothing to give notice of."""

    code = "nothing-to-notice"
    status = HTTPStatus.CONFLICT
    next_step = "No notice is needed: what was decided counts from its day."


class OnLegalHold(ServiceError):
    """Nothing about this person may be erased: a legal hold keeps it."""

    code = "on-legal-hold"
    status = HTTPStatus.CONFLICT
    next_step = "Read the legal hold and why it was placed; lift it when what it is kept for has ended."


class NotYetErasable(ServiceError):
    """The time for which the record is kept is not over, or something is still payable."""

    code = "not-yet-erasable"
    status = HTTPStatus.CONFLICT
    next_step = "See /v1/retention for whose time is over; the words of one record can be erased sooner."


class NothingToErase(ServiceError):
    """There are no such words, they were erased before, or they are reasons, which stay."""

    code = "nothing-to-erase"
    status = HTTPStatus.CONFLICT
    next_step = "Name a version of a plan, a finding, a review or a reconsideration that has words."


class Erased(ServiceError):
    """What this key was answered with was erased since."""

    code = "erased"
    status = HTTPStatus.GONE
    next_step = "Do not repeat the request: it had its effect, and what it was about was erased."


class Conflict(ServiceError):
    """Something else changed at the same moment."""

    code = "conflict"
    status = HTTPStatus.CONFLICT
    next_step = "Read the record again and repeat the request if it still makes sense."


class KeyInFlight(ServiceError):
    """A request with this Idempotency-Key is being worked on."""

    code = "idempotency-key-in-flight"
    status = HTTPStatus.CONFLICT
    next_step = "Wait a moment and repeat the same request."


class PreconditionFailed(ServiceError):
    """The record has changed since you read it."""

    code = "record-has-changed"
    status = HTTPStatus.PRECONDITION_FAILED
    next_step = "Read the record again, and repeat the request with its new ETag."


class BodyTooLarge(ServiceError):
    """The body is larger than the service takes."""

    code = "body-too-large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    next_step = "Send less at a time."


class MediaTypeUnsupported(ServiceError):
    """The body is not of a kind this address takes."""

    code = "media-type-unsupported"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    next_step = "Send application/json, or text/csv where the description says so."


class RequestInvalid(ServiceError):
    """The request does not have the shape this operation takes."""

    code = "request-invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    next_step = "Put right what each problem names; nothing was kept."


class KeyReused(ServiceError):
    """This Idempotency-Key came before with another request."""

    code = "idempotency-key-reused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    next_step = "Use a fresh key for a new request."


class RowsRefused(ServiceError):
    """Some rows cannot be kept, so none was."""

    code = "rows-refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    next_step = "Put the rows right and send the file again, or ask for the good ones to be kept."


class PreconditionRequired(ServiceError):
    """A change needs to say which state of the record it changes."""

    code = "if-match-required"
    status = HTTPStatus.PRECONDITION_REQUIRED
    next_step = "Send the record's ETag in an If-Match header."


class BodyTooSlow(ServiceError):
    """The body did not come to its end in the time there is for it."""

    code = "body-too-slow"
    status = HTTPStatus.REQUEST_TIMEOUT
    next_step = "Send it again over a faster connection, or in smaller parts."
    headers: ClassVar = {"Connection": "close"}


class TooManyRequests(ServiceError):
    """There were more requests than one client or address may send."""

    code = "too-many-requests"
    status = HTTPStatus.TOO_MANY_REQUESTS
    next_step = "Wait as long as the Retry-After header says, then repeat the request."

    def __init__(self, *, limit: str, wait: int) -> None:
        super().__init__(f"There were more than {limit}.")
        self.wait = wait


class DatabaseBusy(ServiceError):
    """The database is too busy or out of reach."""

    code = "database-unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    next_step = (
        "Repeat the request in a few seconds with the same Idempotency-Key: if it was kept after all, "
        "you get its answer."
    )
    wait = RETRY_SECONDS


class NotDurable(ServiceError):
    """The database would not keep what it acknowledges through a crash of its machine."""

    code = "not-durable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    next_step = (
        "Whoever runs the database switches on fsync, full_page_writes and synchronous_commit (PostgreSQL), "
        "or puts it on a disk where SQLite can keep a write-ahead log."
    )
    wait = RETRY_SECONDS


class NotMigrated(ServiceError):
    """The database's tables are not of this version."""

    code = "not-migrated"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    next_step = "Whoever runs the service runs `ras migrate`."
    wait = RETRY_SECONDS


class KeysUnavailable(ServiceError):
    """The identity provider's keys cannot be read just now."""

    code = "identity-provider-unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    next_step = "Repeat the request in a few seconds."
    wait = RETRY_SECONDS


class AuditKeyUnavailable(ServiceError):
    """The key that signs checkpoints of the audit log cannot be read."""

    code = "audit-key-unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    next_step = (
        "Whoever runs the service runs `ras doctor`, and mends the file that RAS_AUDIT_KEY_FILE names."
    )
    wait = RETRY_SECONDS


class Fault(ServiceError):
    """The service made a mistake. Nothing of the request was kept."""

    code = "fault"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    next_step = "Tell whoever runs the service the X-Request-Id of this answer."
