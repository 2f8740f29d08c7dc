class Refused(Exception):
    """The product will not do this; the message (translated) is for the person who asked."""
