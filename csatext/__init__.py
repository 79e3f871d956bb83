"""Chinese customer-service text to tables that hold up in a meeting.

Names are loaded when first used, so that ``import csatext`` opens no data file.
"""

from importlib import import_module
from typing import Any

__version__ = "0.3.0"

_HOMES = {
    "csatext.aggregation.alerts": ("alerts",),
    "csatext.aggregation.associate": ("associate", "residuals"),
    "csatext.aggregation.audit.agreement": ("agreement",),
    "csatext.aggregation.audit.audited_rates": ("audited_rates",),
    "csatext.aggregation.audit.sample_for_tagging": ("sample_for_tagging",),
    "csatext.aggregation.audit.tag_budget": ("tag_budget",),
    "csatext.aggregation.breakdown": ("breakdown",),
    "csatext.aggregation.panel.calendar": ("business_calendar",),
    "csatext.aggregation.decompose": ("decompose",),
    "csatext.aggregation.distribution": ("distribution",),
    "csatext.aggregation.drivers": ("drivers",),
    "csatext.aggregation.effect": ("effect",),
    "csatext.aggregation.facts": ("build_facts", "join"),
    "csatext.aggregation.forecast": ("forecast",),
    "csatext.aggregation.trend_tests": ("trend_tests",),
    "csatext.aggregation.root_causes": ("root_causes",),
    "csatext.aggregation.changepoints": ("changepoints",),
    "csatext.aggregation.trend": ("trend",),
    "csatext.analysis.classification.complaint_classifier": ("ComplaintClassifier",),
    "csatext.analysis.classification.evaluation": ("evaluate_classifier",),
    "csatext.analysis.conversations.conversation_sentiment": ("conversation_sentiment",),
    "csatext.analysis.conversations.satisfaction_model": ("SatisfactionModel",),
    "csatext.analysis.conversations.score_conversations": ("qa_totals", "score_conversations"),
    "csatext.analysis.conversations.script_adherence": ("script_adherence", "script_rates"),
    "csatext.analysis.conversations.turning_points": ("turning_points",),
    "csatext.analysis.keywords": ("KeywordExtractor",),
    "csatext.analysis.rules.rule_classifier": ("RuleClassifier",),
    "csatext.analysis.aspects.aspect_sentiment": ("AspectSentiment",),
    "csatext.analysis.sentiment.score": ("Sentiment",),
    "csatext.analysis.sentiment.sentiment_evaluation": ("evaluate_sentiment",),
    "csatext.analysis.sentiment.snownlp_sentiment": ("SnowNLPSentiment",),
    "csatext.analysis.signals.service_signals": ("ServiceSignals",),
    "csatext.analysis.kinds.contact_kind": ("ContactKind",),
    "csatext.analysis.rules.rule_report": ("rule_report",),
    "csatext.analysis.rules.pack_choice": ("choose_packs",),
    "csatext.analysis.grouping.group_cases": ("case_table", "group_cases"),
    "csatext.analysis.grouping.suggest_categories": ("suggest_categories",),
    "csatext.analysis.topics.topic_model": ("TopicModel",),
    "csatext.analysis.topic_changes.align_topics": ("align_topics",),
    "csatext.analysis.topic_tables.category_names": ("category_names",),
    "csatext.analysis.topic_tables.distance_map": ("topic_map",),
    "csatext.analysis.topic_tables.document_shares": ("shares_by_topic",),
    "csatext.analysis.topic_changes.emerging_topics": ("emerging_topics",),
    "csatext.datasets.service_records": ("simulate_service",),
    "csatext.datasets.simulate": ("Incident", "simulate_center"),
    "csatext.errors": (
        "ConfigError",
        "CsatextError",
        "InputError",
        "LexiconError",
        "NotFittedError",
        "ParameterError",
        "SchemaError",
    ),
    "csatext.ingest.quality.checks": ("check",),
    "csatext.ingest.contacts": ("read_contacts",),
    "csatext.ingest.dialogues.templates": ("find_templates", "mark_templates"),
    "csatext.ingest.turns": ("contacts_from_turns", "read_turns", "turn_spans"),
    "csatext.lexicon": ("Lexicon",),
    "csatext.official.official_table": ("official_table",),
    "csatext.official.to_official": ("to_official",),
    "csatext.performance.agent_scorecard": ("agent_scorecard",),
    "csatext.performance.aspect_performance": ("aspect_performance",),
    "csatext.performance.best_and_worst": ("best_and_worst",),
    "csatext.performance.cause_value": ("cause_value",),
    "csatext.performance.dose_response": ("dose_response",),
    "csatext.performance.kpis": ("kpis",),
    "csatext.performance.learning_curve": ("learning_curve",),
    "csatext.performance.remedies": ("remedies",),
    "csatext.performance.repeat_contacts": ("repeat_contacts",),
    "csatext.performance.unusual_changes": ("unusual_changes",),
    "csatext.persistence": ("load", "save"),
    "csatext.plots.bars": ("plot_keyness", "plot_root_causes"),
    "csatext.plots.by_group": (
        "plot_agreement",
        "plot_association",
        "plot_breakdown",
        "plot_distribution",
        "plot_funnel",
    ),
    "csatext.plots.over_time": (
        "plot_alerts",
        "plot_forecast",
        "plot_sentiment_course",
        "plot_trend",
    ),
    "csatext.plots.saving": ("save_plot",),
    "csatext.plots.scorecards": ("plot_scorecard",),
    "csatext.plots.topic_picture": ("plot_topics",),
    "csatext.reporting.comparison.compare_runs": ("compare_runs",),
    "csatext.reporting.deck.write_deck": ("write_deck",),
    "csatext.reporting.report": ("write_report",),
    "csatext.reporting.workbook.write_workbook": ("write_workbook",),
    "csatext.reporting.verify": ("verify_report",),
    "csatext.schema": ("conform", "tables"),
    "csatext.service.abandonment_curve": ("abandonment_curve",),
    "csatext.service.backlog": ("backlog",),
    "csatext.service.call_measures": ("call_measures",),
    "csatext.service.conversation_measures": ("conversation_measures",),
    "csatext.service.cost_measures": ("cost_measures",),
    "csatext.service.customer_measures": ("customer_measures",),
    "csatext.service.definitions": ("kpi_definitions",),
    "csatext.service.fault_records": ("fault_records",),
    "csatext.service.order_measures": ("order_measures",),
    "csatext.service.stage_durations": ("stage_durations",),
    "csatext.service.survey_measures": ("survey_measures",),
    "csatext.service.ticket_measures": ("ticket_measures",),
    "csatext.taxonomy": ("Taxonomy",),
    "csatext.tagging.doccano": ("read_doccano", "write_doccano"),
    "csatext.taxonomy.qa_scorecard": ("QAScorecard",),
    "csatext.tagging.drift": ("drift",),
    "csatext.tagging.label_audit": ("label_audit",),
    "csatext.tagging.label_studio": ("label_studio_config", "read_label_studio", "write_label_studio"),
    "csatext.tagging.llm_tagger": ("LLMTagger",),
    "csatext.tagging.read_tagging_workbook": ("read_tagging_workbook",),
    "csatext.tagging.write_tagging_workbook": ("write_tagging_workbook",),
    "csatext.text.boilerplate": ("find_boilerplate", "remove_boilerplate"),
    "csatext.text.show": ("show",),
    "csatext.text.steps.pipe_tables": ("pipe_tables",),
    "csatext.text.cleaning": ("DEFAULT_STEPS", "clean", "clean_column"),
    "csatext.text.concordance": ("concordance",),
    "csatext.text.conversion": ("to_simplified", "to_simplified_column"),
    "csatext.text.corpus": ("Corpus",),
    "csatext.text.phrases.find_phrases": ("find_phrases", "save_terms"),
    "csatext.privacy.find": ("find_pii",),
    "csatext.privacy.across_turns": ("find_pii_turns",),
    "csatext.privacy.redact": ("redact", "redact_column", "redact_turns"),
    "csatext.text.tokenization.tokenizer": ("Tokenizer",),
    "csatext.text.vectorization": ("Vectorizer",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [*sorted(_HOME_OF)]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'csatext' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
