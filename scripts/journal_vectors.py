#!/usr/bin/env python3
"""Computes the journal's format 1 (docs/journal.md) from scratch, by nothing but the standard library.

    journal_vectors.py [--vectors FILE]                     checks the test vectors
    journal_vectors.py --database FILE.db                   verifies the chain of a SQLite database
                       [--expect SEQUENCE:HASH]             ... which must contain this entry

It shares no code with the program: canonical JSON (RFC 8785) and Merkle trees (RFC 6962) are its own, so that a
mistake in one of the two shows. Exit status 1 where anything does not hold. Python 3.9 or later.
"""

import argparse
import hashlib
import json
import pathlib
import sqlite3
import sys
import uuid
from datetime import datetime, timedelta

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "tests" / "vectors" / "journal.json"

# RFC 8785 section 3.2.2.2: these have a short form, every other control character is \u00xx, all else stands as it is.
ESCAPES = {0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0C: "\\f", 0x0D: "\\r", 0x22: '\\"', 0x5C: "\\\\"}


def canonical(value):
    """RFC 8785, for what the journal is made of: there are no fractions in it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) >= 2**53:
            raise ValueError(f"{value} is not exact as a double, as RFC 8785 wants it")
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(escaped(char) for char in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    raise TypeError(f"{value!r} has no place in the journal")


def escaped(char):
    if 0xD800 <= ord(char) <= 0xDFFF:
        raise ValueError("a lone surrogate is not Unicode text")
    return ESCAPES.get(ord(char)) or (f"\\u{ord(char):04x}" if ord(char) < 0x20 else char)


def read_image(text):
    """The row in an image, which must be canonical itself."""

    def members(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a member stands twice")
        return dict(pairs)

    image = json.loads(text, object_pairs_hook=members)
    if canonical(image) != text:
        raise ValueError("the image is not canonical JSON")
    return image


def leaf(text):
    """RFC 6962 section 2.1: the hash of a leaf."""
    return hashlib.sha256(b"\x00" + text.encode("utf-8")).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(count):
    """The largest power of two smaller than the number of leaves."""
    return 1 << (count - 1).bit_length() - 1


def root(leaves):
    """RFC 6962 section 2.1: the Merkle Tree Hash."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    at = split(len(leaves))
    return node(root(leaves[:at]), root(leaves[at:]))


def audit_path(position, leaves):
    """RFC 6962 section 2.1.1: what it takes besides a leaf to compute the root, from the leaf upwards."""
    if len(leaves) == 1:
        return []
    at = split(len(leaves))
    if position < at:
        return audit_path(position, leaves[:at]) + [root(leaves[at:])]
    return audit_path(position - at, leaves[at:]) + [root(leaves[:at])]


def root_by_path(own, position, count, path):
    """The root by a leaf's hash, its position, the number of leaves and its audit path (RFC 9162 section 2.1.3.2)."""
    at, last = position, count - 1
    for other in path:
        if last == 0:
            raise ValueError("the audit path is too long")
        if at % 2 == 1 or at == last:
            own = node(other, own)
            while at % 2 == 0 and at != 0:
                at, last = at >> 1, last >> 1
        else:
            own = node(own, other)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise ValueError("the audit path is too short")
    return own


def moment(microseconds):
    """RFC 3339 in UTC, always with six decimals."""
    at = datetime(1970, 1, 1) + timedelta(microseconds=microseconds)
    return at.isoformat(timespec="microseconds") + "Z"


def change_text(change):
    return canonical(
        {
            "id": change["id"],
            "image": None if change["image"] is None else read_image(change["image"]),
            "noun": change["noun"],
            "organisation": change["organisation"],
            "partnership": change["partnership"],
            "salt": change["salt"],
            "version": change["noun_version"],
        }
    )


def entry_text(entry, changes_root, previous):
    return canonical(
        {
            "action": entry["action"],
            "actor": entry["actor"],
            "at": moment(entry["at"]),
            "changes": changes_root.hex(),
            "format": entry["format"],
            "level": entry["level"],
            "organisation": entry["organisation"],
            "previous": previous.hex(),
            "reason": entry["reason"],
            "request": entry["request_id"],
            "role": entry["role"],
            "sequence": entry["sequence"],
            "token": entry["token"],
        }
    )


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def same(self, what, computed, given):
        if computed == given:
            self.passed += 1
        else:
            self.failed += 1
            print(f"{what}:\n    computed {computed}\n    given    {given}")


