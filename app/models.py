"""Every table, gathered for migrations."""

from app.catalog import models as catalog
from app.db import Model
from app.grids import models as grids
from app.incidents import models as incidents
from app.people import models as people

__all__ = ["Model", "catalog", "grids", "incidents", "people"]
