"""Every table, gathered for migrations."""

from app.calendars import models as calendars
from app.catalog import models as catalog
from app.db import Model
from app.exports import models as exports
from app.grids import models as grids
from app.incidents import branches, callers
from app.incidents import models as incidents
from app.media import models as media
from app.notices import models as notices
from app.people import models as people
from app.tallies import models as tallies
from app.views import models as views

__all__ = [
    "Model",
    "branches",
    "calendars",
    "callers",
    "catalog",
    "exports",
    "grids",
    "incidents",
    "media",
    "notices",
    "people",
    "tallies",
    "views",
]
