"""`/local-offer/v1`: public, no login, nothing stored."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from app.clock import london_day
from app.edge import Operation, address_of
from app.local_offer import service
from app.local_offer.schemas import Estimate, NewEstimate, PublishedPolicy, PublishedQuery
from ras.canonical import sha256

router = APIRouter(prefix="/local-offer/v1", tags=["local offer"], route_class=Operation)

CACHED_SECONDS = 300


@router.post("/estimates")
async def estimate(given: NewEstimate, request: Request, response: Response) -> Estimate:
    """An anonymous indicative estimate with its working. Nothing of it is stored."""
    response.headers["Cache-Control"] = "no-store"
    state = request.app.state
    on = given.on or london_day(state.clock())
    policy = state.published_policies.lately_in_force(on)
    if policy is None:
        async with state.published_policies.turn(address_of(request)):
            policy = await run_in_threadpool(state.published_policies.in_force, on)
    return service.estimate(policy, given, on=on)


@router.get(
    "/policy",
    response_model=PublishedPolicy,
    responses={304: {"description": "It has not changed."}},
)
async def get_local_offer_policy(
    query: Annotated[PublishedQuery, Query()], request: Request, response: Response
) -> PublishedPolicy | Response:
    """The policy in force, in plain words and whole."""
    state = request.app.state
    on = query.on or london_day(state.clock())
    async with state.published_policies.turn(address_of(request)):
        found = await run_in_threadpool(service.published_policy, state.published_policies, on)
    headers = {
        "ETag": f'"{sha256(found)[:32]}"',
        "Cache-Control": f"public, max-age={CACHED_SECONDS}",
    }
    if _has_it(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return found


def _has_it(known: str, etag: str) -> bool:
    """Whether an ETag is among those a client or a cache between knows, be it as a weak one (RFC 9110)."""
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return bool(tags & {etag, "*"})
