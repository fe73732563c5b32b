"""The rules, one file each, in the order of the definition."""

from matchmaker.scheduling.judge.breach import Rule
from matchmaker.scheduling.judge.rules.availability import availability
from matchmaker.scheduling.judge.rules.blocked import blocked
from matchmaker.scheduling.judge.rules.closed_day import closed_day
from matchmaker.scheduling.judge.rules.district import district
from matchmaker.scheduling.judge.rules.fixed import fixed
from matchmaker.scheduling.judge.rules.group import group
from matchmaker.scheduling.judge.rules.group_size import group_size
from matchmaker.scheduling.judge.rules.host_load import host_load
from matchmaker.scheduling.judge.rules.language import language
from matchmaker.scheduling.judge.rules.lead_time import lead_time
from matchmaker.scheduling.judge.rules.mode import mode
from matchmaker.scheduling.judge.rules.shape import shape
from matchmaker.scheduling.judge.rules.team import team
from matchmaker.scheduling.judge.rules.topic import topic
from matchmaker.scheduling.judge.rules.travel import travel
from matchmaker.scheduling.judge.rules.venue import venue
from matchmaker.scheduling.judge.rules.window import window
from matchmaker.scheduling.judge.rules.workload import workload

RULES: tuple[Rule, ...] = (
    window,
    closed_day,
    blocked,
    host_load,
    venue,
    team,
    topic,
    language,
    mode,
    district,
    availability,
    travel,
    workload,
    lead_time,
    group,
    group_size,
    fixed,
    shape,
)
RULE = {rule.code: rule for rule in RULES}
