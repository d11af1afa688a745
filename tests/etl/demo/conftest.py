"""One simulated block, shared by the tests of the demo plants."""

from datetime import UTC, datetime

import pytest

from etl.demo import records


@pytest.fixture(scope="session")
def demo_now() -> datetime:
    """A Wednesday afternoon in Europe."""
    return datetime(2026, 6, 17, 14, tzinfo=UTC)


@pytest.fixture(scope="session")
def demo(demo_now) -> dict[str, list[dict]]:
    return records(seed=1, now=demo_now)
