#!/usr/bin/env python3
"""Batches on the wire, built a second time and independently of Sources/.

    batches.py            writes reports/valid and reports/malformed
    batches.py --check    compares them with a fresh computation; exits 1 where they differ

reports/valid/NAME.bin is a batch and reports/valid/NAME.json what it says. reports/malformed/NAME.json holds bytes in
hexadecimal (zeros at their end counted by `zeros` instead), the name of the error that they must give, and its facts.

    magic "DTHR", version 1, zero, u16 report count, 16 bytes of batch identifier, then per report
    u32 metric, u32 day, u64 fingerprint, u16 payload length, payload; zeros up to 256 bytes times a power of two
"""

import hashlib

import fixture_files

SMALLEST, LARGEST = 256, 262_144
HEADER, RECORD = 24, 18
LAST_DAY = 2_932_896


def drawn(name, count):
    """Bytes that are the same on every machine."""
    return b"".join(hashlib.sha256(f"dither/fixtures/{name}/{i}".encode()).digest() for i in range(count // 32 + 1))[:count]


def little(value, byte_count):
    return value.to_bytes(byte_count, "little")


def report(name, metric, day, payload):
    return {"metric": metric, "day": day, "fingerprint": drawn(name, 8).hex(), "payload": payload.hex()}


def record(fields):
    payload = bytes.fromhex(fields["payload"])
    return (
        little(fields["metric"], 4) + little(fields["day"], 4) + bytes.fromhex(fields["fingerprint"])
        + little(len(payload), 2) + payload
    )


def size_class(content_count):
    size = SMALLEST
    while size < content_count:
        size *= 2
    return size


def content(batch, count=None):
    header = b"DTHR" + bytes([1, 0]) + little(len(batch["reports"]) if count is None else count, 2)
    return header + bytes.fromhex(batch["identifier"]) + b"".join(map(record, batch["reports"]))


def encoded(batch):
    filled = content(batch)
    return filled.ljust(size_class(len(filled)), b"\0")


def batch(name, reports):
    return {"identifier": drawn(f"identifier {name}", 16).hex(), "reports": reports}


def full(name, byte_count):
    """One report that makes the content exactly byte_count long."""
    return batch(name, [report(name, 7, 20_000, drawn(name, byte_count - HEADER - RECORD))])


VALID = {
    "one_boolean": batch("one_boolean", [report("departed_late", 1, 15_706, b"\x01")]),
    "three_metrics": batch(
        "three_metrics",
        [
            report("departed_late", 1, 0, b"\0"),
            report("carrier", 2, LAST_DAY, b"\x10"),
            report("airport", 0x7FFFFFFF, 20_000, b"\x2a\x07"),
        ],
    ),
    "one_metric_three_days": batch(
        "one_metric_three_days", [report("departed_late", 1, day, b"\x01") for day in (20_000, 20_001, 20_002)]
    ),
    "smallest_class_full": full("smallest_class_full", 256),
    "one_byte_over": full("one_byte_over", 257),
    "longest_payload": batch("longest_payload", [report("longest", 9, 20_000, drawn("longest_payload", 16_384))]),
}


def changed(bytes_, offset, replacement):
    return bytes_[:offset] + replacement + bytes_[offset + len(replacement) :]


def malformed():
    good = encoded(VALID["one_boolean"])
    end = HEADER + RECORD + 1
    yield "empty", b"", "notASizeClass", {"byte_count": 0}
    yield "header_only", good[:HEADER], "notASizeClass", {"byte_count": 24}
    yield "one_byte_short", good[:-1], "notASizeClass", {"byte_count": 255}
    yield "one_byte_long", good + b"\0", "notASizeClass", {"byte_count": 257}
    yield "three_smallest_classes", good.ljust(768, b"\0"), "notASizeClass", {"byte_count": 768}
    yield "above_the_largest_class", good.ljust(2 * LARGEST, b"\0"), "notASizeClass", {"byte_count": 2 * LARGEST}
    yield "zeros", bytes(256), "wrongMagic", {}
    yield "wrong_magic", changed(good, 0, b"DTMS"), "wrongMagic", {}
    yield "magic_in_lower_case", changed(good, 0, b"dthr"), "wrongMagic", {}
    yield "version_zero", changed(good, 4, b"\0"), "unsupportedVersion", {"version": 0}
    yield "version_two", changed(good, 4, b"\x02"), "unsupportedVersion", {"version": 2}
    yield "reserved_byte_set", changed(good, 5, b"\x80"), "reservedByteSet", {"offset": 5}
    yield "no_reports", changed(good, 6, little(0, 2)), "reportCountOutOfRange", {"count": 0}
    yield "too_many_reports", changed(good, 6, little(1025, 2)), "reportCountOutOfRange", {"count": 1025}
    yield "most_reports_claimed", changed(good, 6, b"\xff\xff"), "reportCountOutOfRange", {"count": 65_535}
    yield "day_after_9999", changed(good, HEADER + 4, little(LAST_DAY + 1, 4)), "periodOutOfRange", {"offset": 28}
    yield "day_all_ones", changed(good, HEADER + 4, b"\xff" * 4), "periodOutOfRange", {"offset": 28}
    yield "empty_payload", changed(good, 40, little(0, 2)), "payloadByteCountOutOfRange", {"offset": 40, "byte_count": 0}
    yield (
        "payload_above_limit", changed(good, 40, little(16_385, 2)), "payloadByteCountOutOfRange",
        {"offset": 40, "byte_count": 16_385},
    )
    yield "payload_past_the_end", changed(good, 40, little(215, 2)), "truncated", {"offset": 42}
    yield "record_of_zeros", changed(good, 6, little(2, 2)), "payloadByteCountOutOfRange", {"offset": 59, "byte_count": 0}
    full_class = encoded(VALID["smallest_class_full"])
    yield "record_missing", changed(full_class, 6, little(2, 2)), "truncated", {"offset": 256}
    yield "first_padding_byte_set", changed(good, end, b"\x01"), "notCanonical", {"offset": end}
    yield "last_padding_byte_set", changed(good, 255, b"\x01"), "notCanonical", {"offset": 255}
    yield "padded_to_a_larger_class", good.ljust(512, b"\0"), "notCanonical", {"offset": end}


def files():
    for name, fields in VALID.items():
        yield f"reports/valid/{name}.bin", encoded(fields)
        yield f"reports/valid/{name}.json", fixture_files.as_json(fields)
    for name, bytes_, error, facts in malformed():
        kept = bytes_.rstrip(b"\0")
        fields = {"hexadecimal": kept.hex(), "zeros": len(bytes_) - len(kept), "error": error, **facts}
        yield f"reports/malformed/{name}.json", fixture_files.as_json(fields)


if __name__ == "__main__":
    fixture_files.main(dict(files()), owned_folders=("reports/valid", "reports/malformed"))
