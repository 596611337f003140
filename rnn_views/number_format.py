"""Numbers of any size as a person reads them: a few digits, and a power of ten where that helps."""

from __future__ import annotations

from math import isfinite

CHOSEN_DIGITS = 6
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def format_power(power: int) -> str:
    """Return a power of ten as it is read.

    >>> format_power(-6), format_power(0), format_power(34)
    ('10⁻⁶', '1', '10³⁴')
    """
    return f"10{str(power).translate(RAISED)}" if power else "1"


def format_number(value: float | None, digits: int = 2) -> str:
    """Return a number with so many significant digits; a dash where there is none.

    >>> format_number(0.0141), format_number(7.63e4), format_number(1e-13), format_number(0.0)
    ('0.014', '76,000', '10⁻¹³', '0')
    >>> format_number(-2.5e-7), format_number(9.99e-5), format_number(float("inf"))
    ('−2.5 · 10⁻⁷', '0.0001', 'not finite')
    """
    if value is None:
        return "–"
    if not isfinite(value):
        return "not finite"
    rounded = float(f"{value:.{digits - 1}e}")
    sign = "−" if rounded < 0 else ""
    if rounded == 0:
        return "0"
    size = abs(rounded)
    if 1e-4 <= size < 1e6:
        # Plain notation, without the digits that rounding made up.
        plain = f"{size:,.0f}" if size >= 10 ** (digits - 1) else f"{size:,.{digits}g}"
        return f"{sign}{plain}"
    mantissa, power = f"{size:.{digits - 1}e}".split("e")
    raised = format_power(int(power))
    factor = mantissa.rstrip("0").rstrip(".")
    return sign + (raised if factor == "1" else f"{factor} · {raised}")


def format_setting(value: float | None) -> str:
    """Return a number that somebody chose, with all its digits.

    >>> format_setting(0.005), format_setting(1e-05), format_setting(16), format_setting(2048.0)
    ('0.005', '10⁻⁵', '16', '2,048')
    """
    return format_number(value, CHOSEN_DIGITS)


def format_fixed(value: float, decimals: int) -> str:
    """Return a number with so many decimals; one that is too large for that as a power of ten.

    >>> format_fixed(-0.064, 2), format_fixed(-0.001, 2)
    ('−0.06', '0.00')
    >>> format_fixed(2.0, 3), format_fixed(-3e9, 1)
    ('2.000', '−3 · 10⁹')
    """
    if not isfinite(value) or abs(value) >= 1e6:
        return format_number(value, 4)
    shown = f"{abs(value):,.{decimals}f}"
    return f"−{shown}" if value < 0 and float(shown.replace(",", "")) else shown


def format_percent(share: float, decimals: int = 1) -> str:
    """Return a share in percent, with a blank before the sign that no line is broken at.

    >>> format_percent(0.97), format_percent(0.561, 0)
    ('97.0\\xa0%', '56\\xa0%')
    >>> format_percent(-0.0004), format_percent(float("nan"))
    ('0.0\\xa0%', 'not finite')
    """
    if not isfinite(share):
        return "not finite"
    return f"{format_fixed(100 * share, decimals)}\u00a0%"
