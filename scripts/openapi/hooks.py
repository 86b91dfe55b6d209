"""Teaches schemathesis what a batch is (docs/report-format.md): sound ones, with reports that are admitted, refused and
repeated, and bytes that are none."""

import os
import struct

import schemathesis
from hypothesis import strategies as st

CLASSES = [256 << step for step in range(11)]
# Days around the present, and the ends of the range.
TODAY = int(os.environ["DITHER_CHECK_DAY"])


def encoded(identifier, reports):
    records = b"".join(
        struct.pack("<II8sH", metric, period, fingerprint, len(payload)) + payload
        for metric, period, fingerprint, payload in reports
    )
    batch = struct.pack("<4sBBH16s", b"DTHR", 1, 0, len(reports), identifier) + records
    return batch.ljust(next(size for size in CLASSES if size >= len(batch)), b"\0")


reports = st.tuples(
    st.sampled_from([0, 1, 2, 4_294_967_295]) | st.integers(0, 2**32 - 1),
    st.integers(TODAY - 40, TODAY + 3) | st.integers(0, 2_932_896),
    st.just(bytes.fromhex(os.environ["DITHER_CHECK_FINGERPRINT"])) | st.binary(min_size=8, max_size=8),
    st.sampled_from([b"\0", b"\1"]) | st.binary(min_size=1, max_size=40),
)
# A few identifiers, so that batches are repeated.
identifiers = st.integers(0, 50).map(lambda number: number.to_bytes(16, "little")) | st.binary(min_size=16, max_size=16)
batches = st.builds(encoded, identifiers, st.lists(reports, min_size=1, max_size=20))
none = st.binary(max_size=600) | batches.flatmap(
    lambda batch: st.integers(0, len(batch) - 1).map(lambda end: batch[:end])
)

schemathesis.openapi.media_type("application/vnd.dither.reports.v1", batches | none)
