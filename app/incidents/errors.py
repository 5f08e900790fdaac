"""What can go wrong with an incident, by name."""

from app.problems import AppError, FieldProblem


class UnknownCategory(FieldProblem):
    """No active class has this code."""

    slug = "unknown-category"
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
        "案件当前状态为「{state_name}」，此状态下的操作：{said}",
        "The case is '{state_name}'; possible in it: {said}",
    )


class NotYourUnit(AppError):
    """The case was dispatched to another unit."""

    slug, status = "not-your-unit", 403
    title = ("不是派遣给本单位的案件", "The case was not dispatched to your unit")
    detail = (
        "只有承办单位或被派遣人可以执行「{move}」",
        "Only the unit or the person in charge may '{move}'",
    )


class NoUnit(FieldProblem):
    """Nobody is responsible by data, and the dispatcher named nobody."""

    slug = "no-unit"
    title = ("没有责任单位", "No responsible unit is known")
    detail = ("请在 unit 中指定处置单位", "Name the unit to dispatch to in `unit`")


class UnknownCell(FieldProblem):
    """No current cell is meant."""

    slug = "unknown-cell"
    title = ("没有这个单元网格", "There is no such cell")
    detail = (
        "请提供有效的网格编码 cell，或落在某个网格内的 place",
        "Give the code of a current cell, or a place that lies in one",
    )


class UnknownCondition(FieldProblem):
    """The class has no such filing condition."""

    slug = "unknown-condition"
    title = ("请指定立案条件", "Name a filing condition of the class")
    detail = (
        "类别 {category} 的立案条件为：{known}；请在 condition 中填写其一",
        "The class {category} has these: {known}; name one of them in `condition`",
    )


class MergeTarget(FieldProblem):
    """A case is merged into another one that is open."""

    slug = "merge-target"
    title = ("不能合并到该案件", "It can't be merged into that case")
    detail = (
        "into 须是另一个您可见且未结束的案件",
        "`into` must be another case that you may see and that is open",
    )


class OutOfRange(FieldProblem):
    """An amount or a date is not within what the rules allow."""

    slug = "out-of-range"
    title = ("超出允许范围", "Out of the allowed range")
    detail = ("{field} 最多为 {most}", "{field} may be at most {most}")


class NotAhead(FieldProblem):
    """A time to answer by has passed already."""

    slug = "not-in-the-future"
    title = ("时间须在将来", "The time must lie ahead")
    detail = ("{field} 须晚于当前时间", "{field} must be later than now")


class NotInUnit(FieldProblem):
    """A case is assigned within the unit that has it."""

    slug = "not-in-unit"
    title = ("不是承办单位的人员", "That person is not of the unit in charge")
    detail = (
        "「{username}」不属于承办单位及其上下级单位，请另选",
        "'{username}' belongs neither to the unit in charge nor to one below or above it",
    )


class MayNotHandle(FieldProblem):
    """A case goes to somebody who may handle it, or it would lie there."""

    slug = "may-not-handle"
    title = ("此人没有处置权限", "That person may not handle cases")
    detail = (
        "「{username}」没有处置权限，请另选",
        "'{username}' may not handle cases; choose somebody else",
    )


class TaskTo(FieldProblem):
    """A task goes to somebody who may check and has had no hand in the case."""

    slug = "task-to"
    title = ("不能派给此人", "The task can't go to that person")
    detail = (
        "「{username}」没有核查权限，或是该案的上报人或处置人，请另选",
        "'{username}' may not check, or reported or handled the case; choose somebody else",
    )


class OtherPace(FieldProblem):
    """An extension counts in the same time as the limit: wall clock or work time."""

    slug = "other-pace"
    title = ("单位与原时限不一致", "The unit counts in another time than the limit")
    detail = (
        "原时限为 {limit}，请用同类单位（{units}）",
        "The limit is {limit}: give the amount in {units}",
    )
