"""Who is on duty where, for the map."""

from app import db
from app.filters import corners
from app.tiles.schemas import StewardFilter


async def stewards(filters: StewardFilter) -> bytes:
    """Stewards at their posts, as JSON (`StewardList`)."""
    sides = corners(filters.bbox) if filters.bbox else {}
    box = (sides.get(side) for side in "wsen")
    rows = await db.hot(db.statement("tiles/stewards.sql"), *box, planned=True)
    return b'{"items":' + str(rows[0]["items"]).encode() + b"}"
