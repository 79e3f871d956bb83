"""Tables that analysis makes."""

from csatext.schema.model import Column, Table

__all__ = [
    "ASPECTS",
    "ASPECT_EVIDENCE",
    "CALIBRATION_CURVE",
    "CASES",
    "CLASS_SCORES",
    "COMPLAINTS",
    "COMPLAINT_EVIDENCE",
    "CONCORDANCE",
    "CONFUSION",
    "CONTACT_CASES",
    "CONTACT_KINDS",
    "CONVERSATIONS",
    "COVERAGE_AT_PRECISION",
    "CUSTOMER_POINTS",
    "DOCUMENT_KEYWORDS",
    "DOCUMENT_TOPICS",
    "EVALUATION",
    "FREQUENCIES",
    "GROUP_SCORES",
    "KEYNESS",
    "KEYWORDS",
    "KEYWORD_EVIDENCE",
    "KIND_EVIDENCE",
    "LEARNING_CURVE",
    "LENGTH_SCORES",
    "PACK_CHOICE",
    "POLARITIES_READ",
    "POLARITY_SCORES",
    "POLARITY_SHARES",
    "RULES",
    "RULE_MATCHES",
    "RULE_PATTERNS",
    "RULE_REPORT",
    "SATISFACTION",
    "SATISFACTION_SIGNALS",
    "SCRIPT_ADHERENCE",
    "SCRIPT_RATES",
    "SENTIMENT",
    "SENTIMENT_EVALUATION",
    "SENTIMENT_EVIDENCE",
    "SERVICE_SIGNALS",
    "SIGNAL_EVIDENCE",
    "SUGGESTED_CATEGORIES",
    "TOPICS",
    "TRAINED_MODEL",
    "TURNING_POINTS",
]

FREQUENCIES = Table(
    "frequencies",
    "how often each term occurs, by group",
    (
        Column("group", "str", "group of documents"),
        Column("rank", "int", "order in the group, by n, from 1"),
        Column("term", "str", "word"),
        Column("n", "int", "occurrences in the group"),
        Column("n_docs", "int", "documents of the group that hold the term"),
        Column("rate", "float", "n / counted tokens of the group"),
        Column("doc_rate", "float", "n_docs / documents of the group"),
        Column("low", "float", "lower end of doc_rate's Wilson interval"),
        Column("high", "float", "upper end of doc_rate's Wilson interval"),
    ),
    key=("group", "term"),
)

KEYNESS = Table(
    "keyness",
    "terms more (or less) frequent in a group than in the rest",
    (
        Column("group", "str", "group of documents"),
        Column("rank", "int", "order in the group, most characteristic first, from 1"),
        Column("term", "str", "word"),
        Column("n", "int", "occurrences in the group"),
        Column("n_docs", "int", "documents of the group that hold the term"),
        Column("rate", "float", "n / counted tokens of the group"),
        Column(
            "log_odds", "float", "log-odds of group against rest, informative Dirichlet prior (natural log)"
        ),
        Column("z", "float", "log_odds / its standard error"),
        Column("g2", "float", "log-likelihood ratio of occurrences, group against rest"),
        Column("log_ratio", "float", "binary log of the ratio of rates, 0 occurrences counted as 0.5"),
        Column("p", "float", "two-sided, with documents as sampling units"),
        Column("q", "float", "p corrected over all terms and groups (Benjamini-Hochberg)"),
    ),
    key=("group", "term"),
)

DOCUMENT_KEYWORDS = Table(
    "document_keywords",
    "the terms that characterise one document",
    (
        Column("doc_id", "str", "document"),
        Column("rank", "int", "order in the document, from 1"),
        Column("term", "str", "word"),
        Column("n", "int", "occurrences in the document"),
        Column("tf_idf", "float", "weight, 0 to 1"),
    ),
    key=("doc_id", "term"),
)

KEYWORDS = Table(
    "keywords",
    "one row a document: its keywords",
    (Column("keywords", "str", "terms by falling TF-IDF weight, joined by a space"),),
    index="doc_id",
)

CONCORDANCE = Table(
    "concordance",
    "a term in its context, from the redacted text",
    (
        Column("doc_id", "any", "document"),
        Column("left", "str", "text before"),
        Column("term", "str", "the words found"),
        Column("right", "str", "text after"),
        Column("start", "int", "first character in the text as it was read"),
        Column("end", "int", "one past the last character in the text as it was read"),
    ),
)

KEYWORD_EVIDENCE = Table(
    "keyword_evidence",
    "the places a keyword rests on, from the redacted text",
    (
        Column("group", "str", "group of documents"),
        Column("keyword", "str", "word of the keyword table; synonyms are counted as it"),
        Column("doc_id", "any", "document"),
        Column("left", "str", "text before"),
        Column("term", "str", "the words found"),
        Column("right", "str", "text after"),
        Column("start", "int", "first character in the text as it was read"),
        Column("end", "int", "one past the last character in the text as it was read"),
    ),
)

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

