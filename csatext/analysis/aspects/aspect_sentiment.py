"""Aspect sentiment: what each contact praises or blames, with the words that say so."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from csatext.analysis.aspects.mentions import Mentions, word_mentions
from csatext.analysis.aspects.ontology import Ontology
from csatext.analysis.rules.asserted_hits import Hits, chunk_hits, word_boundaries
from csatext.analysis.rules.compiled_taxonomy import CompiledTaxonomy
from csatext.errors import ParameterError, SchemaError
from csatext.notebook_cards import EstimatorCard
from csatext.progress import counted
from csatext.schema import conform
from csatext.schema.feelings import ASPECT_EVIDENCE, ASPECTS
from csatext.taxonomy import Taxonomy
from csatext.text.clauses.clause_reading import ClauseReading
from csatext.text.corpus import Corpus, checked_corpus
from csatext.text.joined_texts import JoinedTexts, joined_chunks, span_texts

__all__ = ["AspectSentiment"]

_SEVERITY = np.array([-0.5, -0.5, -0.7, -0.9])
"""Sentiment of an asserted complaint pattern by the severity of its category: that of a negative word, of a
strong one, of the worst."""
_NEUTRAL = 0.1
"""Opinions that nearly outweigh each other are neutral: the weakest polar words have .1."""
_LEVELS = (1, 2)
_VALUES = ("sentiment", "negative", "positive")


class _Found(NamedTuple):
    """Mentions of a corpus in order of clause and aspect.

    Attributes
    ----------
    row, aspect : ndarray of int64
        Position of the document; number of the aspect at the level asked for.
    value : ndarray of float64
    start, end, word_start, word_end : ndarray of int64
        Span of the mention, and of the opinion, in the prepared text.
    first : ndarray of int64
        Where each aspect and clause begins.
    """

    row: np.ndarray
    aspect: np.ndarray
    value: np.ndarray
    start: np.ndarray
    end: np.ndarray
    word_start: np.ndarray
    word_end: np.ndarray
    first: np.ndarray


class AspectSentiment(EstimatorCard, TransformerMixin, BaseEstimator):
    """Find the aspects that contacts speak of, and what they think of each.

    The aspects are those of a taxonomy, so that praise and complaints are counted under the same names, and
    the five aspects of service (服务态度, 解决问题, 沟通能力, 响应速度, 专业知识) with 信息透明度.

    Parameters
    ----------
    taxonomy : Taxonomy or None
        None is the one of all trades, ``Taxonomy.load()``. Choose the pack of the trade: a word such as 味道
        belongs to what the taxonomy has (口味 in ``catering``, 气味 in ``automotive``).
    level : {1, 2}, default 1
        1 for the first level of the taxonomy and the six aspects of service, under both where it is both; 2
        for finer ones: 口味, 分量, 价格, 性价比, 优惠, 排队等待, 上菜速度, 停车, 交通, 位置, 环境装修,
        噪音, 空间, 卫生, 配送速度, 包装, 质量, 信号, 网速, ... (:meth:`aspect_names`).
    verbose : bool, default True
        Show progress where it takes more than two seconds.

    Notes
    -----
    A complaint pattern that a clause asserts speaks against its aspect; those of public hotlines and of the
    user's own categories, which name a subject (公交, 学校), do where the clause holds a negative word as
    well. A polar word is about the nearest name of an aspect in its clause, or in the bare topic before
    (味道嘛，一般); words such as 好吃, 太贵 tell their aspect themselves. What is asked, wished, supposed or
    reported does not count; what is denied turns (没有异味 is praise). Linking an opinion to the nearest
    name by clause follows Hu and Liu (2004), "Mining and summarizing customer reviews"; the words are in
    ``lexicons/aspect_words.tsv``, the aspects in ``lexicons/aspects.tsv``. Several opinions about an aspect
    in a clause are averaged.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["味道很好，就是上菜太慢", "服务热情，价格也不贵"])
    >>> aspects = ct.AspectSentiment(ct.Taxonomy.load("catering"), level=2)
    >>> found = aspects.fit_transform(corpus)
    >>> found[["aspect", "polarity", "opinion"]].to_numpy().tolist()[1:3]
    [['上菜速度', 'negative', '上菜太慢'], ['服务态度', 'positive', '热情']]
    >>> aspects.per_contact(found)["aspect_价格"].notna().tolist()
    [False, True]
    """

    def __init__(self, taxonomy: Taxonomy | None = None, *, level: int = 1, verbose: bool = True) -> None:
        self.taxonomy = taxonomy
        self.level = level
        self.verbose = verbose

    def fit(self, corpus: Corpus, y: Any = None) -> AspectSentiment:
        """Check the parameters; nothing is learnt.

        Parameters
        ----------
        corpus : Corpus
            The documents.
        y : None
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        AspectSentiment
            The same object.

        Raises
        ------
        ParameterError
            ``taxonomy`` is no Taxonomy, ``level`` another number, or ``corpus`` no Corpus.
        """
        checked_corpus(corpus)
        self._check()
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def aspect_names(self) -> list[str]:
        """Return the aspects of the taxonomy at ``level``, in the order of reports.

        Returns
        -------
        list of str
            The six of service first.

        Raises
        ------
        ParameterError
            ``taxonomy`` is no Taxonomy, or ``level`` another number.

        Examples
        --------
        >>> import csatext as ct
        >>> ct.AspectSentiment(ct.Taxonomy.load("catering")).aspect_names()[:7]
        ['服务态度', '解决问题', '沟通能力', '响应速度', '专业知识', '信息透明度', '受理与响应']
        """
        _, ontology = self._ready()
        names: list[str] = (ontology.groups if self.level == 1 else ontology.names).tolist()
        return names

    def transform(self, corpus: Corpus) -> pd.DataFrame:
        """Return what each document says about each aspect.

        Parameters
        ----------
        corpus : Corpus
            The documents.

        Returns
        -------
        DataFrame
            One row an aspect and clause (schema ASPECTS), in the order of the documents and their texts;
            spans are of the text as it was read.

        Raises
        ------
        ParameterError
            ``taxonomy`` is no Taxonomy, ``level`` another number, or ``corpus`` no Corpus.
        """
        checked_corpus(corpus)
        found = self._found(corpus)
        names = np.array(self.aspect_names(), object)
        first, n_items = found.first, np.diff(np.append(found.first, len(found.row)))
        value = np.add.reduceat(found.value, first) / n_items if len(first) else found.value
        value = np.clip(value, -1, 1)
        row = found.row[first]
        start = np.minimum.reduceat(found.start, first) if len(first) else first
        end = np.maximum.reduceat(found.end, first) if len(first) else first
        opinion = _joined_words(span_texts(corpus.texts, found.row, found.word_start, found.word_end), first)
        source_start, source_end = corpus.source_spans(row, start, end)
        frame = pd.DataFrame(
            {
                "doc_id": corpus.doc_ids[row],
                "aspect": names[found.aspect[first]],
                "sentiment": value,
                "polarity": np.select(
                    [value <= -_NEUTRAL, value >= _NEUTRAL], ["negative", "positive"], "neutral"
                ),
                "opinion": opinion,
                "start": source_start,
                "end": source_end,
            }
        )
        order = np.lexsort((found.aspect[first], end, start, row))
        return conform(frame.iloc[order].reset_index(drop=True), ASPECTS)

    def evidence(self, corpus: Corpus) -> pd.DataFrame:
        """Return the words that speak for and against each aspect, strongest first (schema ASPECT_EVIDENCE).

        Parameters
        ----------
        corpus : Corpus
            The documents to be shown (``corpus[rows]``).

        Returns
        -------
        DataFrame
            One row a word or complaint pattern, in the order of the documents.

        Raises
        ------
        ParameterError
            ``taxonomy`` is no Taxonomy, ``level`` another number, or ``corpus`` no Corpus.

        Examples
        --------
        >>> import csatext as ct
        >>> corpus = ct.Vectorizer().fit_transform(["快递太慢，包装也破了"])
        >>> aspects = ct.AspectSentiment(ct.Taxonomy.load("ecommerce"), level=2)
        >>> aspects.evidence(corpus)[["aspect", "term"]].values.tolist()
        [['配送速度', '快递太慢'], ['包装', '破了']]
        """
        checked_corpus(corpus)
        found = self._found(corpus)
        names = np.array(self.aspect_names(), object)
        start, end = corpus.source_spans(found.row, found.word_start, found.word_end)
        frame = pd.DataFrame(
            {
                "doc_id": corpus.doc_ids[found.row],
                "aspect": names[found.aspect],
                "term": span_texts(corpus.texts, found.row, found.word_start, found.word_end),
                "start": start,
                "end": end,
                "weight": found.value,
            }
        )
        order = np.lexsort((found.aspect, start, -np.abs(found.value), found.row))
        return conform(frame.iloc[order].reset_index(drop=True), ASPECT_EVIDENCE)

    def per_contact(
        self, mentions: pd.DataFrame, *, values: str = "sentiment", aspects: list[str] | None = None
    ) -> pd.DataFrame:
        """Return one row a contact and one column an aspect, as :func:`csatext.build_facts` takes them.

        Parameters
        ----------
        mentions : DataFrame
            What :meth:`transform` returned.
        values : {"sentiment", "negative", "positive"}, default "sentiment"
            Mean sentiment of the mentions; or whether it is negative (positive), so that the mean of the
            column is the share among the contacts that speak of the aspect.
        aspects : list of str, optional
            Columns to make, whether mentioned or not; by default those that are mentioned.

        Returns
        -------
        DataFrame, shape (n_contacts that mention an aspect, n_aspects)
            Indexed by doc_id; columns ``aspect_服务态度`` and so on, NA where a contact does not mention it.

        Raises
        ------
        ParameterError
            ``values`` is something else, or an aspect is none of :meth:`aspect_names`.
        SchemaError
            ``mentions`` lacks a column.

        Examples
        --------
        >>> import csatext as ct
        >>> contacts = pd.DataFrame({"doc_id": list("abc"), "store": ["东店", "东店", "西店"],
        ...     "text": ["服务很好", "服务太差", "服务周到"]})
        >>> corpus = ct.Vectorizer().fit_transform(contacts)
        >>> aspects = ct.AspectSentiment()
        >>> wide = aspects.per_contact(aspects.transform(corpus), values="negative")
        >>> facts = ct.build_facts(corpus, wide)
        >>> ct.breakdown(facts, measure="aspect_服务态度", by="store", min_n=1)["value"].tolist()
        [0.5, 0.0]
        """
        if values not in _VALUES:
            raise ParameterError.not_allowed("values", values, list(_VALUES))
        for column in ("doc_id", "aspect", "sentiment"):
            if column not in mentions.columns:
                raise SchemaError.missing_column("mentions", column, mentions.columns)
        names = self.aspect_names()
        for name in aspects or ():
            if name not in names:
                raise ParameterError.not_allowed("aspects", name, names)
        kept = mentions if aspects is None else mentions[mentions["aspect"].isin(aspects)]
        wide = kept.pivot_table(
            index="doc_id", columns="aspect", values="sentiment", aggfunc="mean", sort=False
        )
        present = [name for name in names if name in wide.columns] if aspects is None else aspects
        wide = wide.reindex(columns=present)
        if values != "sentiment":
            against = wide <= -_NEUTRAL if values == "negative" else wide >= _NEUTRAL
            wide = against.astype("boolean").mask(wide.isna())
        wide.columns = pd.Index([f"aspect_{name}" for name in present])
        return wide

    def _check(self) -> None:
        if self.taxonomy is not None and not isinstance(self.taxonomy, Taxonomy):
            raise ParameterError.wrong_type("taxonomy", self.taxonomy, "Taxonomy，如 Taxonomy.load(路径)")
        if self.level not in _LEVELS:
            raise ParameterError.not_allowed("level", self.level, list(_LEVELS))

    def _ready(self) -> tuple[CompiledTaxonomy, Ontology]:
        """Return the taxonomy made ready for matching; an estimator read from disk compiles it anew."""
        self._check()
        compiled = getattr(self, "_compiled", None)
        taxonomy = self.taxonomy or (compiled.taxonomy if compiled is not None else Taxonomy.load())
        if compiled is None or compiled.taxonomy is not taxonomy:
            self._compiled = CompiledTaxonomy(taxonomy)
            self._ontology = Ontology(self._compiled)
        return self._compiled, self._ontology

    def _found(self, corpus: Corpus) -> _Found:
        compiled, ontology = self._ready()
        parts = []
        with counted("方面", len(corpus), verbose=self.verbose) as count:
            for chunk in joined_chunks(corpus.texts, tokens=corpus.token_table):
                parts.append(self._chunk(compiled, ontology, chunk))
                count.add(len(chunk))
        if not parts:
            nothing = np.empty(0, np.int64)
            return _Found(nothing, nothing, np.empty(0), *([nothing] * 5))
        found = _Found(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
        sizes = np.cumsum([0, *(len(part.row) for part in parts[:-1])])
        first = np.concatenate([part.first + size for part, size in zip(parts, sizes, strict=True)])
        return found._replace(first=first)

    def _chunk(self, compiled: CompiledTaxonomy, ontology: Ontology, joined: JoinedTexts) -> _Found:
        reading = joined.once(ClauseReading)
        said, troubled = word_mentions(ontology.words, joined, joined.once(word_boundaries))
        hits = joined.once(chunk_hits, compiled)
        hits = hits.take(compiled.category_of[hits.pattern] >= 0)
        group, against = _against(compiled, ontology, joined, hits)
        spoken = reading.clause[against.word_start]
        denying = reading.clause[reading.cues.starts[reading.cues.having("negator", "refusal")]]
        calm = ontology.by_subject[against.aspect] & ~np.isin(spoken, troubled) & ~np.isin(spoken, denying)
        against = against._replace(value=np.where(calm, 0.0, against.value))
        clause = np.concatenate((reading.clause[said.word_start], reading.clause[against.word_start]))
        group = np.concatenate((ontology.group_of[said.aspect], group))
        kept = _needed(said, against, clause, group)
        columns = [np.concatenate(pair)[kept] for pair in zip(said, against, strict=True)]
        said, clause, group = Mentions(*columns), clause[kept], group[kept]
        label, which = self._labels(ontology, said.aspect, group)
        return _merged(joined, said.take(which), clause[which], label)

    def _labels(
        self, ontology: Ontology, aspect: np.ndarray, group: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the number of the aspect at the level asked for, and the mention it belongs to."""
        everything = np.arange(len(aspect))
        if self.level == 2:
            return aspect, everything
        service = ontology.service_of[aspect]
        more = np.flatnonzero((service >= 0) & (service != group))
        some = np.flatnonzero(group >= 0)
        return np.concatenate((group[some], service[more])), np.concatenate((some, more))


