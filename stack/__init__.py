"""Starts the real parts of Plural on one machine: for the demo, the tests and small installations.

Nothing in here knows the portal; it is a set of processes that the Procfile names.
"""

from stack.errors import StackError
from stack.stack import Stack

__all__ = ["Stack", "StackError"]
