"""Why a legal move is refused all the same, by name: what `guards.py` answers with."""

from app.problems import AppError


class ClaimedByOther(AppError):
    """Somebody else works on the case just now."""

    slug, status = "claimed-by-other", 409
    title = ("案件已被他人认领", "Somebody else has claimed the case")
    detail = (
        "{name} 已认领此案件，{until} 前由其办理；值班长可释放",
        "{name} has claimed it until {until}; a supervisor may release it",
    )


class NotClaimed(AppError):
    """There is no claim that this person may end."""

    slug, status = "not-claimed", 409
    title = ("没有可释放的认领", "There is no claim to release")
    detail = ("只能释放自己的认领，或由值班长释放", "Release your own claim, or ask a supervisor")


class WrongQueue(AppError):
    """The next step of the case is another desk's."""

    slug, status = "wrong-queue", 403
    title = ("不是您的办理环节", "This is another desk's queue")
    detail = (
        "当前状态「{state_name}」的下一步需要权限 {permission}",
        "The next step of a case that is '{state_name}' needs the permission {permission}",
    )


class Barred(AppError):
    """A case that came back may not be sent on by whom it came back to."""

    slug, status = "returned-to-you", 409
    title = ("退回的案件须由另一人办理", "Somebody else must send on what was returned to you")
    detail = (
        "您的上一步被退回：请另一位同事办理，或请（另一位）值班长或领导确认回退"
        "（confirm-return）后再办",
        "Your own step came back: let a colleague act, or (another) supervisor or a leader"
        " confirm-return first",
    )


class NothingReturned(AppError):
    """No return waits for confirmation by this person."""

    slug, status = "nothing-returned", 409
    title = ("没有待您确认的回退", "No return waits for you")
    detail = (
        "案件没有被回退；若被退回的正是您的操作，请另一位值班长或领导确认",
        "Nothing was returned; if it was your own step, another supervisor or a leader confirms",
    )


class AssignmentStands(AppError):
    """The unit has assigned the case to one of its people."""

    slug, status = "assignment-stands", 409
    title = ("内部指派尚未收回", "The internal assignment stands")
    detail = (
        "请先由负责人收回指派（unassign），再回退案件",
        "Let the head of the unit unassign it first, then return the case",
    )


class NoHandler(AppError):
    """Nobody in the unit has the case."""

    slug, status = "no-handler", 409
    title = ("案件没有指派处置人", "The case is assigned to nobody")
    detail = ("没有可收回的指派", "There is no assignment to take back")


class NotYourCase(AppError):
    """Another person of the unit has it."""

    slug, status = "not-your-case", 403
    title = ("案件属于本单位其他人员", "Another person of the unit has this case")
    detail = (
        "只有当前处置人可以签收或委托；可请负责人收回指派（unassign）",
        "Only its handler may take it or hand it over; the head of the unit may unassign it",
    )


class PartsOpen(AppError):
    """Co-handlers have not replied."""

    slug, status = "parts-open", 409
    title = ("协办单位尚未反馈", "Co-handling units have not replied")
    detail = ("还有 {count} 个协办单位未反馈", "{count} co-handling units have still to reply")


class NoPart(AppError):
    """The actor's units are no co-handlers of the case, or have replied."""

    slug, status = "no-part", 403
    title = ("没有待反馈的协办任务", "You have no open part in this case")
    detail = ("您的单位不是协办单位，或已经反馈", "Your unit co-handles it not, or has replied")


class NotYourTask(AppError):
    """The task was given to somebody else."""

    slug, status = "not-your-task", 403
    title = ("不是派给您的任务", "The task is somebody else's")
    detail = ("任务已派给其他监督员", "It was given to another steward")


class NotImpartial(AppError):
    """Checker, handler and reporter are three people."""

    slug, status = "not-impartial", 403
    title = ("须由第三人核查", "A third person must judge this")
    detail = (
        "上报人或处置人不能核实、核查或审核自己的案件",
        "Who reported or handled a case does not verify, check or review it",
    )


class NotYourReport(AppError):
    """Only the reporter handles on the spot."""

    slug, status = "not-your-report", 403
    title = ("不是您上报的案件", "You did not report this case")
    detail = (
        "自处理只能由上报人办理",
        "Only who reported it may say that it was handled on the spot",
    )


class PhotosMissing(AppError):
    """Photos of some stages are needed first; `missing` names the stages."""

    slug, status = "photos-missing", 409
    title = ("缺少照片", "Photos are missing")
    detail = (
        "请先上传这些阶段的照片：{missing}（POST /api/v1/incidents/…/media，stage 字段）",
        "First upload photos of: {missing} (POST /api/v1/incidents/…/media, field `stage`)",
    )


