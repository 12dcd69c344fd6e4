"""What stands before Flask: finished responses, kept and sent in fewer bytes.

finished                    a request is answered from what is kept, or by Flask
shelf                       what is kept
response                    one answer of an application
coding                      content codings
"""
