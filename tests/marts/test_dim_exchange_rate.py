"""What a unit of each currency is worth in the reporting currency, day by day, as Odoo would convert it."""

from __future__ import annotations

from datetime import date

import pytest

from queries.config import Config, Money

EUR, USD, SGD = 1, 2, 3
CURRENCIES = [{"id": EUR, "name": "EUR"}, {"id": USD, "name": "USD"}, {"id": SGD, "name": "SGD"}]


def rate(id: int, currency: int, on: str, value: float, company: int | None = 1, **values) -> dict:
    return {
        "id": id,
        "currency_id": currency,
        "rate_on": date.fromisoformat(on),
        "rate": value,
        "company_id": company,
    } | values


def worth(built, currency: str, on: str, instance: str = "test") -> float | None:
    """One unit in the reporting currency on a day."""
    found = built.rows(
        """select rate from dim_exchange_rate
            where instance = $instance and currency = $currency and valid_from <= $day::date
                and coalesce($day::date < valid_to, true)""",
        instance=instance,
        currency=currency,
        day=on,
    )
    assert len(found) <= 1
    return found[0]["rate"] if found else None


@pytest.fixture
def rates(build):
    def make(*rows: dict, currency: str = "", **records):
        return build(
            config=Config(money=Money(currency)),
            **{"res_currency": CURRENCIES, "res_currency_rate": list(rows)} | records,
        )

    return make


def test_the_currency_of_the_first_plant_counts_as_one_unless_ops_toml_names_another(rates):
    rows = [rate(1, USD, "2026-01-01", 1.25)]
    assert worth(rates(*rows), "EUR", "2026-02-01") == 1
    assert worth(rates(*rows), "USD", "2026-02-01") == pytest.approx(0.8)
    assert worth(rates(*rows, currency="USD"), "EUR", "2026-02-01") == pytest.approx(1.25)
    assert worth(rates(*rows, currency="USD"), "USD", "2026-02-01") == 1


def test_rates_hold_from_their_day_on_and_the_first_one_before(rates):
    built = rates(rate(1, USD, "2026-01-01", 1.25), rate(2, USD, "2026-02-01", 2.0))
    assert worth(built, "USD", "2020-01-01") == pytest.approx(0.8)
    assert worth(built, "USD", "2026-01-31") == pytest.approx(0.8)
    assert worth(built, "USD", "2026-02-01") == pytest.approx(0.5)
    assert worth(built, "USD", "2030-01-01") == pytest.approx(0.5)


def test_between_two_foreign_currencies_both_rates_count(rates):
    """As Odoo converts: by the rate of the one over that of the other, whichever changed last."""
    built = rates(
        rate(1, USD, "2026-01-01", 1.25),
        rate(2, SGD, "2026-01-01", 1.5),
        rate(3, SGD, "2026-03-01", 2.0),
        currency="SGD",
    )
    assert worth(built, "USD", "2026-02-01") == pytest.approx(1.5 / 1.25)
    assert worth(built, "USD", "2026-03-01") == pytest.approx(2.0 / 1.25)
    assert worth(built, "EUR", "2026-03-01") == pytest.approx(2.0)


def test_the_company_that_counts_in_it_is_asked_first(rates):
    built = rates(rate(1, USD, "2026-01-01", 1.25), rate(2, EUR, "2026-01-01", 0.5, company=2))
    assert worth(built, "USD", "2026-01-01") == pytest.approx(0.8)
    built = rates(rate(1, USD, "2026-01-01", 1.25), rate(2, EUR, "2026-01-01", 0.5, company=2), currency="USD")
    assert worth(built, "EUR", "2026-01-01") == pytest.approx(2.0)


def test_rates_of_all_companies_hold_where_a_company_has_none_of_the_day(rates):
    built = rates(rate(1, USD, "2026-01-01", 1.25, company=None), rate(2, USD, "2026-01-01", 1.6))
    assert worth(built, "USD", "2026-01-01") == pytest.approx(1 / 1.6)


def test_a_currency_without_a_rate_or_with_none_above_zero_is_worth_nothing_known(rates):
    built = rates(rate(1, USD, "2026-01-01", 0.0))
    assert worth(built, "USD", "2026-01-01") is None and worth(built, "SGD", "2026-01-01") is None
    assert worth(rates(currency="GBP"), "EUR", "2026-01-01") is None


def test_an_odoo_that_does_not_know_the_reporting_currency_takes_the_rates_of_one_that_does(rates):
    other = {"instance": "other"}
    built = rates(
        rate(1, USD, "2026-01-01", 1.25),
        res_currency=[*CURRENCIES, {"id": 7, "name": "USD"} | other],
        res_company=[
            {"id": 1, "name": "Nord", "currency_id": EUR, "resource_calendar_id": 1},
            {"id": 2, "name": "South", "currency_id": USD},
            {"id": 1, "name": "Inc", "currency_id": 7} | other,
        ],
    )
    assert worth(built, "USD", "2026-01-01", "test") == worth(built, "USD", "2026-01-01", "other") == pytest.approx(0.8)
