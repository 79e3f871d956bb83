"""Tables of service: definitions of KPIs, measures by contact, KPIs, people, causes, remedies."""

from csatext.schema.model import Column, Table

__all__ = ["AGENT_MEASURES", "CONVERSATION_MEASURES", "KPI_DEFINITIONS"]

KPI_DEFINITIONS = Table(
    "kpi_definitions",
    "one row a KPI: what it is, by which columns, how it is gamed and what it stands beside",
    (
        Column("id", "str", "name of the KPI, taken as measure by every verb"),
        Column("name_zh", "str", "Chinese name"),
        Column("name_en", "str", "English name"),
        Column("formula", "str", "formula in words, in Chinese"),
        Column("kind", "str", "rate, mean, ratio (of sums), count or sum"),
        Column("numerator", "str", "expression over columns that is summed above the line"),
        Column("denominator", "str", "expression summed below the line; NA where rows are counted"),
        Column("filter", "str", "which contacts count; NA for all"),
        Column("per", "str", "what is counted: contact or customer"),
        Column("unit", "str", "unit of the value"),
        Column("direction", "str", "up: more is better, down: less is better, none: neither"),
        Column("requirement", "str", "rows of the requirements it answers"),
        Column("lag_days", "int", "days after which the value of a day is complete"),
        Column("parameters", "str", "name=default of its parameters, parted by 、; NA for none"),
        Column("gaming", "str", "how it is made to look better than it is, in Chinese"),
        Column("twin", "str", "KPI that shows such gaming"),
        Column("columns", "str", "columns it is computed from, parted by 、"),
        Column("optional", "str", "column=value taken where the column is not there; NA for none"),
        Column("version", "str", "version of the definitions; with a user's file its checksum follows"),
    ),
    key=("id",),
)

_CONVERSATION = (
    Column("contacted_at", "time", "customer's first message: the contact belongs to its period"),
    Column("customer_spoke", "bool", "the customer wrote in the dialogue, to whomever"),
    Column("n_customer_messages", "int", "messages of the customer"),
    Column("n_agent_messages", "int", "messages of agents"),
    Column("n_bot_messages", "int", "messages of the bot"),
    Column("n_customer_turns", "int", "customer's messages in a row taken as one"),
    Column("n_agent_turns", "int", "agent's messages in a row taken as one"),
    Column("n_bot_turns", "int", "bot's messages in a row taken as one"),
    Column("n_questions", "int", "turns of the customer that wait for an answer: answered or not"),
    Column("n_responses", "int", "turns of the customer that agent or bot answered"),
    Column("n_timed_responses", "int", "responses whose time is known"),
    Column("replied", "boolean", "whether agent or bot spoke after the customer; NA without customer"),
    Column("replied_human", "boolean", "the same by a person in words that are no template"),
    Column("first_response_seconds", "float", "customer's first message to the first reply"),
    Column("first_response_seconds_human", "float", "the same to a person's words that are no template"),
    Column("response_seconds", "float", "sum of the response times"),
    Column("mean_response_seconds", "float", "mean of the response times"),
    Column("slowest_response_seconds", "float", "longest response time"),
    Column("slow", "boolean", "a response took longer than slow_seconds; NA where none was timed"),
    Column("span_seconds", "float", "first to last message"),
    Column("span_without_gaps_seconds", "float", "the same without pauses over longest_wait"),
    Column("n_handovers", "Int", "changes from one agent to another"),
    Column("n_canned", "Int", "agents' messages that are templates"),
    Column("canned_share", "float", "n_canned / n_agent_messages"),
    Column("n_reasked", "Int", "messages of the customer that repeat an earlier one"),
    Column("self_service", "boolean", "a bot answered, no person spoke, nothing was asked again"),
    Column("silence_seconds", "float", "time in which nobody spoke, between utterances"),
    Column("overlap_seconds", "float", "time in which both sides spoke"),
    Column("n_interruptions", "Int", "times the agent began before the customer had ended"),
    Column("agent_talk_seconds", "float", "time that agents spoke"),
    Column("customer_talk_seconds", "float", "time that the customer spoke"),
    Column("talk_share", "float", "agents' part of the time spoken"),
    Column("characters_per_minute", "float", "agents' characters a minute of speech"),
)

