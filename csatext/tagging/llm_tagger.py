"""A language model as one more annotator of a sample."""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from numbers import Real
from os import PathLike
from typing import Any

import pandas as pd
import pyarrow as pa

from csatext.argument_types import as_path, as_whole_number, check_simple_types
from csatext.errors import InputError, ParameterError
from csatext.privacy.find import locate_column
from csatext.privacy.kinds import KIND_NAMES
from csatext.tagging.choices import Choices
from csatext.tagging.found_tags import FileTags, FoundTag, ImportedTags, Passage, Problem, imported
from csatext.tagging.language_model.answer_cache import AnswerCache
from csatext.tagging.language_model.answers import ModelAnswer, checked_answer, read_answers
from csatext.tagging.language_model.chat_calls import ChatCalls
from csatext.tagging.language_model.prompt import Item, Prompt
from csatext.tagging.sample_rows import sample_rows
from csatext.taxonomy import Taxonomy
from csatext.text.corpus import Corpus

__all__ = ["LLMTagger"]

_OPTIONS: dict[str, object] = {"temperature": 0, "response_format": {"type": "json_object"}}
_OURS = ("model", "messages", "stream")
_ASKED = 2
"""Times that a batch is asked about before it is halved: the second time with what was wrong (chosen)."""
_SHOWN = 5
_MILLION = 1_000_000


