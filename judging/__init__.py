"""Who judges which film, and what the scores mean.

Pure: frozen dataclasses in, frozen dataclasses out; no web, database, clock or network. Identifiers
are opaque strings of the caller; results never depend on the order in which rows are given.
"""