TOPICS = Table(
    "topics",
    "the terms of each topic",
    (
        Column("topic", "int", "number of the topic, 0 is the largest"),
        Column("label", "str", "name: its three most relevant terms"),
        Column("share", "float", "share of the tokens"),
        Column("n_docs", "int", "documents whose main topic it is"),
        Column("coherence", "float", "NPMI of its terms within documents, -1 to 1"),
        Column("rank", "int", "order of the term in the topic, from 1"),
        Column("term", "str", "word"),
        Column("probability", "float", "probability of the term in the topic"),
        Column("relevance", "float", "Sievert and Shirley (2014), lambda 0.6"),
    ),
    key=("topic", "term"),
)

DOCUMENT_TOPICS = Table(
    "document_topics",
    "one row a document: its main topic",
    (
        Column("topic", "Int", "number of the main topic, NA without counted words"),
        Column("topic_label", "str", "name of the main topic"),
        Column("topic_probability", "float", "share of the document that is of the main topic"),
    ),
    index="doc_id",
)

COMPLAINTS = Table(
    "complaints",
    "one row a document: the category a trained classifier gives it",
    (
        Column("complaint", "any", "category"),
        Column(
            "complaint_probability",
            "float",
            "calibrated probability of it, of several the least; NA where the classifier gives none",
        ),
        Column(
            "needs_review",
            "bool",
            "no answer at the promised precision, or no known word: a person should look",
        ),
    ),
    index="doc_id",
)

TRAINED_MODEL = Table(
    "trained_model",
    "one row: what the answers of a trained classifier rest on, from its model card",
    (
        Column("n_human", "int", "documents annotated by people that it learnt from"),
        Column("n_weak", "int", "documents labelled by rules that it learnt from"),
        Column("n_categories", "int", "categories"),
        Column("f1", "float", "macro-F1 on held-out documents, micro-F1 where a document has several"),
        Column("accuracy", "float", "share of held-out documents that is right"),
        Column("calibration_error", "float", "expected calibration error on held-out documents"),
        Column("promised_precision", "float", "promised share of answers that are right, NA without"),
        Column("n_answered", "Int", "held-out documents that are answered at the promise"),
        Column("n_right", "Int", "of these, the right ones"),
        Column("n_needed", "Int", "annotated documents that would show the promise, 0 where it is kept"),
        Column("data_sha256", "str", "digest of the texts and labels that it learnt from"),
    ),
)

COMPLAINT_EVIDENCE = Table(
    "complaint_evidence",
    "the words that a learnt category rests on, and the hits of the rules",
    (
        Column("doc_id", "any", "document"),
        Column("complaint", "any", "category"),
        Column("source", "str", "model, or rule of the taxonomy"),
        Column("term", "str", "the words found"),
        Column("start", "int", "first character in the text as it was read"),
        Column("end", "int", "one past the last character in the text as it was read"),
        Column("weight", "float", "what the words add to the category's score; NA for a rule"),
    ),
)

EVALUATION = Table(
    "evaluation",
    "how good a classifier is on annotated documents, one row a figure",
    (
        Column(
            "metric",
            "str",
            "accuracy, macro_f1, micro_f1, expected_calibration_error, answered, precision_of_answered",
        ),
        Column("value", "float", "0 to 1"),
        Column("low", "float", "lower end of the 95 % interval"),
        Column("high", "float", "upper end of the 95 % interval"),
        Column("n", "int", "documents that it rests on"),
    ),
    key=("metric",),
)

CLASS_SCORES = Table(
    "class_scores",
    "how good a classifier is, one row a category",
    (
        Column("complaint", "any", "category"),
        Column("n_true", "int", "documents that have it"),
        Column("n_predicted", "int", "documents that are given it"),
        Column("n_right", "int", "both"),
        Column("precision", "float", "n_right / n_predicted"),
        Column("precision_low", "float", "lower end of Wilson's interval"),
        Column("precision_high", "float", "upper end of Wilson's interval"),
        Column("recall", "float", "n_right / n_true"),
        Column("recall_low", "float", "lower end of Wilson's interval"),
        Column("recall_high", "float", "upper end of Wilson's interval"),
        Column("f1", "float", "harmonic mean of precision and recall"),
        Column("f1_low", "float", "lower end, carried over from Wilson's interval of the Jaccard index"),
        Column("f1_high", "float", "upper end, likewise"),
    ),
    key=("complaint",),
)

