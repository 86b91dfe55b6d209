#!/usr/bin/env python3
"""The permanent noise of a device, computed a second time and independently of Sources/.

    permanent_noise.py            writes vectors/permanent_noise.json
    permanent_noise.py --check    compares it with a fresh computation; exits 1 where it differs

    K_metric = HMAC-SHA256(secret, "dither/prr/v1" + u16(4) + u32(metric) + definition hash)
    seed     = HMAC-SHA256(K_metric, u16(length) + value padded with zeros to 256 bytes)
    words    = the ChaCha20 keystream of key seed, nonce 0, from block 0, as little-endian 64-bit words
    cohort   = the first four bytes, little-endian, of HMAC-SHA256(K_metric, "cohort"), of which as many low bits count
    tag      = the first eight bytes, little-endian, of HMAC-SHA256(HMAC-SHA256(K_metric, "dither/ledger-tag/v1"), padded)

HMAC and SHA-256 are Python's; ChaCha20 is written out below after RFC 8439 and checked against its vectors.
"""

import hashlib
import hmac

import fixture_files

MASK = 0xFFFFFFFF


def rotated(word, count):
    return (word << count | word >> (32 - count)) & MASK


def quarter_round(state, a, b, c, d):
    for x, y, z, count in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[x] = (state[x] + state[y]) & MASK
        state[z] = rotated(state[z] ^ state[x], count)


def chacha20_block(key, counter, nonce=bytes(12)):
    """RFC 8439, section 2.3."""
    words = [int.from_bytes((b"expand 32-byte k" + key)[i : i + 4], "little") for i in range(0, 48, 4)]
    words += [counter] + [int.from_bytes(nonce[i : i + 4], "little") for i in range(0, 12, 4)]
    state = list(words)
    for _ in range(10):
        for column in range(4):
            quarter_round(state, column, 4 + column, 8 + column, 12 + column)
        for row in range(4):
            quarter_round(state, row, 4 + (row + 1) % 4, 8 + (row + 2) % 4, 12 + (row + 3) % 4)
    return b"".join(((a + b) & MASK).to_bytes(4, "little") for a, b in zip(state, words))


def keystream(key, byte_count):
    return b"".join(chacha20_block(key, block) for block in range(-(-byte_count // 64)))[:byte_count]


def check_chacha20():
    """RFC 8439, section 2.3.2, and appendix A.1, vectors 1 and 2."""
    block = chacha20_block(bytes(range(32)), 1, bytes.fromhex("000000090000004a00000000"))
    assert block.hex().startswith("10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e")
    assert keystream(bytes(32), 128).hex().startswith("76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7")
    assert keystream(bytes(32), 128)[64:].hex().startswith("9f07e7be5551387a98ba977c732d080dcb0f29a048e36569")


def tagged(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def metric_key(secret, metric, definition_hash):
    return tagged(secret, b"dither/prr/v1" + (4).to_bytes(2, "little") + metric.to_bytes(4, "little") + definition_hash)


def padded(value):
    assert len(value) <= 255
    return len(value).to_bytes(2, "little") + value.ljust(256, b"\0")


def words(secret, metric, definition_hash, value, count):
    stream = keystream(tagged(metric_key(secret, metric, definition_hash), padded(value)), 8 * count)
    return [int.from_bytes(stream[i : i + 8], "little") for i in range(0, len(stream), 8)]


def cohort(secret, metric, definition_hash):
    return int.from_bytes(tagged(metric_key(secret, metric, definition_hash), b"cohort")[:4], "little")


def tag(secret, metric, definition_hash, value):
    key = tagged(metric_key(secret, metric, definition_hash), b"dither/ledger-tag/v1")
    return int.from_bytes(tagged(key, padded(value))[:8], "little")


def vectors():
    secrets = [bytes(32), bytes(range(32)), hashlib.sha256(b"dither/fixtures/permanent noise").digest()]
    hashes = [hashlib.sha256(b"definition one").digest(), hashlib.sha256(b"definition two").digest()]
    values = [b"", b"\0", b"\0\0", (7).to_bytes(4, "little"), b"EWR", bytes(range(254))]
    for secret in secrets:
        for metric in (1, 256, 0x7FFFFFFF):
            for definition_hash in hashes:
                for value in values:
                    count = 1 + len(value) % 19
                    yield {
                        "secret": secret.hex(),
                        "metric": metric,
                        "definition_hash": definition_hash.hex(),
                        "value": value.hex(),
                        "words": [f"{word:016x}" for word in words(secret, metric, definition_hash, value, count)],
                        "cohort": cohort(secret, metric, definition_hash),
                        "tag": f"{tag(secret, metric, definition_hash, value):016x}",
                    }


if __name__ == "__main__":
    check_chacha20()
    fixture_files.main({"vectors/permanent_noise.json": fixture_files.as_json(list(vectors()))})
