"""Tables of feelings: sentiment, service signals, aspects, the course of conversations."""

from csatext.schema.analysis import CLASS_SCORES
from csatext.schema.model import Column, Table

__all__ = [
    "ASPECTS",
    "ASPECT_EVIDENCE",
    "CLAUSE_EVIDENCE",
    "CONVERSATIONS",
    "LENGTH_SCORES",
    "POLARITIES_READ",
    "POLARITY_SCORES",
    "POLARITY_SHARES",
    "QA_ITEM_RATES",
    "QA_SCORES",
    "QA_TOTALS",
    "SATISFACTION",
    "SATISFACTION_SIGNALS",
    "SCRIPT_ADHERENCE",
    "SCRIPT_RATES",
    "SENTIMENT",
    "SENTIMENT_EVALUATION",
    "SENTIMENT_EVIDENCE",
    "SERVICE_SIGNALS",
    "SIGNAL_EVIDENCE",
    "TURNING_POINTS",
]

SENTIMENT = Table(
    "sentiment",
    "one row a document: how the customer feels",
    (
        Column("sentiment", "float", "-1 (worst) to 1 (best)"),
        Column("polarity", "str", "negative, neutral or positive"),
        Column("is_negative", "bool", "polarity is negative"),
        Column("confidence", "float", "probability that the polarity is right, 0 for an empty text"),
    ),
    index="doc_id",
)

SENTIMENT_EVIDENCE = Table(
    "sentiment_evidence",
    "the words a sentiment score rests on",
    (
        Column("doc_id", "any", "document"),
        Column("term", "str", "word or characters"),
        Column("start", "int", "first character in the text as it was read"),
        Column("end", "int", "one past the last character in the text as it was read"),
        Column("weight", "float", "valence after negation and intensity; negative is bad"),
    ),
)

CLAUSE_EVIDENCE = Table(
    "clause_evidence",
    "what the clauses say that a sentiment score rests on",
    (
        Column("doc_id", "any", "document"),
        Column("term", "str", "word or construction"),
        Column("start", "int", "first character in the text as it was read"),
        Column("end", "int", "one past the last character in the text as it was read"),
        Column("weight", "float", "what it adds to its clause; negative is bad, 0 is not asserted"),
        Column("reason", "str", "why it counts or does not: said, denied, asked, wished, ..."),
        Column("clause", "str", "the clause it stands in, up to 100 characters on each side"),
    ),
)

SATISFACTION = Table(
    "satisfaction",
    "one row a dialogue: how satisfied its customer is, as a model predicts it",
    (
        Column(
            "predicted_satisfaction",
            "float",
            "-2 to 2, or on the scale of the ratings that were learnt from; NA where the customer is silent",
        ),
    ),
    index="doc_id",
)

SATISFACTION_SIGNALS = Table(
    "satisfaction_signals",
    "one row a dialogue: what its predicted satisfaction rests on",
    (
        Column("score_first", "float", "sentiment of the customer's first turn, -1 to 1"),
        Column("score_last", "float", "sentiment of the customer's last turn"),
        Column(
            "score_after_reply", "float", "mean sentiment of the customer after the first reply, 0 without"
        ),
        Column("thanks", "float", "1 where the customer thanks after a reply"),
        Column("solved", "float", "1 where the customer says that it is done"),
        Column("consents", "float", "1 where the customer consents"),
        Column("complains", "float", "1 where the customer complains of the centre, or threatens"),
        Column("asks_at_end", "float", "1 where the customer's last passage asks"),
        Column("denies_at_end", "float", "1 where the customer's last passage denies"),
        Column("agent_apologises", "float", "1 where the service side apologises"),
        Column("has_reply", "float", "1 where the service side says anything"),
        Column("customer_last", "float", "1 where the customer speaks last"),
        Column("log_turns", "float", "natural log of 1 + turns of both sides, 20 at most"),
        Column("log_length", "float", "natural log of 1 + characters of the customer, 400 at most"),
    ),
    index="doc_id",
)

