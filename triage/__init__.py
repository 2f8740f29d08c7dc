"""What we think of a report and what we do with it."""


def health() -> dict[str, int]:
    """Lag of the reading and what waits without a route, in counts and seconds."""
    from triage.tasks import health

    return health()
