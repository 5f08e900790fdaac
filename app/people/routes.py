"""HTTP of sign-in and people."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/v1", tags=["people"])
