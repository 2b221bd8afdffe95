"""Prints a digest of the assessment of every case: the same on every machine, or the engine is broken.

Run in a process of its own by test_determinism.py, under another hash seed, time zone and language.
"""

import sys
from hashlib import sha256

from ras import as_text, canonical, family_statement
from ras.errors import RasError
from tests.ras.casebook import Case, plan_for, policy_for, read_cases


def digest(cases: list[Case]) -> str:
    """SHA-256 of the bytes and the statement of every case, or of the words of its refusal."""
    whole = sha256()
    for case in cases:
        try:
            assessment = case.assess()
        except RasError as refusal:
            whole.update(str(refusal).encode())
            continue
        policy = policy_for(case.written)
        whole.update(canonical(assessment))
        whole.update(as_text(family_statement(plan_for(case.written, policy), policy, assessment)).encode())
    return whole.hexdigest()


if __name__ == "__main__":
    sys.stdout.write(digest(read_cases()))