class Chain:
    """Where the chain stands after the entries seen so far. Each hash is computed, and only then compared."""

    def __init__(self, checks):
        self.checks = checks
        self.sequence, self.at, self.hash = 0, 0, root([])

    def follow(self, entry, changes):
        same, name = self.checks.same, f"entry {entry['sequence']}"
        same(f"{name}: sequence", entry["sequence"], self.sequence + 1)
        same(f"{name}: format", entry["format"], 1)
        same(f"{name}: at, or that of the entry before if later", max(entry["at"], self.at), entry["at"])
        leaves, texts = [], []
        for position, change in enumerate(changes):
            what = f"{name}, change {position}"
            same(f"{what}: position", position, change["position"])
            try:
                texts.append(change_text(change))
            except ValueError as error:
                same(f"{what}: image", str(error), "canonical JSON")
                texts.append("")
            leaves.append(leaf(texts[-1]))
            same(f"{what}: hash", leaves[-1].hex(), change["hash"])
        changes_root = root(leaves)
        same(f"{name}: changes_root", changes_root.hex(), entry["changes_root"])
        same(f"{name}: previous_hash", self.hash.hex(), entry["previous_hash"])
        text = entry_text(entry, changes_root, self.hash)
        self.sequence, self.at, self.hash = entry["sequence"], entry["at"], leaf(text)
        same(f"{name}: hash", self.hash.hex(), entry["hash"])
        return text, texts, leaves


def check_vectors(path, checks):
    vectors = json.loads(path.read_text(encoding="utf-8"))
    checks.same("genesis", root([]).hex(), vectors["genesis"])
    chain = Chain(checks)
    for entry in vectors["entries"]:
        changes = entry["changes"]
        text, texts, leaves = chain.follow(entry, changes)
        name = f"entry {entry['sequence']}"
        checks.same(f"{name}: text", text, entry["text"])
        for position, change in enumerate(changes):
            what = f"{name}, change {position}"
            checks.same(f"{what}: text", texts[position], change["text"])
            proof = audit_path(position, leaves)
            checks.same(f"{what}: audit_path", [step.hex() for step in proof], change["audit_path"])
            by_path = root_by_path(leaves[position], position, len(leaves), proof)
            checks.same(f"{what}: root by its audit path", by_path.hex(), entry["changes_root"])
    print(f"{checks.passed} passed, {checks.failed} failed")


def of_row(row):
    """A row with its bytes as text: 16 in a column that is not the salt are a UUID, the others stay digits."""

    def value(name, value):
        if isinstance(value, bytes):
            return str(uuid.UUID(bytes=value)) if len(value) == 16 and name != "salt" else value.hex()
        return value

    return {name: value(name, row[name]) for name in row.keys()}


def check_database(path, expect, checks):
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    database.row_factory = sqlite3.Row
    # SQLite before 3.46 cannot parse the columns that text search looks through, and refuses the whole file for them. This
    # passes over what it cannot parse; the journal's tables are no part of that, and the file is open for reading alone.
    database.execute("PRAGMA writable_schema = ON")
    # One transaction, so that all is of one moment while others write.
    database.execute("BEGIN")
    # Without what the database derives for itself, by functions that older versions lack.
    columns = ", ".join(f'"{column["name"]}"' for column in database.execute("PRAGMA table_info(journal_change)"))
    chain, changes = Chain(checks), 0
    met = expect in (None, f"0:{chain.hash.hex()}")
    for row in database.execute("SELECT * FROM journal_entry ORDER BY sequence"):
        entry = of_row(row)
        own = database.execute(
            f"SELECT {columns} FROM journal_change WHERE sequence = ? ORDER BY position", [entry["sequence"]]
        )
        own = [of_row(change) for change in own]
        chain.follow(entry, own)
        changes += len(own)
        if expect is not None and expect.partition(":")[0] == str(chain.sequence):
            met = True
            checks.same("the expected entry", f"{chain.sequence}:{chain.hash.hex()}", expect.lower())
    checks.same("the expected entry is there", met, True)
    all_changes = database.execute("SELECT count(*) FROM journal_change").fetchone()[0]
    checks.same("changes that belong to an entry", changes, all_changes)
    heads = [of_row(row) for row in database.execute("SELECT sequence, at, hash FROM journal_head")]
    checks.same("head", [{"sequence": chain.sequence, "at": chain.at, "hash": chain.hash.hex()}], heads)
    print(f"{chain.sequence} entries with {changes} changes")
    print(f"head {chain.sequence}:{chain.hash.hex()}")
    print(f"{checks.passed} passed, {checks.failed} failed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=pathlib.Path, default=VECTORS, metavar="FILE")
    parser.add_argument("--database", type=pathlib.Path, metavar="FILE.db")
    parser.add_argument("--expect", metavar="SEQUENCE:HASH")
    arguments = parser.parse_args()
    checks = Checks()
    if arguments.database:
        check_database(arguments.database, arguments.expect, checks)
    else:
        check_vectors(arguments.vectors, checks)
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
