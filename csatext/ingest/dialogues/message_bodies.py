"""Messages as chat systems export them to plain records: their text, or a mark such as ``[图片]``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

import pandas as pd

from csatext.ingest.columns.headers import normal_header
from csatext.lexicon import Lexicon

__all__ = ["is_fragments", "message_text", "opened", "plain_message", "plain_texts"]

_KIND_KEYS = (
    *("msgtype", "messagetype", "msgkind", "消息类型", "contenttype", "内容类型", "mediatype", "objectname"),
    *("tag", "type", "action"),
)
"""Keys for the kind of a message in normal form, best first."""
_WRAPPERS = ("payload", "bodies", "msgbody", "richtext")
"""Keys that hold the body of a message and nothing else, in normal form."""
_BODY_KEYS = (
    *(*_WRAPPERS, "body", "msgcontent", "message", "msg", "content", "text", "event"),
    *("内容", "消息内容", "消息", "contents", "parts", "markdown"),
)
_INNER_KEYS = (*_BODY_KEYS, "value", "insert", "data", "ops")
"""Keys of the body inside a message: pieces of editors (Quill) and envelopes."""
_TEXT_KEYS = ("text", "content", "msg")
_DETAILS = (
    *("title", "标题", "filename", "name", "displayname", "caption", "label", "address", "addr"),
    *("description", "desc", "text", "content"),
)
_UNNAMED = ("图片", "语音", "视频")
"""Kinds whose files have names that say nothing."""
_HAPPENED = ("eventtype", "event", "action")
_MENU = ("headcontent", "tailcontent", "content", "title")
_LOCALES = ("zhcn", "zhhk", "zhtw", "enus", "jajp")
_AFFIX = re.compile(r"^(?:tim|rc)(?=[a-z]+(?:elem|msg|ntf)$)|(?:elem|msg|ntf|message|消息|url)$")
_ADDRESS = re.compile(r"(?i)[a-z]{2,10}:\S*")
_FILE_NAME = re.compile(r"(?i)[^\s，。！？]{1,120}\.[a-z0-9]{2,5}")
_MEDIA_KEY = re.compile(r"(?:key|uri|url|mediaid)$")
_JSON = re.compile(r'\s{0,20}[\[{]\s{0,20}["\[{]')
_TEXT, _MENTION, _CHOICES, _EVENT = "文本", "提及", "菜单", "事件"
_INLINE = ("链接", _MENTION)
_DEEPEST = 8
_INSIDE = 2
"""Levels of objects in which the title of a message may stand."""
_LONGEST_KIND = 40
_LONGEST = 200
"""Characters of a title or file name that a mark shows."""


@cache
def _kinds() -> Mapping[str, str]:
    """Return the terms of ``lexicons/message_kinds.tsv`` in normal form, each with its Chinese name."""
    entries = Lexicon.load("message_kinds").entries
    return {normal_header(entry.term): str(entry.get("shown")) for entry in entries}


@lru_cache(maxsize=4096)
def _kind_named(value: str) -> str | None:
    name = normal_header(value)
    return _kinds().get(name) or _kinds().get(_AFFIX.sub("", name))


@lru_cache(maxsize=4096)
def _keys(names: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys of a record whose normal forms are wanted, in the order wanted."""
    normal = {normal_header(name): name for name in reversed(names)}
    return tuple(normal[key] for key in wanted if key in normal)


def _values(record: Mapping[str, Any], wanted: tuple[str, ...]) -> Iterator[Any]:
    return (record[key] for key in _keys(tuple(record), wanted))


def _filled(record: Mapping[str, Any], wanted: tuple[str, ...]) -> str | None:
    """Return the first filled string under the wanted keys."""
    return next((v for v in _values(record, wanted) if isinstance(v, str) and v.strip()), None)


def opened(value: Any) -> Any:
    """Return the list or object that a string holds as JSON, any other value as it is.

    Examples
    --------
    >>> opened('{"text": "在吗"}'), opened("[图片]")
    ({'text': '在吗'}, '[图片]')
    """
    if isinstance(value, str) and _JSON.match(value) is not None:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _body_in(value: Any) -> Any:
    """Return the body of a message that a string holds as JSON; JSON of other kinds stays a text.

    A customer may well paste an answer of a programme: an object counts when it holds a text, the parts of
    one, or the key of a picture or file.
    """
    found = opened(value)
    if not isinstance(value, str) or found is value:
        return found
    if isinstance(found, list):
        return found if is_fragments(found) else value
    if not isinstance(found, dict):
        return value
    if _is_envelope(found):
        return found
    media = any(_media_key(name) for name in found)
    return found if media or _keys(tuple(found), (*_TEXT_KEYS, *_LOCALES, "richtext")) else value


@lru_cache(maxsize=4096)
def _media_key(name: str) -> str | None:
    """Return the kind of media whose key or address a header names: ``image_key``, ``imageUri``."""
    key = normal_header(name)
    kind = _kind_named(_MEDIA_KEY.sub("", key)) if _MEDIA_KEY.search(key) is not None else None
    return kind if kind != _TEXT else None


