"""Tables about tags of people: samples, budgets, agreement, rates corrected by them."""

from csatext.schema.model import Column, Table

__all__ = [
    "AGREEMENT",
    "AUDITED_RATES",
    "DRIFT",
    "FLAG_CONFLICTS",
    "FLAG_STORE",
    "FLAG_TAGS",
    "LABEL_AUDIT",
    "TAGS",
    "TAG_BUDGET",
    "TAG_CONFLICTS",
    "TAG_CONFUSION",
    "TAG_DISAGREEMENTS",
    "TAG_EVIDENCE",
    "TAG_PROBLEMS",
    "TAG_SAMPLE",
    "TAG_STORE",
]

TAG_SAMPLE = Table(
    "tag_sample",
    "one row a contact drawn for tagging, in the order of the facts",
    (
        Column("doc_id", "any", "contact"),
        Column("stratum", "str", "stratum it was drawn from, in Chinese"),
        Column("inclusion_probability", "float", "drawn contacts of the stratum / contacts of the stratum"),
        Column("strategy", "str", "random, stratified, uncertain, risk or disagreement"),
    ),
    key=("doc_id",),
)

TAG_BUDGET = Table(
    "tag_budget",
    "one row a stratum: tags that an interval of the wanted width costs, and where",
    (
        Column("stratum", "str", "machine label of its contacts, in Chinese"),
        Column("n", "int", "contacts"),
        Column("n_tagged", "int", "contacts tagged so far"),
        Column("expected_rate", "float", "share with the flag that the plan expects"),
        Column("n_needed", "int", "tags in the stratum (Neyman allocation)"),
        Column("n_more", "int", "tags that are still to be made"),
        Column("width", "float", "width of the interval of the whole that is expected"),
    ),
    key=("stratum",),
)

AUDITED_RATES = Table(
    "audited_rates",
    "one row a cell (and period, and category) with the rate of the machine and the corrected one",
    (
        Column("n", "int", "contacts with a machine label"),
        Column("n_tagged", "int", "of these, contacts that people have tagged"),
        Column("raw_rate", "float", "share by the machine"),
        Column("rate", "float", "share corrected by the tags; NA where it cannot be corrected"),
        Column("low", "float", "lower end of the interval of rate"),
        Column("high", "float", "upper end of the interval of rate"),
        Column("bias", "float", "raw_rate - rate"),
        Column(
            "q_bias",
            "float",
            "p value of a machine without bias, corrected for all rows (Benjamini-Hochberg); NA where the "
            "correction is not the cell's own",
        ),
        Column("precision", "float", "of what the machine flags, share that people flag"),
        Column("precision_low", "float", "lower end of the interval of precision"),
        Column("precision_high", "float", "upper end of the interval of precision"),
        Column("recall", "float", "of what people flag, share that the machine flags"),
        Column("recall_low", "float", "lower end of the interval of recall"),
        Column("recall_high", "float", "upper end of the interval of recall"),
        Column("correction", "str", "own, parent (from a larger cell, as tags are few) or none"),
        Column("corrected_by", "str", "in Chinese: the cell whose tags correct; why there is no correction"),
    ),
    at=0,
)

AGREEMENT = Table(
    "agreement",
    "one row a column of labels and category (NA = all): how far people agree, each with its interval",
    (
        Column("measure", "str", "column of the labels"),
        Column("category", "str", "label against all others; NA for all labels together"),
        Column("n", "int", "contacts that two people or more have tagged"),
        Column("n_annotators", "int", "people"),
        Column("percent", "float", "share of agreeing pairs, mean over contacts"),
        Column("percent_low", "float", "lower end of its interval"),
        Column("percent_high", "float", "upper end of its interval"),
        Column("kappa", "float", "Cohen's kappa; of several people the mean over pairs (Light)"),
        Column("kappa_low", "float", "lower end of its interval"),
        Column("kappa_high", "float", "upper end of its interval"),
        Column("alpha", "float", "Krippendorff's alpha, nominal"),
        Column("alpha_low", "float", "lower end of its interval"),
        Column("alpha_high", "float", "upper end of its interval"),
        Column("ac1", "float", "Gwet's AC1"),
        Column("ac1_low", "float", "lower end of its interval"),
        Column("ac1_high", "float", "upper end of its interval"),
        Column("note", "str", "what to mind, in Chinese; empty where there is nothing"),
    ),
    key=("measure", "category"),
)

TAG_CONFUSION = Table(
    "tag_confusion",
    "one row a pair of people and a pair of labels that they gave to the same contacts, most frequent first",
    (
        Column("measure", "str", "column of the labels"),
        Column("annotator_a", "str", "one of the two"),
        Column("annotator_b", "str", "the other"),
        Column("label_a", "str", "label by the one"),
        Column("label_b", "str", "label by the other"),
        Column("n", "int", "contacts"),
    ),
    key=("measure", "annotator_a", "annotator_b", "label_a", "label_b"),
)

TAG_DISAGREEMENTS = Table(
    "tag_disagreements",
    "one row a contact and pair of people who gave it different labels",
    (
        Column("doc_id", "str", "contact"),
        Column("measure", "str", "column of the labels"),
        Column("annotator_a", "str", "one of the two"),
        Column("annotator_b", "str", "the other"),
        Column("label_a", "str", "label by the one"),
        Column("label_b", "str", "label by the other"),
    ),
    key=("doc_id", "measure", "annotator_a", "annotator_b"),
)