CONFUSION = Table(
    "confusion",
    "which category is taken for which",
    (
        Column("actual", "any", "right category; (空) for one given too much"),
        Column("predicted", "any", "given category; (空) for one that is missing"),
        Column("n", "int", "documents"),
        Column("share", "float", "n / documents of the right category"),
    ),
    key=("actual", "predicted"),
)

CALIBRATION_CURVE = Table(
    "calibration_curve",
    "how often answers of a probability are right",
    (
        Column("bin", "int", "number of the bin, from 1"),
        Column("at_least", "float", "lower end of the bin; the next begins .1 above"),
        Column("n", "int", "documents"),
        Column("mean_probability", "float", "mean of their probabilities"),
        Column("accuracy", "float", "share that is right"),
        Column("low", "float", "lower end of accuracy's Wilson interval"),
        Column("high", "float", "upper end of accuracy's Wilson interval"),
    ),
    key=("bin",),
)

COVERAGE_AT_PRECISION = Table(
    "coverage_at_precision",
    "how many documents can be answered at a precision, the surest first",
    (
        Column("target", "float", "precision wanted"),
        Column("threshold", "float", "least probability of an answer"),
        Column("n", "int", "documents answered"),
        Column("coverage", "float", "n / documents"),
        Column("precision", "float", "share of answers that is right"),
        Column("low", "float", "lower end of precision's Wilson interval"),
        Column("high", "float", "upper end of precision's Wilson interval"),
    ),
    key=("target",),
)

GROUP_SCORES = Table(
    "group_scores",
    "how good a classifier is by channel, month or another dimension",
    (
        Column("dimension", "str", "name of the dimension; month is the month of the contact"),
        Column("group", "str", "its value"),
        Column("n", "int", "documents"),
        Column("accuracy", "float", "share with the right category, or all of the right ones"),
        Column("low", "float", "lower end of accuracy's Wilson interval"),
        Column("high", "float", "upper end of accuracy's Wilson interval"),
        Column("macro_f1", "float", "mean F1 of the categories"),
    ),
    key=("dimension", "group"),
)

LEARNING_CURVE = Table(
    "learning_curve",
    "how good a classifier is by the number of annotated documents",
    (
        Column("n_labels", "int", "annotated documents learnt from"),
        Column("draw", "int", "number of the random draw of them"),
        Column("f1", "float", "macro-F1 on held-out documents, micro-F1 where a document has several"),
        Column("accuracy", "float", "share of held-out documents that is right"),
        Column("n_test", "int", "held-out documents"),
    ),
    key=("n_labels", "draw"),
)

RULES = Table(
    "rules",
    "one row a document: its main complaint category by the rules of the taxonomy",
    (
        Column("category", "str", "first-level category, 未归类 where no rule matches"),
        Column("subcategory", "str", "the category itself, 未归类 where no rule matches"),
        Column("category_id", "str", "its identifier in the taxonomy, empty where no rule matches"),
        Column("owner", "str", "department that answers for it"),
        Column("journey_stage", "str", "stage of the customer's journey: 咨询, 下单, 交付, 使用, 售后"),
        Column("cause_family", "str", "family of root causes: 产品, 流程, 沟通"),
        Column("severity", "int", "gravest of its categories: 0 none, 1 minor, 2 ordinary, 3 grave"),
        Column(
            "category_lead",
            "float",
            "1 - support of the next first-level category / support of the main one; NA without a main one",
        ),
        Column("n_categories", "int", "categories that match"),
        Column("categories", "str", "all of them as paths, best supported first, joined by ；"),
        Column("category_terms", "str", "the words found, from the redacted text, joined by 、"),
    ),
    index="doc_id",
)

RULE_MATCHES = Table(
    "rule_matches",
    "the words that each category of a document rests on",
    (
        Column("doc_id", "any", "document"),
        Column("category", "str", "first-level category"),
        Column("subcategory", "str", "the category itself"),
        Column("term", "str", "the words found"),
        Column("start", "int", "first character in the text as it was read"),
        Column("end", "int", "one past the last character in the text as it was read"),
        Column("turn", "Int", "number of the turn that a rule found it in (span in that turn), NA otherwise"),
    ),
)

CONTACT_KINDS = Table(
    "contact_kinds",
    "one row a document: what kind of contact it is",
    (
        Column("kind", "str", "complaint, inquiry, request, suggestion, praise or other"),
        Column("kind_probability", "float", "probability of the kind"),
        Column("is_complaint", "bool", "a complaint is at least as probable as all else together"),
        Column("probability_of_complaint", "float", "probability that it is a complaint"),
    ),
    index="doc_id",
)

