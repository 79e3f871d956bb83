"""No raw value leaves a run: planted values are sought in the bytes of every file and message."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import csatext as ct
from csatext.batch.columns.reserved_columns import RESULT_COLUMNS, free_names
from csatext.cli import main
from csatext.privacy import outputs
from csatext.privacy.outputs import mask_columns, mask_doc_ids, mask_rejects, mask_sentence
from csatext.privacy.redact import redact_column

PHONES = ["13812345678", "15987654321", "18611112222", "13700001111", "17755556666"]
CARD_ID = "110101199003074514"
MAIL = "someone.private@example.com"
NAMES = ["张小明", "欧阳小红", "李小刚", "王小丽"]
AGENTS = ["林小雨", "郑爱国", "陈小慧"]
ORDERS = [f"2026050112{at:04d}" for at in range(80)]
QQ = [str(712345678 + at) for at in range(80)]
PLANTED = [*PHONES, CARD_ID, MAIL, *NAMES, "南山区某某路12号", *AGENTS, *ORDERS, *QQ]
IN = f"客诉{PHONES[0]}导出.csv"


def planted_rows():
    complaints = ["快递三天没动静", "客服态度很好", "重复扣费两次", "断网没人修"]
    rows = [
        {
            "工单编号": f"T{at}",
            "投诉内容": complaints[at % 4],
            "创建时间": f"2026-0{1 + at % 3}-1{at % 9} 10:00",
            "渠道": ["电话", "在线"][at % 2],
            "客户姓名": NAMES[at % 3],
            "联系电话": PHONES[0],
            "备注": "无",
            "住址": "广东省深圳市南山区某某路12号",
            "回访号": np.nan,
            "坐席": [*AGENTS, "A012"][at % 4],
            "订单号": ORDERS[at],
            "QQ": int(QQ[at]),
        }
        for at in range(80)
    ]
    rows[0]["投诉内容"] = f"我叫{NAMES[0]}，电话{PHONES[1]}，身份证{CARD_ID}，三天不回"
    rows[1]["备注"] = f"回电{PHONES[2]}，邮件{MAIL}"
    rows[2]["工单编号"] = PHONES[3]
    rows[3]["投诉内容"] = ""
    rows[3]["客户姓名"] = NAMES[3]
    rows[4]["工单编号"] = "T5"
    rows[6]["回访号"] = float(PHONES[4])
    return pd.DataFrame(rows)


def contents(folder):
    """Return everything readable of every file: bytes, and the cells of Parquet, packed or not."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            yield path.name, " ".join(str(v) for c in table.to_pydict().values() for v in c)
            yield path.name, str(table.schema.metadata)
        elif path.is_file():
            yield path.name, path.read_bytes().decode("utf-8-sig")


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("private")
    planted_rows().to_csv(folder / IN, index=False)
    return folder / "out", main(["run", str(folder / IN), "-o", str(folder / "out"), "--duplicates", "first"])


def test_no_planted_value_in_any_file(ran):
    out, code = ran
    assert code == 0
    found = [(name, value) for name, text in contents(out) for value in PLANTED if value in text]
    assert found == []


def test_what_is_not_personal_is_still_there(ran):
    out, _ = ran
    facts = pd.read_parquet(out / "facts.parquet")
    assert facts["channel"].value_counts().to_dict() == {"电话": 40, "在线": 38}
    assert facts.loc["T7", "备注"] == "无"
    rejects = pd.read_parquet(out / "rejects.parquet")
    assert rejects["reason"].tolist() == ["文本为空", "doc_id 与前面的行重复"]
    assert rejects["raw"].str.contains("电话|在线").all()
    assert len(json.loads((out / "manifest.json").read_text("utf-8"))["input"]["sha256"]) == 64


def test_a_masked_identifier_stays_unique_and_is_reported(ran):
    out, _ = ran
    facts = pd.read_parquet(out / "facts.parquet")
    assert facts.index.is_unique
    assert "[手机号]#3" in facts.index
    quality = pd.read_parquet(out / "tables" / "quality.parquet")
    assert quality.loc[quality["check"] == "personal_id", "n"].tolist() == [1]


def test_agents_and_orders_stay_distinct(ran):
    out, _ = ran
    facts = pd.read_parquet(out / "facts.parquet")
    assert facts["agent_id"].nunique() == 4
    assert set(facts.loc[["T7", "T11"], "agent_id"]) == {"A012"}
    assert facts["order_id"].is_unique
    assert json.loads((out / "manifest.json").read_text("utf-8"))["input"]["name"] == "客诉[手机号]导出.csv"


