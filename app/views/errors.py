"""What can go wrong with saved views, by name."""

from app.problems import AppError


class TooManyViews(AppError):
    """A person keeps so many views at most."""

    slug, status = "too-many-views", 409
    title = ("保存的视图过多", "Too many saved views")
    detail = (
        "最多保存 {most} 个视图，请先删除不用的",
        "At most {most} are kept; delete some first",
    )
