"""HTTP of areas and cells."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/v1", tags=["grids"])
