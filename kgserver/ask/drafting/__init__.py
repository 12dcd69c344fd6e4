"""A new thing in Turtle, from what ontology and shapes ask of its class.

forms.kinds(dataset)                 the classes that a thing can be of
forms.form(dataset, kind)            what has to be said of it, required first
draft.write(dataset, form, …)        a block of Turtle, and the file it belongs into
draft.check(settings, path, text)    what would be wrong with it there
"""
