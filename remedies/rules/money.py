"""An amount of money in the smallest unit of its currency (ISO 4217)."""

from decimal import Decimal

from hrdd.governance.rules import NotAllowed


def _codes(*lines: str) -> frozenset[str]:
    return frozenset(code for line in lines for code in line.split())


WHOLE = _codes("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF")
IN_THOUSANDTHS = _codes("BHD IQD JOD KWD LYD OMR TND")
IN_HUNDREDTHS = _codes(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF",
    "CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL",
    "HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP",
    "MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD",
    "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS",
    "VED VES WST XCD XCG YER ZAR ZMW ZWG",
)
CURRENCIES = WHOLE | IN_THOUSANDTHS | IN_HUNDREDTHS


def digits_of(currency: str) -> int:
    """Return how many digits stand after the point in a currency.

    Raises:
        NotAllowed: no currency of ISO 4217 has this code.
    """
    if currency not in CURRENCIES:
        raise NotAllowed(f"Currency: “{currency}” is no code of ISO 4217, such as EUR or KES.")
    return 0 if currency in WHOLE else 3 if currency in IN_THOUSANDTHS else 2


def minor_units(amount: Decimal, currency: str) -> int:
    """Return an amount in the smallest unit of its currency.

    Raises:
        NotAllowed: not positive, finer than the currency, or no such currency.
    """
    found = amount.scaleb(digits_of(currency))
    if amount <= 0 or found != found.to_integral_value():
        raise NotAllowed(f"Amount: more than nothing, and no finer than {currency} can be paid.")
    return int(found)


def shown_amount(minor: int, currency: str) -> str:
    """Return an amount as people read it."""
    return f"{currency} {Decimal(minor).scaleb(-digits_of(currency)):,f}"
