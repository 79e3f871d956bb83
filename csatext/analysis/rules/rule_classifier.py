"""Rule-based classification: complaint categories by the patterns of a taxonomy, with evidence."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from csatext.analysis.chunk_pass import ChunkPass, run_passes
from csatext.analysis.kinds.kind_probability import known_evidence, praising
from csatext.analysis.rules.asserted_hits import Hits, all_hits, chunk_hits, find_hits
from csatext.analysis.rules.category_support import Support, category_support, specificity
from csatext.analysis.rules.compiled_taxonomy import CompiledTaxonomy
from csatext.analysis.rules.conditions import Conversation, Places, conversation_of, rule_hits
from csatext.errors import ParameterError
from csatext.labels import UNCLASSIFIED
from csatext.notebook_cards import EstimatorCard
from csatext.schema import conform
from csatext.schema.analysis import RULE_MATCHES, RULE_PATTERNS, RULES
from csatext.taxonomy import Taxonomy
from csatext.text.corpus import Corpus, checked_corpus
from csatext.text.joined_texts import JoinedTexts, span_texts

__all__ = ["RuleClassifier", "pattern_table", "rule_pass"]

_JOIN = "；"


class RuleClassifier(EstimatorCard, TransformerMixin, BaseEstimator):
    """Classify contacts into complaint categories by the patterns of a taxonomy.

    Patterns are matched on the characters of the prepared text. A hit counts where its clause asserts it:
    what is denied, asked, wished, supposed or reported (没有乱收费, 是不是乱收费) is no complaint. Of several
    categories a document's main one has the most support: distinct patterns, rare ones and early ones more.
    With a shipped taxonomy, a contact that praises has no main category; ``categories`` has its remarks.

    Parameters
    ----------
    taxonomy : Taxonomy or None
        None is the one of all trades, ``Taxonomy.load()``.
    verbose : bool, default True
        Show progress where it takes more than two seconds.

    Attributes
    ----------
    taxonomy_ : Taxonomy
    n_docs_ : int
        Documents seen by ``fit``, 0 without.
    document_frequency_ : ndarray of int64
        Documents of ``fit`` that hold each pattern: rare patterns support their category more.

    Notes
    -----
    All patterns are found in one pass over the text; the time does not grow with their number. Regular
    expressions are RE2's, whose time is linear.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["快递三天了还没到，客服态度很差", "没有乱收费"])
    >>> ct.RuleClassifier().fit_transform(corpus)[["category", "subcategory"]].values.tolist()
    [['物流配送', '配送延误'], ['未归类', '未归类']]
    >>> ct.RuleClassifier().transform(corpus)["categories"].tolist()
    ['物流配送/配送延误；服务态度/态度恶劣', '']
    """

    def __init__(self, taxonomy: Taxonomy | None = None, *, verbose: bool = True) -> None:
        self.taxonomy = taxonomy
        self.verbose = verbose

    def fit(self, corpus: Corpus, y: Any = None) -> RuleClassifier:
        """Count the documents that hold each pattern.

        Parameters
        ----------
        corpus : Corpus
            The documents.
        y : None
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        RuleClassifier
            The same object.

        Raises
        ------
        ParameterError
            ``taxonomy`` is no Taxonomy, or ``corpus`` no Corpus.
        """
        checked_corpus(corpus)
        self._load()
        self._fit(corpus, find_hits(self._compiled, corpus.texts, corpus.token_table))
        return self

    def _fit(self, corpus: Corpus, hits: Hits) -> None:
        self.n_docs_ = len(corpus)
        self.document_frequency_ = self._document_frequency(hits)

    def fit_transform(self, corpus: Corpus, y: Any = None) -> pd.DataFrame:
        """Do what ``fit(corpus).transform(corpus)`` does, and search the texts once.

        Parameters
        ----------
        corpus : Corpus
            The documents.
        y : None
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        DataFrame
            As of :meth:`transform`.

        Raises
        ------
        ParameterError
            ``taxonomy`` is no Taxonomy, or ``corpus`` no Corpus.
        """
        return run_passes(corpus, [rule_pass(self, corpus, fit=True)], verbose=self.verbose)[0]

    def _load(self) -> None:
        if self.taxonomy is not None and not isinstance(self.taxonomy, Taxonomy):
            raise ParameterError.wrong_type("taxonomy", self.taxonomy, "Taxonomy，如 Taxonomy.load(路径)")
        self.taxonomy_ = Taxonomy.load() if self.taxonomy is None else self.taxonomy
        self._compile()
        self.n_docs_ = 0
        self.document_frequency_ = np.zeros(len(self._compiled.patterns), np.int64)

    def _compile(self) -> None:
        self._compiled = CompiledTaxonomy(self.taxonomy_)

    def _document_frequency(self, hits: Hits) -> np.ndarray:
        n_patterns = len(self._compiled.patterns)
        pairs = np.unique(hits.row * n_patterns + hits.pattern)
        return np.bincount(pairs % n_patterns, minlength=n_patterns) if n_patterns else np.empty(0, np.int64)

    def compiled(self) -> CompiledTaxonomy:
        """Return the taxonomy made ready for matching; a classifier read from disk compiles it anew.

        Returns
        -------
        CompiledTaxonomy
            Its patterns in one index.

        Raises
        ------
        ParameterError
            ``taxonomy`` is no Taxonomy.

        Examples
        --------
        >>> import csatext as ct
        >>> len(ct.RuleClassifier().compiled().categories) > 40
        True
        """
        if not hasattr(self, "taxonomy_"):
            self._load()
        if getattr(self, "_compiled", None) is None or self._compiled.taxonomy is not self.taxonomy_:
            self._compile()
        return self._compiled

    def transform(self, corpus: Corpus, turns: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return the main category of each document, and all of them.

        Parameters
        ----------
        corpus : Corpus
            The documents.
        turns : DataFrame, optional
            Their turns (schema TURNS), for rules that ask who speaks, in which turn, or after how long;
            without turns such a rule holds nowhere.

        Returns
        -------
        DataFrame
            One row a document, indexed by doc_id (schema RULES); 未归类 where nothing is asserted.

        Raises
        ------
        ParameterError
            ``taxonomy`` is no Taxonomy, ``corpus`` no Corpus or ``turns`` no table.
        SchemaError
            A column of the turns is missing.
        """
        return run_passes(corpus, [rule_pass(self, corpus, turns)], verbose=self.verbose)[0]

    def _table(
        self, corpus: Corpus, hits: Hits, turns: pd.DataFrame | None, evidence: np.ndarray | None
    ) -> pd.DataFrame:
        compiled = self.compiled()
        support, rules = self._support(corpus, hits, turns)
        labels = _CategoryLabels(compiled)
        main, lead = _main(compiled, labels, support, len(corpus))
        if compiled.taxonomy.complaints:
            rows, n_held = np.unique(support.row, return_counts=True)
            main[praising(corpus.texts, rows, n_held, evidence)] = -1
        hit = main >= 0
        n_categories = np.bincount(support.row, minlength=len(corpus))
        severity = np.zeros(len(corpus), np.int64)
        np.maximum.at(severity, support.row, labels.severity[support.category])
        frame = pd.DataFrame(
            {
                "category": np.where(hit, labels.first[main], UNCLASSIFIED),
                "subcategory": np.where(hit, labels.own[main], UNCLASSIFIED),
                "category_id": np.where(hit, labels.id[main], ""),
                "owner": np.where(hit, labels.owner[main], ""),
                "journey_stage": np.where(hit, labels.stage[main], ""),
                "cause_family": np.where(hit, labels.cause[main], ""),
                "severity": severity,
                "category_lead": np.where(hit, lead, np.nan),
                "n_categories": n_categories,
                "categories": _joined(labels.path[support.category], support.row, len(corpus), _JOIN),
                "category_terms": _terms(_widest(compiled, hits), rules, corpus),
            },
            index=corpus.doc_ids,
        )
        return conform(frame, RULES)

    def indicators(
        self, corpus: Corpus, turns: pd.DataFrame | None = None, *, level: int = 2
    ) -> pd.DataFrame:
        """Return which categories each document has.

        Parameters
        ----------
        corpus : Corpus
            The documents.
        turns : DataFrame, optional
            Their turns, as for :meth:`transform`.
        level : {1, 2}, default 2
            1 for the first level, 2 for the categories themselves.

        Returns
        -------
        DataFrame of bool, shape (n_docs, n_categories)
            Indexed by doc_id; columns are labels of the first level, or paths such as 物流配送/配送延误, of
            every category that can be identified.

        Raises
        ------
        ParameterError
            ``level`` is another number, ``corpus`` no Corpus or ``turns`` no table.

        Examples
        --------
        >>> import csatext as ct
        >>> corpus = ct.Vectorizer().fit_transform(["快递丢了，客服态度很差"])
        >>> ct.RuleClassifier().indicators(corpus, level=1).sum().loc[lambda n: n > 0].index.tolist()
        ['服务态度', '物流配送']
        """
        checked_corpus(corpus)
        if level not in (1, 2):
            raise ParameterError.not_allowed("level", level, [1, 2])
        compiled = self.compiled()
        hits = find_hits(compiled, corpus.texts, corpus.token_table)
        support, _ = self._support(corpus, hits, turns)
        labels = _CategoryLabels(compiled)
        names = labels.first if level == 1 else labels.path
        columns = pd.Index(pd.unique(names[:-1]))
        held = np.zeros((len(corpus), len(columns)), bool)
        held[support.row, columns.get_indexer(names[support.category])] = True
        return pd.DataFrame(held, index=corpus.doc_ids, columns=columns)

    def matches(self, corpus: Corpus, turns: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return every category of each document with the words that say so (schema RULE_MATCHES).

        Parameters
        ----------
        corpus : Corpus
            Give the documents to be shown (``corpus[rows]``): spans are traced one by one.
        turns : DataFrame, optional
            Their turns, as for :meth:`transform`.

        Returns
        -------
        DataFrame
            One row a match, in the order of the documents and their texts. A match of a rule that asks for
            turns names the turn; its span is of the prepared text of that turn.

        Raises
        ------
        ParameterError
            ``taxonomy`` is no Taxonomy, ``corpus`` no Corpus or ``turns`` no table.
        SchemaError
            A column of the turns is missing.

        Examples
        --------
        >>> import csatext as ct
        >>> corpus = ct.Vectorizer().fit_transform(["快递三天了还没到，客服态度很差"])
        >>> ct.RuleClassifier().matches(corpus)["term"].tolist()
        ['快递三天了还没到', '态度很差']
        """
        checked_corpus(corpus)
        compiled = self.compiled()
        conversation = None if turns is None else conversation_of(corpus, turns)
        hits = find_hits(compiled, corpus.texts, corpus.token_table)
        found = _widest(compiled, hits)
        category, row = compiled.category_of[found.pattern], found.row
        start, end, turn = found.start, found.end, np.zeros(len(row), np.int64)
        for at, places in rule_hits(compiled, corpus.texts, hits, conversation):
            category = np.append(category, np.full(len(places.row), at))
            row, turn = np.append(row, places.row), np.append(turn, places.turn)
            start, end = np.append(start, places.start), np.append(end, places.end)
        order = np.lexsort((category, end, start, turn, row))
        category, row, turn, start, end = (values[order] for values in (category, row, turn, start, end))
        texts = corpus.texts.to_numpy(object)
        said = _turn_texts(conversation)
        terms = [
            (texts[r] if t == 0 else said[r, t])[s:e]
            for r, t, s, e in zip(row, turn, start, end, strict=True)
        ]
        own = turn == 0
        source_start, source_end = start.copy(), end.copy()
        source_start[own], source_end[own] = corpus.source_spans(row[own], start[own], end[own])
        labels = _CategoryLabels(compiled)
        frame = pd.DataFrame(
            {
                "doc_id": corpus.doc_ids[row],
                "category": labels.first[category],
                "subcategory": labels.own[category],
                "term": terms,
                "start": source_start,
                "end": source_end,
                "turn": pd.array(np.where(own, np.nan, turn), dtype="Int64"),
            }
        )
        return conform(frame, RULE_MATCHES)

    def pattern_hits(self, corpus: Corpus) -> pd.DataFrame:
        """Return how many documents assert each pattern of the taxonomy (schema RULE_PATTERNS).

        Parameters
        ----------
        corpus : Corpus
            All documents that the taxonomy is to serve.

        Returns
        -------
        DataFrame
            One row a pattern, by ``n_docs``: what hits nothing stands first.

        Raises
        ------
        ParameterError
            ``corpus`` is no corpus.

        Examples
        --------
        >>> import csatext as ct
        >>> corpus = ct.Vectorizer().fit_transform(["快递丢了"])
        >>> hits = ct.RuleClassifier().pattern_hits(corpus)
        >>> int(hits["n_docs"].iloc[0]), int(hits["n_docs"].max())
        (0, 1)
        """
        checked_corpus(corpus)
        compiled = self.compiled()
        hits = find_hits(compiled, corpus.texts, corpus.token_table)
        return pattern_table(self, self._document_frequency(hits))

    def _support(
        self, corpus: Corpus, hits: Hits, turns: pd.DataFrame | None
    ) -> tuple[Support, list[tuple[int, Places]]]:
        compiled = self.compiled()
        conversation = None if turns is None else conversation_of(corpus, turns)
        lengths = corpus.texts.str.len().fillna(0).to_numpy(np.int64)
        weights = specificity(self.document_frequency_, self.n_docs_)
        rules = rule_hits(compiled, corpus.texts, hits, conversation)
        return category_support(compiled, hits, rules, lengths, weights), rules


def rule_pass(
    classifier: RuleClassifier, corpus: Corpus, turns: pd.DataFrame | None = None, *, fit: bool = False
) -> ChunkPass:
    """Return what :meth:`RuleClassifier.transform`, or ``fit_transform``, does, chunk by chunk.

    After passes that score the texts, who praises is known.

    Raises
    ------
    ParameterError
        As of the methods.
    """
    checked_corpus(corpus)
    if fit:
        classifier._load()
    compiled = classifier.compiled()

    def read(chunk: JoinedTexts) -> tuple[Hits, np.ndarray | None]:
        return chunk.once(chunk_hits, compiled), known_evidence(chunk)

    def finish(parts: list[tuple[Hits, np.ndarray | None]]) -> pd.DataFrame:
        hits = all_hits([found for found, _ in parts])
        known = [evidence for _, evidence in parts if evidence is not None]
        if fit:
            classifier._fit(corpus, hits)
        return classifier._table(corpus, hits, turns, np.concatenate(known) if known else None)

    return ChunkPass(read, finish)


def pattern_table(classifier: RuleClassifier, counts: np.ndarray) -> pd.DataFrame:
    """Return the patterns of a taxonomy with the documents that assert each (schema RULE_PATTERNS).

    Parameters
    ----------
    classifier : RuleClassifier
        Its taxonomy.
    counts : ndarray of int64, shape (n_patterns,)
        Such as its ``document_frequency_``, which ``fit`` has counted.
    """
    compiled = classifier.compiled()
    own = np.flatnonzero(compiled.category_of >= 0)
    labels = _CategoryLabels(compiled)
    frame = pd.DataFrame(
        {
            "category": labels.first[compiled.category_of[own]],
            "subcategory": labels.own[compiled.category_of[own]],
            "pattern": [compiled.patterns[at] for at in own],
            "n_docs": counts[own],
        }
    )
    return conform(frame.sort_values("n_docs", kind="stable", ignore_index=True), RULE_PATTERNS)


class _CategoryLabels:
    """Names and properties of the categories of a compiled taxonomy, as arrays; one entry more for none."""

    def __init__(self, compiled: CompiledTaxonomy) -> None:
        taxonomy, categories = compiled.taxonomy, compiled.categories
        paths = [taxonomy.path(category.id) for category in categories]
        self.first = _objects([path[0] for path in paths])
        self.own = _objects([path[-1] for path in paths])
        self.path = _objects(["/".join(path) for path in paths])
        self.id = _objects([category.id for category in categories])
        self.owner, self.stage, self.cause = (
            _objects([taxonomy.inherited(category.id, field) for category in categories])
            for field in ("owner", "stage", "cause")
        )
        self.severity = np.array([category.severity for category in categories] + [0], np.int64)


def _objects(values: list[str]) -> np.ndarray:
    return np.array([*values, ""], object)


def _main(
    compiled: CompiledTaxonomy, labels: _CategoryLabels, support: Support, n_docs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the main category of each document, -1 for none, and how far its first level leads.

    The first level with the most support wins, then the category below it with the most. The lead is one
    minus the support of the next first level over that of the winner, NaN for none.
    """
    first_level = {one.label_zh: at for at, one in enumerate(compiled.taxonomy.first_level)}
    n_levels = len(first_level) + 1
    level = np.array([first_level[label] for label in labels.first[:-1]], np.int64)[support.category]
    pairs, inverse = np.unique(support.row * n_levels + level, return_inverse=True)
    sums = np.bincount(inverse, support.weight, minlength=len(pairs))
    order = np.lexsort((support.category, -support.weight, level, -sums[inverse], support.row))
    row = support.row[order]
    best = order[np.flatnonzero(np.diff(row, prepend=-1))]
    main = np.full(n_docs, -1, np.int64)
    main[support.row[best]] = support.category[best]
    most, second = np.full(n_docs, np.nan), np.zeros(n_docs)
    np.fmax.at(most, pairs // n_levels, sums)
    won = np.unique(inverse[best])
    others = np.setdiff1d(np.arange(len(pairs)), won, assume_unique=True)
    np.maximum.at(second, pairs[others] // n_levels, sums[others])
    return main, 1 - second / most


def _joined(labels: np.ndarray, row: np.ndarray, n_docs: int, mark: str) -> np.ndarray:
    """Return the labels of each document joined, each once, in the order of ``row``, which never falls."""
    result = np.full(n_docs, "", object)
    held = labels.tolist()
    filled, first = np.unique(row, return_index=True)
    for at, (start, end) in zip(filled.tolist(), pairwise([*first.tolist(), len(held)]), strict=True):
        result[at] = held[start] if end - start == 1 else mark.join(dict.fromkeys(held[start:end]))
    return result


def _terms(found: Hits, rules: list[tuple[int, Places]], corpus: Corpus) -> np.ndarray:
    """Return the words found in each document, in the order of its text.

    What a rule finds is left out where a pattern found it, or more than it.
    """
    # A hit in a turn has its place in the turn, not in the document's text.
    own = [places.take((places.turn == 0) & (places.end > places.start)) for _, places in rules]
    row = np.concatenate((found.row, *(places.row for places in own)))
    start = np.concatenate((found.start, *(places.start for places in own)))
    end = np.concatenate((found.end, *(places.end for places in own)))
    of_rule = np.arange(len(row)) >= len(found.row)
    order = np.lexsort((np.where(of_rule, -end, 0), of_rule, start, row))
    row, start, end, of_rule = (values[order] for values in (row, start, end, of_rule))
    reach = end + row * (1 << 32)
    furthest = np.maximum.accumulate(np.append(-1, reach[:-1])) if len(reach) else reach
    kept = ~of_rule | (reach > furthest)
    words = span_texts(corpus.texts, row[kept], start[kept], end[kept])
    return _joined(words, row[kept], len(corpus), "、")


def _widest(compiled: CompiledTaxonomy, hits: Hits) -> Hits:
    """Return the hits of categories without those that a hit of the same category holds."""
    mine = hits.take(compiled.category_of[hits.pattern] >= 0)
    category = compiled.category_of[mine.pattern]
    order = np.lexsort((-mine.end, mine.start, category, mine.row))
    group = mine.row[order] * (len(compiled.categories) + 1) + category[order]
    # The furthest end so far in the group: a group's ends are lifted above those of the groups before it.
    lift = np.cumsum(np.append(False, group[1:] != group[:-1])) if len(group) else group
    reach = mine.end[order] + lift * (1 << 32)
    furthest = np.maximum.accumulate(reach) if len(reach) else reach
    first = np.ones(len(order), bool)
    first[1:] = reach[1:] > furthest[:-1]
    return mine.take(np.sort(order[first]))


def _turn_texts(conversation: Conversation | None) -> dict[tuple[int, int], str]:
    if conversation is None:
        return {}
    keys = zip(conversation.row.tolist(), conversation.number.tolist(), strict=True)
    return dict(zip(keys, conversation.texts.tolist(), strict=True))
