"""What Schemathesis makes requests of, and what it asks of each answer.

Its own checks take each GraphQL error for a fault of the server. Ours tell whose fault it is by their code, so that
here an answer is wrong where it is none of the specification's, where its code is none of the closed list, or where the
fault is ours.
"""

import json
import os
import pathlib
import re

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

CODES = set(os.environ["KEMITRAAN_CODES"].split())
OURS = {"INTERNAL", "DAMAGED"}

days = st.dates().map(str) | st.sampled_from(["2021-09-03", "2026-02-29", ""])
times = st.datetimes().map(lambda time: time.isoformat() + "Z") | st.just("2021-09-03T02:00:00.000000Z")
wholes = st.integers().map(str) | st.integers(0, 10**15).map(str)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str)
for name, strategy in {"Date": days, "DateTime": times, "Money": wholes, "Decimal": decimals}.items():
    schemathesis.graphql.scalar(name, strategy.map(nodes.String))


@schemathesis.check
def answers_as_it_should(context, response, case):
    """The answer is one of GraphQL's, and whatever is wrong is not our fault."""
    assert response.status_code < 500, f"{response.status_code}: {response.content[:500]!r}"
    answer = json.loads(response.content)
    assert set(answer) <= {"data", "errors", "extensions"} and answer, answer
    for error in answer.get("errors", []):
        code = error["extensions"]["code"]
        assert code in CODES, f"an unknown code: {error}"
        assert code not in OURS, f"a fault of ours: {error}"
        assert error["message"], error
    if "errors" in answer:
        assert answer["errors"], "an empty list of errors"
    assert re.fullmatch("[0-9a-f-]{36}", response.headers["x-request-id"][0])
