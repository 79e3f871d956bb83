"""Chinese names, meanings and number forms of the tables of a run and of their columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd
from pandas.api import types

from csatext.labels import KIND_NAMES, POLARITY_NAMES, check_name, flag_names, name_of
from csatext.service.definitions import Definition

__all__ = [
    "TableWords",
    "column_meaning",
    "column_title",
    "kpi_form",
    "row_forms",
    "table_words",
    "value_name",
]


class _Words(NamedTuple):
    title: str
    form: str
    meaning: str = ""


_VALUE = "value"
"""Form of a column that is a rate, a score or a count, as the measure of its table is."""
_COLUMNS: Mapping[str, _Words] = {
    "rank": _Words("名次", "whole", "表内的次序，从 1 起"),
    "n": _Words("件数", "whole", "联络数；指标表里是计入的联络或客户数"),
    "numerator": _Words("分子", "number", "率：带该标记的联络数；均值：合计"),
    "denominator": _Words("分母", "number", "该项有记录的联络数"),
    "value": _Words("数值", _VALUE, "分子 ÷ 分母"),
    "low": _Words("区间下限", _VALUE, "95% 置信区间的下端"),
    "high": _Words("区间上限", _VALUE, "95% 置信区间的上端"),
    "rest": _Words("其余", _VALUE, "其余全部联络的数值"),
    "difference": _Words("与其余相差", _VALUE, "数值 − 其余"),
    "p": _Words("p", "p", "没有差别时出现这样大差别的概率（双侧）"),
    "q": _Words("q", "p", "p 按全部比较校正（Benjamini–Hochberg）；小于 0.05 才算差别成立"),
    "shrunken": _Words("收缩值", _VALUE, "按抽样误差向总体收缩后的数值，小样本不至于排到最前"),
    "small": _Words("样本少", "flag", "有记录的不足 30 条，谨慎解读"),
    "suppressed": _Words("不展示", "flag", "有记录的不足 5 条，不给数值"),
    "period": _Words("时段", "date", "时段的开始"),
    "label": _Words("时段名", "text", "时段的名字，如 2026-W18"),
    "is_complete": _Words("时段完整", "flag", "否：数据没有覆盖整个时段，不参与比较"),
    "change": _Words("变化", _VALUE, "与上一时段（或基线）之差"),
    "change_low": _Words("变化下限", _VALUE, "变化的区间下端，对全部比较同时成立"),
    "change_high": _Words("变化上限", _VALUE, "变化的区间上端"),
    "change_rate": _Words("变化率", "percent", "变化 ÷ 上一时段"),
    "yoy_change": _Words("同比变化", _VALUE, "与一年前之差"),
    "yoy_change_rate": _Words("同比变化率", "percent", "同比变化 ÷ 一年前"),
    "adjusted": _Words("去季节后", _VALUE, "去掉季节与日历影响后的数值"),
    "has_changed": _Words("变化成立", "flag", "变化的区间不含 0"),
    "is_significant": _Words("变化成立", "flag", "变化的区间不含 0"),
    "before": _Words("之前", _VALUE, "基线的数值"),
    "after": _Words("之后", _VALUE, "该时段的数值"),
    "n_before": _Words("之前每期件数", "number", "基线平均每期的联络数"),
    "periods_before": _Words("基线期数", "whole", "与之比较的完整时段数"),
    "workdays": _Words("工作日数", "whole"),
    "holidays": _Words("节假日", "text"),
    "promotions": _Words("大促", "text"),
    "term": _Words("词", "text"),
    "group": _Words("组", "text"),
    "n_docs": _Words("联络数", "whole", "含有它的联络数"),
    "rate": _Words("占比", "percent"),
    "doc_rate": _Words("联络占比", "percent", "含有该词的联络占比"),
    "raw_rate": _Words("机器占比", "percent", "机器判断的占比"),
    "log_odds": _Words("对数优势", "score", "该组与其余用这个词的对数优势比"),
    "log_ratio": _Words("对数比", "score", "两边词频之比的 2 为底的对数"),
    "z": _Words("z", "score", "与期望相差几个标准误"),
    "g2": _Words("G²", "score", "对数似然比统计量"),
    "metric": _Words("指标", "text"),
    "complete_as_of": _Words("数据齐至", "date", "这一天以前的迟到数据已齐"),
    "definition_version": _Words("口径版本", "text"),
    "twin": _Words("对照指标", "text", "能看出做假的指标"),
    "twin_value": _Words("对照数值", _VALUE),
    "twin_rank": _Words("对照名次", "whole"),
    "rank_gain": _Words("名次差", "whole", "对照名次 − 名次"),
    "adjusted_n": _Words("调整后件数", "number"),
    "coverage": _Words("覆盖", "percent", "可比联络的占比"),
    "target": _Words("全体", _VALUE, "全体客服的数值"),
    "expected": _Words("同样构成的期望", _VALUE, "全体客服在同样的类别与渠道构成下的数值"),
    "funnel_low": _Words("95% 界下限", _VALUE),
    "funnel_high": _Words("95% 界上限", _VALUE),
    "alarm_low": _Words("99.8% 界下限", _VALUE),
    "alarm_high": _Words("99.8% 界上限", _VALUE),
    "verdict": _Words("结论", "text", "q 小于 0.05 才有结论"),
    "topic": _Words("主题编号", "whole"),
    "share": _Words("占比", "percent"),
    "coherence": _Words("一致性", "score"),
    "probability": _Words("概率", "percent"),
    "relevance": _Words("相关度", "score"),
    "signal": _Words("信号", "text"),
    "dimension": _Words("维度", "text"),
    "cell": _Words("取值", "text"),
    "figure": _Words("数字", "text"),
    "flag": _Words("标记", "text"),
    "measure": _Words("度量", "text"),
    "periods": _Words("期数", "whole", "完整时段数"),
    "tau": _Words("Kendall τ", "score", "数值与时间的秩相关"),
    "slope": _Words("每期斜率", _VALUE, "Sen 斜率：每过一个时段的变化"),
    "direction": _Words("走向", "text", "q 小于 0.05 才说上升或下降"),
    "alternative_to": _Words("与之竞争的名次", "whole"),
    "numerator_before": _Words("之前分子", "number"),
    "denominator_before": _Words("之前分母", "number"),
    "numerator_after": _Words("之后分子", "number"),
    "denominator_after": _Words("之后分母", "number"),
    "contribution": _Words("贡献", "number", "比期望多出的件数"),
    "contribution_low": _Words("贡献下限", "number"),
    "contribution_high": _Words("贡献上限", "number"),
    "top_category": _Words("主要类别", "text"),
    "top_category_n": _Words("主要类别件数", "whole"),
    "words": _Words("相关词", "text"),
    "first_period": _Words("首个时段", "text"),
    "last_period": _Words("最后时段", "text"),
    "n_periods": _Words("时段数", "whole"),
    "is_rise": _Words("升高", "flag"),
    "is_current": _Words("仍在持续", "flag"),
    "excess": _Words("多出件数", "number", "比原来的水平多出的件数"),
    "excess_low": _Words("多出下限", "number"),
    "excess_high": _Words("多出上限", "number"),
    "check": _Words("检查", "text"),
    "column": _Words("列", "text"),
    "total": _Words("总行数", "whole"),
    "detail": _Words("说明", "text"),
    "id": _Words("类别编号", "text"),
    "parent": _Words("上级类别", "text"),
    "label_zh": _Words("类别", "text"),
    "stage": _Words("环节", "text"),
    "cause": _Words("可能原因", "text"),
    "look": _Words("看哪个指标", "text"),
    "remedies": _Words("办法", "text"),
    "remedy": _Words("办法", "text"),
    "name_zh": _Words("指标名", "text"),
    "against": _Words("与谁相比", "text"),
    "reference": _Words("对比值", _VALUE),
    "n_patterns": _Words("规则数", "whole"),
    "definition": _Words("定义", "text"),
    "rule": _Words("建议规则", "text"),
    "n_hits": _Words("命中数", "whole"),
    "n_claimed": _Words("已归类数", "whole"),
    "n_tagged": _Words("抽检数", "whole"),
    "bias": _Words("机器偏差", "percent"),
    "q_bias": _Words("偏差 q", "p"),
    "precision": _Words("精确率", "percent"),
    "precision_low": _Words("精确率下限", "percent"),
    "precision_high": _Words("精确率上限", "percent"),
    "recall": _Words("召回率", "percent"),
    "recall_low": _Words("召回率下限", "percent"),
    "recall_high": _Words("召回率上限", "percent"),
    "correction": _Words("校正方式", "text"),
    "corrected_by": _Words("校正依据", "text"),
    "examples": _Words("例句", "text"),
    "performance": _Words("实际表现", "score"),
    "importance": _Words("重要程度", "score", "与总评分的秩相关"),
    "importance_low": _Words("重要程度下限", "score"),
    "importance_high": _Words("重要程度上限", "score"),
    "gap": _Words("体验差距", "score", "实际 − 期望"),
    "gap_low": _Words("差距下限", "score"),
    "gap_high": _Words("差距上限", "score"),
    "quadrant": _Words("象限", "text"),
    "visits": _Words("联络次数", "text"),
    "hour": _Words("小时", "whole"),
    "weekday": _Words("星期", "text"),
    "journey_stage": _Words("环节", "text"),
    "doc_id": _Words("编号", "text"),
    "sentiment": _Words("情感分", "score"),
    "severity": _Words("严重度", "whole"),
}
_TABLES: Mapping[str, tuple[str, str]] = {
    "overview": ("总览", "全部联络的几个数"),
    "latest_change": ("最近一期", "最近一个完整时段与之前相比"),
    "category_shares": ("投诉类别", "各投诉类别的件数与占比"),
    "kpis": ("服务指标", "全部联络的服务指标，带区间"),
    "kpis_channel": ("服务指标 按渠道", "各渠道的服务指标"),
    "kpis_week": ("服务指标 按周", "每周的服务指标"),
    "scorecard": ("客服记分卡", "每位客服的指标，按类别与渠道构成校正"),
    "trend_tests": ("走势检验", "各项度量有没有持续上升或下降"),
    "root_causes": ("根因 按时段", "每个时段由哪些组合解释变化"),
    "episodes": ("异动", "连续几个时段同一处的变化合为一起"),
    "examples": ("典型案例", "各类别最负面的原话，个人信息已遮盖"),
    "cause_examples": ("根因案例", "根因所在的原话，个人信息已遮盖"),
    "frequencies": ("高频词", "全部联络里出现最多的词"),
    "topics": ("主题", "自动归出的主题与代表词"),
    "emerging_topics": ("新出现的主题", "最近一周新出现或明显增多的主题"),
    "topic_fit": ("主题是否还适用", "已有主题与这些联络的吻合程度"),
    "suggested_categories": ("建议的类别", "没有归类的联络里成群的说法"),
    "taxonomy": ("分类体系", "投诉类别、定义、责任部门与办法"),
    "quality": ("数据质量", "读入时发现的问题"),
    "polarities": ("情感构成", "负面、中性、正面的占比"),
    "risks": ("风险信号", "各信号的占比与最近一期的变化"),
    "risk_cells": ("风险信号 分组", "各信号在各维度上的占比"),
    "conversation_figures": ("对话情感", "客户情绪在对话中的走向"),
    "remedies": ("改进办法", "差于以前的指标，可能的原因与办法"),
    "remedies_channel": ("改进办法 按渠道", "差于其余渠道的指标，可能的原因与办法"),
    "aspect_performance": ("评分方面", "服务各方面的表现与重要程度"),
    "audited_flags": ("抽检校正", "按抽检校正的率"),
    "audited_categories": ("抽检校正 类别", "按抽检校正的类别占比"),
    "pack_choice": ("分类体系选择", "按命中选用的行业分类"),
    "trained_model": ("分类器", "训练好的分类器及其检验"),
}
_CODES: Mapping[str, Mapping[str, str]] = {
    "polarity": POLARITY_NAMES,
    "kind": KIND_NAMES,
    "correction": {"own": "自身抽检", "parent": "更大范围的抽检", "none": "没有校正"},
    "figure": {
        "contacts": "联络数",
        "measure": "所看的率",
        "complaints": "投诉率",
        "classified": "投诉中已归类的占比",
        "to_review": "待复核的占比",
        "csat": "满意度均分",
    },
}
"""Values that tables write as codes."""
_COUNTERS = {"hour": " 时", "csat": " 分", "nps": " 分"}
"""Numbers that name a row, with their counter."""
_NAMED = ("signal", "dimension", "flag", "measure", "column", "figure")
"""Columns whose values are names of columns."""
_COUNTED = {"visits": "客户", "csat": "评分", "nps": "评分"}
"""What a composition counts, where that is not contacts."""
_FIGURES = {"contacts": "whole", "csat": "score"}
_SHARE = "比率"
_LOOKED_AT = 1_000
_SCORES = frozenset(("csat", "nps", "sentiment", "predicted_satisfaction"))


@dataclass(frozen=True)
class TableWords:
    """What a table is called, what it says, and how its numbers are written.

    Attributes
    ----------
    title : str
        Chinese name.
    meaning : str
        What a reader finds in it.
    dimensions : tuple of str
        Columns that the facts bear too, in order.
    measure : str
        Column of the facts that is summarized; empty where there is none.
    value_form : str
        ``percent``, ``score`` or ``whole``: form of the columns that are in the unit of the measure.
    """

    title: str
    meaning: str
    dimensions: tuple[str, ...]
    measure: str
    value_form: str

    def is_in_unit(self, column: str) -> bool:
        """Return whether a column is in the unit of the measure, which may differ by row."""
        words = _COLUMNS.get(column)
        return words is not None and words.form == _VALUE and column not in self.dimensions

    def form(self, column: str) -> str:
        """Return how a column is written: ``whole``, ``number``, ``percent``, ``score``, ``p`` and others."""
        words = _COLUMNS.get(column)
        if words is None or column in self.dimensions:
            return "text"
        return self.value_form if words.form == _VALUE else words.form


def column_title(column: str) -> str:
    """Return the Chinese name of a column of a result, or of the contacts.

    Examples
    --------
    >>> column_title("numerator"), column_title("channel"), column_title("机型")
    ('分子', '渠道', '机型')
    """
    words = _COLUMNS.get(column)
    return name_of(column) if words is None else words.title


def column_meaning(column: str) -> str:
    """Return what a column of a result holds, empty where its name says it."""
    words = _COLUMNS.get(column)
    return "" if words is None else words.meaning


def value_name(column: str, value: Any, known: Mapping[str, Definition]) -> Any:
    """Return the Chinese name of a code in a table, other values as they are.

    Examples
    --------
    >>> value_name("polarity", "negative", {}), value_name("signal", "signal_anger", {})
    ('负面', '愤怒')
    """
    if column in _COUNTERS and not isinstance(value, str) and pd.notna(value):
        return f"{value:g}{_COUNTERS[column]}"
    if not isinstance(value, str):
        return value
    if column in ("metric", "twin", "look") and value in known:
        one = known[value]
        told = one.unit == _SHARE or one.name_zh.endswith(f"（{one.unit}）")
        return one.name_zh if told else f"{one.name_zh}（{one.unit}）"
    if column == "check":
        return check_name(value)
    coded = _CODES.get(column, {}).get(value)
    if coded is not None:
        return coded
    if column == "measure":
        return "联络数" if value == "contacts" else _measure_title(value)
    return name_of(value) if column in _NAMED else value


def kpi_form(definition: Definition | None) -> str:
    """Return how the values of a KPI are written.

    Examples
    --------
    >>> from csatext.service.definitions import read_definitions
    >>> kpi_form(read_definitions()["csat"]), kpi_form(read_definitions()["resolution_rate"])
    ('score', 'percent')
    """
    if definition is None:
        return "score"
    if definition.unit == _SHARE:
        return "percent"
    return "whole" if definition.kind == "count" else "score"


def row_forms(table: pd.DataFrame, facts: pd.DataFrame, known: Mapping[str, Definition]) -> list[str] | None:
    """Return how the values of each row are written where rows differ in what they measure, else None.

    Examples
    --------
    >>> facts = pd.DataFrame({"csat": [4, 5], "is_negative": [True, False]})
    >>> row_forms(pd.DataFrame({"measure": ["contacts", "csat", "is_negative"]}), facts, {})
    ['score', 'score', 'percent']
    """
    if "metric" in table.columns:
        return [kpi_form(known.get(str(metric))) for metric in table["metric"]]
    if "figure" in table.columns:
        return [_FIGURES.get(str(one), _form_of(facts, str(one))) for one in table["figure"]]
    if "measure" in table.columns:
        return [_form_of(facts, str(one)) if one != "contacts" else "score" for one in table["measure"]]
    return None


def table_words(name: str, table: pd.DataFrame, facts: pd.DataFrame, measure: str) -> TableWords:
    """Return the words of a table.

    Parameters
    ----------
    name : str
        As in the folder of a run.
    table : DataFrame
    facts : DataFrame
        Tell dimensions and kinds of measures.
    measure : str
        The flag that the run breaks down.

    Examples
    --------
    >>> facts = pd.DataFrame({"channel": ["电话"], "csat": [4], "is_negative": [True]})
    >>> table = pd.DataFrame({"rank": [1], "channel": ["电话"], "value": [4.0]})
    >>> words = table_words("breakdown_csat_channel", table, facts, "is_negative")
    >>> words.title, words.form("value")
    ('渠道 满意度评分', 'score')
    """
    columns = [str(column) for column in table.columns]
    own = {"rank", "n", "value", "numerator", "denominator", "low", "high", "period", "label"}
    dimensions = tuple(
        column
        for column in columns
        if column not in own
        and (column not in _COLUMNS or column in facts.columns or name.startswith("shares_"))
        and (column in facts.columns or column in ("visits", "hour", "weekday", "journey_stage"))
    )
    head, _, rest = name.partition("_")
    if name in _TABLES:
        title, meaning = _TABLES[name]
        form = _form_of(facts, measure) if name != "overview" else "score"
        return TableWords(title, meaning, dimensions, measure, form)
    shown = "×".join(column_title(column) for column in dimensions)
    if head == "breakdown" and rest:
        one = rest.removesuffix("_".join(dimensions)).removesuffix("_") or measure
        one = one if one in facts.columns else measure
        said = _measure_name(facts, one)
        title = f"{shown} {said}"
        return TableWords(title, f"各{shown}的{said}，与其余相比", dimensions, one, _form_of(facts, one))
    if head == "shares" and dimensions:
        of = "投诉" if rest.startswith("is_complaint_") else _COUNTED.get(rest, "联络")
        return TableWords(f"{shown} {of}占比", f"{of}在各{shown}的占比与变化", dimensions, "", "percent")
    if head == "trend" and rest:
        one = rest if not dimensions and rest in facts.columns else measure
        said = _measure_name(facts, one)
        title = f"走势 {shown} {said}" if shown else f"走势 {said}"
        return TableWords(title, f"{shown}{said}每个时段的数值", dimensions, one, _form_of(facts, one))
    if head == "keywords" and rest:
        return TableWords(f"{name_of(rest)} 关键词", f"各{name_of(rest)}特有的词", dimensions, "", "score")
    return TableWords(name_of(name), "", dimensions, measure, "score")


def _measure_title(measure: str) -> str:
    """Return the name of a measure of which only the column is known."""
    return flag_names(measure).rate if measure.startswith("is_") else name_of(measure)


def _measure_name(facts: pd.DataFrame, measure: str) -> str:
    if measure == "nps":
        return "净推荐值"  # the score over many contacts, not of one
    return flag_names(measure).rate if _form_of(facts, measure) == "percent" else name_of(measure)


def _form_of(facts: pd.DataFrame, measure: str) -> str:
    """Return how values of a measure are written: a flag gives rates."""
    if measure not in facts.columns:
        return "score" if measure in _SCORES else "percent"
    column = facts[measure]
    if types.is_bool_dtype(column):
        return "percent"
    if not types.is_numeric_dtype(column) or measure in _SCORES:
        return "score"
    # The first rows tell most columns that are no flags, whatever their length.
    for part in (column.head(_LOOKED_AT), column):
        if not part.dropna().isin([0, 1]).all():
            return "score"
    return "percent"
