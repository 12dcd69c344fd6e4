"""Turn a folder of Turtle files into a knowledge graph and serve it.

The house is an hourglass. Many files narrow to one frozen snapshot; everything HTTP
hangs off it. Nothing above the snapshot reads a Turtle file; nothing below it knows
that a request exists. Arrows point down only; `tests/test_floors.py` reads the imports
and holds the code to this stair:

    cli                                                 the commands
    serve/   server                                     processes: listen, watch, stop
             app                                        the Flask application
             endpoint  pages  documents  status         what each address answers
             rendering  live  refusals                  how it is sent
    ask/     resource  overview  query                  questions to a dataset
             diagnosis  protocol                        what comes over the wire
             dataset                                    one snapshot, opened
    load/    snapshot                                   the story of a build
             store  shapes  reason  places              what a build does
             turtle  bridge                             the two doors for RDF
             faults  literals  sources  versions        what a build needs
    model/   manifest  settings                         values made of the words below
             media  names  problem  refusal             the words
"""

from __future__ import annotations

__version__ = "0.1.0"
