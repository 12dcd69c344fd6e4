"""The class tree, and the things of one class as page, CSV, Turtle or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import flask

from kgserver.ask.browse import classes, schema
from kgserver.ask.browse.listing import instances
from kgserver.ask.browse.thing import resource
from kgserver.model import media
from kgserver.model.refusal import BadRequest, NotFound
from kgserver.serve import rendering
from kgserver.serve.data import documents
from kgserver.serve.frame import site
from kgserver.serve.frame.slices import Slice
from kgserver.serve.pages import lists
from kgserver.serve.pages.addresses import class_href, curie, named_property

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyoxigraph as ox

    from kgserver.ask.browse.listing.instances import Asked, Choice, Listing
    from kgserver.ask.dataset import Dataset, Node
    from kgserver.model.media import Media

class_pages = flask.Blueprint("class_pages", __name__)
class_pages.add_app_template_global(class_href)
class_pages.add_app_template_global(curie)
_SLICE = 50


@class_pages.app_template_global()
def narrowed(prop: ox.NamedNode, choice: Choice) -> str:
    """This page with a choice taken, or let go where it is taken already."""
    pair = f"{curie(prop)}={choice.key}"
    others = [each for each in flask.request.args.getlist("only") if each != pair]
    kept = others if choice.chosen else [*others, pair]
    rest = [
        (name, value)
        for name, value in flask.request.args.items(multi=True)
        if name not in ("only", "page")
    ]
    asked = urlencode([*rest, *(("only", each) for each in kept)])
    return f"{site.here(only=None, page=None).partition('?')[0]}?{asked}"


@class_pages.route("/class/")
def tree() -> flask.Response:
    """Every class with its count, as a tree; for programs as a list."""
    dataset = site.dataset()
    form = documents.asked((media.HTML, lists.JSON))
    if form is media.HTML:
        language = site.language()
        return site.page(
            "classes.html",
            tag="classes",
            context=lambda: {
                "own": classes.own(dataset, language),
                "foreign_classes": classes.foreign(dataset, language),
            },
        )
    tag = rendering.entity_tag(dataset.snapshot.digest, "classes", site.language())
    return rendering.send(tag, form, lambda: lists.tree(dataset))


@class_pages.route("/class/<path:name>")
def things(name: str) -> flask.Response:
    """The things of a class, narrowed and sorted as the address asks."""
    dataset = site.dataset()
    node = classes.found(dataset, name)
    form = documents.asked((media.HTML, *lists.FORMATS)) if node else None
    if node is None:
        stem, _, extension = name.rpartition(".")
        form = media.by_extension(extension, lists.FORMATS)
        node = classes.found(dataset, stem) if form else None
    if node is None or form is None:
        raise NotFound(f"There is no class {name}.", "/class/ lists them all.")
    asked = _asked(dataset)
    if form is media.HTML:
        return _page(dataset, node, asked)
    return lists.send(form, node, asked)


def _page(dataset: Dataset, node: ox.NamedNode, asked: Asked) -> flask.Response:
    language = site.language()
    listing = instances.listing(dataset, node, asked, language)
    total = classes.counts(dataset).get(node, 0)
    slice_ = Slice.asked(listing.total, _SLICE)
    if slice_.page > 1 and slice_.first > listing.total:
        raise NotFound(f"There is no page {slice_.page} of these.", "Begin at page 1.")

    def context() -> Mapping[str, object]:
        shown = _slice(dataset, node, listing, slice_)
        about = resource.summary(dataset, node, language)
        return {
            "label": dataset.label(node, language),
            "definition": about,
            "rows": list(lists.rows(dataset, node, listing, shown)),
            "downloads": [(form, _target(node, form)) for form in lists.FORMATS],
            **_around(dataset, node, language),
        }

    return site.page(
        "class.html",
        tag=node.value,
        context=context,
        node=node,
        listing=listing,
        total=total,
        slice=slice_,
        sort=curie(asked.order) if asked.order else "",
        falling=asked.falling,
    )


def _slice(
    dataset: Dataset, node: ox.NamedNode, listing: Listing, slice_: Slice
) -> Sequence[Node]:
    first = slice_.first - 1
    if listing.whole:
        return listing.things[first : slice_.last]
    return instances.unsorted(dataset, node, first, slice_.size)


def _around(
    dataset: Dataset, node: ox.NamedNode, language: str
) -> Mapping[str, object]:
    """The classes right below a class, and those above it."""
    trees = [each for root in classes.own(dataset, language) for each in root.walk()]
    here = [each for _, each in trees if each.node == node]
    parents = schema.of(dataset).parents.get(node, frozenset())
    wider = {each.node: each for _, each in trees if each.node in parents}
    return {"narrower": here[0].below if here else (), "wider": list(wider.values())}


def _target(node: ox.NamedNode, form: Media) -> str:
    """The address of exactly this list in another format."""
    asked = [
        (name, value)
        for name, value in flask.request.args.items(multi=True)
        if name != "page"
    ]
    path = f"{class_href(node)}.{form.extension}"
    return f"{path}?{urlencode(asked)}" if asked else path


def _asked(dataset: Dataset) -> Asked:
    """What the parameters `only` and `sort` ask for."""
    sort = flask.request.args.get("sort", "")
    falling = sort.startswith("-")
    name = sort.removeprefix("-")
    only = []
    for pair in flask.request.args.getlist("only"):
        prop, _, value = pair.partition("=")
        if prop.startswith(("http://", "https://")):
            raise BadRequest(f"only={pair!r} needs a prefixed name before its =.")
        only.append((named_property(dataset, prop), value))
    order = named_property(dataset, name) if name else None
    return instances.Asked(tuple(only), order, falling)
