"""What a collector replaces: FastAPI and pydantic taking the same reports as JSON, with the same promise.

A batch that is new is stored in SQLite, synchronised before it is answered; a repeated one is not stored again.
"""

import datetime
import os
import secrets
import sqlite3

from fastapi import FastAPI
from pydantic import BaseModel, Field

TODAY = datetime.date.today().toordinal() - datetime.date(1970, 1, 1).toordinal()

store = sqlite3.connect(os.environ["STORE"], check_same_thread=False, isolation_level=None)
store.execute("PRAGMA journal_mode = WAL")
store.execute("PRAGMA synchronous = FULL")
store.execute("CREATE TABLE batch (identifier BLOB PRIMARY KEY, forget_after INTEGER) WITHOUT ROWID")
store.execute(
    "CREATE TABLE staged (metric INTEGER, version INTEGER, day INTEGER, shape_key INTEGER, key INTEGER, payload BLOB,"
    " PRIMARY KEY (metric, version, day, shape_key, key)) WITHOUT ROWID"
)


class Report(BaseModel):
    metric: int = Field(ge=1, lt=2**32)
    day: int = Field(ge=0, le=2_932_896)
    fingerprint: str = Field(pattern="^[0-9a-f]{16}$")
    payload: str = Field(min_length=2, max_length=32_768, pattern="^[0-9a-f]+$")


class Batch(BaseModel):
    identifier: str = Field(pattern="^[0-9a-f]{32}$")
    reports: list[Report] = Field(min_length=1, max_length=1024)


app = FastAPI()


@app.post("/v1/reports")
async def take(batch: Batch):
    rejected, rows, seen = [], [], set()
    for index, report in enumerate(batch.reports):
        if not TODAY - 31 <= report.day <= TODAY + 1:
            rejected.append({"index": index, "code": "too_late" if report.day < TODAY else "too_early"})
        elif (report.metric, report.day) in seen:
            rejected.append({"index": index, "code": "duplicate_report"})
        else:
            seen.add((report.metric, report.day))
            rows.append((report.metric, 1, report.day, 0, secrets.randbits(63), bytes.fromhex(report.payload)))
    store.execute("BEGIN IMMEDIATE")
    new = store.execute("INSERT OR IGNORE INTO batch VALUES (?, ?)", (bytes.fromhex(batch.identifier), TODAY + 33))
    if new.rowcount == 1:
        store.executemany("INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?)", rows)
    store.execute("COMMIT")
    return {"rejected": rejected}
