"""Tables that analysis makes."""

from csatext.schema.model import Column, Table

__all__ = [
    "ALIGNED_TOPICS",
    "CALIBRATION_CURVE",
    "CASES",
    "CLASS_SCORES",
    "COMPLAINTS",
    "COMPLAINT_EVIDENCE",
    "CONCORDANCE",
    "CONFUSION",
    "CONTACT_CASES",
    "CONTACT_KINDS",
    "CONTACT_TOPICS",
    "COVERAGE_AT_PRECISION",
    "CUSTOMER_POINTS",
    "DOCUMENT_KEYWORDS",
    "DOCUMENT_TOPICS",
    "EMERGING_TOPICS",
    "EVALUATION",
    "FREQUENCIES",
    "GROUP_SCORES",
    "KEYNESS",
    "KEYWORDS",
    "KEYWORD_EVIDENCE",
    "KIND_EVIDENCE",
    "LEARNING_CURVE",
    "PACK_CHOICE",
    "RULES",
    "RULE_MATCHES",
    "RULE_PATTERNS",
    "RULE_REPORT",
    "SUGGESTED_CATEGORIES",
    "TOPICS",
    "TOPIC_CHANGES",
    "TOPIC_DOCUMENTS",
    "TOPIC_FIT",
    "TOPIC_MAP",
    "TOPIC_MAP_TERMS",
    "TOPIC_NUMBERS",
    "TOPIC_QUALITY",
    "TRAINED_MODEL",
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

TOPICS = Table(
    "topics",
    "the terms of each topic",
    (
        Column("topic", "int", "number of the topic; at first 0 is the largest"),
        Column("label", "str", "name: three of its terms, or the name given to it"),
        Column("share", "float", "share of the tokens"),
        Column("n_docs", "int", "documents whose main topic it is"),
        Column("coherence", "float", "NPMI of its terms within documents, -1 to 1"),
        Column("rank", "int", "order of the term in the topic, from 1"),
        Column("term", "str", "word"),
        Column("probability", "float", "probability of the term in the topic"),
        Column("relevance", "float", "Sievert and Shirley (2014), lambda 0.8"),
    ),
    key=("topic", "term"),
)

ALIGNED_TOPICS = Table(
    "aligned_topics",
    "which topic of a new model is which of an old one",
    (
        Column("topic", "int", "lasting number: that of the old topic, or one not used before"),
        Column("change", "str", "kept, split, merged, born or died"),
        Column("old_topic", "Int", "number in the old model, NA for born topics"),
        Column("old_label", "str", "name in the old model"),
        Column("new_topic", "Int", "number in the new model, NA for topics that died"),
        Column("new_label", "str", "name in the new model"),
        Column("similarity", "float", "geometric mean of the two that follow, 0 to 1"),
        Column("terms_similarity", "float", "Bhattacharyya coefficient of the terms"),
        Column("documents_similarity", "float", "correlation of the shares over the documents"),
        Column("p", "float", "error level: share of pairs not matched that are as similar"),
    ),
)

EMERGING_TOPICS = Table(
    "emerging_topics",
    "topics that are new, or far more frequent, in the last period",
    (
        Column("topic", "int", "number of the topic"),
        Column("label", "str", "name of the topic"),
        Column("n_docs", "int", "documents of the last period whose main topic it is"),
        Column("share", "float", "of the documents of the last period"),
        Column("share_before", "float", "of the documents before"),
        Column("ratio", "float", "share / share before, half a document added to a topic never seen"),
        Column("p", "float", "probability of so many documents by chance"),
        Column("p_adjusted", "float", "corrected over the topics (Holm)"),
        Column("is_new", "bool", "the model did not know the topic"),
        Column("since", "time", "first document of the topic in the last period"),
        Column("first_seen", "time", "first document of the topic of all"),
        Column("onset", "time", "day from which its share is higher"),
        Column("onset_low", "time", "first day of the 95 % interval of the onset"),
        Column("onset_high", "time", "last day of that interval"),
        Column("phrase", "str", "phrase of its documents that none of them held before onset_low"),
        Column("phrase_first_seen", "time", "first of its documents that holds it"),
    ),
    key=("topic",),
)

CONTACT_TOPICS = Table(
    "contact_topics",
    "the topics of each document that has several",
    (
        Column("doc_id", "any", "document"),
        Column("rank", "int", "order in the document, largest share first, from 1"),
        Column("topic", "int", "number of the topic"),
        Column("topic_label", "str", "name of the topic"),
        Column("share", "float", "share of the document that is of the topic"),
    ),
    key=("doc_id", "topic"),
)

TOPIC_QUALITY = Table(
    "topic_quality",
    "how far each topic can be trusted",
    (
        Column("topic", "int", "number of the topic"),
        Column("label", "str", "name of the topic"),
        Column("share", "float", "share of the tokens"),
        Column("n_docs", "int", "documents whose main topic it is"),
        Column(
            "npmi", "float", "mean NPMI of its terms within documents, -1 to 1; 0 for less than two terms"
        ),
        Column("c_v", "float", "coherence c_v of Roeder et al. (2015), documents as windows"),
        Column("own_terms", "float", "share of its terms that no other topic shows (diversity)"),
        Column("stability", "float", "mean affinity with its match on bootstrap samples, 0 to 1"),
        Column("junk", "bool", "incoherent or unstable: should not be shown"),
    ),
    key=("topic",),
)

TOPIC_FIT = Table(
    "topic_fit",
    "how well topics learnt earlier fit other documents",
    (
        Column("topic", "int", "number of the topic"),
        Column("label", "str", "name of the topic"),
        Column("n_docs", "int", "documents whose main topic it is"),
        Column("share_before", "float", "share of the tokens when it was learnt"),
        Column("share", "float", "share of the tokens of the documents"),
        Column("npmi_before", "float", "mean NPMI of its terms when it was learnt"),
        Column("npmi", "float", "mean NPMI, within the documents, of those of its terms that occur"),
        Column("p", "float", "probability of its terms meeting so seldom at half of npmi_before"),
        Column("fits", "bool", "its terms still stand together: p is 0.05 / topics or more"),
    ),
    key=("topic",),
)

TOPIC_DOCUMENTS = Table(
    "topic_documents",
    "documents that show best what each topic is about",
    (
        Column("topic", "int", "number of the topic"),
        Column("label", "str", "name of the topic"),
        Column("rank", "int", "order in the topic, best first, from 1"),
        Column("doc_id", "any", "document"),
        Column("share", "float", "share of the document that is of the topic"),
        Column("terms", "str", "terms of the topic that the document holds"),
        Column("excerpt", "str", "beginning of the prepared text, personal data masked"),
    ),
    key=("topic", "doc_id"),
)

TOPIC_MAP = Table(
    "topic_map",
    "where the topics of a model lie: those that are close use the same terms",
    (
        Column("topic", "int", "number of the topic"),
        Column("label", "str", "name of the topic"),
        Column("share", "float", "share of the tokens of the documents"),
        Column("n_docs", "int", "documents whose main topic it is"),
        Column("coherence", "float", "NPMI of its terms within documents, -1 to 1"),
        Column("x", "float", "first coordinate, in units of the Jensen-Shannon distance"),
        Column("y", "float", "second coordinate"),
    ),
    key=("topic",),
)

TOPIC_MAP_TERMS = Table(
    "topic_map_terms",
    "the terms shown of each topic, and how often they occur",
    (
        Column("topic", "int", "number of the topic"),
        Column("label", "str", "name of the topic"),
        Column("rank", "int", "order of the term in the topic, from 1"),
        Column("term", "str", "word"),
        Column("n_topic", "float", "occurrences in the topic that the model expects"),
        Column("n", "int", "occurrences in all documents"),
        Column("probability", "float", "probability of the term in the topic"),
        Column("relevance", "float", "Sievert and Shirley (2014), lambda 0.8"),
    ),
    key=("topic", "term"),
)

TOPIC_NUMBERS = Table(
    "topic_numbers",
    "numbers of topics tried",
    (
        Column("n_topics", "int", "topics"),
        Column("npmi", "float", "mean NPMI of the five most relevant terms of a topic"),
        Column("log_likelihood", "float", "of a word that is predicted from the rest of its document"),
        Column("difference", "float", "log likelihood of the best number less this one"),
        Column("error", "float", "standard error of difference, over documents and starts of learning"),
        Column("stability", "float", "Cohen's kappa of the main topics by two halves of the documents"),
        Column("chosen", "bool", "the number taken"),
    ),
    key=("n_topics",),
)

TOPIC_CHANGES = Table(
    "topic_changes",
    "what became of each topic at an update",
    (
        Column("topic", "int", "number of the topic, which lasts"),
        Column("label", "str", "name of the topic"),
        Column("change", "str", "kept, born or died"),
        Column("similarity", "float", "affinity of its terms before and after, 0 to 1; NA for born topics"),
        Column("share_before", "float", "share of the tokens before; NA for born topics"),
        Column("share", "float", "share of the tokens now"),
    ),
    key=("topic",),
)

DOCUMENT_TOPICS = Table(
    "document_topics",
    "one row a document: its main topic",
    (
        Column("topic", "Int", "number of the main topic, NA without known words"),
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
