from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from matchmaker.scheduling.judge.breach import Finding, about, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan, Talk


@rule("window", _("A talk keeps to the start grid, to a wished window and to the period."))
def window(plan: Plan) -> Iterator[Finding]:
    problem = plan.problem
    for talk in plan.talks:
        if (talk.start.hour * 60 + talk.start.minute) % problem.start_grid_minutes:
            template = _("%(request)s starts at %(start)s, not on the grid of %(grid)s minutes.")
            yield about(talk, template, start=talk.start, grid=problem.start_grid_minutes)
        if _runs_over_midnight(talk):
            template = _("%(request)s starts at %(start)s and runs over midnight.")
            yield about(talk, template, start=talk.start)
        if not any(row.start <= talk.start and talk.end <= row.end for row in talk.request.windows):
            template = _("%(request)s, %(start)s to %(end)s, lies in none of its windows.")
            yield about(talk, template, start=talk.start, end=talk.end)
        if not problem.first_day <= talk.day <= problem.last_day:
            template = _("%(request)s is on %(day)s, outside the period %(first)s to %(last)s.")
            days = {"day": talk.day, "first": problem.first_day, "last": problem.last_day}
            yield about(talk, template, **days)


def _runs_over_midnight(talk: Talk) -> bool:
    # Counted from the midnight before, because the last day of the calendar has none after it.
    return talk.end - datetime.combine(talk.day, time()) > timedelta(days=1)