CONVERSATIONS = Table(
    "conversations",
    "one row a dialogue: the course of feelings",
    (
        Column(
            "customer_start",
            "float",
            "sentiment of the customer's first turn, -1 to 1; NA where there is none",
        ),
        Column("customer_worst", "float", "least sentiment of a turn of the customer's"),
        Column("customer_end", "float", "sentiment of the customer's last turn"),
        Column("customer_mean", "float", "mean sentiment of the customer's turns"),
        Column(
            "agent_start", "float", "sentiment of the agent's first turn, -1 to 1; NA where there is none"
        ),
        Column("agent_worst", "float", "least sentiment of a turn of the agent's"),
        Column("agent_end", "float", "sentiment of the agent's last turn"),
        Column("agent_mean", "float", "mean sentiment of the agent's turns"),
        Column("recovery", "float", "customer_end - customer_worst"),
        Column(
            "turning_turn", "Int", "turn_id of the customer's turn that parts the course best, NA for none"
        ),
        Column(
            "turning_change", "float", "mean sentiment of the customer from that turn on less that before it"
        ),
        Column("escalated", "bool", "the customer threatens, or ends well below the start"),
        Column(
            "customer_repeats", "int", "turns in which the customer says again what a reply did not settle"
        ),
        Column("transfers", "int", "times that the customer is passed on to another person or from the bot"),
        Column(
            "predicted_satisfaction",
            "float",
            "-2 to 2, or on the scale of the ratings that were learnt from; NA where the customer is silent",
        ),
    ),
    index="doc_id",
)

TURNING_POINTS = Table(
    "turning_points",
    "words of agents that go with recoveries of the customer, or with losses",
    (
        Column("rank", "int", "order by p, from 1"),
        Column("phrase", "str", "one to twelve words of agents"),
        Column("direction", "str", "recovery: followed by more recoveries than expected; loss: by fewer"),
        Column("n", "int", "compared replies that hold it"),
        Column("n_dialogues", "int", "dialogues of these"),
        Column("recovered", "int", "replies of these after which the customer recovered"),
        Column("expected", "float", "as many as replies of the same strata let expect"),
        Column("odds_ratio", "float", "odds of recovery with it against without it, of equal strata"),
        Column("low", "float", "lower end of its 95 % interval"),
        Column("high", "float", "upper end of its 95 % interval"),
        Column("p", "float", "two-sided, with dialogues as sampling units"),
        Column("q", "float", "p corrected over all phrases (Benjamini-Hochberg)"),
        Column("doc_id", "str", "dialogue of the example"),
        Column("turn", "int", "turn_id with which the example begins"),
        Column("example", "str", "a reply that holds it, personal data masked"),
    ),
    key=("phrase",),
)

SCRIPT_ADHERENCE = Table(
    "script_adherence",
    "one row a dialogue and item of a service script: was it said, by whom, in time",
    (
        Column("doc_id", "str", "dialogue"),
        Column("item", "str", "identifier of the item"),
        Column("label", "str", "its name"),
        Column("forbidden", "bool", "it must not be said"),
        Column("optional", "bool", "it does not count"),
        Column("weight", "float", "its part in the rate of a contact"),
        Column("due", "bool", "the role speaks, and what the item is an answer to was said"),
        Column("said", "bool", "the role says it"),
        Column("by", "str", "who says it: the role, else the bot or agent who does; NA for nobody"),
        Column("turn", "Int", "turn_id of the first time in time, else of the first time"),
        Column("in_time", "boolean", "it is said at the right moment; NA where it is not said"),
        Column("start", "Int", "first character in the turn's text as it was read"),
        Column("end", "Int", "one past the last character in the turn's text as it was read"),
        Column("kept", "boolean", "said in time, or forbidden and not said; NA where it is not due"),
    ),
    key=("doc_id", "item"),
)

SCRIPT_RATES = Table(
    "script_rates",
    "one row a dialogue: how well it kept to the script",
    (
        Column("script_due", "int", "items that were due; forbidden and optional ones do not count"),
        Column("script_kept", "int", "of these, said in time"),
        Column("script_rate", "float", "script_kept / script_due by the weights of the items"),
        Column("script_forbidden", "int", "forbidden items that were said"),
    ),
    index="doc_id",
)

