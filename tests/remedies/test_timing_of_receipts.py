"""How long `/follow/` takes tells nobody whether a receipt is good (T8 of reliability.md)."""

import gc
import random
import statistics
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable

import pytest
from django.test import Client

from remedies.actions import follow_up
from remedies.rules.receipt import new_receipt
from tests.remedies.vault_stage import NOW, Vault, post, received, vault_of_three

__all__ = ["vault_of_three"]
KINDS = ("valid", "unknown", "forgotten")
MOST_MS = 0.2
MOST_AUC = 0.02


def timed(client: Client, make: dict[str, Callable[[], str]], rounds: int) -> dict[str, list[float]]:
    """Return milliseconds of opening receipts of each kind, one after another in an order drawn anew."""
    taken: dict[str, list[float]] = {kind: [] for kind in make}
    drawn = random.Random(8)  # noqa: S311  # an order, no secret
    for nth in range(rounds + 50):
        order = list(make)
        drawn.shuffle(order)
        for kind in order:
            receipt = make[kind]()
            gc.disable()
            began = time.perf_counter()
            post(client, "/follow/en/", step="open", receipt=receipt)
            spent = (time.perf_counter() - began) * 1000
            gc.enable()
            if nth >= 50:
                taken[kind].append(spent)
    return taken


def auc(some: list[float], others: list[float]) -> float:
    """Return how often a time of the one is above a time of the other: 0.5 tells nothing."""
    ordered = sorted(others)
    above = sum((bisect_left(ordered, one) + bisect_right(ordered, one)) / 2 for one in some)
    return above / (len(some) * len(others))


@pytest.mark.nightly
def test_the_time_of_a_good_receipt_is_the_time_of_any_other(vault_of_three: Vault, client: Client) -> None:
    """20,000 openings of valid, unknown and forgotten receipts, interleaved."""
    _case, valid = received()
    _other, forgotten = received(what="Other")
    follow_up.forget_receipt(forgotten, today=NOW.date())

    taken = timed(
        client, {"valid": lambda: valid, "unknown": new_receipt, "forgotten": lambda: forgotten}, 20_000 // 3
    )

    told = {
        (one, other): (
            round(abs(statistics.median(taken[one]) - statistics.median(taken[other])), 3),
            round(auc(taken[one], taken[other]), 3),
        )
        for one, other in (("valid", "unknown"), ("valid", "forgotten"), ("unknown", "forgotten"))
    }
    print(told, {kind: round(statistics.median(times), 3) for kind, times in taken.items()})  # noqa: T201
    assert all(ms < MOST_MS and abs(area - 0.5) <= MOST_AUC for ms, area in told.values()), told


def test_an_answer_leaves_at_full_ticks_only(
    vault_of_three: Vault, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    ticks = iter([10.0, 10.012, 20.0, 20.061])
    monkeypatch.setattr("remedies.views.apart.time.perf_counter", lambda: next(ticks))
    monkeypatch.setattr("remedies.views.apart.time.sleep", waited.append)

    for receipt in (received()[1], new_receipt()):
        post(client, "/follow/en/", step="open", receipt=receipt)

    assert [round(one, 3) for one in waited] == [0.038, 0.039]


def test_the_measure_sees_a_difference() -> None:
    """The switch that shows that the statistic would find a receipt that takes longer."""
    drawn = random.Random(8)  # noqa: S311
    some = [drawn.gauss(5.0, 0.4) for _ in range(4000)]
    same = [drawn.gauss(5.0, 0.4) for _ in range(4000)]
    later = [one + 0.1 for one in same]

    assert abs(auc(some, same) - 0.5) < MOST_AUC
    assert abs(auc(some, later) - 0.5) > MOST_AUC
