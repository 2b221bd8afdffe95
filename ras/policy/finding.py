"""A finding of the policy checker: what is so, why it matters to a family, and what to do."""

from enum import StrEnum

from ras.canonical import sha256
from ras.errors import Problem
from ras.records import Code, Line, Record, Told


class Severity(StrEnum):
    """What a finding does to publication."""

    ERROR = "error"
    """The policy cannot be published."""
    WARNING = "warning"
    """It can, once somebody has answered it in writing."""


class PolicyFinding(Record):
    """One thing that the checker found in a policy."""

    severity: Severity
    """Whether it refuses publication, or needs a written answer."""
    code: Code
    """What kind of thing, for programs: never changes meaning."""
    path: str
    """Where, in words a policy author can follow; empty for the whole document."""
    pointer: str
    """The same place as an RFC 6901 JSON pointer."""
    what: Told
    """What is so, with its figures."""
    why: Line
    """Why it matters to a family."""
    what_to_do: Line
    """What to do about it."""

    @property
    def fingerprint(self) -> str:
        """What an answer to it holds for: the same finding with the same figures, in any revision."""
        return sha256({"code": self.code, "path": self.path, "what": self.what})

    def __str__(self) -> str:
        place = self.path or "the whole document"
        return (
            f"{self.severity.value}: {place}\n  {self.what}\n  {self.why}\n  {self.what_to_do} [{self.code}]"
        )


REASONS: dict[str, tuple[str, str]] = {
    "falls-with-need": (
        "A child who needs more would get less. No family could be given a reason for it.",
        "Change the rule so that no answer of more need lowers the amount.",
    ),
    "falls-on-birthday": (
        "Nothing about the child's needs changes on that day, and a lower amount needs notice and reasons.",
        "Use an `age-taper`, so that the amount changes little by little, or say why the age itself matters.",
    ),
    "cliff": (
        "One answer decides over a large sum: families and workers will argue over that one answer.",
        "Look at the table without cliffs that is proposed, or say why the steps are kept.",
    ),
    "dead-domain": (
        "A family is asked about something that changes nothing.",
        "Give it points or a part in the table, or leave the question out.",
    ),
    "unreachable": (
        "The table promises amounts that no child can get.",
        "Take it out, or look whether the points of the levels are as they were meant.",
    ),
    "stale-price": (
        "Support cannot be bought at a price of years ago, so the plan would cost more than its figure says.",
        "Put today's price in, or write down why it still holds.",
    ),
    "unknown-source": (
        "Nobody can look the rule up, so nobody can check the figure or challenge it.",
        "Write where the rule is published.",
    ),
    "cap-without-equality-analysis": (
        "A limit falls hardest on the most disabled children; the council must have looked at that.",
        "Write down where the equality analysis of the limit is.",
    ),
    "perhaps-counted-twice": (
        "If the same support is taken off twice, a family pays twice for helping.",
        "Say in `counts_support_from` whose support it takes account of, or write down that it is another.",
    ),
    "example-fails": (
        "The policy does not do what its own example says it does.",
        "Mend the rule or the example.",
    ),
    "uprating-ends": (
        "In the years after the last one given, prices would stay as they were without anybody deciding so.",
        "Give every year the policy is for; say `none` where prices stay.",
    ),
    "not-everything-tried": (
        "A fall that was not looked at could still be there.",
        "Split the policy, or test it on a caseload, and write down how it was looked at.",
    ),
    "beyond-belief": (
        "No budget is so large: a family would be told a figure that cannot be right.",
        "Look for a slip in a price, a point or a factor.",
    ),
    "gap": ("Some children would have no amount.", "Close the gap."),
    "overlap": ("For some children two rules would hold.", "Let each begin where the one before it ends."),
    "falls": ("A child who needs more would get less.", "Put the numbers in order."),
    "counted-twice": ("A family would pay twice for helping.", "Count the support in one place only."),
    "never-counts": (
        "A rule that can never have an effect misleads whoever reads it.",
        "Take it out, or change what it depends on.",
    ),
    "notice-too-short": (
        "A family needs time to find other arrangements.",
        "Give three months, or name the authority for less.",
    ),
    "unknown-reference": ("The rule could never be applied.", "Look for a spelling mistake."),
}
"""For each code, why it matters to a family and what to do."""

OTHERWISE = (
    "Until it is mended, no child can be scored with the policy.",
    "Mend it where the path says.",
)


def finding(problem: Problem, severity: Severity) -> PolicyFinding:
    """A finding made of a problem."""
    why, what_to_do = REASONS.get(problem.code, OTHERWISE)
    return PolicyFinding(
        severity=severity,
        code=problem.code,
        path=problem.path,
        pointer=problem.pointer,
        what=problem.message,
        why=why,
        what_to_do=what_to_do,
    )
