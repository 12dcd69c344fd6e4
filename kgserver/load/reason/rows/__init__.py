"""Rules run over all triples at once, which are sorted rows of numbers, with numpy.

outcome                               what is worth storing
rowgraph                              rows looked up as facts
closure                               all that follows, written out
bulk                                  rounds over all rows until nothing is new
plans                                 rules over numbers
join  encoding  merging               joins; terms as numbers; two names of one
relation                              sorted numbers
"""