def _is_envelope(record: Mapping[str, Any]) -> bool:
    """Return whether an object only wraps the body of a message: ``{"type": "message", "data": {...}}``."""
    inner = next(_values(record, ("data", "ops")), None)
    return is_fragments(inner) or (isinstance(inner, dict) and bool(_keys(tuple(inner), _TEXT_KEYS)))


def _kind(record: Mapping[str, Any]) -> tuple[str | None, str]:
    """Return what a record says its kind is, in Chinese (None: nothing known), and as it is written."""
    first = ""
    for value in _values(record, _KIND_KEYS):
        if isinstance(value, str) and 0 < len(value) <= _LONGEST_KIND:
            known = _kind_named(value)
            if known is not None:
                return known, value
            first = first or value
    return None, first


def is_fragments(value: Any) -> bool:
    """Return whether a list holds the pieces of one message: strings between objects, or objects with a tag.

    Examples
    --------
    >>> is_fragments(["看", {"type": "link", "text": "https://example.com"}])
    True
    >>> is_fragments([{"role": "客服", "text": "您好"}]), is_fragments(["您好", "请讲"])
    (False, False)
    """
    if not isinstance(value, list) or not value:
        return False
    if all(isinstance(item, list) for item in value):
        return any(value) and all(not item or is_fragments(item) for item in value)
    objects = [item for item in value if isinstance(item, dict)]
    if not objects or not all(isinstance(item, str | dict) for item in value):
        return False
    if all(isinstance(item.get("insert"), str | dict) for item in objects):
        return True
    kinds = [_kind(item) for item in objects]
    between = len(objects) < len(value)
    return all(kind is not None or (between and written != "") for kind, written in kinds)


def _flat(value: Any, depth: int = 0) -> str | None:
    """Return the text of a message's body; None where nothing in it is one."""
    if depth > _DEEPEST:
        return None
    value = _body_in(value)
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        parts = [part for item in value if (part := _flat(item, depth + 1)) is not None]
        gap = "\n" if any(isinstance(item, list) for item in value) else ""
        return gap.join(parts) if parts else None
    return _fragment(value, depth) if isinstance(value, dict) else None


def _fragment(record: Mapping[str, Any], depth: int) -> str | None:
    """Return the text of an object inside a message."""
    kind, written = _kind(record)
    if kind is not None and kind != _TEXT:
        own = _filled(record, _TEXT_KEYS) if kind in _INLINE else None
        called = _filled(record, ("username", "name")) if kind == _MENTION else None
        return own or (f"@{called}" if called is not None else _mark(kind, record))
    wrapped = record.get(written) if kind == _TEXT else None
    if isinstance(wrapped, dict):
        return _fragment(wrapped, depth + 1)
    localized = next((v for v in _values(record, _LOCALES) if isinstance(v, dict)), None)
    if localized is not None:
        return _fragment(localized, depth + 1)
    title = _filled(record, ("title",))
    for value in _values(record, _INNER_KEYS):
        text = _flat(value, depth + 1)
        if text is not None:
            return f"{title}\n{text}" if title is not None and text else text
    media = next((kind for name in record if (kind := _media_key(name)) is not None), None)
    return _mark(media, record) if media is not None else title


def _mark(kind: str, record: Mapping[str, Any]) -> str:
    """Return the mark of a message that is no text, with its title, file name, place or event.

    The text of a menu is its head, choices and tail, one on each line.
    """
    if kind == _CHOICES:
        lines = list(_choices(record))
        return "\n".join(lines) if lines else f"[{kind}]"
    wanted: tuple[str, ...] = (*_HAPPENED, *_DETAILS) if kind == _EVENT else _DETAILS
    if kind in _UNNAMED:
        wanted = tuple(key for key in _DETAILS if not key.endswith("name"))
    detail = _detail(record, wanted)
    return f"[{kind}] {detail}" if detail else f"[{kind}]"


