"""Work orders to parts, faults and reasons: what broke, how, and why, one row each."""

from __future__ import annotations

from os import PathLike

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.analysis.rules.asserted_hits import Hits, find_hits
from csatext.analysis.rules.compiled_taxonomy import CompiledTaxonomy
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError, SchemaError
from csatext.lexicon import lexicon_path
from csatext.schema import conform, with_reason
from csatext.schema.service import FAULT_RECORDS
from csatext.service.inputs.records import NO_ROWS, records_of
from csatext.strings import string_array
from csatext.taxonomy import Taxonomy
from csatext.text.cleaning import clean_column
from csatext.text.conversion import to_simplified_column

__all__ = ["fault_records"]

_NEEDED = ("part", "fault", "reason")
_REPLACED = "action"
_KEPT = ("created_at", "closed_at", "product", "region", "channel", "agent_id", "category")
"""Columns of the ticket that its rows keep, to count and forecast by."""


@check_simple_types
def fault_records(
    tickets: pd.DataFrame,
    *,
    text: str = "text",
    taxonomy: str | PathLike[str] | None = None,
    by_part: bool = False,
) -> pd.DataFrame:
    """Return the parts that work orders speak of, each with its fault and the reason.

    Parameters
    ----------
    tickets : DataFrame
        One row a work order: ``doc_id`` and its text; ``created_at``, ``closed_at``, ``product``, ``region``,
        ``channel``, ``agent_id`` and ``category`` are kept. Left unchanged.
    text : str, default "text"
        Column of the text (repair record).
    taxonomy : path, optional
        YAML file in the form of ``lexicons/repairs.yaml``: categories ``part``, ``fault`` and ``reason`` at
        the top, and ``action`` for words that say a part was replaced.
    by_part : bool, default False
        One row a work order and part, which counts each part once: what demand for parts is forecast by. Else
        one row a work order, part and fault.

    Returns
    -------
    DataFrame
        Table ``fault_records``. A missing part, fault or reason was not told. ``attrs``: ``n`` (work orders),
        ``n_without`` (of them those in which nothing was found). REQUIREMENTS rows 29, 94, 104, 107.

    Raises
    ------
    SchemaError
        A column is missing.
    ParameterError
        A taxonomy without part, fault or reason.
    LexiconError, InputError
        The file of the taxonomy cannot be used.

    See Also
    --------
    csatext.forecast : how many of each part will be asked for.

    Notes
    -----
    Faults and reasons count where their clause asserts them (未发现漏水 is none); a part counts where it is
    named. A fault belongs to the part named nearest in its clause, else nearest in the text; the reason is
    the one nearest to the fault. Nearest by characters, the earlier one of two as near.

    Examples
    --------
    >>> tickets = pd.DataFrame({"doc_id": ["1", "2"], "created_at": ["2026-05-01", "2026-05-02"],
    ...     "text": ["空调不制冷，检查压缩机烧坏，更换压缩机，原因为电压不稳", "排水泵堵塞，长期未清洗"]})
    >>> found = fault_records(tickets)
    >>> found[["doc_id", "part", "fault", "reason", "is_replaced"]].values.tolist()[1:]
    [['1', '压缩机', '烧毁', '电压异常', True], ['2', '水泵', '堵塞', '使用不当', False]]
    >>> fault_records(tickets, by_part=True)["part"].tolist()
    ['压缩机', '水泵']
    """
    frame = records_of(tickets, "tickets")
    if text not in frame.columns:
        raise SchemaError.missing_column("tickets", text, frame.columns)
    compiled, kinds = _compiled(taxonomy)
    ids = frame["doc_id"] if "doc_id" in frame.columns else pd.Series(frame.index).astype("str")
    texts = string_array(frame[text].astype("str").where(frame[text].notna(), ""))
    clean = to_simplified_column(clean_column(texts))
    prepared = pd.Series(pd.array(clean.to_pylist(), dtype="str"))
    named = _mentions(find_hits(compiled, prepared, asserted=False), compiled, kinds, _NEEDED[0])
    said = find_hits(compiled, prepared)
    faults, reasons, replaced = (_mentions(said, compiled, kinds, kind) for kind in (*_NEEDED[1:], _REPLACED))
    rows = _paired(named, faults)
    rows["reason"] = _nearest(rows, reasons)
    swapped = named.merge(replaced[["row", "clause"]].drop_duplicates(), on=["row", "clause"])
    swapped = swapped[["row", "label"]].drop_duplicates().assign(is_replaced=True)
    rows = rows.merge(swapped, left_on=["row", "part"], right_on=["row", "label"], how="left")
    rows["is_replaced"] = rows["is_replaced"].notna()
    rows = rows.sort_values(["row", "at"], kind="stable")
    rows = rows.drop_duplicates(["row", "part", "fault"])
    if by_part:
        # of a part's faults the first that is told stays
        rows = rows.assign(_told=rows["fault"].isna()).sort_values(["row", "_told", "at"], kind="stable")
        rows = rows[rows["part"].notna()].drop_duplicates(["row", "part"]).sort_values(["row", "at"])
    place = rows["row"].to_numpy(dtype=np.int64)
    kept = frame[[name for name in _KEPT if name in frame.columns]].iloc[place].reset_index(drop=True)
    table = rows[["part", "fault", "reason", "is_replaced"]].reset_index(drop=True)
    table = pd.concat([pd.DataFrame({"doc_id": ids.to_numpy()[place]}), table, kept], axis=1)
    table.attrs = {"n": len(frame), "n_without": len(frame) - len(np.unique(place))}
    if not len(table):
        table.attrs["reason"] = (
            NO_ROWS
            if not len(frame)
            else "没有一张工单说到部件、故障或原因；请检查 text 是不是维修记录的列，或给出自己的 taxonomy。"
        )
    return with_reason(conform(table, FAULT_RECORDS))


