"""The fictional council of Exampleshire: a policy, a plan and a generated caseload to try things on."""
