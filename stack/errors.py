"""What may go wrong around the processes."""


class StackError(Exception):
    """The stack cannot run; the message is one line for a person and says what to do."""
