"""JSON schemas of types: texts, numbers, lists, records, and our own dataclasses.

In: a type. Out: its schema. `openapi_schemas.py` makes the document's from these.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
YES_NO: Schema = {"type": "boolean"}
_PLAIN: Mapping[Any, Schema] = {
    str: TEXT,
    int: WHOLE,
    bool: YES_NO,
    float: {"type": "number"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    type(None): {"type": "null"},
}


def of_type(kind: Any) -> Schema:
    """The schema of a type that our dataclasses use; another dataclass is referred to by name."""
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    if isinstance(kind, type) and is_dataclass(kind):
        return ref(kind.__name__)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"type": "string", "enum": sorted(inner)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [of_type(one) for one in inner]}
    if origin in (tuple, list):
        return array(of_type(inner[0]))
    return {"type": "object"}


def of_dataclass(kind: type) -> Schema:
    """The schema of a frozen dataclass as `asdict` gives it."""
    hints = get_type_hints(kind)
    return record({f.name: of_type(hints[f.name]) for f in fields(kind)})


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def record(properties: Mapping[str, Schema], required: tuple[str, ...] | None = None) -> Schema:
    """An object; all its properties are required unless told otherwise."""
    needed = sorted(properties) if required is None else sorted(required)
    return {"type": "object", "properties": dict(properties), "required": needed}


def listed(name: str, item: Schema) -> Schema:
    """A page of a list with its cursor (null: that was all)."""
    return record({name: array(item), "cursor": {"anyOf": [TEXT, {"type": "null"}]}})
