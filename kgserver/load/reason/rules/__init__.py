"""Rules made from the axioms of an ontology: OWL 2 RL/RDF, Tables 4 to 9, and RDFS.

record                                an ontology written down, and read again
ontology                              a closed schema with all its rules
contradictions                        rules whose conclusion is false
classes  properties                   Tables 5 and 6
hierarchy  scm                        Tables 7 and 9
rulebook                              rules by what sets them off; Table 4
rule  schema  useful                  what a rule, a schema, a useful triple is
"""
