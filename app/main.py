"""The service, put together. Nothing happens at import."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool

from app.assessment.endpoints import router as assessments
from app.audit.reads import Reads
from app.budget.endpoints import router as budgets
from app.bulk.endpoints import imports_router
from app.clock import Clock, system_clock
from app.component.endpoints import router as components
from app.db import Database
from app.decision.endpoints import router as decisions
from app.event.endpoints import router as events
from app.finding.endpoints import router as findings
from app.forecast.endpoints import router as forecasts
from app.ids import NewId, new_id
from app.local_offer.endpoints import router as local_offer
from app.local_offer.repository import PublishedPolicies
from app.measures import Measures
from app.metrics import Metrics
from app.middleware import Envelope, PublicAnywhere
from app.notice.endpoints import router as notices
from app.openapi import Described
from app.operations.endpoints import router as operations
from app.oversight.endpoints import router as oversight
from app.patience import Line
from app.person.endpoints import router as people
from app.plan.endpoints import router as plans
from app.policy.endpoints import router as policies
from app.privacy.endpoints import router as privacy
from app.problems import add_handlers
from app.proposal.endpoints import router as proposals
from app.rates import Rates
from app.reconsideration.endpoints import router as reconsiderations
from app.request.endpoints import router as requests
from app.review.endpoints import router as reviews
from app.settings import Settings
from app.tokens import Verifier
from app.traces import Traced, sent_to, trace_statements

THREADS = 64
"""More than all connections together: while each of them waits for the database, others are still served."""


def create_app(settings: Settings, *, clock: Clock = system_clock, make_id: NewId = new_id) -> FastAPI:
    """Put the service together.

    Args:
        settings: What the installation sets.
        clock: Says what time it is; the one source of every moment and day.
        make_id: Makes the keys of new records.
    """
    app = Described(
        lifespan=_closing,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.state.clock = clock
    app.state.new_id = make_id
    app.state.working_days = settings.working_days
    app.state.database = Database(settings.sqlalchemy_url, busy_seconds=settings.busy_seconds)
    app.state.published_policies = PublishedPolicies(
        settings.local_offer_sqlalchemy_url,
        busy_seconds=settings.busy_seconds,
        fresh_seconds=settings.local_offer_fresh_seconds,
    )
    app.state.reads = Reads(app.state.database, make_id)
    app.state.verifier = Verifier.from_settings(settings)
    app.state.rates = Rates(
        per_client=settings.rate_per_client,
        per_address=settings.rate_per_address,
        store=settings.rate_store,
    )
    app.state.long_ones = Line(1, seconds=settings.busy_seconds)
    app.state.keys_in_flight = set()
    app.state.measures = Measures(settings, clock, serving=app.state.database, keys=app.state.verifier.keys)
    app.state.metrics = Metrics(app.state.measures)

    # The first is found soonest: what the public asks without a login comes before the rest.
    for router in (
        *(
            local_offer,
            policies,
            people,
            requests,
            plans,
            assessments,
            findings,
            components,
            proposals,
            decisions,
        ),
        *(budgets, notices, reconsiderations, forecasts, reviews, events, oversight, privacy, operations),
    ):
        _serve(app, router)
    _serve(app, imports_router(settings))
    add_handlers(app)
    app.add_middleware(PublicAnywhere)
    app.add_middleware(Envelope, metrics=app.state.metrics)
    app.state.traces = sent_to(settings.traces_endpoint) if settings.traces_endpoint else None
    if app.state.traces is not None:
        tracer = app.state.traces.get_tracer("ras")
        trace_statements((app.state.database.reading, app.state.database.writing), tracer)
        app.add_middleware(Traced, tracer=tracer)
    return app


def _serve(app: FastAPI, router: APIRouter) -> None:
    """Let an application have a router's routes as they are: `include_router` works each out again."""
    app.router.routes.extend(router.routes)


@asynccontextmanager
async def _closing(app: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = THREADS
    yield
    app.state.database.close()
    app.state.published_policies.close()
    app.state.measures.close()
    if app.state.traces is not None:
        await run_in_threadpool(app.state.traces.shutdown)
