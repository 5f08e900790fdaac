"""Stories of requests and orders: more time, standing still, voiding, appeals, supervision."""

from datetime import timedelta

from app.incidents import moves_in as m
from app.incidents import refusals as r
from app.media.models import Stage
from app.simulation import ways
from app.simulation.play import IN_THE_FIELD, SOON, Play, Steps

SUSPENDED = timedelta(hours=2)
ANSWER = timedelta(minutes=30)


def appealed(p: Play) -> Steps:
    """Late: no extension any more, but the appeal is upheld."""
    yield from ways.taken(p)
    yield p.do("handler", "request_extension", within=p.past_due(), refused=r.TooLate)
    yield from ways.finish(p)
    yield p.do("handler", "appeal")
    yield p.do("evaluator", "approve")
    yield p.do("supervisor", "exempt")
    yield p.do("handler", "appeal", refused=r.NotAppealable)


def appealed_in_vain(p: Play) -> Steps:
    """Late: the appeal is refused."""
    yield from ways.taken(p)
    yield p.shoot("handler", Stage.DURING, within=p.past_due())
    yield from ways.finish(p)
    yield p.do("handler", "appeal")
    yield p.do("evaluator", "refuse")


def suspended(p: Play) -> Steps:
    """Stands still for some hours and goes on by itself; a second time is too much."""
    yield from ways.taken(p)
    until = p.at + SUSPENDED
    yield p.do("handler", "request_suspension", m.RequestSuspension(reason="等待材料", until=until))
    yield p.do("dispatcher", "approve")
    yield p.do("supervisor", "suspend")
    rest = ((until - p.at).total_seconds() / 60 + 6) / p.pace
    yield p.do("handler", "take", within=(rest, rest))
    again = m.RequestSuspension(reason="仍缺材料", until=p.at + SUSPENDED)
    yield p.do("handler", "request_suspension", again, refused=r.NoneLeft)
    yield from ways.finish(p)


def resumed(p: Play) -> Steps:
    """Stands still until somebody lets it go on."""
    yield from ways.taken(p)
    until = p.at + timedelta(days=3)
    yield p.do("head", "request_suspension", m.RequestSuspension(reason="待审批", until=until))
    yield p.do("dispatcher", "approve")
    yield p.do("supervisor", "suspend")
    yield p.do("dispatcher", "resume", within=IN_THE_FIELD)
    yield from ways.work(p)


def raised(p: Play) -> Steps:
    """Nobody answers the order in time: it goes a level up."""
    yield from ways.taken(p)
    yield p.do("acceptor", "urge")
    order = m.Supervise(requirement="请立即办理并报告原因", due_at=p.at + ANSWER)
    yield p.do("leader", "supervise", order, within=SOON)
    late = ANSWER.total_seconds() / 60 / p.pace + 10
    yield p.do("handler", "reply_order", within=(late, late))
    yield p.do("handler", "reply_order", within=SOON, refused=r.NoOrder)
    yield from ways.finish(p)


def ordered(p: Play) -> Steps:
    """An order that is answered."""
    yield from ways.taken(p)
    yield p.do("supervisor", "supervise")
    yield p.do("handler", "reply_order")
    yield from ways.finish(p)


def extended(p: Play) -> Steps:
    """More time, granted on two levels."""
    yield from ways.taken(p)
    yield p.do("handler", "request_extension")
    yield p.do("handler", "feed_back", refused=r.RequestPending)
    yield p.do("supervisor", "approve", refused=r.MayNotDecide)
    yield p.do("dispatcher", "approve")
    yield p.do("supervisor", "extend")
    yield from ways.finish(p)


def not_extended(p: Play) -> Steps:
    """More time, withdrawn once and refused once."""
    yield from ways.taken(p)
    yield p.do("handler", "request_extension")
    yield p.do("dispatcher", "withdraw", refused=r.NotYourRequest)
    yield p.do("handler", "withdraw")
    yield p.do("handler", "request_extension")
    yield p.do("dispatcher", "refuse")
    yield from ways.finish(p)


def voided(p: Play) -> Steps:
    """Void: nobody decides on an own request."""
    yield from ways.filed(p)
    yield p.do("supervisor", "request_void")
    yield p.do("supervisor", "void", refused=r.MayNotDecide)
    yield p.do("supervisor2", "void")


def not_voided(p: Play) -> Steps:
    """To be voided, but it stands."""
    yield from ways.dispatched(p)
    yield p.do("dispatcher", "request_void")
    yield p.do("supervisor", "refuse")
    yield from ways.work(p)
