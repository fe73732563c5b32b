from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from matchmaker.scheduling.judge.breach import Finding, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan


@rule("shape", _("The plan is well formed: every request has its place once, people are sorted."))
def shape(plan: Plan) -> Iterator[Finding]:
    for row in plan.assignments:
        for id_ in plan.unknown_ids(row):
            yield _about(row.request, _("%(request)s is assigned with the unknown id %(id)s."), id_)
        if [*row.speakers] != sorted(row.speakers) or [*row.interpreters] != sorted(
            row.interpreters
        ):
            yield _about(row.request, _("The people of %(request)s are not sorted."))
    for request, count in Counter(row.request for row in plan.assignments).items():
        if count > 1:
            yield _about(request, _("%(request)s is assigned more than once."))
    if plan.unassigned is not None:
        yield from _unassigned(plan, plan.unassigned)


def _unassigned(plan: Plan, unassigned: Sequence[str]) -> Iterator[Finding]:
    listed = Counter(unassigned)
    for request, count in listed.items():
        if request not in plan.problem.request:
            yield _about(request, _("The unknown id %(request)s is listed as unassigned."))
        elif request in plan.assignment_of:
            yield _about(request, _("%(request)s is assigned and listed as unassigned."))
        if count > 1:
            yield _about(request, _("%(request)s is listed as unassigned more than once."))
    for request in plan.problem.request:
        if request not in plan.assignment_of and request not in listed:
            yield _about(request, _("%(request)s is neither assigned nor listed as unassigned."))


def _about(request: str, template: str, id_: str = "") -> Finding:
    return Finding(template=template, requests=(request,), facts={"request": request, "id": id_})
