#!/usr/bin/env python3
"""Signatures of Ed25519, computed a second time and independently of Sources/ and of libcrypto.

    ed25519.py            writes vectors/ed25519.json
    ed25519.py --check    compares it with a fresh computation; exits 1 where it differs

The arithmetic is written out below after RFC 8032, section 5.1, and checked against the vectors of its section 7.1.
Half of the vectors are signatures that must be refused, each with the reason.
"""

import hashlib

import fixture_files

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recovered_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    assert (x * x - square) % P == 0
    return P - x if x & 1 != sign else x


def added(a, b):
    """Points in affine coordinates: slow, and hard to get wrong."""
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + t, P - 2, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - t, P - 2, P) % P
    return x, y


def multiplied(scalar, point):
    result = (0, 1)
    while scalar:
        if scalar & 1:
            result = added(result, point)
        point, scalar = added(point, point), scalar >> 1
    return result


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recovered_x(BASE_Y, 0), BASE_Y)


def encoded(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def number(data):
    return int.from_bytes(data, "little")


def expanded(seed):
    digest = hashlib.sha512(seed).digest()
    return number(digest[:32]) & (1 << 254) - 8 | 1 << 254, digest[32:]


def public_key(seed):
    return encoded(multiplied(expanded(seed)[0], BASE))


def signed(seed, message):
    scalar, prefix = expanded(seed)
    key = public_key(seed)
    nonce = number(hashlib.sha512(prefix + message).digest()) % L
    point = encoded(multiplied(nonce, BASE))
    challenge = number(hashlib.sha512(point + key + message).digest()) % L
    return point + ((nonce + challenge * scalar) % L).to_bytes(32, "little")


RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2465"
        "5141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb0"
        "0d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc0"
        "27beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9"
        "bef1177331a704",
    ),
]


def check_rfc_8032():
    for seed, key, message, signature in RFC_8032:
        seed, message = bytes.fromhex(seed), bytes.fromhex(message)
        assert public_key(seed).hex() == key, key
        assert signed(seed, message).hex() == signature, signature


def vector(seed, message, signature, is_valid, why):
    return {
        "seed": seed.hex(),
        "public_key": public_key(seed).hex(),
        "message": message.hex(),
        "signature": signature.hex(),
        "is_valid": is_valid,
        "why": why,
    }


def vectors():
    for seed, _, message, _ in RFC_8032:
        seed, message = bytes.fromhex(seed), bytes.fromhex(message)
        yield vector(seed, message, signed(seed, message), True, "RFC 8032, section 7.1")
    for length in (0, 1, 31, 32, 33, 1000):
        seed = hashlib.sha256(b"dither/fixtures/ed25519/%d" % length).digest()
        message = bytes(i * 7 % 256 for i in range(length))
        right = signed(seed, message)
        yield vector(seed, message, right, True, f"{length} bytes")
        malleated = right[:32] + (number(right[32:]) + L).to_bytes(32, "little")
        yield vector(seed, message, malleated, False, "the scalar is not reduced")
        yield vector(seed, message + b"\0", right, False, "the message has a byte more")
        for index in (0, 31, 32, 63):
            changed = bytearray(right)
            changed[index] ^= 1
            yield vector(seed, message, bytes(changed), False, f"byte {index} of the signature is changed")
        yield vector(seed, message, right[:63], False, "the signature is a byte short")
        yield vector(seed, message, right + b"\0", False, "the signature has a byte more")
        other = hashlib.sha256(b"another key").digest()
        yield vector(seed, message, signed(other, message), False, "another key signed")


if __name__ == "__main__":
    check_rfc_8032()
    fixture_files.main({"vectors/ed25519.json": fixture_files.as_json(list(vectors()))})