class LLMTagger:
    """A language model that tags masked texts by a taxonomy, as one more annotator.

    Texts go out as data beside the instructions, each under an identifier made for it, never under its
    ``doc_id``; an answer counts where it names a category of the taxonomy. Equal texts are asked about once.

    Parameters
    ----------
    taxonomy : Taxonomy
        The categories; names, definitions and a few of its examples are sent with every call.
    client : object
        A client of any service that speaks OpenAI's protocol: ``client.chat.completions.create`` is called
        (``openai.OpenAI(base_url=…, api_key=…)``, in the extra ``csatext[llm]``).
    model : str
        Name of the model; it becomes the annotator.
    examples : sequence of (text, category), default ()
        Masked texts with their categories (a name, an id, or both levels with / between).
    batch_size : int, default 20
        Texts a call.
    max_calls : int, default 1000
        Calls that :meth:`tag` may make, repeated ones included.
    cache : path, optional
        File of answers (JSON lines; it only grows). A run that stopped goes on from there, and nothing is
        paid for twice. Without it nothing is written.
    prices : (float, float), optional
        Price of a million tokens sent, and of a million received.
    options : mapping, optional
        Further arguments of each call. None: ``temperature=0`` and answers in JSON mode; ``{}`` for a service
        that refuses these.
    sleep : callable, default time.sleep
        Waits for some seconds between attempts.

    Raises
    ------
    ParameterError
        An argument of the wrong type or out of range, an example whose category is none of the taxonomy's,
        or personal data in what would be sent of the taxonomy and the examples.

    See Also
    --------
    csatext.agreement : how far the model agrees with people.
    csatext.audited_rates : rates that hold although the model errs.

    Examples
    --------
    >>> import csatext as ct
    >>> from types import SimpleNamespace as Object
    >>> def create(model, messages, **options):  # stands for openai.OpenAI(...).chat.completions.create
    ...     asked = json.loads(messages[1]["content"])["texts"]
    ...     said = [{"id": one["id"], "category": "退款迟缓", "quote": "不到账"} for one in asked]
    ...     message = Object(message=Object(content=json.dumps({"answers": said})))
    ...     return Object(choices=[message], usage=Object(prompt_tokens=900, completion_tokens=30))
    >>> client = Object(chat=Object(completions=Object(create=create)))
    >>> contacts = pd.DataFrame({"doc_id": ["a"], "text": ["退款一直不到账"]})
    >>> sample = ct.sample_for_tagging(contacts, 1, strategy="random")
    >>> tagger = LLMTagger(ct.Taxonomy.load(), client, model="qwen-plus", prices=(0.8, 2.0))
    >>> found = tagger.tag(sample, ct.Vectorizer().fit_transform(contacts))
    >>> found.tags[["doc_id", "annotator", "category", "subcategory"]].values.tolist()
    [['a', 'qwen-plus', '退换退款', '退款迟缓']]
    >>> found.evidence["text"].tolist(), found.tags.attrs["calls"], round(found.tags.attrs["cost"], 6)
    (['不到账'], 1, 0.00078)
    """

    @check_simple_types
    def __init__(
        self,
        taxonomy: Taxonomy,
        client: Any,
        *,
        model: str,
        examples: Sequence[tuple[str, str]] = (),
        batch_size: int = 20,
        max_calls: int = 1_000,
        cache: str | PathLike[str] | None = None,
        prices: tuple[float, float] | None = None,
        options: Mapping[str, Any] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._choices = Choices(taxonomy)
        if not model.strip():
            raise ParameterError.out_of_range("model", model, "模型的名字，例如 qwen-plus")
        self.model = model
        self._client = client
        self._sleep = sleep
        self._batch_size = as_whole_number(batch_size, "batch_size", 1)
        self._max_calls = as_whole_number(max_calls, "max_calls", 1)
        self._cache = None if cache is None else as_path(cache, "cache")
        self._prices = _checked_prices(prices)
        self._options = _checked_options(options)
        if not callable(sleep):
            raise ParameterError.wrong_type("sleep", sleep, "函数，参数是秒数，例如 time.sleep")
        self._prompt = Prompt(taxonomy, _checked_examples(examples, self._choices))
        unmasked = self._prompt.with_personal_data()
        if unmasked:
            raise ParameterError(
                f"分类体系或 examples 的例句里有个人信息（{'、'.join(unmasked[:_SHOWN])}）；"
                "它们会随每次调用发出，请先用 ct.redact 遮盖。"
            )
        self._calls(0)  # refuses what is no client

    def tag(self, sample: pd.DataFrame, corpus: Corpus) -> ImportedTags:
        """Tag the contacts of a sample.

        Parameters
        ----------
        sample : DataFrame
            Table ``tag_sample``: ``doc_id``, ``inclusion_probability``, optionally ``stratum``.
        corpus : Corpus
            Holds the contacts of the sample; its texts are masked.

        Returns
        -------
        ImportedTags
            ``tags`` with the model as annotator, its reason and quotation as note; ``evidence`` with the
            quotations that the texts hold; ``problems`` with every contact that has no tag (its ``doc_id`` is
            the value, its place in the sample the row) and why; ``conflicts``, empty. ``tags.attrs`` counts
            ``calls``, ``calls_without_usage`` (their tokens are not known), ``prompt_tokens``,
            ``completion_tokens``, ``cost`` (None without ``prices``), ``from_cache`` (contacts),
            ``answers_not_asked`` and ``quotes_dropped``.

        Raises
        ------
        ParameterError
            A text holds personal data: nothing is sent then. Or ``corpus`` is none.
        SchemaError
            ``sample`` lacks a column, or holds a contact twice or one that is not in the corpus.
        InputError
            The cache is another file, or the service refuses from the first call on.
        """
        rows = sample_rows(sample, corpus, self._choices)
        _refuse_personal_data(rows)
        run = _Run(self._calls(self._max_calls), AnswerCache(self._cache), self._choices, self._prompt)
        keys = {text: self._key(text) for text in rows["text"] if text.strip()}
        from_cache = {text for text, key in keys.items() if run.from_cache(text, key)}
        asked = [text for text in keys if text not in from_cache]
        # Nobody who writes a text can know the identifier of another.
        items = [Item(f"{at}-{keys[text][:6]}", text) for at, text in enumerate(asked)]
        batches = [items[at : at + self._batch_size] for at in range(0, len(items), self._batch_size)]
        run.ask(batches, keys)
        if run.calls.has_failed and not run.answers:
            why = next(iter(run.problems.values()))
            raise InputError(
                f"模型「{self.model}」的服务不可用：{why}；请检查 base_url、api_key、模型名和余额。"
            )
        found = imported(self._found(rows, run))
        found.tags.attrs = {
            "model": self.model,
            "calls": run.calls.calls,
            "calls_without_usage": run.calls.calls_without_usage,
            "prompt_tokens": run.calls.prompt_tokens,
            "completion_tokens": run.calls.completion_tokens,
            "cost": self._cost(run.calls),
            "from_cache": int(rows["text"].isin(from_cache).sum()),
            "answers_not_asked": run.not_asked,
            "quotes_dropped": run.quotes_dropped,
        }
        return found

    def _calls(self, most: int) -> ChatCalls:
        return ChatCalls(self._client, self.model, self._options, most, self._sleep)

    def _key(self, text: str) -> str:
        """Return the hash of all that an answer depends on."""
        options = json.dumps(self._options, sort_keys=True, default=str)
        parts = [self.model, self._prompt.version, self._choices.version, options, text]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _cost(self, calls: ChatCalls) -> float | None:
        if self._prices is None:
            return None
        sent, received = self._prices
        return (calls.prompt_tokens * sent + calls.completion_tokens * received) / _MILLION

    def _found(self, rows: pd.DataFrame, run: _Run) -> FileTags:
        """Return the tag of each contact, or why it has none."""
        found = FileTags()
        for at, row in enumerate(rows.itertuples(index=False), start=1):
            answer = run.answers.get(row.text)
            if answer is None:
                why = run.problems.get(row.text, "文本是空的，没有发送")
                found.problems.append(
                    Problem(self.model, "", at, "编号", row.doc_id, f"{why.rstrip('。；')}。")
                )
                continue
            quoted = row.text[answer.start : answer.end]
            note = answer.reason + (f"（依据：「{quoted}」）" if quoted else "")
            said = (answer.category, answer.subcategory, note, row.probability, self._choices.version)
            found.tags.append(FoundTag(row.doc_id, self.model, *said, row.stratum, self.model, "", at))
            if quoted:
                found.passages.append(Passage(row.doc_id, self.model, answer.start, answer.end, quoted))
        return found


@dataclass
class _Run:
    """One pass over a sample: what was answered so far, and what went wrong, by text."""

    calls: ChatCalls
    cache: AnswerCache
    choices: Choices
    prompt: Prompt
    answers: dict[str, ModelAnswer] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    not_asked: int = 0
    quotes_dropped: int = 0

    def from_cache(self, text: str, key: str) -> bool:
        """Return whether the answer to a text is known, and take it."""
        known = self.cache.get(key)
        answer = None if known is None else checked_answer(known, text, self.choices)
        if not isinstance(answer, ModelAnswer):
            return False
        self.answers[text] = answer
        return True

    def ask(self, batches: Sequence[Sequence[Item]], keys: Mapping[str, str]) -> None:
        """Ask about the texts of batches; those that fail in halves, down to single texts."""
        waiting = deque(batches)
        while waiting:
            left, why, is_over = self._ask_batch(waiting.popleft(), keys)
            if is_over:
                left = [*left, *(item for batch in waiting for item in batch)]
                waiting.clear()
            if is_over or len(left) <= 1:
                self.problems |= {item.text: why.get(item.key, why[""]) for item in left}
            else:
                half = (len(left) + 1) // 2
                waiting.extendleft([left[half:], left[:half]])

    def _ask_batch(
        self, batch: Sequence[Item], keys: Mapping[str, str]
    ) -> tuple[list[Item], dict[str, str], bool]:
        """Return the texts without an answer, why (by key; "" for all others), and whether all is over."""
        left = [*batch]
        complaints: dict[str, str] = {}
        for _ in range(_ASKED):
            reply = self.calls.ask(self.prompt.messages(left, complaints))
            if reply.content is None:
                return left, {"": reply.why}, reply.is_over
            read = read_answers(reply.content, {item.key: item.text for item in left}, self.choices)
            self.not_asked += read.not_asked
            self.quotes_dropped += read.quotes_dropped
            self._keep({item.text: read.found[item.key] for item in left if item.key in read.found}, keys)
            left = [item for item in left if item.key not in read.found]
            complaints = read.problems
            if not left:
                break
        return (
            left,
            {"": ""} | {key: f"模型没有给出可用的类别：{said}" for key, said in complaints.items()},
            False,
        )

    def _keep(self, answers: Mapping[str, ModelAnswer], keys: Mapping[str, str]) -> None:
        self.answers |= answers
        self.cache.add(
            {
                keys[text]: {
                    "category": answer.category,
                    "subcategory": answer.subcategory,
                    "reason": answer.reason,
                    "quote": text[answer.start : answer.end],
                }
                for text, answer in answers.items()
            }
        )


def _checked_options(options: object) -> dict[str, Any]:
    if options is None:
        return dict(_OPTIONS)
    if not isinstance(options, Mapping):
        raise ParameterError.wrong_type("options", options, '字典，例如 {"temperature": 0}')
    for name in _OURS:
        if name in options:
            raise ParameterError.out_of_range("options", name, "不含 model、messages、stream")
    return dict(options)


def _checked_prices(prices: object) -> tuple[float, float] | None:
    if prices is None:
        return None
    wanted = "（输入价, 输出价），每百万 token，两个不小于 0 的数"
    if not isinstance(prices, Sequence) or isinstance(prices, str) or len(prices) != 2:
        raise ParameterError.wrong_type("prices", prices, wanted)
    for price in prices:
        if isinstance(price, bool) or not isinstance(price, Real) or not 0 <= float(price) < inf:
            raise ParameterError.out_of_range("prices", prices, wanted)
    return float(prices[0]), float(prices[1])


def _checked_examples(examples: object, choices: Choices) -> list[tuple[str, str]]:
    """Return each example with the path of its category."""
    wanted = '（文本, 类别）的列表，例如 [("钱还没到", "退款/到账慢")]'
    if not isinstance(examples, Sequence) or isinstance(examples, str):
        raise ParameterError.wrong_type("examples", examples, wanted)
    checked = []
    for place, example in enumerate(examples, start=1):
        is_pair = isinstance(example, Sequence) and not isinstance(example, str) and len(example) == 2
        if not is_pair or not all(isinstance(part, str) for part in example):
            raise ParameterError.wrong_type(f"examples 的第 {place} 项", example, wanted)
        answer = choices.named(example[1])
        if isinstance(answer, str):
            raise ParameterError(f"examples 第 {place} 项的类别不可用：{answer.rstrip('。；')}。")
        checked.append((example[0], "/".join(name for name in answer if name)))
    return checked


def _refuse_personal_data(rows: pd.DataFrame) -> None:
    """Raise where a text holds personal data; the values are not shown.

    Raises
    ------
    ParameterError
        One does.
    """
    found = sorted(locate_column(pa.array(rows["text"].tolist(), pa.large_string()), KIND_NAMES))
    if found:
        shown = "、".join(rows["doc_id"].iloc[found[:_SHOWN]])
        more = " 等" if len(found) > _SHOWN else ""
        raise ParameterError(
            f"{len(found)} 条文本里还有没遮盖的个人信息（编号 {shown}{more}），什么都没有发送；"
            "请用 ct.Vectorizer() 默认的遮盖得到 corpus，或从 sample 里去掉这几条。"
        )
