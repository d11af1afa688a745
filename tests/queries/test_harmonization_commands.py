"""What is said of two plants in the terminal: sentences that hold for one case and for many."""

from datetime import date

import pytest

from queries import harmonization_commands as commands

ROW = {
    "workflow": "purchase",
    "plant": "A",
    "other": "B",
    "other_count": 1,
    "period": "26 weeks",
    "period_start": date(2025, 3, 13),
    "period_end": date(2025, 9, 11),
    "value": 71.32,
    "low": 66.0,
    "high": 76.94,
    "state": "different",
    "p_adjusted": 0.0125,
    "n": 1412,
    "n_other": 530,
    "variants": 58,
    "coverage": 0.998,
    "reason": None,
    "moves": [],
}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({}, "purchase: A and B work differently, index 71.3 of 100 (95 % interval 66.0 to 76.9)."),
        (
            {"state": "not distinguishable", "value": 100.0, "low": 98.04, "high": 100.0},
            "purchase: A and B are not distinguishable, index 100.0 of 100 (95 % interval 98.0 to 100.0).",
        ),
        (
            {"other": None, "other_count": 3},
            "purchase: A and the reference (3 other plants) work differently, index 71.3 of 100 "
            "(95 % interval 66.0 to 76.9).",
        ),
        (
            {"other": None, "value": None, "state": None, "reason": "too few cases: 1, 20 needed"},
            "purchase: A and the reference (1 other plant) cannot be compared: too few cases: 1, 20 needed.",
        ),
    ],
)
def test_what_was_found(changed, sentence):
    assert commands._verdict(ROW | changed) == sentence


def test_what_it_rests_on():
    rests, chance = commands._grounds(ROW)
    assert rests == (
        "1,412 cases against 530, closed in the 26 weeks from 13 Mar 2025 to 10 Sep 2025; 58 variants compared, which "
        "cover 99 % of the cases."
    )
    assert chance == (
        "Between plants that work alike so much is seen in 1.2 % of publishes at most (corrected p-value 0.013)."
    )
    alike = ROW | {"state": "not distinguishable", "p_adjusted": 0.431, "variants": 1, "coverage": 1.0}
    assert commands._grounds(alike) == [
        "1,412 cases against 530, closed in the 26 weeks from 13 Mar 2025 to 10 Sep 2025; 1 variant, which covers "
        "100 % of the cases.",
        "Chance alone may explain it (corrected p-value 0.43).",
    ]
    few = ROW | {"value": None, "n": 1, "n_other": 0}
    assert commands._grounds(few) == ["1 case against 0, closed in the 26 weeks from 13 Mar 2025 to 10 Sep 2025."]


def test_what_is_different_says_both_shares():
    move = {"plant": "A", "move": 'skips "sent" on 20 points more of the cases', "rate": 0.151, "rate_other": 0.351}
    move |= {"low": -0.27, "high": -0.131, "explained": 0.846}
    assert commands._told(move) == (
        'A skips "sent" on 20 points more of the cases (13.1 to 27.0; 15.1 % of its cases, 35.1 % there): '
        "85 % of the distance"
    )
    assert commands._told(move | {"explained": 0.002}).endswith("35.1 % there)")


def test_months_are_told_with_their_comparison_in_their_order_and_only_once():
    month = ROW | {"period": "month", "state": None, "p_adjusted": None, "value": 81.04, "low": 70.0, "high": 90.0}
    months = [month | {"period_start": date(2025, number, 1)} for number in (8, 7)]
    months[1] |= {"value": None, "low": None, "high": None}
    table = commands._sentences([ROW, *months])
    [lines] = [list(column.cells) for column in table.columns]
    assert lines[0].startswith("purchase: A and B") and len(lines) == 4
    assert lines[3].renderable == "By month: 2025-07 –, 2025-08 81.0 (70.0 to 90.0)."
