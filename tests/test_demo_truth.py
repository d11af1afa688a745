"""The report of what is planted and found counts each fault."""

import pytest

from tests.demo_truth import faults


@pytest.mark.parametrize(
    ("planted", "found", "number"),
    [
        ({1, 2}, {1, 2}, 0),
        ({1, 2}, {1}, 1),
        ({1}, {1, 2, 3}, 2),
        ({1}, {2}, 2),
        (set(), set(), 1),
        (set(), {1}, 1),
    ],
)
def test_what_is_lost_invented_or_not_planted_at_all_is_a_fault(planted, found, number):
    assert faults(planted, found) == number
