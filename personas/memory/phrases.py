"""Parts that the patterns of every kind share. All repeat a bounded number of times, so that cost is linear."""

import re

from personas.memory.clauses import Clause

# 안녕 나는 …; only words that change nothing may stand before what is told, so that nobody else's things are taken.
LEAD = (
    r"(?:(?:안녕|안녕하세요|하이|반가워|반가워요|처음 뵙겠습니다|야|아|앗|음|저기|근데|그런데|그리고|참|아참|맞다"
    r"|있잖아|있지"
    r"|응|네|어|참고로|사실|사실은|그냥|일단|드디어|아니) ){0,3}"
)
I = r"(?:(?:나는|난|저는|전|저도|나도|나|저) ?)"  # noqa: E741
MY = r"(?:(?:내|제|나의|저의) ?)"
MY_HOME = r"(?:(?:우리|울|저희|내|제|우리 집|우리집|저희 집) ?)"

# More may follow, but nothing that turns round what was told: 지민이야 라고 해 봐.
REST = (
    r"(?P<rest> (?!아니|안 |못 |없|라고|라는|라며|라면|하면|했으면|줄|말고|것|거 |적|듯|때|척|수도|뻔|싶"
    r"|누구|다른|해(?: |$|야)|돼|된)"
    r"[^\n]{1,1000})?"
)


def pattern(text: str) -> re.Pattern[str]:
    """A pattern for a whole clause, with what may lead to it and what may follow."""
    return re.compile(LEAD + text + REST)


def told(wanted: re.Pattern[str], clause: Clause) -> re.Match[str] | None:
    """Where a clause tells what is wanted. A question tells nothing, unless it asks something after it."""
    found = wanted.fullmatch(clause.text)
    return found if found and (found["rest"] or not clause.is_asked) else None