QA_SCORES = Table(
    "qa_scores",
    "one row a dialogue and item of a scorecard: was it met, for how many points, by what words",
    (
        Column("doc_id", "str", "dialogue"),
        Column("agent_id", "str", "agent who said the evidence, else who spoke most; NA where none is named"),
        Column("item", "str", "identifier of the item"),
        Column("label", "str", "its name"),
        Column("veto", "bool", "failing it takes all points of the dialogue"),
        Column("passed", "boolean", "said in time, or forbidden and not said; NA where it is not due"),
        Column("points", "float", "points got; NA where it is not due, is a veto, or does not count"),
        Column("max_points", "float", "points that could be got; NA likewise"),
        Column("evidence", "str", "the words said, personal data masked; NA where nothing was said"),
        Column("turn", "Int", "turn_id of these words"),
        Column("start", "Int", "first character in the turn's text as it was read"),
        Column("end", "Int", "one past the last character in the turn's text as it was read"),
    ),
    key=("doc_id", "item"),
)

QA_TOTALS = Table(
    "qa_totals",
    "one row a dialogue with its score, then a flag qa_... for each item: NA where it is not due",
    (
        Column("qa_score", "float", "points in per cent of those that could be got, 0 after a veto"),
        Column("qa_points", "float", "points got"),
        Column("qa_max_points", "float", "points that could be got"),
        Column("qa_vetoes", "int", "vetoes that the dialogue fails"),
        Column("qa_vetoed", "boolean", "it fails a veto; NA where none is due"),
        Column("qa_evidence", "str", "the words said, joined by 、; empty where there are none"),
    ),
    open=True,
    index="doc_id",
)

QA_ITEM_RATES = Table(
    "qa_item_rates",
    "one row an item of a scorecard: in how many dialogues it was met",
    (
        Column("item", "str", "identifier of the item"),
        Column("label", "str", "its name"),
        Column("veto", "boolean", "failing it takes all points of a dialogue; NA where it is not told"),
        Column("n", "int", "dialogues in which it was due"),
        Column("passed", "int", "of these, in which it was met"),
        Column("value", "float", "passed / n"),
        Column("low", "float", "lower end of its 95 % Wilson interval"),
        Column("high", "float", "upper end of its 95 % Wilson interval"),
    ),
    key=("item",),
)

SERVICE_SIGNALS = Table(
    "service_signals",
    "one row a document: the signals that it gives",
    (
        Column("signals", "str", "names of its signals, joined by 、"),
        Column("risk_severity", "int", "gravest severity of a signal but praise and suggestion: 0 none to 3"),
        Column("signal_anger", "bool", "anger"),
        Column("signal_anxiety", "bool", "anxiety"),
        Column("signal_disappointment", "bool", "disappointment"),
        Column("signal_urgency", "bool", "urgency"),
        Column("signal_effort", "bool", "effort: calls again, waiting, being sent around"),
        Column(
            "signal_escalation",
            "bool",
            "a threat to go further, or the act: regulators, media, law, superiors",
        ),
        Column("signal_churn", "bool", "leaving, or a threat to leave"),
        Column("signal_praise", "bool", "praise"),
        Column("signal_suggestion", "bool", "a suggestion"),
        Column("signal_safety", "bool", "danger to life, health, home, money or personal data"),
        Column("signal_legal", "bool", "law as an argument or a threat"),
        Column("severity_anger", "int", "severity of anger: 0 none, 1 mild to 3 grave"),
        Column("severity_anxiety", "int", "severity of anxiety: 0 none, 1 mild to 3 grave"),
        Column("severity_disappointment", "int", "severity of disappointment: 0 none, 1 mild to 3 grave"),
        Column("severity_urgency", "int", "severity of urgency: 0 none, 1 mild to 3 grave"),
        Column("severity_effort", "int", "severity of effort: 0 none, 1 mild to 3 grave"),
        Column("severity_escalation", "int", "severity of escalation: 0 none, 1 mild to 3 grave"),
        Column("severity_churn", "int", "severity of churn: 0 none, 1 mild to 3 grave"),
        Column("severity_praise", "int", "severity of praise: 0 none, 1 mild to 3 grave"),
        Column("severity_suggestion", "int", "severity of suggestion: 0 none, 1 mild to 3 grave"),
        Column("severity_safety", "int", "severity of safety: 0 none, 1 mild to 3 grave"),
        Column("severity_legal", "int", "severity of legal: 0 none, 1 mild to 3 grave"),
    ),
    index="doc_id",
)

SIGNAL_EVIDENCE = Table(
    "signal_evidence",
    "the words that a signal rests on",
    (
        Column("doc_id", "any", "document"),
        Column("signal", "str", "name of the signal"),
        Column("term", "str", "the words found"),
        Column("start", "int", "first character in the text as it was read"),
        Column("end", "int", "one past the last character in the text as it was read"),
        Column("severity", "int", "1 mild, 2, 3 grave"),
    ),
)