class NotSelfHandled(AppError):
    """The case was not handled on the spot."""

    slug, status = "not-self-handled", 409
    title = ("不是自处理案件", "The case was not handled on the spot")
    detail = ("请派核查", "Send it to a check")


class SelfHandled(AppError):
    """No unit has handled the case, so that none can get it back."""

    slug, status = "self-handled", 409
    title = ("自处理案件没有承办单位", "No unit has handled this case")
    detail = ("请派核查；核查不通过后派给单位", "Send it to a check; rework then names a unit")


class NoAfterPhoto(AppError):
    """Closing needs a photo of the place as it is now."""

    slug, status = "no-after-photo", 409
    title = ("缺少合格的处置后照片", "There is no good photo from after the handling")
    detail = (
        "结案需要一张处置后（after）或核查（check）照片：派遣（自处理则为上报）之后上传，"
        "拍摄地点在 {metres} 米以内，且未在其他案件用过",
        "Closing needs a photo (stage after or check) that came after the dispatch (handled on the"
        " spot: after the report), was taken within {metres} m and was used on no other case",
    )


class RequestPending(AppError):
    """A request waits for its decision."""

    slug, status = "request-pending", 409
    title = ("有申请待审批", "A request waits for its decision")
    detail = (
        "{kind_name}申请尚未审批，请等待或先撤回",
        "The request for {kind_name} is not decided yet: wait, or withdraw it",
    )


class TooLate(AppError):
    """An extension is asked for before the deadline."""

    slug, status = "too-late", 409
    title = ("已超过时限", "The deadline has passed")
    detail = (
        "延期须在到期前申请（{due_at} 已到期）；可在结案后申诉",
        "An extension is asked for before the deadline ({due_at}); appeal after closing instead",
    )


class NoClock(AppError):
    """No deadline runs: the case came from an import, or from before there were clocks."""

    slug, status = "no-clock", 409
    title = ("该案件没有计时", "No clock runs for this case")
    detail = (
        "案件来自历史导入，本环节没有时限，无须延期",
        "It was imported; this stage has no deadline that could be extended",
    )


class NoCell(AppError):
    """Every case that is worked lies in a cell."""

    slug, status = "no-cell", 409
    title = ("案件尚未落入网格", "The case lies in no cell")
    detail = (
        "请先定位（place）到单元网格，再立案",
        "First place it in a cell (place), then file it",
    )


class NoneLeft(AppError):
    """All approvals of this kind are used up."""

    slug, status = "none-left", 409
    title = ("次数已用完", "None are left")
    detail = ("每个案件最多批准 {most} 次", "A case gets at most {most}")


class NotAppealable(AppError):
    """Only a late case can be appealed, once, within some days of closing."""

    slug, status = "not-appealable", 409
    title = ("不能申诉", "This can't be appealed")
    detail = (
        "只有处置超时的案件可以申诉，每案一次，且在结案后 {days} 天内",
        "Only late handling can be appealed, once a case, within {days} days of its closing",
    )


class MayNotDecide(AppError):
    """The request waits for another role, or this person has had a say in it."""

    slug, status = "may-not-decide", 403
    title = ("不能由您审批", "You may not decide this")
    detail = (
        "该申请等待角色 {role} 审批；申请人和上一级审批人不能再审批",
        "It waits for a {role} who neither asked for it nor decided the level before",
    )


class NothingToDecide(AppError):
    """No request waits."""

    slug, status = "nothing-to-decide", 409
    title = ("没有待审批的申请", "No request waits for a decision")
    detail = ("该案件没有待审批的申请", "This case has no open request")


class OtherDecision(AppError):
    """Approving the request that waits is another move."""

    slug, status = "other-decision", 409
    title = ("不是对该申请的审批", "The request asks for something else")
    detail = (
        "同意待审批的申请即为「{approval}」",
        "Approving the request that waits means '{approval}'",
    )


class NotYourRequest(AppError):
    """Only who asked may withdraw."""

    slug, status = "not-your-request", 403
    title = ("不是您的申请", "The request is not yours")
    detail = ("只有申请人可以撤回", "Only who made it may withdraw it")


class NoOrder(AppError):
    """No supervision order waits for a reply."""

    slug, status = "no-order", 409
    title = ("没有待回复的督办单", "No supervision order waits for a reply")
    detail = ("该案件没有待回复的督办单", "This case has no unanswered order")
