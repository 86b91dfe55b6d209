#!/usr/bin/env python3
"""Days and their dates by Python's calendar, and texts that are no date. Independent of Sources/.

    days.py            writes vectors/days.csv and vectors/days_malformed.json
    days.py --check    compares them with a fresh computation; exits 1 where they differ
"""

import datetime
import hashlib

import fixture_files

EPOCH = datetime.date(1970, 1, 1)
LAST_INDEX = (datetime.date.max - EPOCH).days


def indices():
    chosen = {(datetime.date(year, month, 1) - EPOCH).days for year in range(1970, 2101) for month in range(1, 13)}
    chosen |= {index - 1 for index in chosen if index > 0}
    for year in (2000, 2004, 2100, 2400, 9996):
        chosen |= {(datetime.date(year, 3, 1) - EPOCH).days + step for step in (-2, -1, 0)}
    chosen |= {0, 1, LAST_INDEX - 1, LAST_INDEX}
    for draw in range(3000):
        digest = hashlib.sha256(f"dither/fixtures/days/{draw}".encode()).digest()
        chosen.add(int.from_bytes(digest[:8], "big") % (LAST_INDEX + 1))
    return sorted(chosen)


def rows():
    yield "index,date"
    for index in indices():
        yield f"{index},{(EPOCH + datetime.timedelta(days=index)).isoformat()}"


def impossible_days():
    """Every month's first day that does not exist, in a leap year, a common year and both kinds of century."""
    for year in (1970, 2000, 2024, 2025, 2100, 9999):
        for month in range(1, 13):
            for day in range(28, 33):
                try:
                    datetime.date(year, month, day)
                except ValueError:
                    yield f"{year:04}-{month:02}-{day:02}"


MALFORMED = [
    "", "-", "--", "2027", "2027-06", "2027-06-", "-06-30", "2027-6-30", "2027-06-3", "2027-06-030", "02027-06-30",
    "12027-06-30", "27-06-30", "2027/06/30", "2027-06/30", "20270630", "2027.06.30", " 2027-06-30", "2027-06-30 ",
    "2027-06-30\n", "2027-06-30T00:00:00Z", "2027-06-30-01", "+027-06-30", "2027-+6-30", "2027-06-+1", "-2027-06-30",
    "2027-00-10", "2027-13-10", "2027-06-00", "2027-06-99", "0000-01-01", "1969-12-31", "1600-02-29", "2O27-06-30",
    "0x7e-06-30", "\u0662\u0660\u0662\u0667-06-30", "2027\u201006\u201030", "2027-06-30\u0301", "2027-\u0301-30", "\u0000027-06-30",
]


if __name__ == "__main__":
    fixture_files.main(
        {
            "vectors/days.csv": fixture_files.as_lines(rows()),
            "vectors/days_malformed.json": fixture_files.as_json(MALFORMED + list(impossible_days())),
        }
    )
