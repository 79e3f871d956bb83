"""Tagging on the command line: a workbook out, workbooks in, a language model, how far people agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, cast

import pandas as pd

from csatext.aggregation.audit.agreement import agreement
from csatext.aggregation.audit.sample_for_tagging import sample_for_tagging
from csatext.analysis.conversations.score_conversations import qa_totals, score_conversations
from csatext.analysis.rules.pack_choice import choose_packs, chosen_taxonomy
from csatext.analysis.rules.rule_classifier import RuleClassifier
from csatext.atomic_files import check_folder, file_hash
from csatext.batch.configuration import AUTO, Configuration
from csatext.batch.pipeline import masked_input, read_source
from csatext.errors import ConfigError, InputError
from csatext.ingest.formats.encodings import decode
from csatext.ingest.formats.files import read_bytes
from csatext.labels import name_of
from csatext.regular_files import check_regular, read_json_object
from csatext.tagging.choices import Choices
from csatext.tagging.doccano import tags_of_doccano, write_doccano
from csatext.tagging.found_tags import FileTags, ImportedTags, import_files
from csatext.tagging.label_studio import is_label_studio_table, tags_of_label_studio, write_label_studio
from csatext.tagging.llm_tagger import LLMTagger
from csatext.tagging.read_tagging_workbook import read_tagging_workbook
from csatext.tagging.sheet_rows import read_tags_of
from csatext.tagging.tag_store import add_tags, current_tags, day_of, flags_in, read_store
from csatext.tagging.write_tagging_workbook import write_tagging_workbook
from csatext.taxonomy import Taxonomy
from csatext.taxonomy.qa_scorecard import QAScorecard
from csatext.text.corpus import Corpus
from csatext.text.tokenization.tokenizer import Tokenizer
from csatext.text.vectorization import Vectorizer

__all__ = [
    "FORMS",
    "ImportResult",
    "agreement_lines",
    "export_tags",
    "import_lines",
    "import_tags",
    "tag_by_model",
]

FORMS = {"xlsx": ".xlsx", "label-studio": ".json", "doccano": ".jsonl"}
"""What a sample can be written for, with the ending of its file."""
_NAMES = {"xlsx": "工作簿", "label-studio": "Label Studio", "doccano": "doccano"}
_SHOWN = 20
_STATISTICS = ("percent", "kappa", "alpha", "ac1")


class ImportResult(NamedTuple):
    """What an import found, and how many tags were new and changed in the store."""

    found: ImportedTags
    new: int
    changed: int


def export_tags(
    source: str | Path,
    out: str | Path,
    configuration: Configuration,
    progress: Callable[[str], None],
    *,
    original: str = "",
    n: int = 400,
    strategy: str = "stratified",
    by: Sequence[str] = (),
    annotators: int | list[str] = 1,
    scorecard: str = "",
    flags: Sequence[str] = (),
    random_state: int = 0,
    form: str = "",
) -> tuple[int, list[Path]]:
    """Draw contacts of an input, or of the folder of a run, and write the workbook to tag them in.

    Or the files of another tool.

    Parameters
    ----------
    source : path
        Any input of :func:`csatext.batch.pipeline.run`, or a folder that it wrote.
    out : path
        The workbook, or the tasks of Label Studio (``.json``) or doccano (``.jsonl``).
    configuration : Configuration
        Sections ``input``, ``text`` and ``analysis`` are used.
    progress : callable
        Called with the name of each step when it begins.
    original : str
        Of the folder of a run: the file it was made of, as the folder holds no texts. Empty looks for it
        beside the folder and where the command runs.
    n, strategy, by, random_state
        As in :func:`csatext.sample_for_tagging`.
    annotators
        As in :func:`csatext.write_tagging_workbook`.
    scorecard : str
        Name or file of a scorecard: its items are tagged instead of categories; the input is dialogues.
    flags : sequence of str
        Columns of flags in the facts of a run that are tagged instead.
    form : str
        One of :data:`FORMS`; empty goes by the ending of ``out``.

    Returns
    -------
    contacts : int
    files : list of Path

    Raises
    ------
    InputError
        The input or its texts cannot be read, or it is no dialogues where a scorecard is given.
    LexiconError
        The scorecard cannot be used.
    ConfigError
        Another ending, or something is asked that the other tool cannot do.
    """
    form = _checked_form(form, Path(out), has_flags=bool(scorecard or flags), annotators=annotators)
    card = QAScorecard.load(scorecard) if scorecard else None
    out = Path(out)
    check_folder(out.parent)
    drawn = _draw(
        source, configuration, progress, original, n=n, strategy=strategy, by=by, random_state=random_state,
        card=card, flags=flags,
    )  # fmt: skip
    progress("写入工作簿" if form == "xlsx" else f"写入 {_NAMES[form]} 的文件")
    if form != "xlsx":
        write = write_label_studio if form == "label-studio" else write_doccano
        taxonomy = cast("Taxonomy", drawn.taxonomy)
        files = write(drawn.sample, drawn.corpus, out, taxonomy=taxonomy, suggestions=drawn.suggested)
        return len(drawn.sample), files
    files = write_tagging_workbook(
        drawn.sample, drawn.corpus, out, taxonomy=drawn.taxonomy, flags=card or list(flags) or None,
        suggestions=drawn.suggested, annotators=annotators, turns=drawn.turns, random_state=random_state,
    )  # fmt: skip
    return len(drawn.sample), files


def _checked_form(form: str, out: Path, *, has_flags: bool, annotators: int | list[str]) -> str:
    """Return what is written: a form of :data:`FORMS`."""
    ending = out.suffix.lower()
    if not form:
        form = next((name for name, suffix in FORMS.items() if suffix == ending), "")
    if FORMS.get(form) != ending:
        allowed = "、".join(f"{suffix}（{_NAMES[name]}）" for name, suffix in FORMS.items())
        raise ConfigError(f"输出「{out.name}」的后缀不对；可用 {allowed}。")
    if form != "xlsx" and has_flags:
        raise ConfigError(f"{_NAMES[form]} 只能标类别；评分表和是/否列请写成 .xlsx 工作簿。")
    if form != "xlsx" and annotators != 1:
        raise ConfigError(f"--annotators 只用于工作簿；请在 {_NAMES[form]} 里分配标注人。")
    return form


def tag_by_model(
    source: str | Path,
    store: str | Path,
    configuration: Configuration,
    progress: Callable[[str], None],
    *,
    model: str,
    tagged_on: str,
    original: str = "",
    n: int = 400,
    strategy: str = "stratified",
    by: Sequence[str] = (),
    random_state: int = 0,
    cache: str = "",
    max_calls: int = 1_000,
) -> ImportResult:
    """Draw contacts as :func:`export_tags` does, let a language model tag them, add the tags to a store.

    With the same ``n``, ``strategy``, ``by`` and ``random_state`` the contacts are those of the workbook.

    Parameters
    ----------
    source, configuration, progress, original, n, strategy, by, random_state
        As in :func:`export_tags`.
    store : path
        The store of tags.
    model : str
        Name of the model; address and key of its service are in the environment (``OPENAI_BASE_URL``,
        ``OPENAI_API_KEY``).
    tagged_on : str
        Date of the tags.
    cache : str
        File of answers; empty keeps none.
    max_calls : int
        Calls that may be made.

    Raises
    ------
    ConfigError
        The client is not installed, or the environment has no key.
    ParameterError
        ``tagged_on`` is no date, or ``max_calls`` none.
    InputError
        The input or its texts cannot be read, the store is none, or the service refuses.
    """
    client = _client()
    # Whatever would refuse the tags does so before they are paid for.
    day_of(tagged_on)
    read_store(store)
    drawn = _draw(
        source, configuration, progress, original, n=n, strategy=strategy, by=by, random_state=random_state
    )
    progress(f"用 {model} 标注 {len(drawn.sample)} 条")
    taxonomy = cast("Taxonomy", drawn.taxonomy)  # without flags there is one
    tagger = LLMTagger(taxonomy, client, model=model, cache=cache or None, max_calls=max_calls)
    found = tagger.tag(drawn.sample, drawn.corpus)
    progress("存入标注库")
    return ImportResult(found, *add_tags(found.tags, store, tagged_on))


def _client() -> Any:
    """Return a client of the service that the environment names."""
    try:
        openai = import_module("openai")
    except ImportError as error:
        raise ConfigError("调用语言模型需要 openai；请先运行 pip install csatext[llm]。") from error
    try:
        return openai.OpenAI()
    except openai.OpenAIError as error:
        raise ConfigError(
            "没有服务的密钥；请设环境变量 OPENAI_API_KEY，服务不是 OpenAI 时再设 OPENAI_BASE_URL。"
        ) from error


class _Drawn(NamedTuple):
    """A sample with its texts, the categories (None where flags are tagged), what the machine says, and the
    turns of dialogues.
    """

    sample: pd.DataFrame
    corpus: Corpus
    taxonomy: Taxonomy | None
    suggested: pd.DataFrame
    turns: pd.DataFrame | None


def _draw(
    source: str | Path,
    configuration: Configuration,
    progress: Callable[[str], None],
    original: str,
    *,
    n: int,
    strategy: str,
    by: Sequence[str],
    random_state: int,
    card: QAScorecard | None = None,
    flags: Sequence[str] = (),
) -> _Drawn:
    """Return a sample of an input, or of the folder of a run."""
    folder = Path(source)
    facts: pd.DataFrame | None = None
    if (folder / "manifest.json").is_file() and (folder / "facts.parquet").is_file():
        check_regular(folder / "facts.parquet")
        try:
            facts = pd.read_parquet(folder / "facts.parquet")
            manifest = read_json_object(folder / "manifest.json")
            taxonomy = str(manifest["configuration"]["analysis"]["taxonomy"])
            known = dict(manifest["input"])
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise InputError.unreadable(folder, "不是完整的运行结果", "请重新运行 csatext run") from error
        source = original or _original(folder, known)
        if taxonomy and not configuration.analysis.taxonomy:
            configuration = replace(
                configuration, analysis=replace(configuration.analysis, taxonomy=taxonomy)
            )
    read = masked_input(read_source(source, configuration, progress), configuration.privacy)
    corpus = _corpus(read.contacts, configuration, redacted=read.redacted)
    taxonomy_used = None
    if flags:
        lacking = [name for name in flags if facts is None or name not in facts.columns]
        if lacking:
            raise InputError(
                f"没有列「{lacking[0]}」；--flag 要 csatext run 的输出文件夹，"
                "列是 facts.parquet 里的是/否标记。"
            )
        suggested = pd.DataFrame(facts)[list(flags)]
    elif card is None:
        progress("建议类别")
        chosen = configuration.analysis.taxonomy
        taxonomy_used = (
            chosen_taxonomy(choose_packs(corpus)) if chosen == AUTO else Taxonomy.load(chosen or None)
        )
        suggested = RuleClassifier(taxonomy_used).fit_transform(corpus)
    else:
        progress("按评分表打分")
        if read.utterances is None:
            raise InputError(
                "按评分表质检要有对话（一行一句，有角色）；这份输入是一行一条联络，请改用对话文件。"
            )
        suggested = qa_totals(score_conversations(read.utterances, card))
        suggested = suggested.reindex(corpus.doc_ids.astype("str"))
    if facts is None:
        facts = corpus.docs.drop(columns=[name for name in suggested if name in corpus.docs]).join(suggested)
    else:
        facts = facts[pd.Index(facts.index.astype("str")).isin(corpus.doc_ids.astype("str"))]
        if not len(facts):
            raise InputError(f"「{source}」里没有「{folder}」的联络；请用 --input 给出这次运行的原文件。")
    progress("抽样")
    sample = sample_for_tagging(facts, n, strategy=strategy, by=list(by) or None, random_state=random_state)
    return _Drawn(sample, corpus, taxonomy_used, suggested, read.utterances)


def _original(folder: Path, named: dict[str, Any]) -> Path:
    """Return the input of a run where it still is, known by its hash."""
    for place in (Path(), folder.parent, folder):
        path = place / Path(str(named.get("name", ""))).name
        if named.get("name") and path.is_file() and file_hash(path) == named.get("sha256"):
            return path
    raise InputError(f"「{folder}」里只有结果，没有文本；请加 --input 原文件（运行时读的那一份）。")


def _corpus(contacts: pd.DataFrame, configuration: Configuration, *, redacted: bool) -> Corpus:
    return Vectorizer(
        tokenizer=Tokenizer(configuration.text.terms, lexicons=configuration.text.lexicons),
        min_df=1,
        simplify=configuration.text.simplify,
        pseudonymize=configuration.privacy.pseudonymize or None,
        redact=not redacted,
        keep=tuple(contacts.columns),
        n_jobs=configuration.text.n_jobs,
    ).fit_transform(contacts)


def import_tags(
    paths: Sequence[str],
    store: str | Path,
    taxonomy: str,
    tagged_on: str,
    progress: Callable[[str], None],
    scorecard: str = "",
    flags: Sequence[str] = (),
    names: Mapping[str, str] | None = None,
) -> ImportResult:
    """Read workbooks, and exports of Label Studio and doccano, and add their tags to a store.

    Parameters
    ----------
    paths : sequence of str
        Workbooks; of Label Studio ``.json`` or its CSV; of doccano ``.jsonl``. They may be mixed.
    store : path
        The store of tags.
    taxonomy, scorecard : str
        Name or file of what the tags are by; empty is the shipped taxonomy.
    tagged_on : str
        Date of the tags.
    progress : callable
    flags : sequence of str
        Columns of flags that were tagged.
    names : mapping, optional
        Name of each annotator by what the other tool calls them.

    Raises
    ------
    InputError
        A file cannot be read, or the store is none.
    """
    progress(f"读取 {len(paths)} 个文件")
    if scorecard or flags:
        asked = QAScorecard.load(scorecard) if scorecard else list(flags)
        found = read_tagging_workbook(list(paths), flags=asked)
    else:
        choices = Choices(Taxonomy.load(taxonomy or None))
        found = import_files(list(paths), lambda path: _tags_of(path, choices, names or {}))
    progress("存入标注库")
    return ImportResult(found, *add_tags(found.tags, store, tagged_on))


def _tags_of(path: Path, choices: Choices, names: Mapping[str, str]) -> FileTags:
    """Return the tags of a file of any tool, told by its ending, a CSV by its header."""
    ending = path.suffix.lower()
    if ending == ".jsonl":
        return tags_of_doccano(path, choices, names)
    if ending == ".json":
        return tags_of_label_studio(path, choices, names)
    if ending in (".csv", ".tsv") and is_label_studio_table(decode(read_bytes(path), path)[0]):
        return tags_of_label_studio(path, choices, names)
    return read_tags_of(path, choices)


def import_lines(result: ImportResult) -> list[str]:
    """Return what an import says: bad cells and contradictions, then how many tags there are."""
    lines = [
        f"{row.file}\t{row.sheet or '-'}\t{'-' if pd.isna(row.row) else row.row}\t{row.column or '-'}\t"
        f"{row.value or '-'}\t{row.reason}"
        for row in result.found.problems.itertuples(index=False)
    ]
    if not lines and result.found.tags.empty and result.found.conflicts.empty:
        lines.append("这些文件里还没有填一格标注；请确认交回的是填好的那一份。")
    elif lines:
        lines.insert(0, "文件\t工作表\t行\t列\t值\t问题")
    conflicts = result.found.conflicts
    lines += ["编号\t标注人\t标注\t位置\t互相矛盾"] if len(conflicts) else []
    lines += [
        f"{row.doc_id}\t{row.annotator}\t{_said(row)}\t{row.file} 第 {row.row} 行\t{row.reason}"
        for row in conflicts.head(_SHOWN).itertuples(index=False)
    ]
    spent = result.found.tags.attrs
    if spent:
        lines.append(
            f"模型 {spent['model']}：调用 {spent['calls']} 次，输入 {spent['prompt_tokens']} token，"
            f"输出 {spent['completion_tokens']} token；{spent['from_cache']} 条取自缓存。"
        )
    lines.append(
        f"读到 {len(result.found.tags)} 条标注：新增 {result.new}，改动 {result.changed}，"
        f"其余与库中相同；有问题的格子 {len(result.found.problems)} 个，互相矛盾的标注 {len(conflicts)} 条。"
    )
    return lines


def _said(row: Any) -> str:
    """Return what a contradictory tag says."""
    return f"{row.label}：{row.answer}" if hasattr(row, "answer") else str(row.category)


def agreement_lines(store: str | Path, progress: Callable[[str], None]) -> list[str]:
    """Return how far the people of a store agree, a line a category.

    Raises
    ------
    InputError
        There is no store, or it is none.
    ConfigError
        It holds no tag.
    """
    path = Path(store)
    if not path.is_file():
        raise InputError.unreadable(path, "文件不存在", "请先用 csatext tag import 存入标注")
    tags = current_tags(read_store(path))
    if tags.empty:
        raise ConfigError(f"标注库「{path}」里还没有标注；请先用 csatext tag import 存入。")
    progress("计算一致性")
    found = agreement(tags, columns=flags_in(tags) or None)
    if found.scores.empty:
        return [str(found.scores.attrs["reason"])]
    lines = ["级别\t类别\t条数\t一致率\tkappa\talpha\tAC1\t说明"]
    for row in found.scores.to_dict("records"):
        label = row["category"] if isinstance(row["category"], str) else "全部"
        values = [
            "—"
            if pd.isna(row[name])
            else f"{row[name]:.2f}（{row[f'{name}_low']:.2f}—{row[f'{name}_high']:.2f}）".replace("nan", "?")
            for name in _STATISTICS
        ]
        lines.append("\t".join([name_of(str(row["measure"])), label, str(row["n"]), *values, row["note"]]))
    lines.append(f"不一致 {found.disagreements['doc_id'].nunique()} 条。")
    confused = found.confusion[found.confusion["label_a"] != found.confusion["label_b"]]
    lines += [
        f"{row.annotator_a}：{row.label_a}\t{row.annotator_b}：{row.label_b}\t{row.n} 条"
        for row in confused.head(_SHOWN).itertuples(index=False)
    ]
    return lines
