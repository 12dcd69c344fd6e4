"""How bytes come in and go out: HTTP/1.1 on one event loop, with an end to everything.

port                        listens; ends what takes too long
crowd                       every connection; who is one too many is sent away
bounds                      what clients may take
connection                  one client's requests are answered one after the other
reader                      its bytes become requests
exchange                    one request, and its response on the way out
request                     what a client asks
headers                     what stands before a body, as bytes

The parser is llhttp, Node's, by way of httptools. A server that speaks ASGI or WSGI
stands between an answer and its connection, and of what passes there we need all: that
a client has gone, that it is slow, that an answer breaks off.
"""