def _compiled(
    taxonomy: str | PathLike[str] | None,
) -> tuple[CompiledTaxonomy, npt.NDArray[np.object_]]:
    """Return the patterns, and the name of the top category of each category."""
    tree = Taxonomy.load(lexicon_path("repairs.yaml") if taxonomy is None else taxonomy)
    tops = {one.id for one in tree.first_level}
    missing = [name for name in _NEEDED if name not in tops]
    if missing:
        raise ParameterError(
            f"参数 taxonomy 的第一层缺 {'、'.join(missing)}；第一层要有 part（部件）、fault（故障）、"
            "reason（原因），写法见 lexicons/repairs.yaml。"
        )
    compiled = CompiledTaxonomy(tree)
    kinds = []
    for category in compiled.categories:
        while category.parent is not None:
            category = tree[category.parent]
        kinds.append(category.id)
    return compiled, np.array(kinds, dtype=object)


def _mentions(
    hits: Hits, compiled: CompiledTaxonomy, kinds: npt.NDArray[np.object_], kind: str
) -> pd.DataFrame:
    """Return what is named of one kind: text, clause, position and name; once in a clause."""
    category = compiled.category_of[hits.pattern]
    mine = category >= 0
    mine[mine] = kinds[category[mine]] == kind
    names = np.array([one.label_zh for one in compiled.categories], dtype=object)
    found = pd.DataFrame(
        {
            "row": hits.row[mine],
            "clause": hits.clause_start[mine],
            "at": hits.start[mine],
            "label": pd.array(names[category[mine]], dtype="str"),
        }
    )
    return found.sort_values(["row", "at"], kind="stable").drop_duplicates(["row", "clause", "label"])


def _paired(parts: pd.DataFrame, faults: pd.DataFrame) -> pd.DataFrame:
    """Return each fault with the part it belongs to, and the parts without a fault."""
    faults = faults.reset_index(drop=True).rename_axis("number").reset_index()
    both = faults.merge(parts, on="row", suffixes=("", "_part"), how="left")
    both["apart"] = both["clause"] != both["clause_part"]
    both["distance"] = (both["at"] - both["at_part"]).abs()
    both = both.sort_values(["number", "apart", "distance", "at_part"], kind="stable")
    both = both.drop_duplicates("number").rename(columns={"label": "fault", "label_part": "part"})
    pairs = both[["row", "at", "part", "fault"]]
    with_fault = pd.MultiIndex.from_frame(pairs[["row", "part"]])
    alone = parts[~pd.MultiIndex.from_frame(parts[["row", "label"]]).isin(with_fault)]
    alone = alone.drop_duplicates(["row", "label"]).rename(columns={"label": "part"})
    alone = alone.assign(fault=pd.array([None] * len(alone), dtype="str"))[["row", "at", "part", "fault"]]
    return pd.concat([pairs, alone], ignore_index=True)


def _nearest(rows: pd.DataFrame, reasons: pd.DataFrame) -> pd.Series:
    """Return the reason of each row's text that stands nearest; missing where there is none."""
    numbered = rows[["row", "at"]].rename_axis("number").reset_index()
    both = numbered.merge(reasons, on="row", suffixes=("", "_reason"))
    both["distance"] = (both["at"] - both["at_reason"]).abs()
    both = both.sort_values(["number", "distance", "at_reason"], kind="stable").drop_duplicates("number")
    return both.set_index("number")["label"].reindex(range(len(rows)))
