"""Columns beside the text without personal data: masked by header, by value, or named anew."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
from pandas.api import types

from csatext.errors import mask_numbers
from csatext.privacy.kinds import Found
from csatext.privacy.redact import mask_of, redact_column
from csatext.strings import string_array

__all__ = ["HIDDEN_VALUE", "are_agents", "are_orders", "can_be_names", "mask_columns", "mask_values"]

HIDDEN_VALUE = "[已脱敏]"
_PERSONAL = re.compile(
    r"姓名|名字|名称.*客户|客户名|会员名|联系人|收件人|收货人|寄件人|发件人|户主|机主|车主|持卡人|投保人|被保险人"
    r"|电话(?!渠道|时长|次数|量)|手机(?!型|品|系统|类|版|端|(?i:app|id|os))|座机|联系方式|身份证|证件|护照|驾驶证|邮箱|邮件地址|住址|地址|车牌|微信(?!渠道|支付|小程序|公众号)|银行卡|卡号|账户名|户名|昵称"
    r"|(?i:(?<![a-z])(?:qq|we_?chat|wx|wxid|weixin|vx)(?![a-z]))|扣扣号"
    r"|(?i:phone(?!_?(?:model|brand|type|os))|mobile(?!_?(?:model|brand|type|os|app))|\btel\b|e-?mail|(?<!ip_)address|id_?card|passport|(?<![a-z])plate|nick_?name|user_?name)"
    r"|(?i:full_?name|real_?name|customer_?name|contact_?name|first_?name|last_?name|open_?id|union_?id)"
)
_AGENT = re.compile(
    r"(?:处理|受理|接待|服务|当前|责任|首接)?"
    r"(?:坐席|座席|客服|员工|话务员|接线员|受理员|专员|业务员|营业员|导购|店员|工程师|质检员|班长|组长|主管|店长|经理)"
    r"(?:人员|的)?(?:姓名|名字|名称|名|昵称|工号|编号|账号|号|ID|id)?(?:[(（].*)?|工号"
    r"|(?:处理|受理|跟进|经办|责任|负责|接单|派单|操作|创建|录入|服务|接待|回访|审核|质检|提交|登记|记录|办理|指派)"
    r"(?:人员?|者)(?:姓名|名称|工号)?"
    r"|(?i:(?:agent|staff|waiter|assignee|owner|handler|supervisor|team_?leader|employee|csr)"
    r"(?:[_ ]?(?:id|name|no|code))?|(?:handled|created|served)_by|assigned_to"
    r"|(?:service|support)[_ ](?:agent|staff)|operator[_ ]?(?:id|name|no))"
)
_ORDER = re.compile(
    r"(?:订单|运单|快递单|快递|物流单|物流|包裹|交易|退款单|退货单|售后单|支付|流水)(?:单?号码?|编号|ID|id|No|no)|运单|快递单"
    r"|(?i:(?:order|tracking|waybill|express|shipment|trade|transaction|refund)_?(?:id|no|num|number|sn|code))"
)
_CUSTOMER = re.compile(
    r"(?:客户|会员|用户|顾客|买家|消费者)(?:号码?|编号|编码|代码|账号|标识|ID|id|Id|No|no)"
    r"|(?i:(?:customer|cust|user|member|client|buyer|consumer)_?(?:id|no|num|number|code)|uid)"
)
_CODE = re.compile(
    r"(?:(?:工号|坐席|座席|客服|专员|员工|(?i:agent|staff|no|id))[\s._:：#-]*)?[A-Za-z]{0,6}[-_#]?\d{1,12}[A-Za-z]?号?"
)
_TEAM = re.compile(
    r".*(?:组|部|队|班|科|室|中心|团队|渠道|线|机器人|系统|自助|平台|公司|门店|分店|外包|人工|智能客服)\d*号?"
)
_NOBODY = re.compile(
    r"(?i:bot|robot|system|auto|ai|n/?a|none|null|unknown|other|vip|team.*|group.*)|未知|无|其他|其它|[-—/]*"
)
_LABEL = re.compile(r"(?:坐席|单号|客户)-\d+|\[[^\[\]#]{1,5}(?:#[0-9a-f]{12})?\]")
_NO_CODE = r"[^\x00-\x7f]"
_LEAST_DIGITS = 10**6


def mask_columns(
    contacts: pd.DataFrame, *, keep: Iterable[str] = (), key: str | bytes | None = None, orders: bool = True
) -> pd.DataFrame:
    """Return contacts whose columns beside ``text`` and ``doc_id`` hold no personal data.

    A column whose header says that it holds names, numbers or addresses of people is masked whole; in other
    columns of text, and of long whole numbers, the values found are. In a column of agents each name becomes
    ``坐席-1``, ``坐席-2`` in order of appearance, codes (A012) and teams stay; in one of orders each number
    becomes ``单号-1``; in one of customers each value that is personal data becomes ``客户-1``:
    groups, counts and joins inside the frame stay as they were. Text stays: it is redacted where it is
    cleaned. Masked twice is masked once.

    Parameters
    ----------
    contacts : DataFrame
        Left unchanged.
    keep : iterable of str
        Columns that stay as they are.
    key : str, optional
        Agents, orders and values get the tokens of ``redact(..., pseudonymize=key)`` instead, the same in
        every frame.
    orders : bool, default True
        Whether numbers of orders are named anew.

    Returns
    -------
    DataFrame

    Examples
    --------
    >>> made = pd.DataFrame({"联系人": ["甲某"], "备注": ["回电13800138000"], "坐席": ["李小红"]})
    >>> mask_columns(made).values.tolist()
    [['[已脱敏]', '回电[手机号]', '坐席-1']]
    """
    masked = contacts.copy(deep=False)
    kept = {"doc_id", "text", *map(str, keep)}
    for name in contacts.columns:
        column = contacts[name]
        if str(name) in kept or _is_plain(column):
            continue
        if are_agents(name):
            people = mask_values if types.is_numeric_dtype(column) else _agents
            masked[name] = people(column, key=key)
        elif are_orders(name):
            if orders:
                masked[name] = _orders(column, key)
        elif are_customers(name):
            masked[name] = _customers(column, key)
        elif _PERSONAL.search(str(name)):
            masked[name] = pd.Series(HIDDEN_VALUE, index=column.index, dtype="str").where(column.notna())
        else:
            masked[name] = mask_values(column, key=key)
        if name == "source":
            masked[name] = masked[name].map(mask_numbers, na_action="ignore")
    return masked


def mask_values(column: pd.Series, *, key: str | bytes | None = None) -> pd.Series:
    """Return a column with the personal data found in its values masked; other columns come back as given.

    Examples
    --------
    >>> mask_values(pd.Series([13800138000, 5])).tolist()
    ['[手机号]', '5']
    """
    if _is_plain(column):
        return column
    texts = _whole_numbers(column) if types.is_numeric_dtype(column) else column.astype("str")
    if texts is None:
        return column
    codes, values = pd.factorize(texts)
    before = string_array(values)
    after = redact_column(before, pseudonymize=key)
    if after.equals(before):
        return column
    kept = pd.array(after, dtype="str").take(codes, allow_fill=True)
    return pd.Series(kept, index=column.index, name=column.name)


def _is_plain(column: pd.Series) -> bool:
    """Return whether a column is of a type that holds nobody's data: flags, times, periods."""
    kind = column.dtype
    return kind.kind in "bmM" or isinstance(kind, pd.PeriodDtype | pd.BooleanDtype | pd.DatetimeTZDtype)


