"""`/v1/imports`"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Query

from app.bulk.schemas import ImportQuery, ImportReport
from app.bulk.service import ImportRow, import_file, import_person, import_plan
from app.edge import Operation
from app.settings import Settings
from app.work import Work, WorkDep

File = Annotated[bytes, Body(media_type="text/csv", description="A CSV file in UTF-8 with a header.")]
How = Annotated[ImportQuery, Query()]


def imports_router(settings: Settings) -> APIRouter:
    """The routes that take whole files, with a size of their own."""
    router = APIRouter(
        prefix="/v1/imports",
        tags=["imports"],
        route_class=Operation,
        max_body_size=settings.max_import_bytes,
    )

    def run(work: Work, file: bytes, how: ImportQuery, import_row: ImportRow) -> ImportReport:
        return import_file(work, file, import_row, keep=how.keep, max_rows=settings.max_import_rows)

    @router.post("/people", status_code=HTTPStatus.CREATED)
    def import_people(file: File, how: How, work: WorkDep) -> ImportReport:
        """Add people from CSV. Columns: reference, born_on, team, and what `POST /v1/people` takes."""
        return run(work, file, how, import_person)

    @router.post("/plans", status_code=HTTPStatus.CREATED)
    def import_plans(file: File, how: How, work: WorkDep) -> ImportReport:
        """Add plans from CSV. A column's name is a field's path: person_reference, needs.1.domain …"""
        return run(work, file, how, import_plan)

    return router