def test_what_the_configuration_keeps_stays_and_its_key_is_written_nowhere(tmp_path):
    planted_rows().to_csv(tmp_path / "in.csv", index=False)
    settings = '[privacy]\nkeep = ["agent_id", "order_id"]\npseudonymize = "verysecret"\n'
    (tmp_path / "c.toml").write_text(settings + "[analysis]\nn_topics = 0\n", "utf-8")
    words = [
        "run",
        str(tmp_path / "in.csv"),
        "-o",
        str(tmp_path / "out"),
        "--config",
        str(tmp_path / "c.toml"),
    ]
    assert main([*words, "--duplicates", "first"]) == 0
    facts = pd.read_parquet(tmp_path / "out" / "facts.parquet")
    assert set(facts["agent_id"]) == {*AGENTS, "A012"}
    assert set(facts["order_id"]) <= set(ORDERS)
    assert not [name for name, text in contents(tmp_path / "out") if "verysecret" in text]
    assert main(["report", str(tmp_path / "out" / "facts.parquet"), "-o", str(tmp_path / "r.html")]) == 0
    page = (tmp_path / "r.html").read_text("utf-8")
    assert not [value for value in [*AGENTS, *PHONES, *ORDERS] if value in page]


def test_names_of_files_are_masked_wherever_they_are_shown(tmp_path, capsys):
    names = [f"客诉{PHONES[0]}导出.csv", f"x_{PHONES[1]}_y.xlsx", f"ID{CARD_ID}.jsonl", f"{PHONES[2]}.zip"]
    for name in names:
        (tmp_path / name).write_bytes(b"")
        for verb in ("run", "annotate", "check", "report"):
            out = [] if verb == "check" else ["-o", str(tmp_path / f"o{PHONES[3]}.csv")]
            assert main([verb, str(tmp_path / name), *out]) in (1, 2)
    output = "".join(capsys.readouterr())
    assert "客诉[手机号]导出" in output
    assert [value for value in PLANTED if value in output] == []


def test_facts_of_the_interface_are_masked_in_the_report(tmp_path):
    facts = pd.DataFrame(
        {
            "channel": [f"电话{PHONES[0]}", "在线"] * 30,
            "agent_id": [AGENTS[0], AGENTS[1]] * 30,
            "is_negative": [True, False, False] * 20,
            "category": "物流",
            "owner": "物流负责人",
        }
    )
    before = facts.copy()
    page = ct.write_report(facts, tmp_path / "r.html").read_text("utf-8")
    assert not [value for value in [*AGENTS, *PHONES] if value in page]
    assert "坐席-1" in page
    assert "坐席-3" not in page
    pd.testing.assert_frame_equal(facts, before)
    table = ct.breakdown(facts, by="channel", measure="is_negative")
    given = ct.write_report(facts, tmp_path / "g.html", tables={"breakdown": table}).read_text("utf-8")
    assert PHONES[0] not in given
    kept = ct.write_report(facts, tmp_path / "k.html", keep=["agent_id"]).read_text("utf-8")
    assert AGENTS[0] in kept


def test_messages_hold_no_value(tmp_path, capsys):
    (tmp_path / "bare.csv").write_text(f"{PHONES[0]},{CARD_ID}\n{PHONES[1]},{MAIL}\n", "utf-8")
    assert main(["run", str(tmp_path / "bare.csv"), "-o", str(tmp_path / "out")]) == 1
    output = "".join(capsys.readouterr())
    assert not [value for value in PLANTED if value in output]


def test_columns_are_masked_by_header_or_by_value():
    made = pd.DataFrame(
        {
            "text": ["慢"] * 3,
            "客户姓名": ["张小明", None, "李小刚"],
            "Mobile": [1, 2, 3],
            "number": [int(PHONES[0]), 5, 6],
            "part": [float(PHONES[0]), np.nan, 1.5],
            "agreed": [True, False, True],
            "customer_id": ["张小明", "欧阳小红", "李小刚"],
            "level": pd.Categorical(["a", "b", "a"]),
            "list": [[PHONES[0]], [1], None],
            "bytes": [PHONES[0].encode(), b"x", None],
            "产品名称": ["张飞牛肉", "手机", "宽带"],
        }
    )
    before = made.copy()
    masked = mask_columns(made)
    pd.testing.assert_frame_equal(made, before)
    assert masked["客户姓名"].tolist()[0] == "[已脱敏]"
    assert masked["客户姓名"].isna().tolist() == [False, True, False]
    assert set(masked["Mobile"]) == {"[已脱敏]"}
    assert masked["customer_id"].tolist() == ["客户-1", "客户-2", "客户-3"]
    assert masked["number"].tolist() == ["[手机号]", "5", "6"]
    assert masked["part"].tolist()[0] == "[手机号]"
    assert masked["agreed"].tolist() == [True, False, True]
    assert masked["level"].tolist() == ["a", "b", "a"]
    assert masked["产品名称"].tolist() == made["产品名称"].tolist()
    assert not [v for v in masked.drop(columns="text").astype(str).to_numpy().ravel() if PHONES[0] in str(v)]


