"""Small dense pieces that compiled functions need and numpy does not give inside them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.compile import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@kernel
def solve_positive(matrix: Floats, right: Floats, size: int) -> None:
    """Solve ``matrix x = right`` in place by Cholesky; a direction without information stays put.

    `matrix` ``(size, size)`` is symmetric and positive semi-definite; both arrays are overwritten
    and the answer stands in `right`.
    """
    largest = 1e-300
    for i in range(size):
        largest = max(largest, matrix[i, i])
    for i in range(size):
        matrix[i, i] += 1e-10 * largest
    for i in range(size):
        for j in range(i + 1):
            total = matrix[i, j]
            for m in range(j):
                total -= matrix[i, m] * matrix[j, m]
            if i == j:
                matrix[i, i] = math.sqrt(total) if total > 1e-14 * largest else math.inf
            else:
                matrix[i, j] = total / matrix[j, j]
    for i in range(size):
        total = right[i]
        for m in range(i):
            total -= matrix[i, m] * right[m]
        right[i] = total / matrix[i, i]
    for back in range(size):
        i = size - 1 - back
        total = right[i]
        for m in range(i + 1, size):
            total -= matrix[m, i] * right[m]
        right[i] = total / matrix[i, i]


@kernel
def digamma(x: float) -> float:
    """Derivative of log gamma for ``x > 0`` (recurrence to 8, then the asymptotic series)."""
    total = 0.0
    while x < 8.0:
        total -= 1.0 / x
        x += 1.0
    inverse = 1.0 / (x * x)
    series = inverse * (
        1.0 / 12.0 - inverse * (1.0 / 120.0 - inverse * (1.0 / 252.0 - inverse / 240.0))
    )
    return total + math.log(x) - 0.5 / x - series


@kernel
def trigamma(x: float) -> float:
    """Second derivative of log gamma for ``x > 0``."""
    total = 0.0
    while x < 8.0:
        total += 1.0 / (x * x)
        x += 1.0
    inverse = 1.0 / (x * x)
    series = 1.0 / 6.0 - inverse * (1.0 / 30.0 - inverse * (1.0 / 42.0 - inverse * (1.0 / 30.0)))
    return total + 1.0 / x + 0.5 * inverse + series * inverse / x


@kernel
def log_lanes(value: Floats, out: Floats, scratch: Integers, count: int) -> None:
    """Write the natural logs of `count` positive normal numbers, as the compiler can vectorise it.

    The exponent is read from the bits; the mantissa, brought into ``[1/sqrt 2, sqrt 2)``, goes
    through the series of ``2 artanh((m - 1) / (m + 1))``, whose rest is under 1e-17. `scratch` has
    room for as many numbers.
    """
    bits = value.view(np.int64)
    mantissa = scratch.view(np.float64)
    for i in range(count):
        scratch[i] = (bits[i] & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000
    for i in range(count):
        exponent = float((bits[i] >> 52) - 1023)
        m = mantissa[i]
        high = m > 1.4142135623730951
        exponent = exponent + 1.0 if high else exponent
        m = 0.5 * m if high else m
        f = (m - 1.0) / (m + 1.0)
        f2 = f * f
        series = 1.0 / 21.0
        series = series * f2 + 1.0 / 19.0
        series = series * f2 + 1.0 / 17.0
        series = series * f2 + 1.0 / 15.0
        series = series * f2 + 1.0 / 13.0
        series = series * f2 + 1.0 / 11.0
        series = series * f2 + 1.0 / 9.0
        series = series * f2 + 1.0 / 7.0
        series = series * f2 + 1.0 / 5.0
        series = series * f2 + 1.0 / 3.0
        out[i] = exponent * 0.6931471805599453 + 2.0 * f + 2.0 * f * f2 * series
