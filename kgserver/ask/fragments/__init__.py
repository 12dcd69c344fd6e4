"""Triple and quad pattern fragments: what one pattern matches, in pages.

pattern                     what is asked for, as it stands in an address
matching                    what matches, in pages, and how much of it there is
controls                    what a page says of itself, and how to ask for others
"""
