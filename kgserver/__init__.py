"""Turn a folder of Turtle files into a knowledge graph and serve it.

The house is an hourglass. Many files narrow to one frozen snapshot; everything HTTP
hangs off it. Nothing above the snapshot reads a Turtle file; nothing below it knows
that a request exists. Arrows point down only; `tests/test_floors.py` reads the imports
and holds the code to this stair, on which a folder of modules is one place:

    cli                                             — the command line
    commands/
            serve  build  check  fmt  query  test   — one command each
            folder                                  — the folder that one is given
    serve/  server                                  — listens, starts the others
            app  watch                              — the application; the builder
            sparql  pages  operations               — what is at each address
            data
            slices                                  — a page of many
            refusals  site                          — how it is sent, what pages share
            rendering  messages             — how it is said
            live  processes
    ask/    catalog  suite                          — what there is; what it must answer
            sparql  browse                          — questions; ways through the graph
            origins                                 — who says so, and in which words
            dataset                                 — one version, opened
    load/   snapshot  formatting                    — the story of a build; style
            layout                                  — Turtle as it is written
            inputs                                  — all that a version is made from
            shapes  contradictions  checks          — what a build does
            catalog
            store  places  survey
            turtle  reason                          — what files say, what follows
            bridge  syntax                          — the door to rdflib; broken Turtle
            faults  literals  nodes  sources        — what a build needs
            positions  difference  versions
            examples  layout                        — Turtle as it is written
    model/  manifest  settings                      — values made of the words below
            media  names  problem  refusal          — the words
"""

from __future__ import annotations

__version__ = "0.1.0"