KIND_EVIDENCE = Table(
    "kind_evidence",
    "the words that speak for a kind of contact",
    (
        Column("doc_id", "any", "document"),
        Column("kind", "str", "kind of contact"),
        Column("term", "str", "the words found"),
        Column("start", "int", "first character in the text as it was read"),
        Column("end", "int", "one past the last character in the text as it was read"),
        Column("weight", "float", "strength of the word"),
    ),
)

CUSTOMER_POINTS = Table(
    "customer_points",
    "sentences in which customers say what hurts and what they expect",
    (
        Column("doc_id", "any", "document"),
        Column("point", "str", "痛点 or 期望"),
        Column("sentence", "str", "the words, from the redacted text"),
        Column("start", "int", "first character in the text as it was read"),
        Column("end", "int", "one past the last character in the text as it was read"),
    ),
)

RULE_REPORT = Table(
    "rule_report",
    "one row a pattern of a taxonomy: how often it is asserted, and how often it is right",
    (
        Column("category", "str", "first-level category"),
        Column("subcategory", "str", "the category itself"),
        Column("pattern", "str", "words and slots as the taxonomy has them"),
        Column("n_docs", "int", "documents that assert it"),
        Column("share", "float", "n_docs / documents"),
        Column("n_alone", "int", "of these, documents in which no other pattern of the category is asserted"),
        Column("n_other", "int", "of these, documents that have another category as well"),
        Column("n_tagged", "int", "of these, documents with a tag"),
        Column("n_right", "int", "of these, documents whose tag is the category"),
        Column("precision", "float", "n_right / n_tagged, NA without tags"),
        Column("low", "float", "lower end of its Wilson interval"),
        Column("high", "float", "upper end of its Wilson interval"),
        Column("finding", "str", "what is odd about it, empty where nothing is"),
    ),
)

CONTACT_CASES = Table(
    "contact_cases",
    "one row a document: the case it belongs to",
    (
        Column("case_id", "str", "doc_id of the case's first contact"),
        Column("case_size", "int", "contacts of the case"),
        Column("case_customers", "int", "customers of the case"),
        Column("case_weight", "float", "1 / case_size: its sum counts each case once"),
        Column("is_first", "bool", "first contact of its case"),
        Column("is_copy", "bool", "its text is nearly that of another contact of the case"),
        Column("is_burst", "bool", "one of three and more copies of a text"),
    ),
    index="doc_id",
)

CASES = Table(
    "cases",
    "one row a case of several contacts, the largest first",
    (
        Column("rank", "int", "order, from 1"),
        Column("case_id", "str", "doc_id of the first contact"),
        Column("n_contacts", "int", "contacts"),
        Column("n_customers", "int", "customers"),
        Column("n_copies", "int", "contacts whose text is nearly that of another"),
        Column("first", "time", "time of the first contact"),
        Column("last", "time", "time of the last contact"),
        Column("channels", "str", "channels, joined by 、"),
        Column("products", "str", "products"),
        Column("regions", "str", "regions"),
        Column("case_categories", "str", "categories"),
    ),
    key=("case_id",),
)

SUGGESTED_CATEGORIES = Table(
    "suggested_categories",
    "groups of complaints that no category claims, the largest first",
    (
        Column("rank", "int", "order, from 1"),
        Column("kind", "str", "complaint, or inquiry: a question asked often"),
        Column("words", "str", "words that tell the group from the rest, joined by 、"),
        Column("n_docs", "int", "contacts of the group"),
        Column("share", "float", "n_docs / contacts of the kind without a category"),
        Column(
            "rule", "str", "patterns that would catch the group, as taxonomy files have them, joined by ；"
        ),
        Column("n_hits", "int", "contacts that the rule hits"),
        Column("n_claimed", "int", "of these, contacts that have a category"),
        Column("precision", "float", "share of n_hits that belongs to the group"),
        Column("low", "float", "lower end of its Wilson interval"),
        Column("high", "float", "upper end of its Wilson interval"),
        Column("recall", "float", "share of the group that the rule hits"),
        Column("examples", "str", "its most typical texts, redacted, one a line"),
    ),
)

PACK_CHOICE = Table(
    "pack_choice",
    "one row a shipped taxonomy: how well it fits the contacts",
    (
        Column("pack", "str", "name"),
        Column("label_zh", "str", "trade"),
        Column("n_docs", "int", "documents, of those looked at, that assert a category of its own"),
        Column("share", "float", "n_docs / documents looked at"),
        Column("chosen", "bool", "to be used"),
    ),
    key=("pack",),
)

RULE_PATTERNS = Table(
    "rule_patterns",
    "one row a pattern of a taxonomy: how many documents hold it, those that hit nothing first",
    (
        Column("category", "str", "first-level category"),
        Column("subcategory", "str", "the category itself"),
        Column("pattern", "str", "words and slots as the taxonomy has them"),
        Column("n_docs", "int", "documents that hold it"),
    ),
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
