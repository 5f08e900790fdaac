"""The same seed plays the same day; photos are real ones, each another."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest

from app.auth import Actor
from app.media import photos
from app.permissions import Role
from app.simulation import scenes
from app.simulation.casting import Casting
from app.simulation.city import City, Matter, Spot
from app.simulation.people import DESKS, Cast, Crew
from app.simulation.play import Play
from app.simulation.stories import LATE, STORIES
from app.worktime.limits import LimitUnit

MIDNIGHT = datetime(2026, 11, 16, tzinfo=UTC)


def somebody(number: int, *units: UUID) -> Actor:
    nobody: frozenset[str] = frozenset()
    return Actor(
        UUID(int=number), f"p{number}", "某人", (), frozenset(), frozenset(units), nobody, nobody
    )


def a_casting(seed: str) -> Casting:
    desks = {
        role: [somebody(100 * at + n) for n in range(count)]
        for at, (role, (count, _)) in enumerate(DESKS.items(), 1)
    }
    crews = {
        unit: Crew(unit, (somebody(1, unit), somebody(2, unit)), somebody(3, unit))
        for unit in (UUID(int=7), UUID(int=8))
    }
    spots = [Spot(109 + n / 1000, 34, f"网格{n}") for n in range(20)]
    slow = Matter("E0101", "暴露垃圾", "E0101-2", Decimal(1), LimitUnit.WORK_DAY, {})
    quick = replace(slow, condition="E0101-1", unit=LimitUnit.URGENT_HOUR)
    return Casting(Cast(desks, crews), City(spots, spots[0], [slow, quick], [quick]), seed)


def drawn(seed: str, cases: int = 100) -> list[tuple[object, ...]]:
    plays = a_casting(seed).plays(MIDNIGHT, cases)
    return [
        (play.name, play.at, play.spot, play.matter, play.reporter.id, play.pace)
        for play, _ in plays
    ]


def test_a_seed_draws_the_same_day_again_and_another_one_does_not() -> None:
    assert drawn("1:2026-11-16") == drawn("1:2026-11-16")
    assert drawn("1:2026-11-16") != drawn("2:2026-11-16")


def test_a_day_begins_with_every_story_once() -> None:
    day = drawn("1", cases=len(STORIES) + 50)
    assert [name for name, *_ in day[: len(STORIES)]] == list(STORIES)


def test_stories_about_lateness_get_a_limit_that_passes_within_the_day() -> None:
    late = [play for play, _ in a_casting("1").plays(MIDNIGHT, 200) if play.name in LATE]
    assert len(late) > 2
    assert all(play.matter.quick for play in late)


@pytest.fixture
def play() -> Play:
    casting = a_casting("1")
    found, _ = next(casting.plays(MIDNIGHT, 1))
    found.told = {"id": str(UUID(int=5)), "owner": {"id": str(UUID(int=8))}}
    casting.settle(found)
    return found


def test_second_people_of_a_desk_are_other_people(play: Play) -> None:
    casting = a_casting("1")
    for desk in (Role.ACCEPTOR, Role.SUPERVISOR, Role.DISPATCHER):
        assert casting.actor(play, desk) != casting.actor(play, f"{desk}2")
    assert casting.actor(play, "handler") != casting.actor(play, "handler2")
    assert casting.actor(play, "co_handler").units.isdisjoint(casting.actor(play, "head").units)
    assert play.other_steward != play.reporter


def test_a_photo_says_when_and_where_it_was_taken() -> None:
    noon = datetime(2026, 11, 16, 4, 0, 7, tzinfo=UTC)
    content = scenes.photo(Random(1), noon, 109.58327, -34.95461)
    photo = photos.read(io.BytesIO(content), "image/jpeg", 10_000_000)
    assert photo.words.taken_at == noon
    assert photo.words.place == pytest.approx((109.58327, -34.95461), abs=1e-6)
    assert photo.words.camera == "Wangge Simulation"


def test_no_two_photos_look_alike() -> None:
    rng, seen = Random(1), list[int]()
    for _ in range(40):
        content = io.BytesIO(scenes.photo(rng, MIDNIGHT, 109.0, 34.0))
        found = photos.read(content, "image/jpeg", 10_000_000).phash
        assert found is not None
        assert all((found ^ other).bit_count() > 6 for other in seen)
        seen.append(found)
