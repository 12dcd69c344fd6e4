"""Helpers: processes beside the web process that answer what takes a moment.

One event loop answers all that is asked, on one processor. Where it has much to do,
clients that ask nothing but what is kept, or one pattern, are lent to a helper, socket
and all: it answers them on another processor, and gives a client back with the first
request that it cannot answer at once. Whatever has to be known in one place (queries
that run, who may still ask, what is counted) stays in the web process; helpers report
to it.
"""
