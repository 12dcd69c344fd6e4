"""Two states of a graph side by side: what differs, and what that does.

    with sides.opened(settings, "HEAD~1") as before, sides.opened(…, "") as after:
        effects.between(before, after)      an Effects
    text.draw(effects)                      for a terminal
    review.write(effects)                   Markdown for a pull request
    patch.write(before, after)              RDF Patch
    document.write(effects)                 JSON

The floors, each importing only from those below it:

    document  patch  review  text
    outline
    effects
    sides  renames
"""
