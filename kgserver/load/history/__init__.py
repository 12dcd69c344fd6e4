"""What git knows of a folder: who wrote a line and when, what changed of an entity.

    repository = git.find(folder)             or NoHistory, with a sentence for a person
    chronicle.bring(settings)                 .kgserver/history.db, up to date
    chronicle.of(state, iri, limit=20)        what changed of it, the newest first
    blame.stamps(state, source)               the commit of each line of a file
    revisions.written(repository, name)       a revision as a folder of files

git is run here and nowhere else, by the builder and by commands, never in a request;
requests read the database. The floors, each importing only from those below it:

    chronicle  blame  revisions  activities
    ledger  log
    entries
    git
"""