TAGS = Table(
    "tags",
    "one row a contact and person: what the person said",
    (
        Column("doc_id", "str", "contact"),
        Column("annotator", "str", "who tagged it"),
        Column("category", "str", "first-level category"),
        Column("subcategory", "str", "category below it; NA where only the first level was given"),
        Column("note", "str", "remark; empty where there is none"),
        Column("inclusion_probability", "float", "probability with which the contact was drawn"),
        Column("taxonomy_version", "str", "name and version of the taxonomy tagged by"),
        Column("stratum", "str", "stratum it was drawn from"),
    ),
    key=("doc_id", "annotator"),
)

TAG_CONFLICTS = Table(
    "tag_conflicts",
    "one row a tag that another contradicts",
    (
        Column("doc_id", "str", "contact"),
        Column("annotator", "str", "who tagged it"),
        Column("category", "str", "first-level category"),
        Column("subcategory", "str", "category below it"),
        Column("note", "str", "remark"),
        Column("file", "str", "file"),
        Column("sheet", "str", "sheet"),
        Column("row", "int", "row of the sheet, from 1"),
        Column("reason", "str", "what became of it, in Chinese"),
    ),
)

FLAG_TAGS = Table(
    "flag_tags",
    "one row a contact and person: what the person answered to each flag, a column each",
    (
        Column("doc_id", "str", "contact"),
        Column("annotator", "str", "who tagged it"),
        Column("note", "str", "remark; empty where there is none"),
        Column("inclusion_probability", "float", "probability with which the contact was drawn"),
        Column("scorecard_version", "str", "name and version of the scorecard; empty for other flags"),
        Column("stratum", "str", "stratum it was drawn from"),
    ),
    key=("doc_id", "annotator"),
    at=2,
)

FLAG_CONFLICTS = Table(
    "flag_conflicts",
    "one row an answer to a flag that another contradicts",
    (
        Column("doc_id", "str", "contact"),
        Column("annotator", "str", "who answered"),
        Column("flag", "str", "column of the flag"),
        Column("label", "str", "its name"),
        Column("answer", "str", "the answer, in Chinese"),
        Column("note", "str", "remark"),
        Column("file", "str", "file"),
        Column("sheet", "str", "sheet"),
        Column("row", "int", "row of the sheet, from 1"),
        Column("reason", "str", "what became of it, in Chinese"),
    ),
)

TAG_PROBLEMS = Table(
    "tag_problems",
    "one row a cell, sheet or file that could not be used",
    (
        Column("file", "str", "file"),
        Column("sheet", "str", "sheet; empty for a whole file"),
        Column("row", "Int", "row of the sheet, from 1; NA for a whole sheet or file"),
        Column("column", "str", "header of the column"),
        Column("value", "str", "what stands there"),
        Column("reason", "str", "what is wrong and what to do, in Chinese"),
    ),
)

TAG_EVIDENCE = Table(
    "tag_evidence",
    "one row a passage that somebody, or a language model, marked as the evidence of a tag",
    (
        Column("doc_id", "str", "contact"),
        Column("annotator", "str", "who marked it"),
        Column("start", "int", "first character of the masked text, from 0"),
        Column("end", "int", "character after the last"),
        Column("text", "str", "the passage"),
    ),
    key=("doc_id", "annotator", "start", "end"),
)

TAG_STORE = Table(
    "tag_store",
    "one row a tag as it was imported, oldest first; the last of a contact and person holds",
    (*TAGS.columns, Column("tagged_on", "str", "date of the import, as given: 2026-05-31")),
)

FLAG_STORE = Table(
    "flag_store",
    "one row a contact and person as imported, oldest first; the last answer to each flag holds",
    (*FLAG_TAGS.columns, Column("tagged_on", "str", "date of the import, as given: 2026-05-31")),
    at=2,
)

LABEL_AUDIT = Table(
    "label_audit",
    "one row a tag that is likely wrong, or that stands against another of the same text; most likely first",
    (
        Column("rank", "int", "place by how likely the tag is wrong, from 1"),
        Column("doc_id", "str", "contact"),
        Column("label", "str", "what people said"),
        Column("suggested", "str", "what the other contacts say"),
        Column("probability", "float", "probability of the given label by a model that has not seen it"),
        Column("suggested_probability", "float", "probability of the suggested label by that model"),
        Column("check", "str", "model (likely wrong by the model) or same_text (one text, several labels)"),
        Column("detail", "str", "what was found, in Chinese"),
    ),
    key=("doc_id", "check"),
)

DRIFT = Table(
    "drift",
    "one row a thing that may have changed between two sets of contacts, largest change first in each kind",
    (
        Column("rank", "int", "place in its kind, from 1"),
        Column("what", "str", "label_mix, confidence, or term"),
        Column("group", "str", "channel or other group; NA for all contacts"),
        Column("name", "str", "label, statistic or term"),
        Column("before", "float", "share or mean before"),
        Column("after", "float", "share or mean after"),
        Column("difference", "float", "after - before"),
        Column("p", "float", "p value of no change"),
        Column("q", "float", "p corrected over the rows of its kind (Benjamini-Hochberg)"),
    ),
    key=("what", "group", "name"),
)