def are_agents(header: object) -> bool:
    """Return whether a header announces who served the customer."""
    return _AGENT.fullmatch(str(header).strip()) is not None


def are_orders(header: object) -> bool:
    """Return whether a header announces numbers of orders or parcels."""
    return _ORDER.fullmatch(str(header).strip()) is not None


def are_customers(header: object) -> bool:
    """Return whether a header announces identifiers of customers."""
    return _CUSTOMER.fullmatch(str(header).strip()) is not None


def can_be_names(values: pd.Index) -> np.ndarray:
    """Return which texts are a name where one is announced."""
    announced = redact_column(string_array("姓名：" + values.astype("str")), kinds=["name"]).to_pylist()
    return np.array([text == "姓名：[姓名]" for text in announced], dtype=bool)


def _customers(column: pd.Series, key: str | bytes | None) -> pd.Series:
    """Return identifiers of customers, those that are personal data named anew: no two fall together."""
    if key is not None:
        column = mask_values(column, key=key)
    texts = _whole_numbers(column) if types.is_numeric_dtype(column) else column.astype("str")
    if texts is None:
        return column
    codes, values = pd.factorize(texts)
    found = np.array(redact_column(string_array(values)).to_pylist(), dtype=object) != np.array(
        values, object
    )
    written = values[pd.Series(values, dtype="str").str.contains(_NO_CODE, regex=True).to_numpy(bool)]
    if len(written) and can_be_names(written).sum() > 0.5 * len(values):
        found[:] = True  # in a column of names one that no list knows is a name too
    return _named_anew(column, codes, values, found, ("客户", "name"), key)


