"""Parts of stories: the plain way of a case, stretch by stretch."""

from app.incidents import moves_in as m
from app.media.models import Stage
from app.simulation.play import AT_WORK, IN_THE_FIELD, Play, Steps


def accepted(p: Play) -> Steps:
    """Taken up."""
    yield p.do("acceptor", "accept")


def file(p: Play, who: str = "supervisor") -> Steps:
    """Filed under its condition."""
    yield p.do(who, "file", m.Filing(condition=p.matter.condition))


def send(p: Play, who: str = "dispatcher", to: int = 0) -> Steps:
    """Dispatched to one of its crews."""
    yield p.do(who, "dispatch", m.Dispatch(unit=p.crews[to].unit_id))


def filed(p: Play) -> Steps:
    """From the report until it waits for its dispatch."""
    yield from accepted(p)
    yield from file(p)


def dispatched(p: Play) -> Steps:
    """From the report until a crew has it."""
    yield from filed(p)
    yield from send(p)


def take(p: Play) -> Steps:
    """Signed for."""
    yield p.do("handler", "take", within=IN_THE_FIELD)


def taken(p: Play) -> Steps:
    """From the report until somebody works on it."""
    yield from dispatched(p)
    yield from take(p)


def feed_back(p: Play, who: str = "handler") -> Steps:
    """Done, with a photo of it."""
    yield p.shoot(who, Stage.AFTER, within=AT_WORK)
    yield p.do(who, "feed_back")


def handled(p: Play) -> Steps:
    """From the report until it waits for its check."""
    yield from taken(p)
    yield from feed_back(p)


def check(p: Play) -> Steps:
    """Somebody else looks and finds it done."""
    yield p.do("acceptor", "send_to_check")
    yield p.do("assignee", "check_fixed", within=IN_THE_FIELD)


def close(p: Play) -> Steps:
    """Closed."""
    yield p.do("supervisor", "close")


def ending(p: Play) -> Steps:
    """From handled to closed."""
    yield from check(p)
    yield from close(p)


def finish(p: Play) -> Steps:
    """From in work to closed."""
    yield from feed_back(p)
    yield from ending(p)


def work(p: Play) -> Steps:
    """From dispatched to closed."""
    yield from take(p)
    yield from finish(p)


def pursue(p: Play) -> Steps:
    """From accepted to closed."""
    yield from file(p)
    yield from send(p)
    yield from work(p)


def whole(p: Play) -> Steps:
    """From the report to closed."""
    yield from accepted(p)
    yield from pursue(p)
