"""SHACL: what the shapes of the ontology folder find wrong in the graph.

`report` has pySHACL look and gives each result its line; `scope` tells which nodes an
edit can have a bearing on, so that only those are looked at again.
"""
