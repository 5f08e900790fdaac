"""Table of classes."""

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class Category(Model):
    """A small class; `code` is C (component) or E (event), then 2 digits big and 2 small class."""

    __tablename__ = "category"
    __table_args__ = (CheckConstraint("kind IN ('component','event')", name="kind"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    big_name: Mapped[str]
    big_name_en: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    scheme: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
