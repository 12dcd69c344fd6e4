"""Turn a folder of Turtle files into a knowledge graph and serve it.

The house is an hourglass. Many files narrow to one frozen snapshot; everything HTTP
hangs off it. Nothing above the snapshot reads a Turtle file; nothing below it knows
that a request exists. Arrows point down only; `tests/test_floors.py` reads the imports
and holds the code to this stair, on which a folder of modules is one place:

    cli                                             — the command line
    commands/
            serve  build  check  explain  fmt       — one command each
            query  test  history  diff  new
            table  dump
            folder  questions                       — what one is given, or asks for
    serve/  server                                  — starts the others, ends them
            web                                     — the event loop of all requests
            helping                                 — others, while there is much to do
            app  building                           — the application; the builder
            dereference                             — a thing, answered for
            sparql  pages  operations               — what is at each address
            data
            front                                   — finished responses, before Flask
            wire                                    — bytes in, bytes out
            refusals                                — what cannot be answered
            frame                                   — what pages share: words, marks
            drawing  rendering                      — lines and spots; how it is said
            policy                                  — what browsers may do with it
            live  household  requested  travel      — what is in service; processes
            processes
    ask/    drafting                                — a new thing, as its class asks
            comparison                              — two states side by side
            catalog  suite                          — what there is; what it must answer
            sparql  browse  documents  why          — questions; ways through the graph
            fragments                               — what one pattern matches
            authorship
            origins  passages                       — who says so, and in which words
            pool                                    — whose query runs, and until when
            engine                                  — the processes that run one
            dataset  editions                       — one version, opened; the others
            standard  report                        — standard terms; findings, told
    load/   rewriting                               — files in one style, or mended
            snapshot                                — the story of a build
            edits                                   — what was saved since, applied
            opinion                                 — what owlrl makes of an ontology
            publishing                              — a version, and what is beside it
            storage                                 — the writable store
            inputs                                  — all that a version is made from
            checking  history                       — what is wrong; what git knows
            readings
            turtle  reason                          — what files say, what follows
            syntax                                  — where Turtle is broken
            sources  positions  difference  versions
            digests
            doctor                                  — what is odd in files
            examples  layout  terms                 — Turtle as written; its terms
            bridge  links                           — the door to rdflib; what is a link
    model/  manifest  settings                      — values made of the words below
            limits  media  rule                     — the words
            names
            problem  refusal  spelling  terminals   — trouble; how names are spelt
"""

from __future__ import annotations

__version__ = "0.1.0"
