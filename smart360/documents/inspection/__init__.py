"""What is done with a stranger's bytes, in a process of its own: see ``__main__``.

Nothing here imports Django, so that the process starts quickly and knows no secret.
"""
