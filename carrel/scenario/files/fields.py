"""The building blocks of scenario models: strict models, models with a short form, lists that may be one item."""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


class StrictModel(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, coerce_numbers_to_str=True)


class ShorthandModel(StrictModel):
    """A model that may be written as a bare value; `shorthand` names the JSON type and the field that it fills."""

    shorthand: ClassVar[tuple[str, str]] = ("string", "contains")

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, given: Any) -> Any:
        return given if isinstance(given, dict | BaseModel) else {cls.shorthand[1]: given}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        own = handler.resolve_ref_schema(schema)
        whole = {"anyOf": [{"type": cls.shorthand[0]}, dict(own)]}
        own.clear()
        own.update(whole)
        return schema


def _as_list(given: Any) -> Any:
    return given if isinstance(given, list | tuple) else (given,)


class SingleOrList:
    """Annotate a list that may also be written as its only item."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_as_list, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        return {"anyOf": [schema["items"], schema]}


Texts = Annotated[tuple[str, ...], SingleOrList()]
"""One text or a list of them."""