CONVERSATION_MEASURES = Table(
    "conversation_measures",
    "one row a dialogue: messages, replies, waits, length, speech",
    _CONVERSATION,
    key=("doc_id",),
    index="doc_id",
)

AGENT_MEASURES = Table(
    "agent_measures",
    "one row a dialogue and agent: the part of it that counts for the agent",
    (
        Column("doc_id", "str", "the dialogue"),
        Column("agent_id", "str", "the agent; NA where nobody is named"),
        *_CONVERSATION,
    ),
    key=("doc_id", "agent_id"),
    open=True,
)

KPIS = Table(
    "kpis",
    "one row a KPI, group and period: value, interval, completeness",
    (
        Column("metric", "str", "id of the KPI in kpi_definitions"),
        Column("period", "time", "start of the period; NA for all of them together"),
        Column("value", "float", "count, sum, rate, mean or ratio, in the unit of its definition"),
        Column("numerator", "float", "what is summed above the line"),
        Column("denominator", "float", "what is summed below the line; NA for counts and sums"),
        Column("n", "int", "contacts or customers that count"),
        Column("low", "float", "lower end of the interval of value"),
        Column("high", "float", "upper end of the interval of value"),
        Column("complete_as_of", "time", "last day whose late data are in; NA without times"),
        Column("is_complete", "boolean", "the period ends by complete_as_of; NA without times"),
        Column("definition_version", "str", "version of the definitions"),
    ),
    key=("metric", "period"),
    at=1,
)

CALL_MEASURES = Table(
    "call_measures",
    "one row a call: answered or abandoned, and how long each part took",
    (
        Column("answered", "boolean", "an agent answered"),
        Column("abandoned", "boolean", "the caller gave up in the queue"),
        Column("waiting_seconds", "float", "in the queue, until answered or given up"),
        Column("talking_seconds", "float", "spoken, without hold; NA unless answered"),
        Column("holding_seconds", "float", "on hold; NA unless answered"),
        Column("after_call_seconds", "float", "work after the call; NA unless answered"),
        Column("handling_seconds", "float", "talk + hold + after-call work; NA unless answered"),
        Column("busy_seconds", "float", "of handling, when the agent was not busy with an earlier call"),
        Column("ready_seconds", "float", "an agent's time to take calls on a day, at the day's first call"),
    ),
    key=("doc_id",),
    index="doc_id",
)

ABANDONMENT = Table(
    "abandonment",
    "one row a bin of waiting time: who gives up in it, who still waits after it",
    (
        Column("wait_from", "float", "lower edge in seconds"),
        Column("wait_to", "float", "upper edge in seconds"),
        Column("at_risk", "int", "calls that still wait at the lower edge"),
        Column("abandoned", "int", "given up in the bin"),
        Column("answered", "int", "answered in the bin"),
        Column("hazard", "float", "probability to give up in the bin, not answered before"),
        Column("low", "float", "lower end of the interval of hazard"),
        Column("high", "float", "upper end of the interval of hazard"),
        Column("still_waiting", "float", "part that would wait longer than the bin, were nobody answered"),
        Column("still_low", "float", "lower end of the interval of still_waiting"),
        Column("still_high", "float", "upper end of the interval of still_waiting"),
    ),
    key=("wait_from",),
)

TICKET_MEASURES = Table(
    "ticket_measures",
    "one row a ticket: completed, how long it took, whether the customer came again",
    (
        Column("completed", "boolean", "closed, whenever"),
        Column("resolved", "boolean", "solved as written, else completed"),
        Column("reopened", "boolean", "open again after it was closed"),
        Column("resolve_seconds", "float", "opened to resolved; NA where open or the clocks are wrong"),
        Column("open_age_seconds", "float", "opened to the end of the data; NA where completed"),
        Column("repeated_within_window", "boolean", "the customer came again; NA while the window is open"),
        Column("first_contact_resolved", "boolean", "first of a case, resolved, not repeated; NA for others"),
    ),
    key=("doc_id",),
    index="doc_id",
)

