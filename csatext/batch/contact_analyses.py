"""What a run says of each contact: sentiment, signals, category, kind, topic, the course of a dialogue."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

import pandas as pd
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from csatext.aggregation.facts import build_facts
from csatext.analysis.chunk_pass import run_passes
from csatext.analysis.conversations.conversation_sentiment import conversation_sentiment
from csatext.analysis.grouping.suggest_categories import suggest_categories
from csatext.analysis.kinds.contact_kind import ContactKind, kind_pass
from csatext.analysis.rules.doubtful_categories import doubtful_categories
from csatext.analysis.rules.pack_choice import choose_packs, chosen_taxonomy
from csatext.analysis.rules.rule_classifier import RuleClassifier, pattern_table, rule_pass
from csatext.analysis.sentiment.score import Sentiment, sentiment_pass
from csatext.analysis.signals.service_signals import signal_pass
from csatext.analysis.topics.topic_model import TopicModel
from csatext.batch.configuration import AUTO, AnalysisSection, Configuration
from csatext.batch.phases.run_model import RunModel
from csatext.batch.trained_model import (
    applied_topics,
    load_model,
    model_answers,
    model_table,
    topic_answers,
    topics_of,
)
from csatext.taxonomy import Taxonomy
from csatext.taxonomy.packs import pack_named
from csatext.text.corpus import Corpus
from csatext.text.tokenization.tokenizer import Tokenizer
from csatext.text.vectorization import Vectorizer

__all__ = [
    "AnnotatedContacts",
    "ContactAnalyses",
    "analyse_contacts",
    "annotate_contacts",
    "load_resources",
]

_LOG = logging.getLogger(__name__)
_CONTACTS_A_TOPIC = 10
_TOPIC_RUNS = 1
"""Runs of the topic model: eight agree better with those of other contacts, and cost more than all the rest.
A model that is to be kept is fitted apart and given to ``--model``."""
_IDLE_SHOWN = 10
Progress = Callable[[str], None]


class ContactAnalyses(NamedTuple):
    """Results of all analyses of the contacts.

    Attributes
    ----------
    corpus : Corpus
    shown : Corpus
        The same documents, counted by words and expressions that say something.
    facts : DataFrame
        Sentiment, signals, category and topic of each contact joined to its columns, and what a person should
        look at: by the trained classifier where there is one, by the rules otherwise.
    tables : dict of str to DataFrame
        ``taxonomy``, ``topics`` and others, where there are any.
    absent : dict of str to str
        What could not be made, with the reason.
    model : RunModel
        What was learnt, by which :func:`annotate_contacts` gives these and other contacts the same facts.
    """

    corpus: Corpus
    shown: Corpus
    facts: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    absent: dict[str, str]
    model: RunModel


class AnnotatedContacts(NamedTuple):
    """Facts of contacts by a model, and the contacts counted on its terms, as in :class:`ContactAnalyses`."""

    corpus: Corpus
    shown: Corpus
    facts: pd.DataFrame


def analyse_contacts(
    contacts: pd.DataFrame,
    configuration: Configuration,
    progress: Progress = _LOG.info,
    *,
    redacted: bool = False,
    turns: pd.DataFrame | None = None,
    adapt: bool = False,
) -> ContactAnalyses:
    """Return what the analyses say of each contact; texts are redacted unless reading has done so.

    The model is fitted to the contacts and these are annotated by it, in one pass: what fitting reads of a
    text is what annotating needs. Where the contacts are dialogues, ``turns`` gives them the course of their
    feelings. With ``adapt`` the score adapts to the words of these contacts; without, it depends on the
    contact alone.
    """
    settings = configuration.analysis
    given = load_model(settings.model) if settings.model else None
    frozen = topics_of(given)
    progress("清洗、脱敏、分词、计数")
    min_df = configuration.text.min_df or max(1, min(5, len(contacts) // 200))
    stop_words = configuration.text.stop_words or "default"
    vectorizer = Vectorizer(
        tokenizer=Tokenizer(configuration.text.terms, lexicons=configuration.text.lexicons),
        min_df=min_df,
        stop_words=stop_words,
        simplify=configuration.text.simplify,
        pseudonymize=configuration.privacy.pseudonymize or None,
        redact=not redacted,
        keep=tuple(contacts.columns),
        n_jobs=configuration.text.n_jobs,
    )
    corpus = vectorizer.fit_transform(contacts)
    words = Vectorizer(phrases="auto", min_df=min_df, stop_words=stop_words)
    shown = words.recount(corpus)
    progress("情感、信号、投诉类别")
    taxonomy, tables = _taxonomy(corpus, settings, progress)
    absent: dict[str, str] = {}
    sentiment, kinds, rules = Sentiment(), ContactKind(taxonomy), RuleClassifier(taxonomy)
    read = _read_texts(corpus, sentiment, kinds, rules, fit=True, adapt=adapt)
    results = _results(read, turns, progress)
    if given is None or frozen is not None:
        results.append(doubtful_categories(read.categories, read.kinds).to_frame())
    else:
        progress("训练好的分类器")
        results.append(model_answers(given, corpus, contacts))
        tables["trained_model"] = model_table(given)
    if (suggested := suggest_categories(corpus, read.categories.join(read.kinds))).shape[0]:
        tables["suggested_categories"] = suggested
    if settings.taxonomy and settings.taxonomy != AUTO and pack_named(settings.taxonomy) is None:
        tables["rule_patterns"] = hits = pattern_table(rules, rules.document_frequency_)
        absent |= _idle_patterns(hits)
    topics: TopicModel | Pipeline | None = None
    if frozen is not None:
        progress("主题（已有模型）")
        topics = given
        answers, described = applied_topics(topics, shown, contacts)
        results.append(answers)
        tables |= described
    elif settings.n_topics and len(corpus) < _CONTACTS_A_TOPIC * settings.n_topics:
        least = f"{_CONTACTS_A_TOPIC * settings.n_topics:,}"
        absent["主题"] = (
            f"{settings.n_topics} 个主题至少要 {least} 条联络，现有 {len(corpus):,} 条；"
            "可在配置 [analysis] 里把 n_topics 调小"
        )
    elif settings.n_topics:
        progress("主题")
        topics = TopicModel(settings.n_topics, n_runs=_TOPIC_RUNS, random_state=settings.random_state)
        results.append(topics.fit(shown).transform(shown))
        tables["topics"] = topics.topics_
    classifier = given if frozen is None else None
    model = RunModel(vectorizer, words, sentiment, kinds, rules, topics, classifier, tables, absent)
    return ContactAnalyses(corpus, shown, build_facts(corpus, *results), tables, absent, model)


def annotate_contacts(
    contacts: pd.DataFrame,
    model: RunModel,
    *,
    redacted: bool = False,
    turns: pd.DataFrame | None = None,
    key: str | None = None,
) -> AnnotatedContacts:
    """Return the facts of contacts by a model; those of a contact depend on no other contact.

    Parameters
    ----------
    contacts : DataFrame
        Table ``contacts``, metadata columns masked.
    model : RunModel
    redacted : bool, default False
        Whether reading has masked personal data in the texts.
    turns : DataFrame, optional
        Table ``turns`` of contacts that are dialogues.
    key : str, optional
        Key of pseudonyms in texts.
    """
    vectorizer = clone(model.vectorizer).set_params(
        redact=not redacted, pseudonymize=key, keep=tuple(contacts.columns), n_jobs=1
    )
    vectorizer.phrases_, vectorizer.terms_ = model.vectorizer.phrases_, model.vectorizer.terms_
    corpus = vectorizer.transform(contacts)
    shown = model.shown.count(corpus)
    read = _read_texts(corpus, model.sentiment, model.kinds, model.rules)
    results = _results(read, turns, _LOG.debug)
    if model.classifier is None:
        results.append(doubtful_categories(read.categories, read.kinds).to_frame())
    else:
        results.append(model_answers(model.classifier, corpus, contacts))
    if model.topics is not None:
        results.append(topic_answers(model.topics, shown, contacts))
    return AnnotatedContacts(corpus, shown, build_facts(corpus, *results))


def load_resources() -> None:
    """Load the dictionaries and models that annotating needs whatever was learnt, by reading a sentence.

    Examples
    --------
    >>> load_resources()
    """
    taxonomy = Taxonomy.load(None)
    corpus = Vectorizer(min_df=1).fit_transform(["网速太慢，要求退款"])
    _read_texts(corpus, Sentiment(), ContactKind(taxonomy), RuleClassifier(taxonomy), fit=True)


class _TextsRead(NamedTuple):
    """What one pass over the texts says of them."""

    sentiment: pd.DataFrame
    signals: pd.DataFrame
    kinds: pd.DataFrame
    categories: pd.DataFrame


def _read_texts(
    corpus: Corpus,
    sentiment: Sentiment,
    kinds: ContactKind,
    rules: RuleClassifier,
    *,
    fit: bool = False,
    adapt: bool = False,
) -> _TextsRead:
    """Return what the texts say, read in one pass; what is to learn learns from it."""
    by_rules = rule_pass(rules, corpus, fit=fit)
    by_kind = kind_pass(kinds, corpus, fit=fit, compiled=rules.compiled())
    passes = [sentiment_pass(sentiment, corpus, fit=adapt), signal_pass(corpus), by_kind, by_rules]
    return _TextsRead(*run_passes(corpus, passes))


def _results(read: _TextsRead, turns: pd.DataFrame | None, progress: Progress) -> list[pd.DataFrame]:
    """Return the tables about each contact that need nothing but its texts and turns."""
    signals = read.signals.filter(regex="^(signal_|risk_severity$)")
    results = [read.sentiment, signals, read.categories, read.kinds]
    if turns is not None:
        progress("会话走势")
        # A column of the input that bears this name is not our score.
        results.append(conversation_sentiment(turns.drop(columns="sentiment", errors="ignore")))
    return results


def _taxonomy(
    corpus: Corpus, settings: AnalysisSection, progress: Progress
) -> tuple[Taxonomy, dict[str, pd.DataFrame]]:
    """Return the taxonomy asked for, or the one that the contacts hit most, with the tables about it."""
    if settings.taxonomy != AUTO:
        taxonomy = Taxonomy.load(settings.taxonomy or None)
        return taxonomy, {"taxonomy": taxonomy.table}
    choice = choose_packs(corpus)
    taxonomy = chosen_taxonomy(choice)
    progress(f"分类体系：{taxonomy.label_zh}（按命中选定）")
    return taxonomy, {"pack_choice": choice, "taxonomy": taxonomy.table}


def _idle_patterns(hits: pd.DataFrame) -> dict[str, str]:
    """Return what to say of patterns of the user's own taxonomy that no contact holds."""
    idle = hits.loc[hits["n_docs"] == 0, "pattern"]
    if not len(idle):
        return {}
    named = "、".join(idle.head(_IDLE_SHOWN))
    more = " 等" if len(idle) > _IDLE_SHOWN else ""
    said = f"{len(idle)} 个词在所有联络里都没有出现：{named}{more}，见表 rule_patterns"
    return {"分类体系里没有命中的词": said}