def test_identifiers():
    ids = ["T1", "138 1234 5678", "20260512000123", "张三丰", MAIL, "粤B12345"]
    masked, n = mask_doc_ids(pd.DataFrame({"doc_id": ids}))
    assert masked["doc_id"].tolist() == ["T1", "[手机号]#2", ids[2], "张三丰", "[邮箱]#5", "[车牌]#6"]
    assert n == 3
    plain = pd.DataFrame({"doc_id": ["T1", "T2"]})
    assert mask_doc_ids(plain)[0] is plain
    # Luhn holds for these by construction: a column of nothing else holds cards on purpose.
    cards = pd.DataFrame({"doc_id": ["6222021234567890128", "4111111111111111", "T1"]})
    assert mask_doc_ids(cards)[1] == 2


def test_names_in_rejected_rows_are_masked_under_a_header_of_names():
    rejects = pd.DataFrame({"source": "a", "line": [1], "reason": "x", "raw": ["T1,李小刚,广东,很慢,王小丽"]})
    assert mask_rejects(rejects, pd.Index(["姓名"]))["raw"][0] == "T1,[已脱敏],广东,很慢,[已脱敏]"
    assert mask_rejects(rejects, pd.Index(["渠道"]))["raw"][0] == rejects["raw"][0]
    agents = rejects.assign(raw="T1,林小雨,20260501123456,712345678,20260501", source=f"a{PHONES[0]}.csv")
    masked = mask_rejects(agents, pd.Index(["agent_id", "order_id", "QQ"])).iloc[0]
    assert masked["raw"] == "T1,[已脱敏],[单号],[已脱敏],20260501"
    assert masked["source"] == "a[手机号].csv"
    none = mask_rejects(rejects.iloc[:0], pd.Index(["姓名"]))
    assert len(none) == 0


def test_sentences_keep_their_words():
    sentence = "「/数据/2026-05.csv」里没有找到文本列；现有列：渠道、产品、2026051200012。"
    assert mask_sentence(sentence) == sentence


def test_names_that_results_need_are_left_free():
    given = ["text", *sorted(RESULT_COLUMNS), "category_input", 7, f"列{PHONES[0]}"]
    freed, renamed = free_names(pd.DataFrame([range(len(given))], columns=given))
    assert freed.columns.is_unique
    assert not set(freed.columns) & RESULT_COLUMNS
    assert renamed["category"] == "category_input_input"
    assert "7" in freed.columns
    assert not [name for name in [*freed.columns, *renamed] if PHONES[0] in name]


@pytest.mark.parametrize(
    "pattern", ["c{:08d}", "E{:08d}", "T20260512{:06d}", "工单-{:06d}", "20260512{:06d}"]
)
def test_identifiers_that_count_are_not_read_as_text(pattern, monkeypatch):
    read = []

    def counted(texts, **kinds):
        read.extend(texts.to_pylist())
        return redact_column(texts, **kinds)

    monkeypatch.setattr(outputs, "redact_column", counted)
    ids = [pattern.format(number) for number in range(3000)]
    masked, n = outputs.mask_doc_ids(pd.DataFrame({"doc_id": ids}))
    assert n == 0
    assert masked["doc_id"].tolist() == ids
    assert len(read) < 1100  # the sample for bank cards and a shape or two


def test_identifiers_that_are_personal_data_are_masked_among_those_that_count():
    ids = [f"T{number:07d}" for number in range(50)]
    ids += ["13800138000", "11010519491231002X", "EA1234567", "甲 13800138000", "some@example.com"]
    masked, n = outputs.mask_doc_ids(pd.DataFrame({"doc_id": ids}))
    assert n == 5
    assert masked["doc_id"].tolist()[50:] == [
        "[手机号]#51",
        "[身份证]#52",
        "[护照]#53",
        "甲 [手机号]#54",
        "[邮箱]#55",
    ]
