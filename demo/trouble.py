"""What can end the demo early."""


class Trouble(Exception):
    """The demo cannot go on; the message is one line for a person."""
