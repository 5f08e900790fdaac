"""Why a day cannot be simulated."""

from app.problems import AppError


class NoCity(AppError):
    """A day needs cells to report from and classes with filing conditions."""

    slug, status = "no-city", 409
    title = ("没有可模拟的城市", "There is no city to simulate")
    detail = (
        "需要先导入网格并加载类别：wangge demo load，或 wangge grids import 与 wangge migrate",
        "Load grids and classes first: wangge demo load, or wangge grids import and wangge migrate",
    )


class InProduction(AppError):
    """A simulation is for demonstrations and tests: its cases would stand among real ones."""

    slug, status = "in-production", 409
    title = ("生产环境不能模拟", "Production is no place to simulate")
    detail = (
        "模拟会写入虚构的案件，WANGGE_ENV=production 时不能运行",
        "It writes cases that never were; it does not run with WANGGE_ENV=production",
    )


class DayNotOver(AppError):
    """A day that is not over has no photos from after it."""

    slug, status = "day-not-over", 422
    title = ("该日尚未结束", "The day is not over")
    detail = (
        "--date 应早于今天（{today}）：照片现在上传，须晚于案件的派遣时间",
        "--date must be before today ({today}): photos are uploaded now, later than the orders",
    )
