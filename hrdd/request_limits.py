"""How often a program, or a person in the API, may ask: by minute, counted in Redis, told in every answer.

Counted for each token, else for each person. Where Redis is away nobody is refused: it is the doorbell, and losing it
stops nothing (ADR 2).
"""

import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import redis
from django.conf import settings
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:  # Django REST framework reads its settings, and so this module, while it loads
    from rest_framework.request import Request
    from rest_framework.response import Response
    from rest_framework.views import APIView

WINDOW = 60  # seconds
PATIENCE = 0.25  # seconds that Redis may take
PREFIX = "hrdd:api:"


@dataclass(frozen=True)
class Rate:
    """How much of a minute is left."""

    most: int
    asked: int
    resets_in: int

    def headers(self) -> dict[str, str]:
        """Return it as draft-ietf-httpapi-ratelimit-headers writes it."""
        left = max(self.most - self.asked, 0)
        return {
            "RateLimit-Policy": f'"api";q={self.most};w={WINDOW}',
            "RateLimit": f'"api";r={left};t={self.resets_in}',
        }


class PerCaller(BaseThrottle):
    """Refuses whoever asked HRDD_API_REQUESTS_A_MINUTE times in this minute; 0 counts nobody."""

    def allow_request(self, request: "Request", view: "APIView") -> bool:
        """Count one request; whether it may go on."""
        most = settings.API_REQUESTS_A_MINUTE
        if not most:
            return True
        now = time.time()
        asked = _counted(_who(request), minute=int(now // WINDOW))
        if asked is None:
            return True
        self.rate = Rate(most, asked, resets_in=WINDOW - int(now % WINDOW))
        request._request.rate = self.rate  # type: ignore[attr-defined]  # told by told_in
        return asked <= most

    def wait(self) -> float:
        """Return after how many seconds to ask again."""
        return self.rate.resets_in


def told_in(response: "Response", request: "Request") -> None:
    """Say in an answer how much of the minute is left."""
    rate: Rate | None = getattr(request._request, "rate", None)
    for name, value in (rate.headers() if rate else {}).items():
        response.headers[name] = value


def _who(request: "Request") -> str:
    return f"token-{request.auth.pk}" if request.auth is not None else f"person-{request.user.pk}"


def _counted(who: str, *, minute: int) -> int | None:
    key = f"{PREFIX}{who}:{minute}"
    try:
        with _redis(settings.CELERY_BROKER_URL).pipeline() as both:
            both.incr(key)
            both.expire(key, 2 * WINDOW)
            return int(both.execute()[0])
    except redis.RedisError:
        return None


@cache
def _redis(address: str) -> redis.Redis:
    return redis.Redis.from_url(address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
