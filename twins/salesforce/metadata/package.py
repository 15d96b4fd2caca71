"""The zip of a deployment: its manifests, and the components in its files.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/file_based_zip_file.htm and
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_deploy_deleting_files.htm
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from twins.salesforce.metadata.messages import Message
from twins.salesforce.metadata.types import BY_SUFFIX, OBJECT, OBJECT_SUFFIX, TYPES, WITHIN, Type
from twins.salesforce.trees import Element, Unreadable, parsed

MANIFEST = "package.xml"
PRE = ("destructiveChangesPre.xml", "destructiveChanges.xml")
POST = ("destructiveChangesPost.xml",)
_MOST_BYTES = 400 * 1024 * 1024
Named = tuple[str, str]


class BadZip(Exception):
    """The file is no zip that anybody could open."""


@dataclass(frozen=True, slots=True)
class Part:
    """One component as its file has it."""

    type: Type
    name: str
    tree: Element
    file: str


@dataclass(slots=True)
class Package:
    """What is to be saved and deleted, and what is wrong with the files themselves."""

    parts: list[Part] = field(default_factory=list)
    before: list[tuple[str, Named]] = field(default_factory=list)
    after: list[tuple[str, Named]] = field(default_factory=list)
    manifests: list[str] = field(default_factory=list)
    wrong: list[Message] = field(default_factory=list)


def opened(body: bytes, *, single: bool, missing_allowed: bool) -> Package:
    """The package in the zip *body*; raises `BadZip`. What is wrong with single files is in `Package.wrong`."""
    files = _files(body)
    package = Package()
    if not single:
        root = next(iter(files), "").partition("/")[0]
        files = {
            name.removeprefix(f"{root}/"): text for name, text in files.items() if name.startswith(f"{root}/")
        }
    if MANIFEST not in files:
        package.wrong.append(_wrong(MANIFEST, MANIFEST, "No package.xml found"))
        return package
    wanted = _members(package, MANIFEST, files[MANIFEST])
    package.before = [each for name in PRE if name in files for each in _doomed(package, name, files[name])]
    package.after = [each for name in POST if name in files for each in _doomed(package, name, files[name])]
    found = {(part.type.name, part.name): part for part in _parts(package, files)}
    _match(package, wanted, found, missing_allowed=missing_allowed)
    return package


def _files(body: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            whole = [info for info in archive.infolist() if not info.is_dir()]
            if sum(info.file_size for info in whole) > _MOST_BYTES:
                raise BadZip("the files are larger than 400 MB")
            return {info.filename: archive.read(info) for info in whole}
    # NotImplementedError is the library's word for a compression that it does not know, RuntimeError for a locked file
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as wrong:
        raise BadZip(str(wrong)) from None


def _members(package: Package, name: str, body: bytes) -> list[Named]:
    """The components that a manifest lists, each as (type, full name)."""
    try:
        tree = parsed(body)
    except Unreadable as wrong:
        package.wrong.append(_wrong(name, name, str(wrong), line=wrong.line))
        return []
    if tree.name != "Package":
        package.wrong.append(_wrong(name, name, f"Element {tree.name} invalid at this location", line=1))
        return []
    package.manifests.append(name)
    listed: list[Named] = []
    for types in tree.all("types"):
        type_ = types.value("name") or ""
        if type_ != OBJECT and type_ not in TYPES:
            said = f"Unknown type name '{type_}' specified in {name}"
            package.wrong.append(_wrong(name, name, said, line=types.line))
            continue
        listed += [(type_, _plain_name(type_, member)) for member in types.values("members")]
    return listed


def _doomed(package: Package, name: str, body: bytes) -> Iterator[tuple[str, Named]]:
    return ((name, each) for each in _members(package, name, body))


def _parts(package: Package, files: dict[str, bytes]) -> Iterator[Part]:
    for file, body in files.items():
        stem, _, suffix = file.rpartition("/")[2].rpartition(".")
        folder = file.partition("/")[0]
        if suffix == OBJECT_SUFFIX and folder == "objects":
            yield from _of_object(package, file, stem, body)
        elif suffix in BY_SUFFIX and folder == BY_SUFFIX[suffix].folder:
            type_ = BY_SUFFIX[suffix]
            tree = _tree(package, file, type_.name, stem, body)
            if tree is not None:
                yield Part(type_, _plain_name(type_.name, stem), tree, file)
        elif not file.startswith(("destructiveChanges", MANIFEST)):
            package.wrong.append(_wrong(file, stem, "Not in package.xml"))


def _of_object(package: Package, file: str, stem: str, body: bytes) -> Iterator[Part]:
    tree = _tree(package, file, OBJECT, stem, body)
    for child in tree.children if tree else ():
        type_ = WITHIN.get(child.name)
        if type_ is None:
            said = f"the twin does not know {child.name} of an object"
            package.wrong.append(Message(type=OBJECT, name=stem, file=file, problem=said, line=child.line))
        else:
            yield Part(type_, f"{stem}.{child.value('fullName')}", child, file)


def _tree(package: Package, file: str, type_: str, stem: str, body: bytes) -> Element | None:
    try:
        tree = parsed(body)
    except Unreadable as wrong:
        said = f"Error parsing file: {wrong}"
        package.wrong.append(Message(type=type_, name=stem, file=file, problem=said, line=wrong.line))
        return None
    if tree.name != type_:
        said = f"Error parsing file: Element {tree.name} invalid at this location, {type_} was expected"
        package.wrong.append(Message(type=type_, name=stem, file=file, problem=said, line=tree.line))
        return None
    return tree


def _match(package: Package, wanted: list[Named], found: dict[Named, Part], *, missing_allowed: bool) -> None:
    """Keep what both the manifest and the files have; an object that is named brings all its parts."""
    whole = {name for type_, name in wanted if type_ == OBJECT}
    named = set(wanted)
    everything = {type_ for type_, name in wanted if name == "*"}
    for key, part in found.items():
        of_object = bool(part.type.within) and part.name.partition(".")[0] in whole
        if key in named or of_object or part.type.name in everything:
            package.parts.append(part)
        else:
            said = "Not in package.xml"
            package.wrong.append(
                Message(
                    type=part.type.name, name=part.name, file=part.file, problem=said, line=part.tree.line
                )
            )
    for type_, name in wanted:
        if type_ == OBJECT or name == "*" or (type_, name) in found or missing_allowed:
            continue
        said = f"An object '{name}' of type {type_} was named in package.xml, but was not found in zipped directory"
        package.wrong.append(Message(type=type_, name=name, file=MANIFEST, problem=said))


def _plain_name(type_: str, name: str) -> str:
    """A global value set goes by its name with and without the suffix that newer versions append."""
    return name.removesuffix("__gvs") if type_ == "GlobalValueSet" else name


def _wrong(file: str, name: str, problem: str, line: int = 0) -> Message:
    return Message(type="", name=name, file=file, problem=problem, line=line)
