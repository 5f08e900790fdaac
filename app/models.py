"""Every table, gathered for migrations."""

from app.calendars import models as calendars
from app.catalog import models as catalog
from app.db import Model
from app.grids import models as grids
from app.incidents import branches
from app.incidents import models as incidents
from app.media import models as media
from app.notices import models as notices
from app.people import models as people

__all__ = [
    "Model",
    "branches",
    "calendars",
    "catalog",
    "grids",
    "incidents",
    "media",
    "notices",
    "people",
]
