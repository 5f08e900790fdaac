"""What the life of a case counts as, always equal to a count of the cases themselves."""

from app.incidents import watch
from tests.centre import TO_CHECKED, TO_CLOSED, TO_DISPATCHED, TO_HANDLING, Centre
from tests.life.acting import DAY, FRIDAY, HOUR, YES, act, reported
from tests.tallies.conftest import COMMUNITY, NEXT_DOOR
from tests.tallies.counting import count_all, numbers, wrong

WHOLE_WAY = {
    "reported": 1,
    "accepted": 1,
    "filed": 1,
    "dispatched": 1,
    "handled": 1,
    "checks_passed": 1,
    "closed": 1,
    "first_time": 1,
}


async def test_a_closed_case_counts_at_every_step_in_every_area_that_holds_it(
    centre: Centre,
) -> None:
    await centre.walk(await centre.report(), *TO_CLOSED)
    await count_all()
    for area in ("", "610526", "610526001", COMMUNITY):
        assert await numbers(area) == WHOLE_WAY
        assert await numbers(area, "category", "E0112") == WHOLE_WAY
        assert await numbers(area, "source", "steward") == WHOLE_WAY
        assert await numbers(area, "area", COMMUNITY) == WHOLE_WAY
    of_unit = {
        name: WHOLE_WAY[name] for name in WHOLE_WAY.keys() - {"reported", "accepted", "filed"}
    }
    assert await numbers("", "unit", str(centre.unit.id)) == of_unit
    assert await numbers(NEXT_DOOR) == {}
    assert await wrong() == []


async def test_what_comes_back_the_same_day_counts_once_and_the_return_too(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED, ("handler", "return"))
    again = {"unit": str(centre.other.id)}
    answer = await centre.move("dispatcher2", incident, "dispatch", body=again)
    assert answer.status_code == 200, answer.text
    await count_all()
    assert await numbers() == {
        "reported": 1,
        "accepted": 1,
        "filed": 1,
        "dispatched": 1,
        "returned": 1,
    }
    assert await numbers("", "unit", str(centre.unit.id)) == {"dispatched": 1, "returned": 1}
    assert await numbers("", "unit", str(centre.other.id)) == {"dispatched": 1}
    assert await wrong() == []


async def test_numbers_move_with_a_case_that_gets_another_place_and_class(centre: Centre) -> None:
    incident = await centre.report()
    await count_all()
    body = {"cell": NEXT_DOOR + "001"}
    assert (await centre.move("acceptor", incident, "place", body=body)).status_code == 200
    body = {"category": "C0103"}
    assert (await centre.move("acceptor", incident, "accept", body=body)).status_code == 200
    await count_all()
    assert await numbers(COMMUNITY) == await numbers("", "category", "E0112") == {}
    for found in (await numbers(NEXT_DOOR), await numbers("", "category", "C0103")):
        assert found == {"reported": 1, "accepted": 1}
    assert await wrong() == []


async def test_a_case_outside_every_cell_counts_for_the_city_alone(centre: Centre) -> None:
    incident = await centre.report(lon=100.0)
    await count_all()
    assert await numbers() == {"reported": 1}
    assert await numbers("610526") == {}
    await centre.walk(incident, ("acceptor", "place"))
    await count_all()
    assert await numbers("610526") == await numbers() == {"reported": 1}
    assert await wrong() == []


async def test_a_reopened_case_is_closed_no_more_until_it_is_closed_again(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_CLOSED)
    await count_all()
    await centre.walk(incident, ("supervisor", "reopen"))
    await count_all()
    assert not {"closed", "first_time"} & (await numbers()).keys()
    steps = [("dispatcher", "dispatch"), ("handler", "feed_back"), ("acceptor", "send_to_check")]
    await centre.walk(incident, *steps, ("checker", "check_fixed"), ("supervisor", "close"))
    await count_all()
    assert await numbers() == dict.fromkeys({*WHOLE_WAY, "reopened"} - {"first_time"}, 1)
    assert await wrong() == []


async def test_an_appeal_takes_a_late_case_out_of_the_late_ones_of_its_closing_day(
    centre: Centre,
) -> None:
    incident = await reported(centre, FRIDAY)
    for who, move in TO_HANDLING:
        await act(centre, who, incident, move, FRIDAY)
    later = FRIDAY + 3 * DAY
    await watch.look(later)
    await act(centre, "handler", incident, "feed_back", later)
    for who, move in TO_CHECKED[-2:]:
        await act(centre, who, incident, move, later + HOUR)
    await centre.photo(incident, "after")
    await act(centre, "supervisor", incident, "close", later + DAY)
    await count_all()
    late = {"closed": 1, "closed_late": 1, "overdue": 1}
    assert {name: (await numbers())[name] for name in late} == late
    assert (await numbers("", "unit", str(centre.unit.id)))["closed_late"] == 1
    assert await wrong() == []
    await act(centre, "handler", incident, "appeal", later + 2 * DAY)
    for who in ("evaluator", "supervisor"):
        await act(centre, who, incident, "decide", later + 2 * DAY, YES)
    await count_all()
    found = await numbers()
    assert (found["closed"], found["overdue"], "closed_late" in found) == (1, 1, False)
    assert await wrong() == []
