"""Drawn examples are judged by what they show, not by how long a busy machine takes."""

from hypothesis import HealthCheck, settings

settings.register_profile("scheduling", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("scheduling")
