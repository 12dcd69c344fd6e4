"""What stands before Flask: finished responses, kept and sent in fewer bytes.

threads                     a request is answered by Flask, beside the event loop
gateway                     a request as WSGI has it
finished                    what is finished already is found by what is asked
shelf                       what is kept
response                    one answer of an application
coding                      content codings
"""
