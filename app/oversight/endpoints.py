"""`/v1/audit`, and who read a person's record."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import PlainTextResponse

from app.audit.checkpoint import Checkpoint
from app.edge import Operation
from app.keys import own_key
from app.oversight import service
from app.oversight.schemas import LogQuery, PersonsReads, ReadsQuery
from app.work import WorkDep

router = APIRouter(tags=["oversight"], route_class=Operation)


def _key(request: Request) -> Callable[[], Ed25519PrivateKey]:
    return lambda: own_key(request.app.state.settings.audit_key_path)


Key = Annotated[Callable[[], Ed25519PrivateKey], Depends(_key)]


class Pem(PlainTextResponse):
    """A public key (RFC 7468)."""

    media_type = "application/x-pem-file"


class Lines(Response):
    """JSON, a line for each act."""

    media_type = "application/x-ndjson"


@router.get("/v1/audit/key", response_class=Pem)
def get_audit_key(work: WorkDep, key: Key) -> Pem:  # noqa: ARG001  the edge lets in by it
    """The public key that checkpoints are signed with. Keep it where the service cannot write."""
    return Pem(service.public_key(key))


@router.get("/v1/audit/checkpoint")
def get_audit_checkpoint(work: WorkDep, key: Key) -> Checkpoint:
    """Sign what the audit log is now. Keep it where the service cannot write, every day.

    A log from which something was cut, or that was written anew, disagrees with an earlier checkpoint.
    """
    return service.make_checkpoint(work, key)


@router.get("/v1/audit/log", response_class=Lines)
def get_audit_log(query: Annotated[LogQuery, Query()], work: WorkDep, key: Key, request: Request) -> Lines:
    """The audit log: every act and every read, in order, a line of JSON for each; no content of any.

    Follow the Link header to the next part; the last ends with a checkpoint. All parts, one after another,
    are a file that `ras audit verify` checks offline.
    """
    body, after = service.write_out(work, query, key)
    following = request.url.include_query_params(after=after)
    links = {"Link": f'<{following.path}?{following.query}>; rel="next"'} if after is not None else {}
    return Lines(body, headers=links)


@router.get("/v1/people/{person_id}/reads")
def get_reads(person_id: UUID, query: Annotated[ReadsQuery, Query()], work: WorkDep) -> PersonsReads:
    """Who read what is held about a person, when, through which system, and what for."""
    return service.show_reads(work, person_id, query)
