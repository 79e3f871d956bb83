"""Topics with planted truth: seeds, names, quality, the same number next month, births and deaths."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import csatext as ct
from csatext.analysis.topics.topic_quality import _met_as_seldom

PLANTED = {
    "物流": ["快递", "包裹", "派送", "签收", "驿站", "物流", "运单", "揽收"],
    "退款": ["退款", "到账", "售后", "退货", "金额", "审核", "退回", "原路"],
    "网络": ["宽带", "网速", "断网", "光猫", "信号", "路由器", "基站", "掉线"],
    "费用": ["话费", "套餐", "扣费", "账单", "流量", "月租", "充值", "余额"],
}
FRESH = ["刮花", "屏幕", "碎屏", "摔坏", "外壳", "裂纹", "换屏", "钢化膜"]
TOKENIZER = ct.Tokenizer([*(word for words in PLANTED.values() for word in words), *FRESH], lexicons=())


def texts_of(groups, n, seed):
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(words, 6)) for words in groups for _ in range(n)]


def corpus_of(texts, prefix="d"):
    contacts = pd.DataFrame({"doc_id": [f"{prefix}{at}" for at in range(len(texts))], "text": texts})
    return ct.Vectorizer(tokenizer=TOKENIZER).fit_transform(contacts)


@pytest.fixture(scope="module")
def first():
    return corpus_of(texts_of(PLANTED.values(), 80, 0))


@pytest.fixture(scope="module")
def model(first):
    return ct.TopicModel(4, n_iter=60, n_runs=2).fit(first)


def planted_of(topics):
    """Return, by topic, the planted group that its first five terms come from."""
    owner = {word: name for name, words in PLANTED.items() for word in words} | dict.fromkeys(FRESH, "新")
    top = topics[topics["rank"] <= 5]
    return top.groupby("topic")["term"].agg(lambda terms: terms.map(owner).mode()[0]).to_dict()


def test_fit_transform_is_fit_and_transform(first, model):
    together = ct.TopicModel(4, n_iter=60, n_runs=2).fit_transform(first)
    pd.testing.assert_frame_equal(together, model.transform(first))


def test_a_document_of_no_known_word_has_no_topic_and_no_shares(model):
    vectorizer = ct.Vectorizer(tokenizer=TOKENIZER).fit(texts_of(PLANTED.values(), 80, 0))
    other = vectorizer.transform(["今天天气不错", "快递 派送"])
    assert model.transform(other)["topic"].isna().tolist() == [True, False]
    assert model.distribution(other).isna().all(axis=1).tolist() == [True, False]
    assert set(model.by_document(other)["doc_id"]) == {1}


def test_function_words_make_no_topic():
    texts = [f"我的{word}没有了，不能这样吧 [数字x]" for words in PLANTED.values() for word in words] * 4
    corpus = ct.Vectorizer(tokenizer=TOKENIZER).fit_transform(texts)
    terms = set(ct.TopicModel(4, n_iter=30, n_runs=2).fit(corpus).topics_["term"])
    assert terms <= {word for words in PLANTED.values() for word in words}


def test_several_topics_of_a_contact_are_told(first, model):
    vectorizer = ct.Vectorizer(tokenizer=TOKENIZER).fit(texts_of(PLANTED.values(), 80, 0))
    mixed = vectorizer.transform(["快递 包裹 派送 签收 退款 到账 售后 退货"])
    found = model.by_document(mixed)
    names = planted_of(model.topics_)
    assert {names[topic] for topic in found["topic"]} == {"物流", "退款"}
    assert found["share"].to_numpy() == pytest.approx([0.5, 0.5], abs=0.05)
    assert found["rank"].tolist() == [1, 2]


def test_quality_marks_what_hangs_together_by_chance_alone(first):
    random = np.random.default_rng(1)
    words = [word for group in PLANTED.values() for word in group]
    noise = corpus_of([" ".join(random.choice(words, 2, replace=False)) for _ in range(60)])
    good = ct.TopicModel(4, n_iter=60, n_runs=2).fit(first).quality(n_resamples=3)
    bad = ct.TopicModel(4, n_iter=60, n_runs=2).fit(noise).quality(n_resamples=3)
    assert not good["junk"].any()
    assert bad["junk"].all()
    for table in (good, bad):
        assert table.notna().all().all()
    assert good["stability"].min() > 0.9
    assert (good["own_terms"] == 1.0).sum() == 0 or good["own_terms"].max() <= 1


def test_quality_of_a_loaded_model_needs_the_corpus_for_stability(first, model, tmp_path):
    loaded = ct.load(ct.save(model, tmp_path / "topics.csatext"))
    assert loaded.quality()["stability"].isna().all()
    assert loaded.quality()["npmi"].tolist() == model.quality(n_resamples=0)["npmi"].tolist()
    assert loaded.quality(first, n_resamples=1)["stability"].notna().all()


def test_topics_fit_documents_like_those_learnt_and_not_words_thrown_together(first, model):
    vectorizer = ct.Vectorizer(tokenizer=TOKENIZER).fit(texts_of(PLANTED.values(), 80, 0))
    random = np.random.default_rng(2)
    words = [word for group in PLANTED.values() for word in group]
    mixed = vectorizer.transform([" ".join(random.choice(words, 3, replace=False)) for _ in range(200)])
    same = model.goodness_of_fit(first)
    assert same["fits"].all()
    assert same["npmi"].to_numpy() == pytest.approx(same["npmi_before"].to_numpy())
    assert same["share"].to_numpy() == pytest.approx(same["share_before"].to_numpy())
    assert not model.goodness_of_fit(mixed)["fits"].any()


def test_few_documents_are_no_evidence_that_a_topic_does_not_fit():
    # Each of two terms stands in half of the documents, never with the other: at an NPMI of 0.5 they would
    # meet in a share of (1/2 * 1/2) ** (1 / 1.5) of them.
    apart = sparse.csc_array(np.array([[1, 0], [0, 1]] * 10))
    share = 0.25 ** (2 / 3)
    assert _met_as_seldom(apart, 0.5) == pytest.approx(np.exp(-20 * share))
    assert _met_as_seldom(apart[:2], 0.5) == pytest.approx(np.exp(-2 * share))
    # One term alone has nothing to meet.
    assert _met_as_seldom(apart[:, :1], 0.5) == 1


def test_representative_documents_hold_the_terms_they_are_shown_for(first, model):
    table = model.representative_documents(first, 2)
    names = planted_of(model.topics_)
    assert table.groupby("topic").size().tolist() == [2] * 4
    texts = first.texts
    for row in table.itertuples():
        assert set(row.terms.split()) <= set(PLANTED[names[row.topic]])
        assert all(term in texts[row.doc_id] for term in row.terms.split())
        assert row.excerpt == texts[row.doc_id][:120]


def test_seeds_steer_and_name_topics(first):
    seeds = {"网": ["断网", "宽带"], "寄": ["快递"]}
    model = ct.TopicModel(4, n_iter=60, n_runs=2, seeds=seeds, random_state=5).fit(first)
    names = planted_of(model.topics_)
    labels = model.labels_
    assert {labels[topic]: names[topic] for topic in names if labels[topic] in seeds} == {
        "网": "网络",
        "寄": "物流",
    }
    with pytest.raises(ct.ParameterError, match="种子"):
        ct.TopicModel(1, seeds=seeds).fit(first)


def test_a_taxonomy_names_topics_by_its_first_level():
    texts = ["快递丢了", "包裹破损", "快递太慢", "退款不退", "不退款", "押金不退"] * 20
    taxonomy = ct.Taxonomy.load()
    model = ct.TopicModel(20, n_iter=30, n_runs=2, seeds=taxonomy).fit(ct.Vectorizer().fit_transform(texts))
    assert set(model.labels_) & {category.label_zh for category in taxonomy.first_level}


def test_names_are_edited_in_a_file_and_found_again_whatever_their_numbers(first, model, tmp_path):
    path = tmp_path / "labels.tsv"
    model.write_labels(path)
    names = planted_of(model.topics_)
    lines = pd.read_csv(path, sep="\t", dtype=str)
    lines["label"] = [names[int(topic)] for topic in lines["topic"]]
    lines.iloc[::-1].to_csv(path, sep="\t", index=False)
    again = ct.TopicModel(4, n_iter=60, n_runs=2, labels=str(path), random_state=9).fit(first)
    assert again.labels_.to_dict() == planted_of(again.topics_)
    with pytest.raises(ct.InputError, match="标签文件"):
        ct.TopicModel(4, labels=str(tmp_path / "none.tsv")).fit(first)


def test_names_are_given_by_number_or_by_a_function(first):
    model = ct.TopicModel(4, n_iter=60, n_runs=2).fit(first)
    assert model.relabel({0: "甲"}).labels_[0] == "甲"
    assert (
        model.relabel(lambda terms: terms[0]).labels_.tolist()
        == model.topics_[model.topics_["rank"] == 1]["term"].tolist()
    )
    with pytest.raises(ct.ParameterError, match="labels"):
        model.relabel({99: "乙"})


def test_labels_are_never_missing_and_all_differ():
    corpus = ct.Vectorizer().fit_transform(["退款太慢", "退款到账慢"] * 3)
    model = ct.TopicModel(6, n_iter=20, n_runs=2).fit(corpus)
    assert model.labels_.notna().all()
    assert model.labels_.is_unique
    assert model.quality(n_resamples=0)["npmi"].notna().all()


def test_an_update_keeps_numbers_and_names_and_finds_births_and_deaths(first):
    model = ct.TopicModel(4, n_iter=60, n_runs=2).fit(first)
    before = planted_of(model.topics_)
    model.relabel({topic: f"我的{name}" for topic, name in before.items()})
    kept = [words for name, words in PLANTED.items() if name != "费用"]
    later = corpus_of(texts_of([*kept, FRESH], 80, 7), "e")
    assert model.update(later) is model
    changes = model.changes_.set_index("topic")["change"].to_dict()
    gone = next(topic for topic, name in before.items() if name == "费用")
    assert changes == {**dict.fromkeys(before, "kept"), gone: "died", 4: "born"}
    after = planted_of(model.topics_)
    assert after == {**{topic: name for topic, name in before.items() if topic != gone}, 4: "新"}
    assert all(model.labels_[topic] == f"我的{before[topic]}" for topic in before if topic != gone)
    # A number is never used again.
    model.update(first)
    assert gone not in model.topic_ids_
    assert 4 not in set(model.topic_ids_) or model.labels_[4] != "我的费用"
    assert model.changes_[model.changes_["change"] == "born"]["topic"].tolist() == [5]


@pytest.mark.parametrize("n_docs", [0, 1, 2])
def test_an_update_with_hardly_a_contact_changes_no_topic(first, n_docs):
    model = ct.TopicModel(4, n_iter=20, n_runs=1).fit(first)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.update(first[:n_docs])
    assert model.changes_["change"].tolist() == ["kept"] * 4


def test_contacts_keep_their_topic_when_a_few_are_added(first):
    model = ct.TopicModel(4, n_iter=60, n_runs=2).fit(first)
    before = model.transform(first)["topic"]
    texts = texts_of(PLANTED.values(), 80, 0)
    more = corpus_of([*texts, *texts_of(PLANTED.values(), 6, 3)])
    after = model.update(more).transform(more)["topic"].reindex(before.index)
    assert (after == before).mean() >= 0.95
    assert (model.changes_["change"] == "kept").all()


def test_topics_of_two_models_are_aligned_whatever_their_numbers(first):
    old = ct.TopicModel(4, n_iter=60, n_runs=2, random_state=1).fit(first)
    kept = [words for name, words in PLANTED.items() if name != "费用"]
    later = corpus_of(texts_of([FRESH, *kept[::-1]], 80, 7), "e")
    new = ct.TopicModel(4, n_iter=60, n_runs=2, random_state=2).fit(later)
    both = corpus_of([*texts_of(PLANTED.values(), 80, 0), *texts_of([*kept, FRESH], 80, 7)])
    table = ct.align_topics(old, new, both)
    one, two = planted_of(old.topics_), planted_of(new.topics_)
    same = table[table["change"] == "kept"]
    assert {one[a]: two[b] for a, b in zip(same["old_topic"], same["new_topic"], strict=True)} == {
        name: name for name in ("物流", "退款", "网络")
    }
    assert table["change"].value_counts().to_dict() == {"kept": 3, "born": 1, "died": 1}
    assert table.loc[table["change"] == "died", "old_topic"].map(one).tolist() == ["费用"]
    assert (same["p"] < 0.1).all()
    new.renumber(table)
    after = planted_of(new.topics_)
    assert {topic: name for topic, name in after.items() if name != "新"} == {
        topic: name for topic, name in one.items() if name != "费用"
    }
    assert new.transform(later)["topic"].isin(new.topic_ids_).all()


def test_a_split_and_a_merge_are_told_by_topics_that_stood_together():
    random = np.random.default_rng(4)
    groups = dict(PLANTED)
    pair = [groups.pop("物流"), groups.pop("退款")]
    rest = texts_of(groups.values(), 80, 5)
    together = [
        " ".join(random.permutation([w for group in pair for w in random.choice(group, 3)]))
        for _ in range(120)
    ]
    apart = texts_of(pair, 60, 6)
    before, after = corpus_of([*together, *rest], "a"), corpus_of([*apart, *rest], "b")
    one, two = (ct.TopicModel(n, n_runs=2).fit(corpus) for n, corpus in ((3, before), (4, after)))
    for old, new, change, side in ((one, two, "split", "new"), (two, one, "merged", "old")):
        table = ct.align_topics(old, new, after)
        assert table["change"].value_counts().to_dict() == {"kept": 2, change: 2}
        names = planted_of(two.topics_)
        assert {names[at] for at in table.loc[table["change"] == change, f"{side}_topic"]} == {"物流", "退款"}


def test_a_model_that_is_kept_still_finds_a_topic_that_it_does_not_know():
    random = np.random.default_rng(0)
    base = texts_of(PLANTED.values(), 120, 11)
    model = ct.TopicModel(4, n_iter=60, n_runs=2).fit(ct.Vectorizer(tokenizer=TOKENIZER).fit_transform(base))
    components, numbers = model.components_.copy(), model.topic_ids_.tolist()
    days = [*random.integers(0, 90, len(base)), *random.integers(59, 90, 60)]
    times = pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta(days, "D"))
    later = ct.Vectorizer(tokenizer=TOKENIZER).fit_transform([*base, *texts_of([FRESH], 60, 12)])
    found = ct.emerging_topics(model, later, times, freq="M", find_new=True)
    assert found["is_new"].tolist() == [True]
    assert found["n_docs"].tolist() == [60]
    assert found["topic"].tolist() == [4]
    assert set(found["label"].iloc[0].split("·")) <= set(FRESH)
    # The model is what it was.
    assert model.topic_ids_.tolist() == numbers
    assert model.components_.tolist() == components.tolist()
    calm = ct.Vectorizer(tokenizer=TOKENIZER).fit_transform(base)
    assert ct.emerging_topics(model, calm, times[: len(base)], freq="M", find_new=True).empty


def test_a_topic_that_emerges_is_an_alert_and_noise_is_none():
    random = np.random.default_rng(0)
    base = texts_of(PLANTED.values(), 120, 11)
    # Ninety days from the first of January 2026; the new topic stands in March alone.
    days = [*random.integers(0, 90, len(base)), *random.integers(59, 90, 40)]
    fresh = texts_of([FRESH], 40, 12)
    times = pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta(days, "D"))
    corpus = ct.Vectorizer(tokenizer=TOKENIZER).fit_transform([*base, *fresh])
    model = ct.TopicModel(5, n_iter=60, n_runs=2).fit(corpus)
    found = ct.emerging_topics(model, corpus, times, freq="M")
    names = planted_of(model.topics_)
    assert [names[topic] for topic in found["topic"]] == ["新"]
    row = found.iloc[0]
    assert row["n_docs"] == 40
    assert row["share_before"] == 0
    assert row["since"] >= pd.Timestamp("2026-03-01")
    # The new topic stands in no contact before, and its first one is the onset.
    assert row["first_seen"] == row["since"]
    assert row["onset"] == row["first_seen"]
    assert row["onset_low"] <= row["onset"] <= row["onset_high"] <= pd.Timestamp("2026-03-10")
    calm = ct.Vectorizer(tokenizer=TOKENIZER).fit_transform(base)
    steady = ct.TopicModel(4, n_iter=60, n_runs=2).fit(calm)
    alarms = 0
    for seed in range(20):
        shuffled = pd.Series(times[: len(base)].sample(frac=1, random_state=seed).to_numpy())
        alarms += len(ct.emerging_topics(steady, calm, shuffled, freq="M")) > 0
    assert alarms <= 1
    with pytest.raises(ct.SchemaError, match="最后一期"):
        ct.emerging_topics(model, corpus, times, freq="Y")


def test_learning_reports_progress_and_can_be_stopped(first):
    seen = []
    model = ct.TopicModel(4, n_iter=100, n_runs=2)

    def progress(done, total):
        seen.append((done, total))
        return done < 30

    model.fit(first, progress=progress)
    assert seen == [(10, 200), (20, 200), (30, 200)]
    assert np.allclose(model.components_.sum(axis=1), 1)
    assert model.transform(first)["topic"].notna().all()


def test_a_stop_in_a_later_run_leaves_the_runs_before(first):
    stopped = ct.TopicModel(4, n_iter=20, n_runs=3).fit(first, progress=lambda done, total: done < 30)
    alone = ct.TopicModel(4, n_iter=20, n_runs=1).fit(first)
    assert stopped.components_.tolist() == alone.components_.tolist()


def test_topics_are_learnt_from_a_sample_and_given_to_all(first):
    model = ct.TopicModel(4, n_iter=60, n_runs=2, max_docs=100).fit(first)
    assert model.transform(first)["topic"].notna().all()
    assert model.topics_.drop_duplicates("topic")["n_docs"].sum() == len(first)
    assert set(planted_of(model.topics_).values()) == set(PLANTED)


def test_the_number_of_topics_is_found(first):
    model = ct.TopicModel("auto", n_iter=60, n_runs=2).fit(first)
    assert len(model.topic_ids_) == 4
    curve = model.n_topics_curve_
    assert curve.loc[curve["chosen"], "n_topics"].tolist() == [4]
    # Words are drawn from eight with equal chances; others are guessed with one in 32 at best.
    best = curve.loc[curve["chosen"]].iloc[0]
    assert np.log(1 / 32) < best["log_likelihood"] <= np.log(1 / 8)
    assert best["stability"] == pytest.approx(1.0)
    assert curve.loc[curve["n_topics"] == 3, "difference"].iloc[0] > curve["error"].max()


def test_another_process_learns_the_same_to_the_byte(first, model):
    code = (
        "import sys; sys.path[:0] = ['tests/analysis/topics']\n"
        "import test_lasting_topics as t, csatext as ct\n"
        "corpus = t.corpus_of(t.texts_of(t.PLANTED.values(), 80, 0))\n"
        "print(ct.TopicModel(4, n_iter=60, n_runs=2).fit(corpus).topics_.to_csv(), end='')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout == ct.TopicModel(4, n_iter=60, n_runs=2).fit(first).topics_.to_csv()


def test_what_pyldavis_takes_adds_up(first, model):
    given = model.to_pyldavis(first)
    assert given["topic_term_dists"].shape == (4, len(given["vocab"]))
    assert given["topic_term_dists"].sum(axis=1) == pytest.approx(np.ones(4))
    assert given["doc_topic_dists"].sum(axis=1) == pytest.approx(np.ones(len(first)))
    assert given["doc_lengths"].tolist() == [6] * len(first)
    assert given["term_frequency"].sum() == 6 * len(first)


def test_a_topic_that_emerges_is_dated_by_the_phrase_that_came_with_it():
    base = texts_of(PLANTED.values(), 60, 3)
    # Twenty contacts tell of a product that no dictionary knows, on the last twenty days of ninety.
    before, after = (
        ["我家", "新买", "这台", "给孩子买的", "公司发的"],
        ["碎屏了", "摔坏", "外壳裂纹", "屏幕刮花"],
    )
    said = [f"{one}妍蓝{other}" for one in before for other in after]
    days = [*np.resize(np.arange(70), len(base)), *range(70, 90)]
    times = pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta(days, "D"))
    corpus = ct.Vectorizer(tokenizer=TOKENIZER, min_df=1).fit_transform([*base, *said])
    model = ct.TopicModel(5, n_iter=60, n_runs=2).fit(corpus)
    row = ct.emerging_topics(model, corpus, times, freq="M").iloc[0]
    assert row["phrase"] == "妍蓝"
    assert row["phrase_first_seen"] == pd.Timestamp("2026-03-12")