STAGE_DURATIONS = Table(
    "stage_durations",
    "one row a stage of tickets: how long they stay in it, the slowest first",
    (
        Column("rank", "int", "1 for the longest median"),
        Column("stage", "str", "the stage"),
        Column("n", "int", "stays, ended or not"),
        Column("n_open", "int", "stays that had not ended (censored)"),
        Column("median_hours", "float", "Kaplan-Meier median; NA where it is not reached"),
        Column("low", "float", "lower end of the interval of the median"),
        Column("high", "float", "upper end of the interval of the median; NA where it is not reached"),
        Column("p90_hours", "float", "hours within which nine of ten stays end"),
        Column("mean_hours", "float", "mean restricted to the longest stay seen"),
        Column("total_hours", "float", "sum of all stays as far as seen"),
        Column("share", "float", "part of the hours of all stages"),
        Column("is_bottleneck", "bool", "the stage with the longest median"),
    ),
    key=("stage",),
)

BACKLOG = Table(
    "backlog",
    "one row a period and band of age: tickets open at the end of the period",
    (
        Column("period", "time", "start of the period"),
        Column("label", "str", "name of the period"),
        Column("opened", "int", "tickets opened in it"),
        Column("closed", "int", "tickets closed in it"),
        Column("open", "int", "tickets open at its end"),
        Column("band", "str", "age in days"),
        Column("n", "int", "of the open ones, those of this age"),
    ),
    key=("period", "band"),
)

SURVEY_MEASURES = Table(
    "survey_measures",
    "one row a contact or survey: invited, answered, satisfied, promoter, detractor",
    (
        Column("survey_invited", "boolean", "was asked to rate; who answered was"),
        Column("survey_answered", "boolean", "gave a score"),
        Column("survey_commented", "boolean", "wrote something"),
        Column("csat", "float", "score; NA without one, or off the scale"),
        Column("nps", "float", "willingness to recommend, 0 to 10; NA without one, or off the scale"),
        Column("satisfied", "boolean", "score of 4 of 5, 8 of 10, 80 of 100 or better; NA without a score"),
        Column("promoter", "boolean", "9 or 10 of 10; NA without a score"),
        Column("detractor", "boolean", "0 to 6 of 10; NA without a score"),
    ),
    key=("doc_id",),
    index="doc_id",
)

ORDER_MEASURES = Table(
    "order_measures",
    "one row a contact: what its customer ordered and paid after it",
    (
        Column("is_presales", "boolean", "no order in the days before; NA without a customer"),
        Column("paid_next_day", "boolean", "a payment of the contact came on its day or the next"),
        Column("paid_finally", "boolean", "a payment of the contact came in final_days"),
        Column("n_paid_orders", "float", "paid orders that count for the contact"),
        Column("paid_amount", "float", "their amount in yuan"),
        Column("paid_items", "float", "their items"),
        Column("n_orders", "float", "orders of the contact's day divided by the contacts of that day"),
    ),
    key=("doc_id",),
    index="doc_id",
)

COST_MEASURES = Table(
    "cost_measures",
    "one row a contact: what it cost",
    (
        Column("contact_cost", "float", "cost of the service in yuan"),
        Column("compensation_cost", "float", "compensation in yuan"),
        Column("poor_quality_cost", "float", "both where the house is at fault, else 0"),
    ),
    key=("doc_id",),
    index="doc_id",
)

CUSTOMER_MEASURES = Table(
    "customer_measures",
    "one row a contact: what is known of its customer",
    (
        Column("is_new_customer", "boolean", "first contact seen, or customer for new_days; NA without one"),
        Column("n_contacts_before", "Int", "earlier contacts of the customer"),
        Column("days_since_previous", "float", "days since the contact before; NA for the first"),
        Column("repeated_within_window", "boolean", "the customer came again; NA while the window is open"),
        Column("is_repeat_complainer", "boolean", "a complaint of who complained before"),
    ),
    key=("doc_id",),
    index="doc_id",
)

