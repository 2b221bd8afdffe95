"""`/v1/imports`."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Query

from app.bulk.rows import read_rows
from app.bulk.schemas import ImportQuery, ImportReport
from app.bulk.service import IMPORTS, import_rows
from app.edge import Operation
from app.settings import Settings
from app.work import Work, WorkDep

File = Annotated[bytes, Body(media_type="text/csv", description="A CSV file in UTF-8 with a header.")]
How = Annotated[ImportQuery, Query()]


def imports_router(settings: Settings) -> APIRouter:
    """The routes that take whole files."""
    router = APIRouter(prefix="/v1/imports", tags=["imports"], route_class=Operation)

    def run(work: Work, kind: str, file: bytes, how: ImportQuery) -> ImportReport:
        most = settings.max_import_rows
        return import_rows(work, read_rows(file), IMPORTS[kind], keep=how.keep, max_rows=most)

    @router.post("/people", status_code=HTTPStatus.CREATED)
    def import_people(file: File, how: How, work: WorkDep) -> ImportReport:
        """Add people from CSV. Columns: reference, born_on, team, and what `POST /v1/people` takes."""
        return run(work, "people", file, how)

    @router.post("/plans", status_code=HTTPStatus.CREATED)
    def import_plans(file: File, how: How, work: WorkDep) -> ImportReport:
        """Add plans from CSV. A column's name is a field's path, such as needs.1.domain."""
        return run(work, "plans", file, how)

    @router.post("/monitoring", status_code=HTTPStatus.CREATED)
    def import_monitoring(file: File, how: How, work: WorkDep) -> ImportReport:
        """Keep what families told for equality monitoring, from CSV: person_reference and the answers."""
        return run(work, "monitoring", file, how)

    return router
