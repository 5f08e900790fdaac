"""Four coordinate systems in, one out (vectors computed from the public formulas)."""

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.coordinates import (
    Crs,
    bd09_to_gcj02,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    to_storage,
    wgs84_to_gcj02,
)

METRES_PER_DEGREE = 111_320.0
# name, then lon, lat in WGS84, GCJ-02 and BD-09
VECTORS = [
    ("Beijing", (116.42079, 39.90105), (116.4270221, 39.9024463), (116.4335011, 39.9084997)),
    ("Tiananmen", (116.397499, 39.908722), (116.4037426, 39.9101255), (116.4101156, 39.9164647)),
    ("Shanghai", (121.473701, 31.230416), (121.4782241, 31.2284737), (121.4847825, 31.2343266)),
    ("Shenzhen", (114.057865, 22.543096), (114.062979, 22.5403788), (114.069529, 22.5460374)),
    ("Chengdu", (104.066803, 30.572815), (104.0693085, 30.5703612), (104.075786, 30.5763668)),
    ("Urumqi", (87.616848, 43.825592), (87.619698, 43.8267974), (87.6261481, 43.8329413)),
    ("Harbin", (126.534967, 45.803775), (126.5410075, 45.8057566), (126.5476263, 45.8113709)),
    ("Hangzhou", (120.15507, 30.274084), (120.1597646, 30.2717553), (120.1663283, 30.2775838)),
]
Pair = tuple[float, float]


def metres(one: Pair, other: Pair) -> float:
    """Distance of two near points."""
    east = (one[0] - other[0]) * cos(radians(one[1]))
    return hypot(east, one[1] - other[1]) * METRES_PER_DEGREE


@pytest.mark.parametrize(("name", "wgs84", "gcj02", "bd09"), VECTORS)
def test_the_vectors_come_out(name: str, wgs84: Pair, gcj02: Pair, bd09: Pair) -> None:
    assert metres(wgs84_to_gcj02(*wgs84), gcj02) < 0.02
    assert metres(gcj02_to_bd09(*gcj02), bd09) < 0.02
    for pair, crs in ((wgs84, Crs.WGS84), (gcj02, Crs.GCJ02), (bd09, Crs.BD09)):
        assert metres(to_storage(*pair, crs), wgs84) < 0.02
    assert to_storage(*wgs84, Crs.CGCS2000) == wgs84


IN_CHINA = {"lon": st.floats(75, 135), "lat": st.floats(18, 53)}


@given(**IN_CHINA)
def test_the_inverse_of_the_vendor_shift_is_exact(lon: float, lat: float) -> None:
    assert metres(gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat)), (lon, lat)) < 1e-6


@given(**IN_CHINA)
def test_the_inverse_of_baidus_shift_is_exact(lon: float, lat: float) -> None:
    assert metres(bd09_to_gcj02(*gcj02_to_bd09(lon, lat)), (lon, lat)) < 1e-4


@given(lon=st.floats(-180, 180), lat=st.floats(-90, 90), crs=st.sampled_from(Crs))
def test_every_pair_of_degrees_comes_out_as_finite_numbers(
    lon: float, lat: float, crs: Crs
) -> None:
    found = to_storage(lon, lat, crs)
    assert all(abs(number) < 200 for number in found)


@given(lon=st.floats(-180, 70), lat=st.floats(-80, 80))
def test_outside_china_the_vendor_shift_moves_nothing(lon: float, lat: float) -> None:
    assert to_storage(lon, lat, Crs.GCJ02) == (lon, lat)