SCORECARD = Table(
    "scorecard",
    "one row a KPI and agent: value with interval, case mix, funnel limits, verdict, twin",
    (
        Column("metric", "str", "id of the KPI"),
        Column("n", "int", "contacts or customers that count"),
        Column("numerator", "float", "what is summed above the line"),
        Column("denominator", "float", "what is summed below the line"),
        Column("value", "float", "numerator / denominator"),
        Column("low", "float", "lower end of the interval of value"),
        Column("high", "float", "upper end of the interval of value"),
        Column("adjusted", "float", "value under the case mix of all (direct standardisation)"),
        Column("coverage", "float", "part of all contacts in the strata the agent served"),
        Column("target", "float", "value of all agents"),
        Column("expected", "float", "value of all agents on contacts of the agent's case mix"),
        Column("funnel_low", "float", "lower funnel limit of 95 % about expected, at the agent's volume"),
        Column("funnel_high", "float", "upper funnel limit of 95 %"),
        Column("alarm_low", "float", "lower funnel limit of 99.8 %"),
        Column("alarm_high", "float", "upper funnel limit of 99.8 %"),
        Column("z", "float", "distance from expected in standard errors at the agent's volume"),
        Column("p", "float", "p value against the rest in the same strata; NA under min_volume"),
        Column("q", "float", "p corrected over the agents (Benjamini-Hochberg)"),
        Column(
            "verdict",
            "str",
            "好于其余, 差于其余 (高于, 低于 without direction); empty where q is not under alpha",
        ),
        Column("rank", "Int", "place from the best against expected; NA under min_volume, without direction"),
        Column("twin", "str", "KPI that shows gaming"),
        Column("twin_value", "float", "its value; NA where it could not be computed"),
        Column("twin_rank", "Int", "place by the twin"),
        Column("rank_gain", "Int", "twin_rank - rank: places that the metric flatters"),
        Column("small", "bool", "fewer than min_volume count"),
    ),
    key=("metric",),
    at=1,
)

RUN_COMPARISON = Table(
    "run_comparison",
    "one row a thing that two runs both tell, the earlier and the later: what rose, fell, is new, is gone",
    (
        Column("rank", "int", "place in the table, from 1: by section, then by q, then by change"),
        Column(
            "section",
            "str",
            "measure (flags of all contacts), volume (contacts a day), kpi, signal, category (its share), "
            "effects (the measure's change taken apart by a dimension), cell (the measure in a value of a "
            "dimension), mix (share of contacts of a value), topic (share of contacts), keyword (share of "
            "contacts that hold it)",
        ),
        Column("dimension", "str", "column whose values are compared; NA elsewhere"),
        Column("item", "str", "column, KPI, value, number of the topic, or word"),
        Column("label", "str", "its name in Chinese"),
        Column("status", "str", "rose, fell (q under alpha), new, gone, unclear, not_compared"),
        Column("good", "str", "up: more is better, down: less is better, none: neither"),
        Column("unit", "str", "share, score, amount, or a day (contacts, or an amount, a day)"),
        Column("before", "float", "value in the earlier run; NA where it is not there"),
        Column("after", "float", "value in the later run"),
        Column("change", "float", "after - before"),
        Column("low", "float", "lower end of the interval of change"),
        Column("high", "float", "upper end of the interval of change"),
        Column("numerator_before", "float", "what before is made of, above the line"),
        Column("denominator_before", "float", "below the line: contacts, or days"),
        Column("numerator_after", "float", "the same for after"),
        Column("denominator_after", "float", "the same for after"),
        Column("mix_effect", "float", "part of the measure's change that comes of other shares of contacts"),
        Column("rate_effect", "float", "part that comes of another rate among the same contacts"),
        Column("entry_effect", "float", "part of values that only one of the runs has"),
        Column("p", "float", "p value of no change"),
        Column("q", "float", "p corrected over the whole table, sections alike in weight"),
        Column("note", "str", "what has to be known, in Chinese; NA for nothing"),
    ),
    key=("section", "dimension", "item"),
)

