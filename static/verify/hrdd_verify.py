#!/usr/bin/env python3
"""Check a published report, without trusting whoever published it. Python 3.9 or later, nothing else.

    python3 hrdd_verify.py https://the.site 2021 --key 'KEY LINE' --kept checkpoint-of-last-time

KEY LINE is the log's public key, best from somewhere else than the site; without --key it is read from the site and
said so. --kept is a checkpoint that you saved before: the log of today must contain it unchanged.
Checked: each file against the manifest, the manifest's signature, that the manifest stands in the log, that the
log's checkpoint is signed, and that the log only grew. Ends with 0 when all of it holds, else with 1 and the reason.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import sys
import urllib.request

# Ed25519, verification only: RFC 8032, section 5.1 -------------------------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

def add(a, b):  # points as (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return (e * f % P, g * h % P, f * g % P, e * h % P)

def times(k, point):
    result = (0, 1, 1, 0)
    while k:
        if k & 1:
            result = add(result, point)
        point, k = add(point, point), k >> 1
    return result

def point(raw):
    y = int.from_bytes(raw, "little")
    odd, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if len(raw) != 32 or y >= P or (x * x - square) % P or (x == 0 and odd):
        raise ValueError("a key or signature is not a point of the curve")
    x = P - x if x & 1 != odd else x
    return (x, y, 1, x * y % P)

BASE = point(bytes([0x58]) + bytes([0x66]) * 31)

def signed(public, message, signature):
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= L:
        return False
    a, r = point(public), point(signature[:32])
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0

# The log's tree: RFC 6962, section 2.1 -------------------------------------------------------------------------------
def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()

def root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node(root(leaves[:half]), root(leaves[half:]))

# What the site publishes ---------------------------------------------------------------------------------------------
def need(true, reason):
    if not true:
        raise ValueError(reason)

def get(site, path):
    with urllib.request.urlopen(f"{site.rstrip('/')}/{path}") as answer:
        return answer.read()

def key_of(line):  # c2sp.org/signed-note: name+id+base64(1 || public key)
    name, named, encoded = line.strip().split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    need(len(raw) == 33 and raw[0] == 1 and key_id(name, raw[1:]).hex() == named, "malformed key line")
    return name, raw[1:]

def key_id(name, public):
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]

def checkpoint(note, keys):  # c2sp.org/tlog-checkpoint: returns (size, root)
    text, _, lines = note.rpartition("\n\n")
    origin, size, head = text.split("\n")[:3]
    for line in lines.splitlines():
        raw = base64.b64decode(line.rpartition(" ")[2], validate=True)
        for name, public in keys:
            if line.startswith(f"\u2014 {name} ") and raw[:4] == key_id(name, public) and name == origin:
                need(signed(public, f"{text}\n".encode(), raw[4:]), "the signature of a checkpoint does not hold")
                return int(size), base64.b64decode(head, validate=True)
    raise ValueError("no trusted key signed the checkpoint")

def leaves(site, size):  # c2sp.org/tlog-tiles, level 0
    for first in range(0, size, 256):
        digits = f"{first // 256:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        wide = min(256, size - first)
        name = "/".join(["x" + one for one in parts[:-1]] + parts[-1:]) + (f".p/{wide}" if wide < 256 else "")
        tile = get(site, f".well-known/hrdd-log/tile/0/{name}")
        need(len(tile) == 32 * wide, "a tile of the log has the wrong length")
        yield from (tile[at : at + 32] for at in range(0, len(tile), 32))

def verify(site, period, key_lines=(), kept=None):
    told = [key_of(line) for line in get(site, ".well-known/hrdd-log/keys").decode().splitlines()]
    keys = [key_of(line) for line in key_lines] or told
    need(set(keys) & set(told), "the site does not use the key you trust")
    body, signature = (get(site, f"reports/{period}/manifest.json{end}") for end in ("", ".sig"))
    signers = [public for _, public in keys if signed(public, body, signature)]
    need(signers, "the signature of the manifest does not hold")
    manifest = json.loads(body)
    need(manifest["period"] == period, "the manifest is of another period")
    sums = "".join(f"{one['sha256']}  {one['name']}\n" for one in manifest["documents"])
    need(get(site, f"reports/{period}/SHA256SUMS") == sums.encode(), "SHA256SUMS is not what the manifest says")
    for one in manifest["documents"]:
        found = get(site, f"reports/{period}.{one['name'].rpartition('.')[2]}")
        need(hashlib.sha256(found).hexdigest() == one["sha256"], f"{one['name']} is not what was published")
    size, head = checkpoint(get(site, ".well-known/hrdd-log/checkpoint").decode(), keys)
    tree = list(leaves(site, size))
    need(root(tree) == head, "the log is not what its checkpoint signs")
    entry = hashlib.sha256(b"\x00" + body).digest()
    need(entry in tree, "the manifest is not in the log")
    before, head = checkpoint(kept, keys) if kept else (0, root([]))
    need(root(tree[:before]) == head and before <= size, "the log was rewritten since the checkpoint you kept")
    return f"{period}: {len(manifest['documents'])} files hold; entry {tree.index(entry)} of {size} in {told[0][0]}"

if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("site")
    options.add_argument("period")
    options.add_argument("--key", action="append", default=[], help="a key line that you trust; may be repeated")
    options.add_argument("--kept", help="the file of a checkpoint that you saved before")
    given = options.parse_args()
    try:
        print(verify(given.site, given.period, given.key, pathlib.Path(given.kept).read_text("utf-8") if given.kept else None))
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        sys.exit(f"NOT VERIFIED: {error}")
    if not given.key:
        print("The key came from the site itself: compare it with one from elsewhere, and keep the checkpoint.")
