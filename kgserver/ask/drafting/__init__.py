"""A new thing in Turtle, from what ontology and shapes ask of its class.

kinds.every(dataset)                 the classes that a thing can be of
forms.form(dataset, kind)            what has to be said of it, required first
answers.read(dataset, field, text)   what a person types, as a term; or what is unfit
homes.home(dataset, kind, …)         the file it belongs into
guess.draft(table, dataset)          a mapping to begin with, for a table
draft.write(settings, dataset, …)    a block of Turtle for that file
draft.check(settings, path, text)    what would be wrong with it there
"""
