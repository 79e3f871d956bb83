"""The picture of a topic model: a map of distances and the terms of the topic that was clicked."""

from __future__ import annotations

import pandas as pd

from csatext.analysis.topic_tables.distance_map import topic_map
from csatext.analysis.topics.topic_model import TopicModel
from csatext.argument_types import check_simple_types
from csatext.plots.drawing import ACCENT, COLOURS, FONTS, GREY, Chart, Drawing, draws
from csatext.text.corpus import Corpus

__all__ = ["plot_topics"]

_SIDE, _ROW = 460, 24
_SIZES = (150, 4000)
"""Areas of the circles in square pixels."""
_COUNTS = "出现次数（灰：全部文本；橙：主题中）"


@check_simple_types
@draws
def plot_topics(model: TopicModel, corpus: Corpus, *, title: str = "") -> Chart:
    """Draw a topic model as pyLDAvis does: a map of the topics, and the terms of the one that is clicked.

    Parameters
    ----------
    model : TopicModel
        Fitted; ``n_terms`` of them are shown of each topic.
    corpus : Corpus
        Counted on the terms that were learnt.
    title : str, optional
        What stands above.

    Returns
    -------
    altair.HConcatChart
        Left: topics by their distance, area by share of the words. Right: terms of the chosen topic, how
        often they occur in all documents (grey) and, as the model expects, in the topic (coloured). A click
        on a circle, or the list below, chooses. :func:`csatext.save_plot` writes it as one page that needs no
        network.

    Raises
    ------
    ParameterError, NotFittedError, SchemaError
        As :func:`csatext.topic_map`, which gives the numbers.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["退款没到账", "快递破损"] * 20)
    >>> chart = ct.plot_topics(ct.TopicModel(2).fit(corpus), corpus)
    >>> len(chart.to_dict()["hconcat"])
    2
    """
    found = topic_map(model, corpus)
    # The number of the topic is the first column of both tables: the choice goes by its field.
    titles = {"topic": "主题编号", "label": "主题", "share": "词数占比", "n_docs": "主要属于它的篇数"}
    titles |= {"coherence": "一致性（NPMI）", "x": "横轴", "y": "纵轴"}
    circles = Drawing(found.topics, titles, percent=["share"])
    titles = {
        "topic": "主题编号",
        "label": "主题",
        "n": "全部文本中的次数",
        "n_topic": "主题中的次数（期望）",
    }
    titles |= {"probability": "在主题中的概率", "relevance": "相关度"}
    bars = Drawing(found.terms, titles, percent=["probability"])
    alt = circles.alt
    numbers = found.topics["topic"].tolist()
    choice = alt.selection_point(
        name="chosen_topic",
        fields=[circles.data.field("topic")],
        value=[{circles.data.field("topic"): numbers[0]}],
        bind=alt.binding_select(
            options=numbers,
            labels=[
                f"{number} {label}" for number, label in zip(numbers, found.topics["label"], strict=True)
            ],
            name="主题 ",
        ),
        on="click",
        clear=False,
    )
    x, y = found.topics["x"], found.topics["y"]
    # One scale for both axes: what looks close is close.
    half = 0.6 * max(float(x.max() - x.min()), float(y.max() - y.min()), 0.1)
    place = circles.chart().encode(
        x=circles.number("X", "x", domain=_around(x, half)),
        y=circles.number("Y", "y", domain=_around(y, half)),
    )
    shapes = place.mark_circle(stroke="white", strokeWidth=1).encode(
        size=alt.Size(
            f"{circles.data.field('share')}:Q", scale=alt.Scale(range=list(_SIZES), zero=True), legend=None
        ),
        color=alt.condition(choice, alt.value(COLOURS[1]), alt.value(ACCENT)),
        opacity=alt.condition(choice, alt.value(0.85), alt.value(0.45)),
        tooltip=circles.tooltip(["label", "topic", "share", "n_docs", "coherence"]),
    )
    words = place.mark_text(font=FONTS, fontSize=11, limit=150).encode(
        text=f"{circles.data.field('label')}:N"
    )
    left = circles.layers(shapes.add_params(choice), words, width=_SIDE, height=_SIDE)
    base = (
        bars.chart()
        .transform_filter(choice)
        .encode(
            y=bars.names("Y", "term", order="rank"),
            tooltip=bars.tooltip(["term", "label", "n_topic", "n", "probability", "relevance"]),
        )
    )
    right = bars.layers(
        base.mark_bar(color=GREY, opacity=0.45).encode(x=bars.number("X", "n", title=_COUNTS, zero=True)),
        base.mark_bar(color=COLOURS[1], opacity=0.85, size=10).encode(
            x=bars.number("X", "n_topic", title=_COUNTS, zero=True)
        ),
        width=_SIDE - 100,
        height=alt.Step(_ROW),
    )
    explained = f"两轴保留了主题间距离的 {found.topics.attrs['explained']:.0%}"
    return circles.titled(
        alt.hconcat(left, right), title or "主题分布图", explained, "点圆圈，或在下面的列表里选主题"
    )


def _around(places: pd.Series, half: float) -> tuple[float, float]:
    middle = float(places.max() + places.min()) / 2
    return middle - half, middle + half
