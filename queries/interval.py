"""95 % intervals of shares and of their differences."""

from __future__ import annotations

from math import hypot, sqrt

Z = 1.959963984540054  # of a normal distribution, at 95 %


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Score interval of the share of `hits` in `n` (at least 1), within 0 and 1. Wilson, E.B. (1927), Probable
    inference, the law of succession, and statistical inference, Journal of the American Statistical Association 22."""
    share, spread = hits / n, Z * Z / n
    middle, reach = share + spread / 2, Z * sqrt(share * (1 - share) / n + spread / n / 4)
    return max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread))


def newcombe(hits: int, n: int, other_hits: int, m: int) -> tuple[float, float]:
    """Interval of a share less another one. Newcombe, R.G. (1998), Interval estimation for the difference between
    independent proportions, Statistics in Medicine 17, method 10."""
    share, other = hits / n, other_hits / m
    (low, high), (other_low, other_high) = wilson(hits, n), wilson(other_hits, m)
    difference = share - other
    return difference - hypot(share - low, other_high - other), difference + hypot(high - share, other - other_low)
