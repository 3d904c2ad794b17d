"""The engine: queries in, limits kept, answers out (design B4).

``seam`` is what the rest of the service sees of any engine; ``oxigraph`` is the one that runs
queries in worker processes (``pool``, ``process``, ``worker``, ``isolation``), one ``run`` each.
"""
