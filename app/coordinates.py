"""Coordinates from phones and map vendors into the stored system: pure arithmetic.

GCJ-02 and BD-09 by the public formulas (no official text exists). The inverse is a fixed-point
iteration, good to 1e-8 m. WGS84 is taken as CGCS2000: they differ by less than a metre.
"""

from enum import StrEnum
from math import atan2, cos, pi, sin, sqrt

A = 6378245.0
EE = 0.006693421622965943
X_PI = pi * 3000.0 / 180.0
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271


class Crs(StrEnum):
    """The coordinate system that a pair of numbers is in."""

    CGCS2000 = "cgcs2000"
    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def to_storage(lon: float, lat: float, crs: Crs) -> tuple[float, float]:
    """Degrees in `crs` → degrees in CGCS2000."""
    if crs is Crs.BD09:
        lon, lat = bd09_to_gcj02(lon, lat)
    if crs in (Crs.BD09, Crs.GCJ02):
        return gcj02_to_wgs84(lon, lat)
    return lon, lat


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The vendor shift; outside China's box nothing moves."""
    if not (WEST <= lon <= EAST and SOUTH <= lat <= NORTH):
        return lon, lat
    east, north = _offset(lon, lat)
    return lon + east, lat + north


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The inverse of the vendor shift."""
    guess_lon, guess_lat = lon, lat
    for _ in range(8):
        shifted_lon, shifted_lat = wgs84_to_gcj02(guess_lon, guess_lat)
        step_lon, step_lat = lon - shifted_lon, lat - shifted_lat
        guess_lon, guess_lat = guess_lon + step_lon, guess_lat + step_lat
        if abs(step_lon) < 1e-12 and abs(step_lat) < 1e-12:
            break
    return guess_lon, guess_lat


def gcj02_to_bd09(lon: float, lat: float) -> tuple[float, float]:
    """Baidu's second shift."""
    radius = sqrt(lon * lon + lat * lat) + 2e-5 * sin(lat * X_PI)
    angle = atan2(lat, lon) + 3e-6 * cos(lon * X_PI)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def bd09_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The inverse of Baidu's shift, by fixed point."""
    guess_lon, guess_lat = lon - 0.0065, lat - 0.006
    for _ in range(8):
        shifted_lon, shifted_lat = gcj02_to_bd09(guess_lon, guess_lat)
        step_lon, step_lat = lon - shifted_lon, lat - shifted_lat
        guess_lon, guess_lat = guess_lon + step_lon, guess_lat + step_lat
        if abs(step_lon) < 1e-12 and abs(step_lat) < 1e-12:
            break
    return guess_lon, guess_lat


def _offset(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon - 105.0, lat - 35.0
    shared = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + shared
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + shared
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    angle = lat / 180.0 * pi
    magic = 1.0 - EE * sin(angle) ** 2
    root = sqrt(magic)
    north = north * 180.0 / ((A * (1.0 - EE)) / (magic * root) * pi)
    east = east * 180.0 / (A / root * cos(angle) * pi)
    return east, north
