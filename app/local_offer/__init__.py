"""The public side: the published policy and anonymous estimates. Nothing is stored.

It is apart from the rest in code (it imports none of the case packages, as a contract in
pyproject.toml says) and in rights: it reads one view, `local_offer_policy`, over connections of
its own, which can be given to a database role that may read nothing else.
"""
