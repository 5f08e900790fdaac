"""HTTP of one move for many cases."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import ValidationError

from app.auth import Actor, may
from app.incidents import bulk
from app.incidents.bulk_schemas import Bulk, BulkOut
from app.incidents.move_routes import COMMANDS
from app.incidents.moves_in import Command
from app.permissions import Permission
from app.problems import Forbidden, Invalid, invalid_from, raises
from app.replies import Language, json_reply

router = APIRouter(prefix="/api/v1", tags=["moves"])


@router.post("/incidents/bulk", response_model=BulkOut, responses=raises(Forbidden, Invalid))
async def move_incidents(
    data: Bulk, actor: Annotated[Actor, may(Permission.INCIDENT_READ)], language: Language
) -> Response:
    """Make one move on up to 200 cases; `results` has one entry per case, in the order sent.

    Each is judged alone: one that is refused holds up none of the others.
    """
    address = COMMANDS.get(data.move)
    if address is None:
        detail = "没有这个操作，可用：{} / no such move; there are: {}".format(
            *[", ".join(COMMANDS)] * 2
        )
        raise Invalid([{"pointer": "/move", "detail": detail}])
    if not actor.may(address.permission):
        raise Forbidden(permission=address.permission)
    command = _read(address.schema, data.command, language)
    return json_reply(await bulk.act(actor, address.name, command, data.items, language))


def _read(schema: type[Command], sent: dict[str, Any], language: str) -> Command:
    """The command as its own address would read it."""
    try:
        return schema.model_validate(sent)
    except ValidationError as error:
        found = [{**e, "loc": ("body", "command", *e["loc"])} for e in error.errors()]
        raise invalid_from(found, language) from error
