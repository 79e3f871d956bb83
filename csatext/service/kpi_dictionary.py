"""The Chinese dictionary of KPIs as Markdown: the page ``docs/kpis.md``."""

from __future__ import annotations

from csatext.service.definitions import Definition, read_definitions

__all__ = ["kpi_dictionary"]

_HEAD = """\
# 指标词典

由 `csatext/service/definitions.yaml` 生成（`benchmarks/refresh_tables.py`）；
`ct.kpi_definitions()` 返回同样内容的表。每个指标都可以按 id 用在 `ct.kpis`、`ct.breakdown`、`ct.trend`、
`ct.alerts`、`ct.root_causes`、`ct.effect`、`ct.drivers` 里（`measure="reply_rate"`）。

归属规则：

- 一次联络属于客户第一句话所在的时段；同一方连着说的几句算一轮。
- 按客服看，一次联络对其中每位开过口的客服各算一次，回复算给作答的客服，转接之前的时间算给转出的客服。
- 按人的指标在一个时段和分组内一位客户只算一次；没有客户号的联络各算一位客户。
- 滞后天数没过的数值，`is_complete` 是 False。
- 时钟不对的（倒退、先结束后开始、先办结后创建、负数）不计入，次数写在结果的 `attrs["repairs"]` 里；
  重复的行只算一次；带时区的时间换成北京时间。"""
_KINDS = {"rate": "比率", "mean": "平均", "ratio": "两个合计相除", "count": "个数", "sum": "合计"}
_DIRECTIONS = {"up": "高好", "down": "低好", "none": "不论高低"}


def kpi_dictionary() -> str:
    """Return the page: every KPI with its formula, what it is computed from, and its twin.

    Examples
    --------
    >>> kpi_dictionary().splitlines()[0]
    '# 指标词典'
    """
    known = read_definitions()
    lines = [_HEAD, "", "| id | 指标 | 公式 | 单位 | 对照指标 |", "|---|---|---|---|---|"]
    lines += [
        f"| [`{one.id}`](#{one.id.replace('_', '-')}) | {one.name_zh} | {one.formula} | {one.unit} "
        f"| {known[one.twin].name_zh} |"
        for one in known.values()
    ]
    for one in known.values():
        lines += ["", f"## {one.id}", "", *_facts(one, known)]
    return "\n".join(lines) + "\n"


def _facts(one: Definition, known: dict[str, Definition]) -> list[str]:
    per = "，一位客户只算一次" if one.per == "customer" else ""
    said = [
        f"**{one.name_zh}**（{one.name_en}）：{one.formula}。", "",
        f"- 类型：{_KINDS[one.kind]}{per}；单位：{one.unit}；{_DIRECTIONS[one.direction]}",
        f"- 分子：`{one.numerator}`" + (f"；分母：`{one.denominator}`" if one.denominator else ""),
    ]  # fmt: skip
    if one.filter:
        said.append(f"- 只算：`{one.filter}`")
    if one.parameters:
        shown = "、".join(
            f"`{n}` = {p.default:g}（{p.low:g} 到 {p.high:g}）" for n, p in one.parameters.items()
        )
        said.append(f"- 参数：{shown}")
    stand_in = [f"`{column}` 没有时用 `{other}`" for column, other in one.instead.items()]
    stand_in += [f"`{column}` 没有时当作 {value:g}" for column, value in one.optional.items()]
    if stand_in:
        said.append(f"- 缺列时：{'；'.join(stand_in)}")
    if one.lag_days:
        said.append(f"- 滞后：{one.lag_days} 天后才完整")
    twin = f"[`{one.twin}`](#{one.twin.replace('_', '-')}) {known[one.twin].name_zh}"
    said.append(f"- 怎样做假：{one.gaming}；对照：{twin}")
    rows = "、".join(map(str, one.requirement))
    return [*said, *([f"- 需求：{rows}"] if rows else [])]