UNUSUAL_CHANGES = Table(
    "unusual_changes",
    "one row a group and KPI of the last periods that differs from the others or from its past",
    (
        Column("rank", "int", "1 for the strongest evidence"),
        Column("by", "str", "column of the group"),
        Column("group", "str", "agent, team, ..."),
        Column("metric", "str", "id of the KPI"),
        Column("against", "str", "与其余同期相比 or 与自己以前相比"),
        Column("n", "int", "contacts or customers of the group in the last periods"),
        Column("value", "float", "its value in them"),
        Column("n_reference", "int", "contacts or customers compared with"),
        Column("reference", "float", "their value"),
        Column("difference", "float", "value - reference"),
        Column("is_worse", "boolean", "whether it is worse; NA for KPIs without direction"),
        Column("p", "float", "two-sided p value"),
        Column("q", "float", "p corrected over all comparisons (Benjamini-Hochberg)"),
    ),
    key=("by", "group", "metric", "against"),
)

DOSE_RESPONSE = Table(
    "dose_response",
    "one row a bin of an amount: value with interval, and the monotone fit",
    (
        Column("from", "float", "lower edge, in the bin"),
        Column("to", "float", "upper edge, in the bin of the last alone"),
        Column("n", "int", "contacts in the bin"),
        Column("numerator", "float", "sum of the measure"),
        Column("denominator", "float", "contacts, or sum of the denominator"),
        Column("value", "float", "numerator / denominator"),
        Column("low", "float", "lower end of the interval of value"),
        Column("high", "float", "upper end of the interval of value"),
        Column("fitted", "float", "monotone fit (pool adjacent violators)"),
    ),
    key=("from",),
)

REPEAT_CONTACTS = Table(
    "repeat_contacts",
    "one row a pair of contacts of one customer within a window",
    (
        Column("customer_id", "any", "the customer"),
        Column("first_id", "str", "doc_id of the first contact"),
        Column("second_id", "str", "doc_id of the second contact"),
        Column("first_at", "time", "time of the first"),
        Column("second_at", "time", "time of the second"),
        Column("days", "float", "days between them"),
        Column("first_reason", "str", "reason of the first; NA without the column"),
        Column("second_reason", "str", "reason of the second"),
        Column("first_agent", "str", "agent of the first; NA without the column"),
        Column("second_agent", "str", "agent of the second"),
        Column("first_channel", "str", "channel of the first; NA without the column"),
        Column("second_channel", "str", "channel of the second"),
    ),
    key=("first_id",),
)

REPEAT_CUSTOMERS = Table(
    "repeat_customers",
    "one row a customer who came again within a window",
    (
        Column("rank", "int", "1 for the most pairs"),
        Column("customer_id", "str", "the customer"),
        Column("n", "int", "contacts of the customer"),
        Column("n_pairs", "int", "pairs of contacts within the window"),
        Column("n_complaints", "int", "contacts that are complaints"),
        Column("reasons", "str", "reasons with their numbers, the commonest first; NA without the column"),
        Column("first_at", "time", "first contact"),
        Column("last_at", "time", "last contact"),
    ),
    key=("customer_id",),
)

CAUSE_VALUE = Table(
    "cause_value",
    "one row a cause: what its contacts, those that follow and compensation cost",
    (
        Column("rank", "int", "1 for the dearest"),
        Column("n", "int", "contacts of the cause"),
        Column("n_repeats", "int", "of them, those that repeat one of the same customer and cause"),
        Column("n_following", "int", "contacts for another cause that follow them within the window"),
        Column("contact_cost", "float", "cost of the contacts in yuan"),
        Column("following_cost", "float", "cost of the contacts that follow"),
        Column("compensation", "float", "compensation in yuan"),
        Column("money", "float", "sum of the three"),
        Column("low", "float", "lower end of the interval of money"),
        Column("high", "float", "upper end of the interval of money"),
        Column("share", "float", "money as a part of the cost and compensation of all contacts"),
        Column("priority", "float", "money times mean severity (1 where there is none)"),
        Column("n_customers", "Int", "customers it reaches; NA without customer_id"),
        Column("n_orders", "Int", "orders it reaches; NA without order_id"),
        Column("n_regions", "Int", "regions it reaches; NA without region"),
    ),
    at=1,
)

