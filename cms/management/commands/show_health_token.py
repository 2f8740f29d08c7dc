from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms.views.health import health_token
from intake import sealing


class Command(BaseCommand):
    help = 'Print the token that opens the figures of /healthz ("Authorization: Bearer …").'
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        try:
            self.stdout.write(health_token())
        except sealing.KeysMissing as error:
            raise CommandError(str(error)) from None
