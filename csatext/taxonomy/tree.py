"""Taxonomy: the tree of complaint categories with the patterns that identify them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from csatext.errors import LexiconError, ParameterError
from csatext.labels import UNCLASSIFIED
from csatext.notebook_cards import card
from csatext.regular_files import check_regular
from csatext.schema import conform
from csatext.schema.taxonomy import RELABELLED, TAXONOMY
from csatext.taxonomy.category import Category, Change, extended, parents_first
from csatext.taxonomy.combinations import pruned
from csatext.taxonomy.packs import PACKS, pack_named, pack_path
from csatext.taxonomy.patterns import parse_pattern
from csatext.taxonomy.tables import TABLES, read_table
from csatext.taxonomy.yaml_files import TaxonomyFile, read_taxonomy_file

__all__ = ["Taxonomy", "joined", "own_ids"]


class Taxonomy:
    """A tree of categories in the order of its file.

    Parameters
    ----------
    categories : iterable of Category
        Parents before children.
    name, label_zh, version : str
        Of the file.
    changes : iterable of Change
        How categories of earlier versions go over into these.
    complaints : bool, default False
        Whether the categories are of complaints alone, so that a contact that praises has none.

    Raises
    ------
    ParameterError
        Something is no category, an id repeats, a parent is not there, or a rule or a change refers to a
        category that is not there.

    Examples
    --------
    >>> taxonomy = Taxonomy.load()
    >>> taxonomy["refund.slow"].label_zh, taxonomy.path("refund.slow")
    ('退款迟缓', ('退换退款', '退款迟缓'))
    >>> taxonomy.owner("refund.slow"), taxonomy.first_level[0].parent, taxonomy.table["id"].is_unique
    ('售后部', None, True)
    >>> taxonomy["refund"] in taxonomy.leaves
    False
    """

    def __init__(
        self,
        categories: Iterable[Category],
        *,
        name: str = "",
        label_zh: str = "",
        version: str = "",
        changes: Iterable[Change] = (),
        complaints: bool = False,
    ) -> None:
        given = list(categories) if isinstance(categories, Iterable) else [categories]
        for category in given:
            if not isinstance(category, Category):
                wanted = "由 Category 组成的列表；从文件读请用 Taxonomy.load(路径)"
                raise ParameterError.wrong_type("categories", category, wanted)
        self.categories = tuple(given)
        self.name, self.label_zh, self.version = name, label_zh, version
        self.changes = tuple(changes)
        self.complaints = complaints
        self._by_id: dict[str, Category] = {}
        for category in self.categories:
            if category.id in self._by_id:
                raise ParameterError(f"分类体系里编号「{category.id}」重复；每个编号只能出现一次。")
            if category.parent is not None and category.parent not in self._by_id:
                raise ParameterError(
                    f"分类「{category.id}」的上级「{category.parent}」不存在；请把上级写在前面。"
                )
            self._by_id[category.id] = category
        for category in self.categories:
            for rule in category.rules:
                for named in sorted(rule.categories() - self._by_id.keys()):
                    raise ParameterError(f"分类「{category.id}」的规则引用了不存在的分类「{named}」。")
        for change in self.changes:
            for named in change.new:
                if named not in self._by_id:
                    raise ParameterError(
                        f"分类体系的变更把「{change.old}」改到不存在的分类「{named}」；请改成现有编号。"
                    )

    @classmethod
    def load(cls, path: str | PathLike[str] | Sequence[str | PathLike[str]] | None = None) -> Taxonomy:
        """Return the taxonomy of a pack, a file, or several joined.

        Parameters
        ----------
        path : str, path, list of them, or None
            Name of a shipped pack (telecom, ecommerce, banking, government, automotive, catering,
            appliances, apps, property) or of its trade (电信), a YAML file in the form of
            ``lexicons/taxonomies``, or a table (.xlsx, .xls, .ods, .csv, .tsv) with one row a category:
            columns 一级, 二级 (三级 …) or 大类, 小类, optionally 关键词 (several columns too), 排除词 (words
            between ``|``, 、 ， ； / or blanks, in lines), 责任部门, 定义, 正例, 反例, 处理办法, 阶段, 成因,
            严重度. Rows of one category are joined; a category without words that has none below it is
            identified by its own name, one of the first level only where there is no second. Of a list,
            categories of the same id are joined. None reads the pack of all trades, ``"general"``.

        Returns
        -------
        Taxonomy
            In the order of the file.

        Raises
        ------
        LexiconError, InputError
            The file cannot be read or has a bad entry.
        ParameterError
            ``path`` is no path, or an empty list.

        Examples
        --------
        >>> import csatext as ct
        >>> ct.Taxonomy.load("telecom")["network.outage"].label_zh
        '断网无信号'
        """
        if isinstance(path, list | tuple):
            if not path:
                raise ParameterError.out_of_range("path", path, "至少一个行业名或文件")
            return joined([cls.load(one) for one in path])
        if path is None:
            path = "general"
        if not isinstance(path, str | PathLike):
            raise ParameterError.wrong_type(
                "path", path, f"分类体系文件的路径（.yaml、.xlsx、.csv），或自带的行业：{'、'.join(PACKS)}"
            )
        named = pack_named(str(path))
        if named is not None:
            return _with_bases(_shipped_file(pack_path(named)))
        path = Path(path)
        if not path.is_file():
            check_regular(path)
            raise LexiconError(f"找不到分类体系「{path}」；请检查路径，或用自带的行业：{'、'.join(PACKS)}。")
        if path.suffix.lower() in TABLES:
            taxonomy = cls(read_table(path), name=path.stem)
        else:
            taxonomy = _with_bases(read_taxonomy_file(path))
        if len(taxonomy) < 2:
            raise LexiconError(f"分类体系「{path}」只有一个分类；至少要有两个分类才能归类，请补充。")
        return taxonomy

    def as_data(self) -> dict[str, Any]:
        """Return the taxonomy as JSON holds it; :meth:`from_data` reads it back.

        Returns
        -------
        dict
            Lists, strings and numbers only.
        """
        return {
            "name": self.name,
            "label_zh": self.label_zh,
            "version": self.version,
            "complaints": self.complaints,
            "changes": [[change.old, list(change.new)] for change in self.changes],
            "categories": [category.as_data() for category in self.categories],
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Taxonomy:
        """Return the taxonomy that :meth:`as_data` wrote.

        Parameters
        ----------
        data : dict
            What :meth:`as_data` returned.

        Returns
        -------
        Taxonomy

        Raises
        ------
        ParameterError
            A rule or the tree cannot be used.

        Examples
        --------
        >>> taxonomy = Taxonomy([Category("a", "甲", patterns=("词",)), Category("b", "乙")], name="t")
        >>> Taxonomy.from_data(taxonomy.as_data()) == taxonomy
        True
        """
        return cls(
            [Category.from_data(entry) for entry in data["categories"]],
            name=data["name"],
            label_zh=data["label_zh"],
            version=data["version"],
            complaints=data["complaints"],
            changes=[Change(old, tuple(new)) for old, new in data["changes"]],
        )

    def __len__(self) -> int:
        return len(self.categories)

    def __repr__(self) -> str:
        return f"Taxonomy(first_level={len(self.first_level)}, categories={len(self)})"

    def _repr_html_(self) -> str:
        named = "　".join(part for part in (self.label_zh or self.name, self.version) if part)
        facts = [
            ("名称、版本", named or "没有写"),
            ("一级分类", "、".join(category.label_zh for category in self.first_level)),
        ]
        steps = ["ct.RuleClassifier(taxonomy).fit_transform(corpus)", "taxonomy.table"]
        return card(repr(self), facts, self.table, steps)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Taxonomy) and self.categories == other.categories

    def __hash__(self) -> int:
        return hash(self.categories)

    def __contains__(self, category_id: object) -> bool:
        return category_id in self._by_id

    def __getitem__(self, category_id: str) -> Category:
        """Return a category by id."""
        if category_id not in self._by_id:
            raise ParameterError.not_allowed("category", category_id, list(self._by_id))
        return self._by_id[category_id]

    @property
    def first_level(self) -> tuple[Category, ...]:
        """Categories without a parent."""
        return tuple(category for category in self.categories if category.parent is None)

    @property
    def leaves(self) -> tuple[Category, ...]:
        """Categories with none below them."""
        parents = {category.parent for category in self.categories}
        return tuple(category for category in self.categories if category.id not in parents)

    def path(self, category_id: str) -> tuple[str, ...]:
        """Return the labels from the first level down to a category.

        Parameters
        ----------
        category_id : str
            Of a category of the tree.

        Returns
        -------
        tuple of str
            Labels, the category's own last.

        Raises
        ------
        ParameterError
            There is no such category.
        """
        return tuple(category.label_zh for category in self._line(category_id))

    def _line(self, category_id: str) -> list[Category]:
        line = [self[category_id]]
        while line[-1].parent is not None:
            line.append(self[line[-1].parent])
        return line[::-1]

    def owner(self, category_id: str) -> str:
        """Return the department that answers for a category, its own or the nearest above.

        Parameters
        ----------
        category_id : str
            Of a category of the tree.

        Returns
        -------
        str
            Empty where none is named.

        Raises
        ------
        ParameterError
            There is no such category.
        """
        return self.inherited(category_id, "owner")

    def inherited(self, category_id: str, field: str) -> Any:
        """Return a field of a category, or of the nearest above that has one.

        Parameters
        ----------
        category_id : str
            Of a category of the tree.
        field : {"owner", "stage", "cause", "remedy"}
            Name of a field of :class:`Category`.

        Returns
        -------
        str
            Empty where none has it.

        Raises
        ------
        ParameterError
            There is no such category.

        Examples
        --------
        >>> import csatext as ct
        >>> ct.Taxonomy.load().inherited("refund.slow", "owner")
        '售后部'
        """
        return next((getattr(one, field) for one in self._line(category_id)[::-1] if getattr(one, field)), "")

    @property
    def table(self) -> pd.DataFrame:
        """One row a category (schema TAXONOMY)."""
        frame = pd.DataFrame(
            {
                "id": [category.id for category in self.categories],
                "parent": pd.array([category.parent for category in self.categories], dtype="str"),
                "label_zh": [category.label_zh for category in self.categories],
                "owner": [self.owner(category.id) for category in self.categories],
                "stage": [self.inherited(category.id, "stage") for category in self.categories],
                "cause": [self.inherited(category.id, "cause") for category in self.categories],
                "severity": [category.severity for category in self.categories],
                "n_patterns": [len(category.patterns) + len(category.rules) for category in self.categories],
                "definition": [category.definition for category in self.categories],
                "remedy": [self.inherited(category.id, "remedy") for category in self.categories],
            }
        )
        return conform(frame, TAXONOMY)

    def words(self, category_id: str | None = None) -> tuple[str, ...]:
        """Return the words that identify a category, or one below it, by themselves.

        Parameters
        ----------
        category_id : str or None
            None takes all categories.

        Returns
        -------
        tuple of str
            In order of code points; words of patterns that ask for nothing beside them, of two or more
            characters. ``Vectorizer(phrases={"extra": taxonomy.words()})`` counts them whole.

        Raises
        ------
        ParameterError
            There is no such category.

        Examples
        --------
        >>> import csatext as ct
        >>> "不退款" in ct.Taxonomy.load().words("refund")
        True
        """
        if category_id is not None:
            self[category_id]
        found: set[str] = set()
        for category in self.categories:
            line = [one.id for one in self._line(category.id)]
            if category_id is not None and category_id not in line:
                continue
            for written in category.patterns:
                pattern = parse_pattern(written)
                if len(pattern.slots) == 1:
                    found.update(word for word in pattern.slots[0] if len(word) > 1)
        return tuple(sorted(found))

    def relabel(self, tags: pd.Series, choices: pd.Series | None = None) -> pd.DataFrame:
        """Return tags of earlier versions as categories of this one, by the changes of the file.

        Parameters
        ----------
        tags : Series of str, by doc_id
            ids or labels of categories.
        choices : Series of str, by doc_id, optional
            ids that another source gives (``RuleClassifier.transform(corpus)["category_id"]``): where a
            category was split, one of its successors is taken from here.

        Returns
        -------
        DataFrame
            One row a tag (schema RELABELLED): what could not be decided has ``needs_review`` and no category;
            a missing tag, an empty one and 未归类 have no category and need no review.

        Raises
        ------
        ParameterError
            ``tags`` or ``choices`` is no Series.

        Examples
        --------
        >>> taxonomy = Taxonomy(
        ...     [Category("late", "延误"), Category("lost", "丢失")],
        ...     changes=[Change("slow", ("late",)), Change("parcel", ("late", "lost"))],
        ... )
        >>> taxonomy.relabel(pd.Series(["slow", "parcel", "丢失"]))["category_id"].tolist()
        ['late', nan, 'lost']
        """
        if not isinstance(tags, pd.Series):
            raise ParameterError.wrong_type("tags", tags, "按 doc_id 索引的一列标签（Series）")
        if choices is not None and not isinstance(choices, pd.Series):
            wanted = "按 doc_id 索引的一列分类编号（Series），如分类结果的 category_id 列"
            raise ParameterError.wrong_type("choices", choices, wanted)
        known = {category.label_zh: (category.id,) for category in reversed(self.categories)}
        known |= {"/".join(self.path(category.id)): (category.id,) for category in self.categories}
        known |= {category.id: (category.id,) for category in self.categories}
        changed = {change.old: change.new for change in self.changes}
        tagged = (tags.notna() & ~tags.isin(["", UNCLASSIFIED])).tolist()
        targets = {tag: changed.get(tag, known.get(tag, ())) for tag in tags.dropna().unique()}
        candidates = [targets.get(tag, ()) for tag in tags]
        given = [None] * len(tags) if choices is None else choices.reindex(tags.index).tolist()
        chosen = [
            found[0] if len(found) == 1 else choice if choice in found else None
            for found, choice in zip(candidates, given, strict=True)
        ]
        frame = pd.DataFrame(
            {
                "old": tags.astype("str"),
                "category_id": pd.array(chosen, dtype="str"),
                "label_zh": pd.array(
                    [None if one is None else self[one].label_zh for one in chosen], dtype="str"
                ),
                "candidates": ["、".join(found) for found in candidates],
                "needs_review": [one is None and tag for one, tag in zip(chosen, tagged, strict=True)],
            },
            index=tags.index,
        )
        return conform(frame, RELABELLED)


def _with_bases(file: TaxonomyFile) -> Taxonomy:
    """Return the taxonomy of a file joined to those that it extends, without what it drops.

    Rules of other categories lose what they say of the dropped ones.
    """
    bases = [_with_bases(_shipped_file(pack_path(name))) for name in file.extends]
    based = {category.id for base in bases for category in base.categories}
    for dropped in sorted(file.drop - based):
        raise LexiconError(
            f"分类体系「{file.name}」的 drop 里的「{dropped}」不在所扩展的分类体系里；请改成其中的编号。"
        )
    for category in file.categories:
        if not category.label_zh and category.id not in based:
            raise LexiconError(
                f"分类体系「{file.name}」的新分类「{category.id}」没有 label_zh；请补上，或改成已有的编号。"
            )
    gone = {
        category.id
        for base in bases
        for category in base.categories
        if category.id in file.drop or category.parent in file.drop
    } - {category.id for category in file.categories}
    kept = [
        replace(category, rules=tuple(rule for one in category.rules if (rule := pruned(one, gone))))
        for base in bases
        for category in base.categories
        if category.id not in file.drop and category.parent not in file.drop
    ]
    return _merged(
        [*kept, *file.categories],
        name=file.name,
        label_zh=file.label_zh,
        version=file.version,
        complaints=file.complaints or any(base.complaints for base in bases),
        changes=[*(change for base in bases for change in base.changes), *file.changes],
    )


@cache
def _shipped_file(path: Path) -> TaxonomyFile:
    """Return what the file of a pack says; all packs extend the same core, which is read once."""
    return read_taxonomy_file(path)


def own_ids(pack: str) -> frozenset[str]:
    """Return the ids of the categories that a pack has beyond the taxonomies that it extends."""
    file = _shipped_file(pack_path(pack))
    based = {category.id for name in file.extends for category in _shipped_file(pack_path(name)).categories}
    return frozenset(category.id for category in file.categories) - based


def joined(taxonomies: Sequence[Taxonomy]) -> Taxonomy:
    """Return one taxonomy of several: categories of one id are one, with the patterns of all.

    Examples
    --------
    >>> one = Taxonomy([Category("a", "甲", patterns=("词",)), Category("b", "乙")])
    >>> joined([one, Taxonomy([Category("a", "甲", patterns=("句",))])])["a"].patterns
    ('词', '句')
    """
    return _merged(
        [category for taxonomy in taxonomies for category in taxonomy.categories],
        name="+".join(taxonomy.name for taxonomy in taxonomies),
        label_zh="、".join(taxonomy.label_zh for taxonomy in taxonomies),
        version="+".join(dict.fromkeys(taxonomy.version for taxonomy in taxonomies)),
        changes=[change for taxonomy in taxonomies for change in taxonomy.changes],
        complaints=any(taxonomy.complaints for taxonomy in taxonomies),
    )


def _merged(categories: Iterable[Category], **of_file: Any) -> Taxonomy:
    merged: dict[str, Category] = {}
    for category in categories:
        known = merged.get(category.id)
        merged[category.id] = category if known is None else extended(known, category)
    return Taxonomy(parents_first(merged.values()), **of_file)
