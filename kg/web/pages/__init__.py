"""Pages for people, and the things themselves as Linked Data (contract A5).

``routes`` is the way in. Every page is made on the server from what the engine answers, and is
readable without JavaScript.
"""