REMEDIES = Table(
    "remedies",
    "one row a KPI that is worse and a cause: the number, what tells, what helps",
    (
        Column("rank", "int", "1 for the strongest evidence; causes of one number share it"),
        Column("metric", "str", "id of the KPI"),
        Column("name_zh", "str", "its Chinese name"),
        Column("period", "time", "period that is worse; NA for all together"),
        Column("against", "str", "其余 (the other groups) or 以前 (earlier periods)"),
        Column("value", "float", "value of the group or period"),
        Column("reference", "float", "value compared with"),
        Column("difference", "float", "value - reference"),
        Column("p", "float", "two-sided p value of the difference"),
        Column("q", "float", "p corrected over all comparisons (Benjamini-Hochberg)"),
        Column("cause", "str", "what it may come from"),
        Column("look", "str", "KPI that tells whether it is this cause"),
        Column("remedies", "str", "what helps, parted by ；"),
    ),
    at=3,
)

LEARNING_CURVE = Table(
    "learning_curve",
    "one row a KPI and agent (and 全体, 新员工, 老员工): how high, how fast",
    (
        Column("metric", "str", "id of the KPI"),
        Column("n", "int", "contacts that count"),
        Column("months_from", "float", "least tenure in months"),
        Column("months_to", "float", "greatest tenure in months"),
        Column("height", "float", "成长高度: fitted value at the last tenure; value of new and experienced"),
        Column("height_low", "float", "lower end of the interval of height"),
        Column("height_high", "float", "upper end of the interval of height"),
        Column("speed", "float", "成长速度: change a month; NA under ten contacts or one tenure"),
        Column("speed_low", "float", "lower end of the interval of speed"),
        Column("speed_high", "float", "upper end of the interval of speed"),
        Column("p", "float", "two-sided p value of speed"),
        Column("q", "float", "p corrected over the agents (Benjamini-Hochberg)"),
    ),
    key=("metric",),
    at=1,
)

BEST_AND_WORST = Table(
    "best_and_worst",
    "one row a contact to praise or to teach with",
    (
        Column("kind", "str", "表扬 or 教学"),
        Column("rank", "int", "1 for the clearest of its kind"),
        Column("doc_id", "str", "the contact"),
        Column("agent", "str", "who handled it; NA without the column"),
        Column("score", "float", "evidence for (positive) or against (negative)"),
        Column("n_evidence", "int", "columns of evidence that are known"),
        Column("reasons", "str", "the strongest of them, in Chinese"),
    ),
    key=("kind", "rank"),
)

FAULT_RECORDS = Table(
    "fault_records",
    "one row a work order, part and fault: what broke, how and why; the ticket's columns follow",
    (
        Column("doc_id", "str", "the work order"),
        Column("part", "str", "部件; NA where none is named"),
        Column("fault", "str", "故障现象; NA where none is told"),
        Column("reason", "str", "故障原因; NA where none is told"),
        Column("is_replaced", "bool", "the text says that the part was replaced"),
    ),
    key=("doc_id", "part", "fault"),
    open=True,
)

ASPECT_PERFORMANCE = Table(
    "aspect_performance",
    "one row an aspect of service: how well it does, how much it matters, the gap to what was expected",
    (
        Column("rank", "int", "1 for what to improve first"),
        Column("aspect", "str", "column of its scores"),
        Column("n", "int", "scores"),
        Column("performance", "float", "mean score"),
        Column("low", "float", "lower end of the interval of performance"),
        Column("high", "float", "upper end of the interval of performance"),
        Column("importance", "float", "Spearman's rho with the overall score; NA under min_pairs"),
        Column("importance_low", "float", "lower end of the interval of importance"),
        Column("importance_high", "float", "upper end of the interval of importance"),
        Column("p", "float", "two-sided p value of no correlation"),
        Column("q", "float", "p corrected over the aspects (Benjamini-Hochberg)"),
        Column("expected", "float", "mean of what was expected, by those who gave both; NA without"),
        Column("gap", "float", "performance - expected, of those who gave both"),
        Column("gap_low", "float", "lower end of the interval of gap"),
        Column("gap_high", "float", "upper end of the interval of gap"),
        Column("quadrant", "str", "优先改进, 继续保持, 次要改进, 可能过度; empty without importance"),
    ),
    key=("aspect",),
)
