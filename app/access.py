"""Who may do what: every operation in one table. An operation that is not in it cannot be served."""

from dataclasses import dataclass, replace
from enum import StrEnum

from app.errors import NotAllowedForRole, NotFound


class Role(StrEnum):
    """What someone is, on the staff register."""

    ASSESSOR = "assessor"
    TEAM_MANAGER = "team-manager"
    PANEL_CHAIR = "panel-chair"
    FINANCE = "finance"
    PARTNER = "partner"
    POLICY_LEAD = "policy-lead"
    AUDITOR = "auditor"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use an operation.

    Attributes:
        scope: What a system client's token must name; None where no token is needed.
        roles: The roles that may use it, themselves or through a system client.
        keeps: Whether it keeps something, and so runs in a writing transaction.
        takes_long: Whether it can take the processor for seconds: one of these runs at a time.
    """

    scope: str | None
    roles: frozenset[Role]
    keeps: bool
    takes_long: bool = False


EVERYONE = frozenset(Role) - {Role.SYSTEM}
CASE_WORKERS = frozenset({Role.ASSESSOR, Role.TEAM_MANAGER})
CASE_READERS = CASE_WORKERS | {Role.AUDITOR}
DECIDERS = frozenset({Role.TEAM_MANAGER, Role.PANEL_CHAIR})
CASE_DECIDERS = CASE_WORKERS | DECIDERS
POLICY_MAKERS = frozenset({Role.POLICY_LEAD, Role.PANEL_CHAIR})


def _public() -> Rule:
    return Rule(scope=None, roles=frozenset(), keeps=False)


def _read(scope: str, roles: frozenset[Role]) -> Rule:
    return Rule(scope=f"{scope}.read", roles=roles, keeps=False)


def _write(scope: str, roles: frozenset[Role]) -> Rule:
    return Rule(scope=f"{scope}.write", roles=roles, keeps=True)


def _long(rule: Rule) -> Rule:
    return replace(rule, takes_long=True)


ACCESS: dict[str, Rule] = {
    "livez": _public(),
    "readyz": _public(),
    "version": _public(),
    "docs": _public(),
    "docs_asset": _public(),
    "get_local_offer_policy": _public(),
    "estimate": _public(),
    "get_me": _read("me", EVERYONE),
    "list_policies": _read("policies", EVERYONE),
    "get_policy": _read("policies", EVERYONE),
    "get_policy_in_force": _read("policies", EVERYONE),
    "draft_policy": _write("policies", frozenset({Role.POLICY_LEAD})),
    "revise_policy": _write("policies", frozenset({Role.POLICY_LEAD})),
    "check_policy": _long(_read("policies", POLICY_MAKERS)),
    "get_policy_findings": _long(_read("policies", POLICY_MAKERS | {Role.AUDITOR})),
    "answer_policy_finding": _long(_write("policies", frozenset({Role.POLICY_LEAD}))),
    "get_policy_changes": _read("policies", EVERYONE),
    "approve_policy": _write("policies", POLICY_MAKERS),
    "publish_policy": _long(_write("policies", POLICY_MAKERS)),
    "withdraw_policy": _write("policies", POLICY_MAKERS),
    "list_people": _read("people", CASE_READERS),
    "get_person": _read("people", CASE_READERS),
    "add_person": _write("people", CASE_WORKERS),
    "revise_person": _write("people", CASE_WORKERS),
    "put_monitoring": _write("people", CASE_WORKERS),
    "get_monitoring": _read("people", CASE_WORKERS),
    "list_requests": _read("requests", CASE_READERS),
    "get_request": _read("requests", CASE_READERS),
    "add_request": _write("requests", CASE_WORKERS),
    "settle_request": _write("requests", CASE_WORKERS),
    "list_plans": _read("plans", CASE_READERS),
    "get_plan": _read("plans", CASE_READERS | {Role.PANEL_CHAIR}),
    "get_plan_version": _read("plans", CASE_READERS | {Role.PANEL_CHAIR}),
    "add_plan": _write("plans", CASE_WORKERS),
    "add_plan_version": _write("plans", CASE_WORKERS),
    "try_assessment": _read("assessments", CASE_WORKERS),
    "add_assessment": _write("assessments", CASE_WORKERS),
    "list_assessments": _read("assessments", CASE_READERS),
    "get_assessment": _read("assessments", CASE_READERS | {Role.PANEL_CHAIR}),
    "replay_assessment": _read("assessments", CASE_READERS),
    "get_sensitivity": _read("assessments", CASE_READERS | {Role.PANEL_CHAIR}),
    "get_statement": _read("assessments", CASE_READERS | {Role.PANEL_CHAIR}),
    "share_case": _write("people", CASE_WORKERS),
    "get_shares": _read("people", CASE_READERS),
    "add_finding": _write("findings", CASE_WORKERS),
    "list_findings": _read("findings", CASE_DECIDERS | {Role.AUDITOR}),
    "get_finding": _read("findings", CASE_DECIDERS | {Role.AUDITOR}),
    "add_component_agreement": _write("components", frozenset({Role.PARTNER})),
    "list_component_agreements": _read("components", CASE_DECIDERS | {Role.AUDITOR, Role.PARTNER}),
    "get_component_agreement": _read("components", CASE_DECIDERS | {Role.AUDITOR, Role.PARTNER}),
    "add_proposal": _write("decisions", CASE_WORKERS),
    "list_proposals": _read("decisions", CASE_DECIDERS | {Role.AUDITOR}),
    "get_proposal": _read("decisions", CASE_DECIDERS | {Role.AUDITOR}),
    "preview_decision": _read("decisions", CASE_DECIDERS),
    "add_decision": _write("decisions", DECIDERS),
    "list_decisions": _read("decisions", CASE_DECIDERS | {Role.AUDITOR}),
    "get_decision": _read("decisions", CASE_DECIDERS | {Role.AUDITOR}),
    "get_decision_letter": _read("decisions", CASE_DECIDERS | {Role.AUDITOR}),
    "get_budget": _read("budgets", CASE_DECIDERS | {Role.AUDITOR}),
    "get_payable": _read("budgets", CASE_DECIDERS | {Role.AUDITOR, Role.FINANCE}),
    "get_hand_over": _read("budgets", CASE_WORKERS),
    "draft_notice": _write("notices", CASE_WORKERS),
    "list_notices": _read("notices", CASE_DECIDERS | {Role.AUDITOR}),
    "get_notice": _read("notices", CASE_DECIDERS | {Role.AUDITOR}),
    "get_notice_document": _read("notices", CASE_DECIDERS | {Role.AUDITOR}),
    "issue_notice": _write("notices", frozenset({Role.TEAM_MANAGER})),
    "serve_notice": _write("notices", CASE_WORKERS),
    "withdraw_notice": _write("notices", frozenset({Role.TEAM_MANAGER})),
    "ask_reconsideration": _write("reconsiderations", CASE_WORKERS),
    "list_reconsiderations": _read("reconsiderations", CASE_DECIDERS | {Role.AUDITOR}),
    "get_reconsideration": _read("reconsiderations", CASE_DECIDERS | {Role.AUDITOR}),
    "get_answer_letter": _read("reconsiderations", CASE_DECIDERS | {Role.AUDITOR}),
    "acknowledge_reconsideration": _write("reconsiderations", CASE_WORKERS),
    "answer_reconsideration": _write("reconsiderations", DECIDERS),
    "serve_answer": _write("reconsiderations", CASE_WORKERS),
    "get_commitments": _read("commitments", frozenset({Role.FINANCE, Role.AUDITOR})),
    "get_forecast": _read("forecasts", frozenset({Role.FINANCE, Role.AUDITOR})),
    "list_events": _read("events", CASE_DECIDERS | {Role.AUDITOR}),
    "break_glass": _write("people", frozenset({Role.AUDITOR})),
    "get_reads": _read("people", frozenset({Role.TEAM_MANAGER, Role.AUDITOR})),
    "list_expired": _read("people", frozenset({Role.TEAM_MANAGER, Role.AUDITOR})),
    "put_legal_hold": _write("people", frozenset({Role.TEAM_MANAGER})),
    "get_legal_hold": _read("people", CASE_READERS),
    "add_erasure": _write("people", frozenset({Role.TEAM_MANAGER})),
    "get_erasures": _read("people", frozenset({Role.TEAM_MANAGER, Role.AUDITOR})),
    "get_subject_access": _read("people", frozenset({Role.TEAM_MANAGER})),
    "get_audit_key": _read("audit", frozenset({Role.AUDITOR})),
    "get_audit_checkpoint": _read("audit", frozenset({Role.AUDITOR})),
    "get_audit_log": _read("audit", frozenset({Role.AUDITOR})),
    "add_review": _write("reviews", CASE_WORKERS),
    "list_reviews": _read("reviews", CASE_DECIDERS | {Role.AUDITOR}),
    "get_review": _read("reviews", CASE_DECIDERS | {Role.AUDITOR}),
    "list_due_reviews": _read("reviews", CASE_READERS),
    "get_roll_out": _read("reviews", CASE_READERS),
    "add_calendar": _write("reviews", CASE_WORKERS),
    "list_calendars": _read("reviews", CASE_READERS),
    "revoke_calendar": _write("reviews", CASE_WORKERS),
    "get_calendar": _public(),
    "import_people": _long(_write("people", CASE_WORKERS)),
    "import_plans": _long(_write("plans", CASE_WORKERS)),
    "import_monitoring": _long(_write("people", CASE_WORKERS)),
}
"""Every operation, by the name of its endpoint function."""

PANEL = "panel"
"""What a case is shared with when it is referred to the panel."""
SEES_EVERY_TEAM = frozenset({Role.AUDITOR, Role.FINANCE, Role.SYSTEM})
"""Over HTTP a caller's role is never `system`: a system acts in its user's role. On the machine itself
the operator's is."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking.

    Attributes:
        subject: The person: the token's own, or the user a system client acts for.
        role: Their role on the staff register.
        team: Their team, where the role has one.
        client: Who sent the request: the same subject, or the system client.
        scopes: What the client may do; None for a person, whose role alone says it.
    """

    subject: str
    role: Role
    team: str | None
    client: str
    scopes: frozenset[str] | None = None

    @classmethod
    def operator(cls) -> "Caller":
        """Whoever has the machine and its database in hand, at the command line."""
        return cls(subject="operator", role=Role.SYSTEM, team=None, client="command-line")

    @property
    def is_through_system(self) -> bool:
        """Whether a system client acts for this person."""
        return self.scopes is not None

    def refuse_unless_allowed(self, rule: Rule) -> None:
        """Let the caller use an operation, or say why not.

        Raises:
            NotAllowedForRole: the role or the client's scopes do not allow it.
        """
        in_scope = self.scopes is None or rule.scope in self.scopes
        if self.role not in rule.roles or not in_scope:
            raise NotAllowedForRole

    def refuse_unless_sees(self, team: str) -> None:
        """Let the caller see a team's case; another team's is as if it did not exist.

        Raises:
            NotFound: it is not theirs to see.
        """
        if not self.sees(team):
            raise NotFound

    def sees(self, team: str) -> bool:
        """Whether the caller may see a team's cases."""
        return self.role in SEES_EVERY_TEAM or (self.works_with_people and self.team == team)

    @property
    def sees_shared_with(self) -> str | None:
        """For the panel and partners: as whom they see the cases that a worker shared with them."""
        if self.role is Role.PANEL_CHAIR:
            return PANEL
        return self.team if self.role is Role.PARTNER else None

    @property
    def only_team(self) -> str | None:
        """The one team whose cases the caller sees; None for someone who sees every team."""
        return None if self.role in SEES_EVERY_TEAM else self.team or ""

    @property
    def works_with_people(self) -> bool:
        """Whether the caller works with people, not only with figures."""
        return self.role in CASE_WORKERS

    @property
    def reads_words(self) -> bool:
        """Whether the caller reads what people wrote: who works with them, and who decides for them."""
        return self.role in CASE_WORKERS | {Role.PANEL_CHAIR}