SENTIMENT_EVALUATION = Table(
    "sentiment_evaluation",
    "how well sentiment agrees with people, one row a figure",
    (
        Column(
            "metric",
            "str",
            "accuracy, balanced_accuracy, sign_accuracy, balanced_sign_accuracy (the sign of the score, "
            "without documents that people call neutral), auc, zero_point (the score that has as many "
            "documents below it as people call negative), spearman (with votes or stars), macro_f1 "
            "(of the polarities that occur), expected_calibration_error",
        ),
        Column("value", "float", "0 to 1; -1 to 1 for spearman and zero_point"),
        Column("low", "float", "lower end of the 95 % interval"),
        Column("high", "float", "upper end of the 95 % interval"),
        Column("n", "int", "documents that it rests on"),
    ),
    key=("metric",),
)

POLARITY_SCORES = Table(
    "polarity_scores",
    "how well each polarity is recognised",
    (Column("polarity", "str", "negative, neutral or positive"), *CLASS_SCORES.columns[1:]),
    key=("polarity",),
)

POLARITY_SHARES = Table(
    "polarity_shares",
    "share of each polarity by people and by the score: the zero point is right where the two are alike",
    (
        Column("polarity", "str", "negative, neutral or positive"),
        Column("n_true", "int", "documents that people call so"),
        Column("share_true", "float", "n_true / documents"),
        Column("true_low", "float", "lower end of its Wilson interval"),
        Column("true_high", "float", "upper end of its Wilson interval"),
        Column("n_predicted", "int", "documents that the score calls so"),
        Column("share_predicted", "float", "n_predicted / documents"),
        Column("predicted_low", "float", "lower end of its Wilson interval"),
        Column("predicted_high", "float", "upper end of its Wilson interval"),
        Column("difference", "float", "share_predicted - share_true"),
    ),
    key=("polarity",),
)

LENGTH_SCORES = Table(
    "length_scores",
    "how well sentiment agrees with people by the length of the text",
    (
        Column("at_least", "int", "least length of the text in characters"),
        Column("below", "Int", "lengths are below this; NA for the longest"),
        Column("n", "int", "documents"),
        Column("accuracy", "float", "share with the right polarity"),
        Column("low", "float", "lower end of accuracy's Wilson interval"),
        Column("high", "float", "upper end of accuracy's Wilson interval"),
        Column("balanced_accuracy", "float", "mean share of right ones over the polarities that occur"),
        Column("share_negative_true", "float", "share that people call negative"),
        Column("share_negative_predicted", "float", "share that the score calls negative"),
        Column("mean_absolute_score", "float", "mean of |sentiment|: it should not grow with length"),
    ),
    key=("at_least",),
)

POLARITIES_READ = Table(
    "polarities_read",
    "how the labels, stars or votes of people were read",
    (
        Column("given", "str", "value, or range of values, as given; (空) where there is none"),
        Column("polarity", "str", "polarity that it was read as; empty where there is none"),
        Column("n", "int", "documents"),
        Column("scale", "str", "what the values were taken for: names, binary, stars or votes"),
    ),
    key=("given",),
)

ASPECTS = Table(
    "aspects",
    "what each document says about each aspect, one row an aspect and clause",
    (
        Column("doc_id", "any", "document"),
        Column("aspect", "str", "aspect of service or of the taxonomy"),
        Column("sentiment", "float", "-1 (worst) to 1 (best), mean of the clause's opinions about it"),
        Column("polarity", "str", "negative, neutral or positive"),
        Column("opinion", "str", "polar words and complaint patterns, joined by 、"),
        Column("start", "int", "first character of name and opinion in the text as it was read"),
        Column("end", "int", "one past their last character"),
    ),
)

ASPECT_EVIDENCE = Table(
    "aspect_evidence",
    "the words that speak for or against an aspect",
    (
        Column("doc_id", "any", "document"),
        Column("aspect", "str", "aspect of service or of the taxonomy"),
        Column("term", "str", "words found, with what negates them"),
        Column("start", "int", "first character in the text as it was read"),
        Column("end", "int", "one past the last character in the text as it was read"),
        Column("weight", "float", "-1 (worst) to 1 (best)"),
    ),
)