def _against(
    compiled: CompiledTaxonomy, ontology: Ontology, joined: JoinedTexts, hits: Hits
) -> tuple[np.ndarray, Mentions]:
    """Return the first level and the mention of each complaint pattern that is asserted."""
    category = compiled.category_of[hits.pattern]
    severity = np.array([one.severity for one in compiled.categories] or [0])[category]
    origin = joined.offsets[hits.row - joined.first_row]
    start, end = hits.start + origin, hits.end + origin
    mention = Mentions(ontology.category_aspect[category], _SEVERITY[severity], start, end, start, end)
    return ontology.category_group[category], mention


def _needed(said: Mentions, against: Mentions, clause: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return which of the mentions by words, then by patterns, are kept.

    A pattern adds nothing where words of its clause speak against the same first level already. Where it
    overlaps words that say something about any aspect, these tell more exactly what is meant.
    """
    n_said = len(said.aspect)
    key = clause * (int(group.max(initial=0)) + 2) + group + 1
    order = np.argsort(said.start, kind="stable")
    reach = np.concatenate(([-1], np.maximum.accumulate(said.end[order]))) if n_said else np.array([-1])
    held = reach[np.searchsorted(said.start[order], against.end)] > against.start
    kept = np.ones(len(key), bool)
    kept[n_said:] = ~np.isin(key[n_said:], key[:n_said][said.value <= 0]) & ~held
    return kept


def _merged(joined: JoinedTexts, said: Mentions, clause: np.ndarray, label: np.ndarray) -> _Found:
    """Return the mentions in order, ``first`` marking where each aspect and clause begins."""
    order = np.lexsort((said.word_end, said.word_start, label, clause))
    said, clause, label = said.take(order), clause[order], label[order]
    new = np.ones(len(order), bool)
    new[1:] = (clause[1:] != clause[:-1]) | (label[1:] != label[:-1])
    row = joined.rows_of(said.start)
    origin = joined.offsets[row]
    spans = (said.start - origin, said.end - origin, said.word_start - origin, said.word_end - origin)
    return _Found(joined.first_row + row, label, said.value, *spans, np.flatnonzero(new))


def _joined_words(words: np.ndarray, first: np.ndarray) -> list[str]:
    """Return the words of each group joined, each once."""
    held = words.tolist()
    bounds = pairwise([*first.tolist(), len(held)])
    return [held[s] if e - s == 1 else "、".join(dict.fromkeys(held[s:e])) for s, e in bounds]
