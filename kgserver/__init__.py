"""Turn a folder of Turtle files into a knowledge graph and serve it.

The house is an hourglass. Many files narrow to one frozen snapshot; everything HTTP
hangs off it. Nothing above the snapshot reads a Turtle file; nothing below it knows
that a request exists. Arrows point down only; `tests/test_floors.py` reads the imports
and holds the code to this stair:

    cli                                             — the commands
    serve/  server                                  — listens, starts the others
            app  watch                              — the application; the builder
            endpoint  pages                         — what is at each address
            documents
            refusals  site                          — how it is sent, what pages share
            rendering  live  processes
    ask/    query  resource  overview  description  — questions to a dataset
            diagnosis  guard  dataset               — what is wrong, what may not be
            protocol  tokens  table                 — the wire, its words, the terminal
    load/   snapshot                                — the story of a build
            inputs                                  — all that a version is made from
            shapes  contradictions  checks          — what a build does
            store  places
            turtle  bridge  reason                  — the doors for RDF, what follows
            faults  literals  sources  versions     — what a build needs
    model/  manifest  settings                      — values made of the words below
            media  names  problem  refusal          — the words
"""

from __future__ import annotations

__version__ = "0.1.0"
