"""Measurements, not tests: reports a second and the nightly build, each beside its peer."""