def _choices(value: Any, key: str = "", depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        if normal_header(key) in _MENU and value.strip():
            yield value.strip()
    elif isinstance(value, list | dict) and depth < _DEEPEST:
        for name, inner in value.items() if isinstance(value, dict) else ((key, item) for item in value):
            yield from _choices(inner, str(name), depth + 1)


def _detail(record: Mapping[str, Any], wanted: tuple[str, ...], depth: int = 0) -> str:
    for value in _values(record, wanted):
        text = value.strip() if isinstance(value, str) else ""
        if text and _ADDRESS.fullmatch(text) is None and opened(text) is text:
            return text[:_LONGEST]
    inner = (found for value in record.values() if isinstance(found := opened(value), dict))
    return next(
        (text for value in inner if depth < _INSIDE and (text := _detail(value, wanted, depth + 1))), ""
    )


def _body(record: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the text of a message and the key of its body; None, None for a record that is plain."""
    kind, written = _kind(record)
    key = next((name for name in record if name == written and isinstance(record[name], dict)), None)
    held = [name for name in _keys(tuple(record), _BODY_KEYS) if record[name] not in (None, "", [], {})]
    rich = [name for name in held if not isinstance(_body_in(record[name]), str)]
    key = key or next(iter(rich or held), None)
    body = record[key] if key is not None else None
    if kind is not None and kind != _TEXT:
        words = body.strip() if isinstance(body, str) and not rich else ""
        if words and not (_ADDRESS.fullmatch(words) or _FILE_NAME.fullmatch(words)):
            # 类型 may be the topic of what was said, and 内容 already a mark.
            return None, None
        named = words and kind not in _UNNAMED and not _ADDRESS.fullmatch(words)
        return f"[{kind}] {words}" if named else _mark(kind, record), key
    if body is None:
        shown = next(
            (found for name, value in record.items() if value and (found := _kind_named(name))), None
        )
        blank_text = any(value == "" for value in _values(record, _TEXT_KEYS))
        return (_mark(shown, {}), None) if blank_text and shown not in (None, _TEXT) else (None, None)
    if not rich and key in held:
        return None, None
    inner = _body_in(body)
    is_body = (
        kind is not None
        or inner is not body
        or normal_header(str(key)) in _WRAPPERS
        or is_fragments(inner)
        or (isinstance(inner, dict) and (_kind(inner)[0] is not None or _is_envelope(inner)))
    )
    text = _flat(inner) if is_body else None
    if text is None and isinstance(inner, dict) and written and _flat(inner) is None:
        return f"[{written}]", key
    return (text, key) if text is not None else (None, None)


def message_text(record: Mapping[str, Any]) -> str | None:
    """Return what a message of a chat system says; None for a record that is plain already.

    Texts stand under ``text.content``, ``payload.bodies[].msg``, ``MsgBody[].MsgContent.Text``, in lists of
    fragments, or in JSON inside a string. Pictures, files, places, events and other kinds of
    ``lexicons/message_kinds.tsv`` become their Chinese name in brackets, with a title where there is one.

    Parameters
    ----------
    record : mapping
        One message.

    Returns
    -------
    str or None

    Examples
    --------
    >>> message_text({"msgtype": "text", "text": {"content": "在吗"}})
    '在吗'
    >>> message_text({"msg_type": "file", "content": '{"file_key": "k", "file_name": "发票.pdf"}'})
    '[文件] 发票.pdf'
    >>> message_text({"role": "用户", "content": "在吗"}) is None
    True
    """
    return _body(record)[0]


def _is_plain(record: Mapping[str, Any]) -> bool:
    """Return whether nothing in a record can be the body of a message but filled strings: most records."""
    if _keys(tuple(record), _KIND_KEYS):
        return False
    strings = [part for value in record.values() for part in (value if isinstance(value, list) else [value])]
    return not any(
        part[:1] in ("", "[", "{", " ", "\n") if isinstance(part, str) else isinstance(part, dict | list)
        for part in strings
    )


def plain_message(record: dict[str, Any]) -> dict[str, Any]:
    """Return a message with what it says as a string under ``text``; a plain record is returned itself.

    The single values of its body stay, under names such as ``event.event_type``.

    Examples
    --------
    >>> plain_message({"from": "u1", "bodies": [{"type": "txt", "msg": "在吗"}]})
    {'from': 'u1', 'text': '在吗'}
    """
    text, key = (None, None) if _is_plain(record) else _body(record)
    if text is None:
        return record
    result = {name: value for name, value in record.items() if name not in (key, "text")}
    body = record.get(key) if key is not None else None
    if isinstance(body, dict):
        own = _keys(tuple(body), (*_BODY_KEYS, *_KIND_KEYS))
        inner = {name: value for name, value in body.items() if not isinstance(value, dict | list)}
        result |= {f"{key}.{name}": value for name, value in inner.items() if name not in own}
    elif isinstance(body, str) and key != "text" and opened(body) is body:
        result[str(key)] = body
    sender = result.get("sender")
    if isinstance(sender, dict) and sender.get("sender_type") == "app":
        # Feishu calls its robots apps; elsewhere an app is a channel.
        result["sender"] = {**sender, "sender_type": "bot"}
    return {**result, "text": text}


def plain_texts(texts: pd.Series) -> pd.Series:
    """Return cells of messages with what they say where they hold the JSON of a message's body.

    Examples
    --------
    >>> plain_texts(pd.Series(['{"text": "在吗"}', "好的", '{"image_key": "k"}'])).tolist()
    ['在吗', '好的', '[图片]']
    """
    at = texts.str.match(_JSON).fillna(False).astype("bool")
    if not at.any():
        return texts
    found = [_flat(_body_in(cell)) for cell in texts[at]]
    result = texts.copy()
    result[at] = [cell if text is None else text for cell, text in zip(texts[at], found, strict=True)]
    return result
