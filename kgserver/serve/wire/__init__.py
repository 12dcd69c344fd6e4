"""HTTP as it comes over the wire: connections, the requests on them, their answers.

A server of our own, on the parser and the event loop that uvicorn is made of, because
two things are needed that no WSGI server offers: a client that goes away is noticed
while its query runs, and an answer that cannot be completed ends as a broken transfer,
never as a short one.

service                     listens, keeps time
connection                  one client's bytes become requests
exchange                    one request and its answer
request                     what a request says
ready                       answers that are sent again byte for byte
application                 a WSGI application behind it, in threads
clients                     who is asking
"""
