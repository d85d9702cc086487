"""Coordinates as phones and maps in China give them, turned into WGS-84, and back.

Comes in: degrees in GCJ-02 (domestic maps), BD-09 (Baidu) or WGS-84. Goes out: the same place in
WGS-84. The published forward formulas are used as they stand; their inverse has no closed form and
is found by iteration, since the usual one-step inverse is off by metres.
"""

from __future__ import annotations

import math

from suishou.domain.errors import Invalid

CRS = ("wgs84", "gcj02", "bd09")

_AXIS = 6_378_245.0  # metres, Krasovsky 1940
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU = math.pi * 3000.0 / 180.0
_DEGREES_EXACT = 1e-14  # about a nanometre: below the last bit of a longitude in China
_ROUNDS_MAX = 30  # each gains two to three digits; the bound only guards against endless ping-pong


def to_wgs84(lat: float, lon: float, crs: str) -> tuple[float, float]:
    """(lat, lon) in WGS-84 of a place given in `crs`.

    Raises Invalid `unknown_crs` (field `crs`), or `not_a_coordinate` (field `lat` or `lon`) when a
    value is no number or off the globe.
    """
    if crs not in CRS:
        raise Invalid("unknown_crs", "crs", allowed=", ".join(CRS))
    for name, value, most in (("lat", lat, 90.0), ("lon", lon, 180.0)):
        if not -most <= value <= most:  # false for NaN too
            raise Invalid("not_a_coordinate", name)
    if crs == "bd09":
        lat, lon = bd09_to_gcj02(lat, lon)
    return (lat, lon) if crs == "wgs84" else gcj02_to_wgs84(lat, lon)


def in_china(lat: float, lon: float) -> bool:
    """Whether GCJ-02 shifts the point: the rough box that its implementations agree on."""
    return 0.8293 <= lat <= 55.8271 and 72.004 <= lon <= 137.8347


def wgs84_to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """(lat, lon) in GCJ-02; outside China the point itself."""
    if not in_china(lat, lon):
        return lat, lon
    north, east = _shift_metres(lon - 105.0, lat - 35.0)
    radians = math.radians(lat)
    magic = 1 - _ECCENTRICITY_SQUARED * math.sin(radians) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY_SQUARED) / (magic * math.sqrt(magic))
    parallel = _AXIS / math.sqrt(magic) * math.cos(radians)
    return lat + math.degrees(north / meridian), lon + math.degrees(east / parallel)


def _shift_metres(x: float, y: float) -> tuple[float, float]:
    """(north, east) shift in metres; x and y are degrees east and north of 105 E, 35 N."""
    root = math.sqrt(abs(x))
    both = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (both + 20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y / 30 * math.pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (both + 20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    return north, east


def gcj02_to_wgs84(lat: float, lon: float) -> tuple[float, float]:
    """(lat, lon) in WGS-84, exact to the last bits of a float (some 3e-9 m), to 1e-6 m on the very
    meridian of 105 E, where the formula has a kink; outside China the point itself."""
    if not in_china(lat, lon):
        return lat, lon
    guess_lat, guess_lon = lat, lon
    for _ in range(_ROUNDS_MAX):
        there_lat, there_lon = wgs84_to_gcj02(guess_lat, guess_lon)
        off_lat, off_lon = there_lat - lat, there_lon - lon
        guess_lat, guess_lon = guess_lat - off_lat, guess_lon - off_lon
        if abs(off_lat) < _DEGREES_EXACT and abs(off_lon) < _DEGREES_EXACT:
            break
    return guess_lat, guess_lon


def gcj02_to_bd09(lat: float, lon: float) -> tuple[float, float]:
    """(lat, lon) in BD-09."""
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BAIDU)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BAIDU)
    return radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065


def bd09_to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """(lat, lon) in GCJ-02, by the same iteration."""
    guess_lat, guess_lon = lat - 0.006, lon - 0.0065
    for _ in range(_ROUNDS_MAX):
        there_lat, there_lon = gcj02_to_bd09(guess_lat, guess_lon)
        off_lat, off_lon = there_lat - lat, there_lon - lon
        guess_lat, guess_lon = guess_lat - off_lat, guess_lon - off_lon
        if abs(off_lat) < _DEGREES_EXACT and abs(off_lon) < _DEGREES_EXACT:
            break
    return guess_lat, guess_lon


def wgs84_to_bd09(lat: float, lon: float) -> tuple[float, float]:
    """(lat, lon) in BD-09."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lat, lon))
