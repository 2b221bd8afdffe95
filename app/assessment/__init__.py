"""Assessments: a plan scored under the policy in force, kept with everything it came from."""
