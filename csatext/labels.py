"""Chinese names of columns, flags, checks and periods; words that tables show for what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

__all__ = [
    "ADJUDICATOR",
    "EMPTY",
    "KIND_NAMES",
    "PLACEHOLDERS",
    "POLARITY_NAMES",
    "UNCLASSIFIED",
    "FlagNames",
    "cell_name",
    "check_name",
    "dated_period",
    "flag_names",
    "name_of",
    "period_name",
]

EMPTY = "(空)"
"""A missing value of a dimension in a result; there NA means any value."""
ADJUDICATOR = "裁定"
"""Annotator whose tag holds against those of the others."""
PLACEHOLDERS = frozenset(
    (EMPTY, "无", "未知", "不详", "不明", "未填", "未填写", "未选择", "暂无", "空", "-", "--", "/", "N/A")
)
"""Values of a dimension that say nothing is known: they are counted, but no finding."""
UNCLASSIFIED = "未归类"
"""Category of a contact that no rule matches."""
_NAMES = {
    "channel": "渠道",
    "product": "产品",
    "region": "地区",
    "carrier": "承运商",
    "city": "城市",
    "province": "省份",
    "brand": "品牌",
    "store": "门店",
    "team": "班组",
    "agent_id": "坐席",
    "category": "投诉类别",
    "category_input": "原类别",
    "csat": "满意度评分",
    "nps": "推荐意愿评分",
    "resolved": "解决率",
    "doc_id": "编号",
    "text": "文本",
    "created_at": "时间",
    "closed_at": "办结时间",
    "customer_id": "客户编号",
    "n_transfers": "转接次数",
    "wait_seconds": "等待秒数",
    "handle_seconds": "处理秒数",
    "subcategory": "子类",
    "category_id": "类别编号",
    "categories": "全部类别",
    "category_terms": "命中词",
    "n_categories": "类别数",
    "category_lead": "类别领先幅度",
    "needs_review": "待复核",
    "complaint": "模型类别",
    "complaint_probability": "模型概率",
    "owner": "责任部门",
    "journey_stage": "旅程阶段",
    "cause_family": "成因",
    "severity": "严重度",
    "kind": "联络类型",
    "kind_probability": "类型概率",
    "is_complaint": "是否投诉",
    "probability_of_complaint": "投诉概率",
    "sentiment": "情感分",
    "polarity": "情感",
    "aspect": "方面",
    "opinion": "评价用语",
    "is_negative": "是否负面",
    "customer_start": "客户开头情感",
    "customer_worst": "客户最低情感",
    "customer_end": "客户结束情感",
    "customer_mean": "客户平均情感",
    "agent_start": "客服开头情感",
    "agent_worst": "客服最低情感",
    "agent_end": "客服结束情感",
    "agent_mean": "客服平均情感",
    "recovery": "情绪回升",
    "turning_turn": "转折轮次",
    "turning_change": "转折幅度",
    "escalated": "情绪升级",
    "customer_repeats": "客户重复说明次数",
    "transfers": "转接次数",
    "predicted_satisfaction": "预测满意度",
    "script_due": "应说话术数",
    "script_kept": "做到话术数",
    "script_rate": "话术执行率",
    "script_forbidden": "禁语数",
    "confidence": "置信度",
    "signals": "信号",
    "risk_severity": "风险程度",
    "signal_anger": "愤怒",
    "signal_anxiety": "焦虑",
    "signal_disappointment": "失望",
    "signal_urgency": "紧急",
    "signal_effort": "费力",
    "signal_escalation": "升级风险",
    "signal_churn": "流失风险",
    "signal_praise": "表扬",
    "signal_suggestion": "建议",
    "signal_safety": "安全",
    "signal_legal": "法律",
    "severity_anger": "愤怒程度",
    "severity_anxiety": "焦虑程度",
    "severity_disappointment": "失望程度",
    "severity_urgency": "紧急程度",
    "severity_effort": "费力程度",
    "severity_escalation": "升级风险程度",
    "severity_churn": "流失风险程度",
    "severity_praise": "表扬程度",
    "severity_suggestion": "建议程度",
    "severity_safety": "安全程度",
    "severity_legal": "法律程度",
    "topic": "主题编号",
    "topic_label": "主题",
    "topic_probability": "主题占比",
    "week": "周",
    "month": "月份",
    "date": "日期",
}
_ASPECT = "aspect_"
"""What the columns of aspects begin with."""
POLARITY_NAMES = {"negative": "负面", "neutral": "中性", "positive": "正面"}
KIND_NAMES = {
    "complaint": "投诉",
    "inquiry": "咨询",
    "request": "办理",
    "suggestion": "建议",
    "praise": "表扬",
    "other": "其他",
}
"""Kinds of contact."""
_CHECKS = {
    "bad_bytes": "坏字节",
    "bad_characters": "坏字符",
    "byte_order_marks": "多余的 BOM",
    "closed_while_open": "未办结却有办结时间",
    "column_mapping": "认出的表头",
    "column_renamed": "改名的列",
    "date_ancient": "过早的日期",
    "date_and_clock": "日期与时刻合并",
    "date_future": "未来的日期",
    "date_order": "日与月的先后",
    "date_period": "只写到月或周的日期",
    "date_unreadable": "读不出的日期",
    "date_word": "当作没有日期的词",
    "date_zone": "时区换算",
    "delimiter": "分隔符",
    "dialogue_one_sided": "只有一方说话的对话",
    "dialogues": "按对话读",
    "dialogues_mute": "客户没有说话的对话",
    "doc_id_made": "补编号",
    "duplicate_id": "重复的编号",
    "duplicate_text": "重复的文本",
    "duration_negative": "负的时长",
    "encoding": "文件编码",
    "encoding_rows": "混合编码",
    "escaped_quotes": "转义的引号",
    "excel_escapes": "Excel 转义符",
    "file_failed": "读不了的文件",
    "file_skipped": "跳过的文件",
    "format": "文件格式",
    "header": "表头位置",
    "id_digits_lost": "编号丢失的位数",
    "late_row": "远晚于其他行的日期",
    "lone_surrogates": "残缺字符",
    "merged_cells": "合并单元格",
    "missing": "缺失",
    "missing_figure": "图表缺失",
    "mojibake": "乱码修复",
    "near_duplicate_text": "近似重复的文本",
    "nul_characters": "空字符",
    "number_unreadable": "读不出的数字",
    "personal_id": "编号里的个人信息",
    "pipe_table": "竖线表格",
    "private_characters": "私用区字符",
    "outside_the_time": "所选时间之外",
    "model_sample": "由抽样学出的模型",
    "rejected": "剔除的行",
    "reported_late": "事后很久才报",
    "resolved_without_close": "已解决却没有办结时间",
    "role_inferred": "推断的角色",
    "role_mapping": "认出的角色",
    "role_missing": "缺角色",
    "score_not_given": "没有打分",
    "score_range": "越界的评分",
    "score_words": "文字评分",
    "script_latin": "没有中文",
    "script_none": "没有文字",
    "script_traditional": "繁体",
    "sheet": "工作表",
    "sheet_full": "写满的工作表",
    "sheets_repeated": "重复的工作表",
    "sheets_unread": "未读的工作表",
    "columns_unread": "未读的列",
    "surplus_cells": "比表头多的格子",
    "sessions_overlap": "同时接待",
    "time_order": "先后颠倒的时间",
    "torn_rows": "断开的行",
    "turn_clock_backwards": "对话时间倒退",
    "turn_continued": "沿用上一句的会话",
    "turn_empty": "空的话",
    "turn_ends_before_start": "先结束后开始",
    "turn_repeated": "重复的话",
    "turn_offset": "通话内的时刻",
    "turn_without_contact": "没有联络的话",
    "turns_sorted": "重排的话",
    "twin_column": "重名的列",
    "blank_rows": "空行",
}
_PERIODS = {"D": "天", "W": "周", "M": "个月", "Q": "个季度"}


class FlagNames(NamedTuple):
    """Chinese names of a flag: its rate, and the number of contacts that have it."""

    rate: str
    flagged: str


def flag_names(column: str) -> FlagNames:
    """Return the names of a flag.

    Examples
    --------
    >>> flag_names("is_negative").rate
    '负面率'
    >>> flag_names("催单").flagged
    '催单数'
    """
    if column == "is_negative":
        return FlagNames("负面率", "负面数")
    if column == "is_complaint":
        return FlagNames("投诉率", "投诉数")
    name = name_of(column)
    return FlagNames(name if name.endswith("率") else f"{name}率", f"{name.removesuffix('率')}数")


def name_of(column: str) -> str:
    """Return the Chinese name of a column, or the column; that of an aspect is the aspect.

    Examples
    --------
    >>> name_of("channel"), name_of("机型"), name_of("aspect_物流配送")
    ('渠道', '机型', '物流配送')
    """
    return _NAMES.get(column, column.removeprefix(_ASPECT))


def check_name(check: str) -> str:
    """Return the Chinese name of a check of table ``quality``, or the check."""
    return _CHECKS.get(check, check)


def period_name(freq: str) -> str:
    """Return the measure word of a period, as in 4 周."""
    return _PERIODS[freq]


def dated_period(label: str, freq: str) -> str:
    """Return a period's name with the day it begins.

    Examples
    --------
    >>> dated_period("2026-W06", "W"), dated_period("2026-02", "M")
    ('2026-W06（02-02 起）', '2026-02')
    """
    if freq != "W":
        return label
    year, week = label.split("-W")
    return f"{label}（{date.fromisocalendar(int(year), int(week), 1):%m-%d} 起）"


def cell_name(row: Mapping[str, Any], dimensions: Sequence[str]) -> str:
    """Return what a row names, such as ``承运商=云梭物流，地区=广东``; a row that names nothing is 整体."""
    named = [f"{name_of(name)}={row[name]}" for name in dimensions if pd.notna(row[name])]
    return "，".join(named) or "整体"
