"""Letters to a family: a decision, a notice of a lower amount, the answer when they ask again.

Every number in a letter is a number in a record or a working. Nobody is named: a letter is to the family of
a reference, and is from the council.
"""

from ras.letter.answer import answer_letter
from ras.letter.decision import decision_letter
from ras.letter.notice import notice_letter

__all__ = ["answer_letter", "decision_letter", "notice_letter"]
