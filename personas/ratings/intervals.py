"""An interval for a share, in plain arithmetic: the web process shows it and loads no numpy."""

from math import sqrt

Z = 1.959964  # 95 %


def wilson_interval(wins: float, of: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, which holds for few and near its ends too. (0, 1) where there is none.

    `wins` may be halves: a tie is half a win to either side.
    """
    if not of:
        return 0.0, 1.0
    share, spread = wins / of, Z * Z / of
    middle = share + spread / 2
    half = Z * sqrt(share * (1 - share) / of + spread / (4 * of))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return max(low, 0.0), min(high, 1.0)
