"""What a person sees, and the wiring."""

from cms.celery import app as celery_app

__all__ = ["celery_app"]
