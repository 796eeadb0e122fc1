"""What a vacancy pays: the least, the most and for what time, read from how it is written."""

import re
from dataclasses import dataclass
from typing import Final

from events.jobsearch import PayPeriod

MOST_MONEY: Final = 10_000_000
THOUSAND: Final = 1_000
AMOUNT: Final = re.compile(r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d+)(\.\d{1,2})?\s*(k\b)?", re.IGNORECASE)
FOREIGN: Final = re.compile(r"[€$]|\b(?:eur|usd|aed|euros?|dollars?)\b", re.IGNORECASE)
AT_MOST: Final = re.compile(r"\b(?:up to|to a maximum of|maximum|max\.?)\W*$", re.IGNORECASE)
AT_LEAST: Final = re.compile(r"\b(?:from|starting at|minimum|min\.?)\W*$", re.IGNORECASE)
BETWEEN: Final = re.compile(r"^[\s£]*(?:-|\u2013|\u2014|to|and)[\s£]*$", re.IGNORECASE)
_WRITTEN: Final = {
    PayPeriod.HOUR: r"\b(?:per|an|a|/)\s*h(?:ou)?rs?\b|/\s*h\b|\bp\.?\s?[/.]?h\b|\bhourly\b",
    PayPeriod.DAY: r"\b(?:per|a)\s*day\b|/\s*d(?:ay)?\b|\bp\.?\s?[/.]?d\b|\bdaily\b",
    PayPeriod.WEEK: r"\b(?:per|a)\s*week\b|/\s*w(?:ee)?k?\b|\bp\.?\s?[/.]?w\b|\bweekly\b",
    PayPeriod.MONTH: r"\b(?:per|a)\s*month\b|/\s*m(?:onth)?\b|\bp\.?c?\.?m\b|\bmonthly\b",
    PayPeriod.YEAR: r"\b(?:per|a)\s*(?:annum|year)\b|/\s*y(?:ea)?r?\b|\bp\.?\s?[/.]?a\b|\b(?:annually|yearly)\b",
}
PERIODS: Final = {period: re.compile(written, re.IGNORECASE) for period, written in _WRITTEN.items()}


@dataclass(frozen=True, slots=True)
class Pay:
    """Least and most in pounds for a period; None is not given, or not certain."""

    least: float | None = None
    most: float | None = None
    period: PayPeriod | None = None


def read_pay(text: str) -> Pay:
    """Return what a written pay says; nothing where it names no amount in pounds, or no period."""
    if FOREIGN.search(text):
        return Pay()
    period = next((period for period, written in PERIODS.items() if written.search(text)), None)
    amounts = list(AMOUNT.finditer(text))
    if period is None or not amounts:
        return Pay()
    least, most = _range(text, amounts)
    if max(filter(None, (least, most)), default=0) > MOST_MONEY or (least and most and least > most):
        return Pay()
    return Pay(least, most, period)


def _range(text: str, amounts: list[re.Match[str]]) -> tuple[float | None, float | None]:
    first = amounts[0]
    if len(amounts) > 1 and BETWEEN.match(text[first.end() : amounts[1].start()]):
        most = _money(amounts[1])
        least = _money(first)
        return (least * THOUSAND if amounts[1][3] and not first[3] and least < THOUSAND else least), most
    if AT_MOST.search(text[: first.start()].rstrip("£ ")):
        return None, _money(first)
    if AT_LEAST.search(text[: first.start()].rstrip("£ ")):
        return _money(first), None
    return _money(first), _money(first)


def _money(amount: re.Match[str]) -> float:
    return float(amount[1].replace(",", "") + (amount[2] or "")) * (THOUSAND if amount[3] else 1)
