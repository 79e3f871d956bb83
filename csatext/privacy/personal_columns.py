"""Metadata columns without personal data: masked by header, masked by value, or pseudonymized."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from csatext.errors import mask_numbers
from csatext.privacy.kinds import Found
from csatext.privacy.normalize import normalize
from csatext.privacy.recognizers.names import is_name_cell
from csatext.privacy.redact import mask_of, redact_column
from csatext.strings import encodable, string_array

__all__ = [
    "HIDDEN_VALUE",
    "are_agents",
    "are_customers",
    "are_orders",
    "are_people",
    "can_be_names",
    "hold_names",
    "mask_columns",
    "mask_values",
]

HIDDEN_VALUE = "[已脱敏]"
_PERSONAL = re.compile(
    r"姓\s*名|名字|名称.*客户|客户名|会员名|联系人|联络人|收件人|收货人|寄件人|发件人|户主|机主|车主|持卡人|投保人|被保险人"
    r"|电话(?!渠道|时长|次数|量)|手机(?!型|品|系统|类|版|端|(?i:app|id|os))|座机|联系方式|身份证|证件|护照|驾驶证|邮箱|邮件地址|住址|地址|车牌|微信(?!渠道|支付|小程序|公众号)|银行卡|卡号|账户名|户名|昵称"
    r"|(?i:(?<![a-z])(?:qq|we_?chat|wx|wxid|weixin|vx)(?![a-z]))|扣扣号"
    r"|(?i:phone(?!_?(?:model|brand|type|os))|mobile(?!_?(?:model|brand|type|os|app))|\btel\b|e-?mail|(?<!ip_)address|id_?card|passport|(?<![a-z])plate|nick_?name|user_?name)"
    r"|(?i:full_?name|real_?name|customer_?name|contact_?name|first_?name|last_?name|open_?id|union_?id)"
)
_PERSON = re.compile(
    r"(?:投诉|来电|诉求|反[映应]|举报|检举|申请|报案|报修|报障|当事|委托|申诉|求助|咨询|留言|反馈|信访|来访|来信|致电|呼叫|预约|预[订定]|下单|订购|购[买车票机]|付款|收款|缴费|汇款|签[收字约]|取[件货]|"
    r"提货|乘[车机客]|入住|就诊|承租|出租|租赁|借款|贷款|担保|受益|监护|法定代表|被?投保|参保|推荐|介绍|代办|经手|办卡|开卡|开户|登记|注册|使用|持有|产权|权利|所有|评价|提问|评论|发布|诉讼|被投诉|被举报|被反映|责任|对接|"
    r"紧急联系|紧急联络|家庭联系|送达|接收|接听|来宾|访客|见证|证明|受托|代理|代收|订票|出行|用车|用餐|订餐|点餐|寄送|服务对象|投标|申办|申购|认购|申领)人(?:员)?(?:的?(?:姓名|名称|名字|全名|信息))?$|^(?:姓|名|全名|真名|本名|抬头人)$"
    r"|(?i:^(?:complainant|requester|recipient|receiver|consignee|payee|payer|cardholder"
    r"|policy_?holder|insured|beneficiary|applicant|surname|given_?name|family_?name|fullname"
    r"|nickname)(?:[_ ]?name)?$)"
)
"""Headers of columns that hold who a person is, whatever stands in them."""
_MAYBE_PERSON = re.compile(
    r"^(?:客户|会员|用户|顾客|买家|卖家|业主|租客|租户|住户|房东|患者|病人|学员|学生|家长|乘客|旅客|群众|市民|村民|居民|当事人|本人|亲属|家属|客人|宾客|粉丝|网友|作者|发言人|发送者|发送人|发信人|收信人|寄信人|说话人|对话人|人员|人名|成员|老板|"
    r"店主|车主|司机|骑手|收|寄|致|甲方|乙方|姓名或昵称|称呼|尊称)(?:名|名称|信息)?$"
    r"|(?i:^(?:sender|from|to|author|reporter|customer|client|member|user|buyer|guest|passenger"
    r"|patient|student|caller|callee|contact|person|people|name|speaker|creator|submitter|submitted_by"
    r"|reported_by|requested_by|raised_by|opened_by|closed_by|tenant|subscriber|visitor|driver|rider|doctor"
    r"|teacher|seller|shopper|end_?user|attendee)(?:[_ ]?name)?$)"
)
"""Headers of columns that hold persons, or their roles and kinds: what stands in them decides."""
_NO_PERSON = re.compile(
    r"产品|商品|货品|品牌|品名|品类|品种|菜|口味|型号|车型|车系|机型|店|网点|门市|城市|地区|区域|省|市$|县|镇|街道|地名|地点|位置|渠道|平台|来源|类别|类型|分类|标签|原因|问题|小区|楼盘|学校|公司|单位|部门|系列|"
    r"款|歌|书|影|剧|游戏|关键词|主题|话题|套餐|活动|项目|状态|结果|等级|颜色|材质|行业|科室|"
    r"(?i:product|brand|store|shop|outlet|branch|restaurant|city|region|area|province|district|place|location|channel|category|type|model|item|sku|dish|topic|tag|status|reason|source|company|department)"
)
"""Headers of columns that hold things and places: names of persons among them are those of brands."""
_ROLES = frozenset(
    [
        "customer",
        "client",
        "user",
        "agent",
        "system",
        "bot",
        "robot",
        "admin",
        "service",
        "staff",
        "operator",
        "visitor",
        "seller",
        "buyer",
        "unknown",
        "other",
        "none",
        "null",
        "email",
        "phone",
        "wechat",
        "chat",
        "web",
        "app",
        "male",
        "female",
        "yes",
        "no",
        "true",
        "false",
        "vip",
        "new",
        "old",
        "normal",
        "gold",
        "silver",
    ]
)
_LATIN_NAME = re.compile(r"[A-Z][a-z]{1,14}(?:[ .'\-]{1,2}[A-Z][a-z]{0,14}){0,3}")
_NAMES_LOOKED_AT = 2000
_SHORT_CELL = 12
_NAME_SHARE, _NAME_SHARE_BY_HEADER, _SHORT_SHARE = 0.6, 0.3, 0.5
"""Share of a column's different short cells that are names; of cells that are short: chosen."""
_AGENT = re.compile(
    r"(?:处理|受理|接待|服务|当前|责任|首接)?"
    r"(?:坐席|座席|客服|员工|话务员|接线员|受理员|专员|业务员|营业员|导购|店员|工程师|质检员|班长|组长|主管|店长|经理|"
    r"(?:安装|维修|上门|服务|送货|配送|施工|责任|快递|检修)?师傅|技师|安装工|安装员|维修工|维修员|配送员|快递员|外卖员|骑手|司机|驾驶员|医生|医师|护士|老师|教练|班主任|顾问|销售顾问|销售员|销售|导游|管家|网格员|保安|保洁|收银员|服务员|客户经理|项目经理|大夫|律师|法官|民警)"
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
_COUNTER = (
    r"(?i)^(?:[a-z]{0,6}[-_#]?\d{1,6}|[a-z]{2,6}[-_#]?\d{7,10}|[a-z]{1,6}[-_#]?20\d{6,14}|[a-z]?[-_#]?\d{7,8}|"
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$"
)
_NO_COUNTER = r"(?i)^(?:qq|q|vx?|wx|v|id|tel|phone|mob|no|sf|yt|jd|jt|zto|dpk|[egdsphm]\d{7,}|e[a-z]\d{7}$)"
"""Identifiers that count, and beginnings of those that are accounts, parcels or passports all the same."""
_NO_CODE = r"[^\x00-\x7f]"
_LEAST_DIGITS = 10**6


def mask_columns(
    contacts: pd.DataFrame, *, keep: Iterable[str] = (), key: str | bytes | None = None, orders: bool = True
) -> pd.DataFrame:
    """Return contacts whose metadata columns hold no personal data.

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
        Whether order numbers are pseudonymized.

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
    plain: list[Any] = []
    kept = {"doc_id", "text", *map(str, keep)}
    for name in contacts.columns:
        column = _encodable(contacts[name])
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
        elif _PERSONAL.search(normalize(str(name))) or are_people(name) or hold_names(column):
            masked[name] = pd.Series(HIDDEN_VALUE, index=column.index, dtype="str").where(column.notna())
        else:
            plain.append(name)
    for name, column in zip(plain, _masked_together([contacts[name] for name in plain], key), strict=True):
        masked[name] = column.map(mask_numbers, na_action="ignore") if name == "source" else column
    return masked


def mask_values(column: pd.Series, *, key: str | bytes | None = None) -> pd.Series:
    """Return a column with the personal data found in its values masked; other columns come back as given.

    Examples
    --------
    >>> mask_values(pd.Series([13800138000, 5])).tolist()
    ['[手机号]', '5']
    """
    return _masked_together([column], key)[0]


def _masked_together(columns: Sequence[pd.Series], key: str | bytes | None) -> list[pd.Series]:
    """Return columns with the personal data found in their values masked, all values read at once."""
    masked = [_encodable(column) for column in columns]
    coded: list[tuple[int, np.ndarray, pd.Series]] = []
    for at, column in enumerate(masked):
        if _is_plain(column):
            continue
        texts = _whole_numbers(column) if types.is_numeric_dtype(column) else column.astype("str")
        if texts is not None:
            codes, values = pd.factorize(texts)
            coded.append((at, codes, pd.Series(values, dtype="str")))
    if not coded:
        return masked
    read = _redacted(pd.concat([before for _, _, before in coded], ignore_index=True), key)
    start = 0
    for at, codes, before in coded:
        after = read.iloc[start : start + len(before)].reset_index(drop=True)
        start += len(before)
        if not after.equals(before):
            kept = after.array.take(codes, allow_fill=True)
            masked[at] = pd.Series(kept, index=masked[at].index, name=masked[at].name)
    return masked


def _encodable(column: pd.Series) -> pd.Series:
    """Return a column that can be written: halves of surrogate pairs, which objects hold, replaced."""
    if column.dtype != object:
        return column
    return column.map(lambda cell: encodable(cell) if isinstance(cell, str) else cell).astype(object)


def _redacted(values: pd.Series, key: str | bytes | None = None) -> pd.Series:
    """Return different values redacted; identifiers that only count are not read as text."""
    counter = values.str.contains(_COUNTER, regex=True) & ~values.str.contains(_NO_COUNTER, regex=True)
    read = values[~counter.fillna(False).astype(bool)]
    after = redact_column(string_array(read), pseudonymize=key).to_pylist()
    redacted = values.copy()
    redacted[read.index] = pd.array(after, dtype="str")
    return redacted


def _is_plain(column: pd.Series) -> bool:
    """Return whether a column is of a type that holds nobody's data: flags, times, periods."""
    kind = column.dtype
    return kind.kind in "bmM" or isinstance(kind, pd.PeriodDtype | pd.BooleanDtype | pd.DatetimeTZDtype)


def are_agents(header: object) -> bool:
    """Return whether a header denotes who served the customer."""
    return _AGENT.fullmatch(normalize(str(header)).strip()) is not None


def are_orders(header: object) -> bool:
    """Return whether a header denotes numbers of orders or parcels."""
    return _ORDER.fullmatch(normalize(str(header)).strip()) is not None


def are_customers(header: object) -> bool:
    """Return whether a header denotes identifiers of customers."""
    return _CUSTOMER.fullmatch(normalize(str(header)).strip()) is not None


def are_people(header: object) -> bool:
    """Return whether a header denotes persons: who complained, called, ordered.

    Examples
    --------
    >>> are_people("投诉人"), are_people("投诉人数"), are_people("聯繫人")
    (True, False, False)
    """
    return _PERSON.search(normalize(str(header)).strip()) is not None


def hold_names(column: pd.Series) -> bool:
    """Return whether most of a column's short cells are names of persons, under whatever header.

    A column of products, places or channels holds none, whatever its values sound like.

    Examples
    --------
    >>> hold_names(pd.Series(["赵一一", "钱二", "欧阳小三"], name="甲"))
    True
    >>> hold_names(pd.Series(["高级", "黄金", "江苏"], name="甲"))
    False
    """
    header = normalize(str(column.name)).strip()
    if not (types.is_string_dtype(column) or types.is_object_dtype(column)) or _NO_PERSON.search(header):
        return False
    suggested = _MAYBE_PERSON.search(header) is not None
    texts = column.dropna().astype("str")
    texts = texts[texts.str.strip() != ""]
    short = texts[texts.str.len() <= _SHORT_CELL * (1 + suggested)]
    if len(short) < _SHORT_SHARE * max(1, len(texts)):
        return False
    values = [normalize(value.strip()) for value in pd.unique(short)[:_NAMES_LOOKED_AT]]
    found = sum(is_name_cell(value) or (suggested and _is_latin_name(value)) for value in values)
    return found >= 2 - suggested and found >= (_NAME_SHARE_BY_HEADER if suggested else _NAME_SHARE) * len(
        values
    )


def _is_latin_name(value: str) -> bool:
    return _LATIN_NAME.fullmatch(value) is not None and value.lower() not in _ROLES


def can_be_names(values: pd.Index) -> np.ndarray:
    """Return which texts are names when they follow a trigger word for a name."""
    masked = redact_column(string_array("姓名：" + values.astype("str")), kinds=["name"]).to_pylist()
    return np.array([text == "姓名：[姓名]" for text in masked], dtype=bool)


def _customers(column: pd.Series, key: str | bytes | None) -> pd.Series:
    """Return identifiers of customers; those that are personal data are pseudonymized, one to one."""
    if key is not None:
        column = mask_values(column, key=key)
    texts = _whole_numbers(column) if types.is_numeric_dtype(column) else column.astype("str")
    if texts is None:
        return column
    codes, values = pd.factorize(texts)
    distinct = pd.Series(values, dtype="str")
    found = (_redacted(distinct) != distinct).to_numpy(bool, copy=True)
    written = values[pd.Series(values, dtype="str").str.contains(_NO_CODE, regex=True).to_numpy(bool)]
    if len(written) and can_be_names(written).sum() > 0.5 * len(values):
        found[:] = True  # in a column of names one that no list knows is a name too
    return _pseudonymized(column, codes, values, found, ("客户", "name"), key)


def _agents(column: pd.Series, *, key: str | bytes | None) -> pd.Series:
    codes, values = pd.factorize(column.astype("str"))
    return _pseudonymized(column, codes, values, _are_people(values), ("坐席", "name"), key)


def _orders(column: pd.Series, key: str | bytes | None) -> pd.Series:
    """Return a column of order numbers pseudonymized, without the decimal point that missing values bring."""
    whole = types.is_float_dtype(column) and bool((column.dropna() % 1 == 0).all())
    codes, values = pd.factorize((column.astype("Int64") if whole else column).astype("str"))
    return _pseudonymized(column, codes, values, np.ones(len(values), dtype=bool), ("单号", "order"), key)


def _are_people(values: pd.Index) -> np.ndarray:
    """Return which values of a column of agents are no code of theirs, no team and no machine."""
    shown = _redacted(pd.Series(values, dtype="str"))
    return np.array(
        [
            found != value or not any(shape.fullmatch(value.strip()) for shape in (_CODE, _TEAM, _NOBODY))
            for value, found in zip(values, shown, strict=True)
        ],
        dtype=bool,
    )


def _pseudonymized(
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
