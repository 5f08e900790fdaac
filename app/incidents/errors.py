"""What can go wrong with an incident, by name."""

from app.problems import AppError


class UnknownCategory(AppError):
    """No active class has this code."""

    slug, status = "unknown-category", 422
    title = ("没有这个类别", "There is no such class")
    detail = (
        "类别代码「{category}」不存在或已停用；可用代码见 GET /api/v1/categories",
        "No active class has the code '{category}'; GET /api/v1/categories lists them",
    )


class KeyReused(AppError):
    """An idempotency key or a client-made id came again with another content."""

    slug, status = "idempotency-key-reused", 422
    title = ("幂等键或编号已用于其他内容", "The key or id was used for something else")
    detail = (
        "同一幂等键（或客户端编号）只能重发相同内容；新上报请换新的键或编号",
        "Send the same content with the same key or id; take a new one for a new report",
    )


class IllegalMove(AppError):
    """The state of the case does not allow this move; `legal` holds those that it allows."""

    slug, status = "illegal-move", 409
    title = ("当前状态不允许此操作", "The case's state does not allow this")
    detail = (
        "案件当前状态为「{state_name}」，可执行：{legal}",
        "The case is '{state_name}'; legal now: {legal}",
    )


class NotYourUnit(AppError):
    """The case was dispatched to another unit."""

    slug, status = "not-your-unit", 403
    title = ("不是派遣给本单位的案件", "The case was not dispatched to your unit")
    detail = ("只有承办单位可以执行「{move}」", "Only the unit in charge may '{move}'")


class NoUnit(AppError):
    """Nobody is responsible by data, and the dispatcher named nobody."""

    slug, status = "no-unit", 422
    title = ("没有责任单位", "No responsible unit is known")
    detail = ("请在 unit 中指定处置单位", "Name the unit to dispatch to in `unit`")


class UnknownCell(AppError):
    """No current cell is meant."""

    slug, status = "unknown-cell", 422
    title = ("没有这个单元网格", "There is no such cell")
    detail = (
        "请提供有效的网格编码 cell，或落在某个网格内的 place",
        "Give the code of a current cell, or a place that lies in one",
    )
