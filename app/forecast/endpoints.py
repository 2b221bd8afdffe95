"""`/v1/commitments` and `/v1/forecasts`."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.edge import Operation
from app.forecast import service
from app.forecast.schemas import Commitments, CommitmentsFormat, CommitmentsQuery, Forecast, MonthsQuery
from app.work import WorkDep

router = APIRouter(prefix="/v1", tags=["forecasts"], route_class=Operation)


@router.get("/commitments", response_model=Commitments, responses={200: {"content": {"text/csv": {}}}})
def get_commitments(query: Annotated[CommitmentsQuery, Query()], work: WorkDep) -> Commitments | Response:
    """What is committed in a run of months, by month, component, delivery and team.

    It is derived from budgets, notices running and agreed ends, and told without anybody in it. Months add
    up to the year to the penny, and every total is the sum of its rows. CSV holds the rows.
    """
    found = service.show_commitments(work, query)
    if query.format is CommitmentsFormat.CSV:
        name = f"commitments-{found.first_month:%Y-%m}.csv"
        return Response(
            service.as_csv(found.rows),
            media_type="text/csv",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    return found


@router.get("/forecasts")
def get_forecast(query: Annotated[MonthsQuery, Query()], work: WorkDep) -> Forecast:
    """What budgets come to in a run of months: actual, committed, and the rate of today carried on."""
    return service.show_forecast(work, query)
