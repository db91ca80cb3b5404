"""Whether what came back is what its record says of it: the types of the fields, all the way down."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from operator import contains
from typing import Any, Literal

from convcheck.running.records import is_record

PLAIN = (str, int, float, bool, bytes, types.NoneType)


def conforms(value: object) -> bool:
    """Whether it is plain data: of a record each field, of a collection each member, of the type that is annotated."""
    kind: Any = type(value)
    if kind in PLAIN:
        return True
    if is_record(kind):
        return _of_record(kind)(value)
    if kind in (tuple, list):
        return all(map(conforms, typing.cast(tuple[object, ...], value)))
    return kind is dict and _is_mapping(value)


@cache
def _of_record(kind: Any) -> Callable[[Any], bool]:
    annotations = typing.get_type_hints(kind)
    if dataclasses.is_dataclass(kind):
        fields = [(name, _of(annotation)) for name, annotation in annotations.items()]
        return lambda value: all(fits(getattr(value, name, None)) for name, fits in fields)
    # Most fields are decided by their type alone, all at once.
    known = [_kinds(annotation) for annotation in annotations.values()]
    plain = [kinds or _EVERY for kinds in known]
    others = [(i, _of(a)) for i, (a, kinds) in enumerate(zip(annotations.values(), known, strict=True)) if not kinds]

    def fits(value: Any) -> bool:
        # The fields of a tuple, whatever its length: an attribute of it may be missing.
        if len(value) != len(plain) or not all(map(contains, plain, map(type, value))):
            return False
        return all(decides(value[i]) for i, decides in others)

    return fits


class _Every(frozenset[type]):
    """Holds every type."""

    def __contains__(self, kind: object) -> bool:
        return True


_EVERY = _Every()


def _kinds(annotation: Any) -> frozenset[type]:
    """The types of the values that fit, where the type alone tells; none where it does not."""
    if annotation is float:
        return frozenset((float, int))
    if annotation in PLAIN:
        return frozenset((annotation,))
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        parts = [_kinds(part) for part in typing.get_args(annotation)]
        return frozenset().union(*parts) if all(parts) else frozenset()
    return frozenset()


def _of(annotation: Any) -> Callable[[Any], bool]:
    """What decides whether a value is of the annotated type."""
    if (origin := typing.get_origin(annotation)) is not None:
        return _of_several(origin, typing.get_args(annotation))
    if annotation is Any:
        return conforms
    if kinds := _kinds(annotation):
        return lambda value: type(value) in kinds
    if is_record(annotation):
        of_record = _of_record(annotation)
        return lambda value: type(value) is annotation and of_record(value)
    return lambda value: type(value) is annotation


def _of_several(origin: Any, arguments: tuple[Any, ...]) -> Callable[[Any], bool]:
    if origin is Literal:
        return lambda value: type(value) is str and value in arguments
    if origin is tuple:
        if plain := _kinds(arguments[0]):
            return lambda value: type(value) is tuple and plain.issuperset(map(type, value))
        member = _of(arguments[0])
        return lambda value: type(value) is tuple and all(map(member, value))
    if origin is Mapping:
        return lambda value: type(value) is dict and _is_mapping(value)
    kinds = tuple(map(_of, arguments))
    return lambda value: any(fits(value) for fits in kinds)


def _is_mapping(value: Any) -> bool:
    return all(type(key) is str and conforms(each) for key, each in value.items())
