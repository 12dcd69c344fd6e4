"""What programs read: one thing as a document, all things as a list, dumps.

address                     which thing a path means, and where its documents are
description                 the statements of a document about one thing
writing                     a document in each format
turtle  jsonld              written so that people can read them
entities                    every thing that there is a document about
"""
