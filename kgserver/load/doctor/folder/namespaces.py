"""Prefixes and namespaces across files: one meaning each, one form each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kgserver.load.doctor.charge import Charge
from kgserver.load.doctor.file import declarations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgserver.load.doctor.folder.files import File
    from kgserver.load.doctor.outline import Declared
    from kgserver.model.problem import Problem


def check(files: Sequence[File]) -> Iterator[Problem]:
    """What is odd about the declarations of each file beside those of the others."""
    uses, meanings = _counted(files)
    twins = {ns: found for ns in uses if (found := _commoner(ns, uses))}
    for file in files:
        own = {each.namespace for each in file.outline.declared}
        for each in file.outline.declared:
            twin, usual = twins.get(each.namespace), _usual(each, meanings)
            odd_itself = declarations.known(each.namespace, each.prefix)
            if odd_itself or (twin and twin in own):
                continue  # told when the file itself was examined
            what = _twin(each, twin) if twin else _differs(each, usual, file)
            if what:
                spot = file.text.at(each.line, each.column)
                yield file.tell(what, spot)


def _counted(
    files: Sequence[File],
) -> tuple[Counter[str], Mapping[str, Counter[str]]]:
    """How many files declare each namespace, and each prefix for which."""
    uses: Counter[str] = Counter()
    meanings: dict[str, Counter[str]] = {}
    for file in files:
        uses.update({each.namespace for each in file.outline.declared})
        for prefix, namespace in file.prefixes.items():
            meanings.setdefault(prefix, Counter())[namespace] += 1
    return uses, meanings


def _commoner(namespace: str, uses: Counter[str]) -> str | None:
    """The namespace, nearly the same, that more files use; else the later in order."""
    forms = {declarations.other_scheme(namespace)}
    forms |= {declarations.ending(namespace) + end for end in ("", "/", "#")}
    others = [each for each in forms - {namespace} if each in uses]
    better = max(others, key=lambda ns: (uses[ns], ns), default=None)
    if better is None:
        return None
    more = (uses[better], better) > (uses[namespace], namespace)
    return better if more else None


def _usual(each: Declared, meanings: Mapping[str, Counter[str]]) -> str | None:
    """What most files mean by a prefix, where that is another namespace.

    The empty prefix is every file's own.
    """
    if not each.prefix:
        return None
    counted = meanings[each.prefix]
    usual = max(counted, key=lambda ns: counted[ns])
    return usual if usual != each.namespace else None


def _twin(each: Declared, twin: str) -> Charge:
    code = declarations.twins(each.namespace, twin) or "ending-twin"
    return Charge(
        code,
        f"other files write <{twin}>, which is nearly this, but another namespace",
        f"Write <{twin}>, if the same things are meant.",
        f"<{twin}>",
    )


def _differs(each: Declared, usual: str | None, file: File) -> Charge | None:
    if usual is None or file.prefixes.get(each.prefix) != each.namespace:
        return None
    return Charge(
        "prefix-differs",
        f"in other files {each.prefix}: stands for <{usual}>",
        f"Write <{usual}>, or give this namespace a prefix of its own.",
    )
