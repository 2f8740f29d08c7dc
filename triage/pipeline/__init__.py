"""The only door to spaCy: `read(text, …) -> Finding`. Knows no database."""

from triage.pipeline.finding import Finding

__all__ = ["Finding"]
