"""The engine of a Resource Allocation System: a policy and a plan in, an explained amount out.

Pure: no files, network, clock, database, chance or logging. See README.md beside this file.
"""

from ras.assessment import ENGINE_VERSION, Assessment, assess
from ras.canonical import canonical, sha256
from ras.plan import Plan, read_plan
from ras.policy.configuration import PolicyConfiguration
from ras.policy.document import policy_schema, read_policy, write_policy
from ras.statement import as_text, family_statement, say

__all__ = [
    "ENGINE_VERSION",
    "Assessment",
    "Plan",
    "PolicyConfiguration",
    "as_text",
    "assess",
    "canonical",
    "family_statement",
    "policy_schema",
    "read_plan",
    "read_policy",
    "say",
    "sha256",
    "write_policy",
]
