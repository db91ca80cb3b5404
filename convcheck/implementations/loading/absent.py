"""`Absent`: what stands for a name of a module that is not there. It may be passed on, but not used."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

from convcheck.layers.words import words


class MissingModule(ImportError):
    """Something of a module that is not there was used."""


class Stage:
    """Whether their module is still being imported: then a call at its top level is let through, to see what follows.

    A file that draws or sets up things as it is imported still holds the layers that are wanted.
    """

    importing = True


class Absent:
    """`text` of the module `module`, which is not there. Any use of it raises MissingModule, with two exceptions.

    It is a base class (of a class that cannot be instantiated), and nothing is an instance of it. While the module
    that names it is still being imported (`stage`), it is also a decorator that changes nothing, gives another Absent
    when called, is false, and takes any setting.
    """

    def __init__(self, module: str, text: str, stage: Stage) -> None:
        self.__dict__["_absent"] = (module, text, stage)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        module, text, stage = self.__dict__["_absent"]
        return Absent(module, f"{text}.{name}", stage)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """As a decorator it changes nothing; raises MissingModule once the import is over."""
        module, text, stage = self.__dict__["_absent"]
        if not stage.importing:
            refuse(self)
        if len(arguments) == 1 and not keywords and callable(arguments[0]) and not isinstance(arguments[0], Absent):
            return arguments[0]
        return Absent(module, f"{text}(…)", stage)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        def refused(cls: type, *arguments: Any, **keywords: Any) -> NoReturn:
            refuse(self)

        return (type(self.__dict__["_absent"][1].rpartition(".")[2] or "Absent", (), {"__new__": refused}),)

    def __instancecheck__(self, instance: Any) -> bool:
        return False

    def __subclasscheck__(self, subclass: type) -> bool:
        return False

    def __bool__(self) -> bool:
        if not self.__dict__["_absent"][2].importing:
            refuse(self)
        return False

    def __setattr__(self, name: str, value: Any) -> None:
        if not self.__dict__["_absent"][2].importing:
            refuse(self)

    def __setitem__(self, key: Any, value: Any) -> None:
        if not self.__dict__["_absent"][2].importing:
            refuse(self)

    def __getitem__(self, key: Any) -> Any:
        # Optional[torch.Tensor], np.ndarray[…] and the like stand in annotations.
        module, text, stage = self.__dict__["_absent"]
        if not stage.importing:
            refuse(self)
        return Absent(module, f"{text}[…]", stage)

    def __or__(self, other: Any) -> Any:
        return self.__getitem__(other)

    def __ror__(self, other: Any) -> Any:
        return self.__getitem__(other)

    def __repr__(self) -> str:
        return f"<{self.__dict__['_absent'][1]}, of a module that is not there>"


def refuse(absent: Absent) -> NoReturn:
    """Raise MissingModule, naming what is missing."""
    module, text, _ = absent.__dict__["_absent"]
    raise MissingModule(f"{text} was used, but there is no module {module}", name=module)


def _refusing(name: str) -> Callable[..., NoReturn]:
    def operator(self: Absent, *others: Any) -> NoReturn:
        refuse(self)

    operator.__name__ = name
    return operator


for _name in words(
    "add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow matmul rmatmul neg pos abs "
    "and rand xor rxor lshift rlshift rshift rrshift invert lt le gt ge int float index complex "
    "iter next len contains reversed enter exit array"
):
    setattr(Absent, f"__{_name}__", _refusing(f"__{_name}__"))


class AbsentModule(ModuleType):
    """A module that is not there: any name can be imported from it, `*` imports none but the useful ones."""

    def __init__(self, name: str, stage: Stage, useful: dict[str, Any]) -> None:
        super().__init__(name)
        self.__dict__.update(useful, __all__=list(useful), __path__=[], _stage=stage)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Absent(self.__name__, f"{self.__name__}.{name}", self.__dict__["_stage"])

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """`from package import name`, of a package without that name, ends here too. Raises MissingModule."""
        return Absent(self.__name__, self.__name__, self.__dict__["_stage"])(*arguments, **keywords)