def _agents(column: pd.Series, *, key: str | bytes | None) -> pd.Series:
    codes, values = pd.factorize(column.astype("str"))
    return _named_anew(column, codes, values, _are_people(values), ("坐席", "name"), key)


def _orders(column: pd.Series, key: str | bytes | None) -> pd.Series:
    """Return a column of numbers of orders named anew, without the point that a gap brings to numbers."""
    whole = types.is_float_dtype(column) and bool((column.dropna() % 1 == 0).all())
    codes, values = pd.factorize((column.astype("Int64") if whole else column).astype("str"))
    return _named_anew(column, codes, values, np.ones(len(values), dtype=bool), ("单号", "order"), key)


def _are_people(values: pd.Index) -> np.ndarray:
    """Return which values of a column of agents are no code of theirs, no team and no machine."""
    shown = redact_column(string_array(values)).to_pylist()
    return np.array(
        [
            found != value or not any(shape.fullmatch(value.strip()) for shape in (_CODE, _TEAM, _NOBODY))
            for value, found in zip(values, shown, strict=True)
        ],
        dtype=bool,
    )


def _named_anew(
    column: pd.Series,
    codes: np.ndarray,
    values: pd.Index,
    chosen: np.ndarray,
    label_and_kind: tuple[str, str],
    key: str | bytes | None,
) -> pd.Series:
    """Return a column whose chosen values are replaced, equal ones by equal labels."""
    label, kind = label_and_kind
    labelled = np.array([_LABEL.fullmatch(value) is not None for value in values], dtype=bool)
    wanted = np.flatnonzero(chosen & ~labelled)
    if not len(wanted):
        return column
    secret = key.encode() if isinstance(key, str) else key
    named = np.array(values, dtype=object)
    taken_numbers = [int(value.rpartition("-")[2]) for value in values[labelled] if value.startswith(label)]
    for number, at in enumerate(wanted, start=1 + max(taken_numbers, default=0)):
        named[at] = f"{label}-{number}" if key is None else mask_of(Found(0, 0, kind, values[at]), secret)
    taken = pd.array(named, dtype="str").take(codes, allow_fill=True)
    return pd.Series(taken, index=column.index, name=column.name)


def _whole_numbers(column: pd.Series) -> pd.Series | None:
    """Return long whole numbers as text; None where the column holds none."""
    numbers = column.astype("Float64")
    whole = ((numbers % 1 == 0) & (numbers.abs() >= _LEAST_DIGITS)).fillna(False).astype(bool)
    if not whole.any():
        return None
    if types.is_integer_dtype(column):
        return column.astype("str")
    return column.astype("str").where(~whole, numbers.where(whole).astype("Int64").astype("str"))
