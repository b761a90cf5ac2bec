"""The picture of a stack: a plain description of it, and the formats that show it.

``model`` says what is in a stack, ``drawing`` what is drawn of it, ``dot``, ``mermaid`` and
``svg`` how. Nothing here is loaded by a call that draws nothing.
"""
