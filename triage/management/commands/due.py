from datetime import date

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from triage import deadlines


class Command(BaseCommand):
    requires_system_checks = ()  # pure arithmetic: answers also where the installation is broken
    help = "Say when a step is due: the date alone on the first line, the rule in words on the second."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rule", help="the rule's number, as D4 or P1")
        parser.add_argument("date", help="the day of the event that starts the period, YYYY-MM-DD")
        parser.add_argument(
            "--profile",
            choices=deadlines.profiles(),
            help="the legal order; without it the one that has a rule of this number",
        )

    def handle(self, *args: object, **options: str) -> None:
        try:
            start = date.fromisoformat(options["date"])
        except ValueError as error:
            message = _("%(text)s is no date: write YYYY-MM-DD") % {"text": options["date"]}
            raise CommandError(message, returncode=2) from error
        try:
            rule = self._rule(options["rule"], options["profile"])
            term = deadlines.due(rule, start)
        except deadlines.UnknownRule as error:
            raise CommandError(str(error), returncode=2) from error
        except (OverflowError, ValueError) as error:
            message = _("%(text)s lies beyond the calendar") % {"text": options["date"]}
            raise CommandError(message, returncode=2) from error
        self.stdout.write(term.on.isoformat())
        self.stdout.write(self._sentence(term))

    def _rule(self, rule_id: str, profile: str | None) -> deadlines.Rule:
        if profile is None:
            holders = [p for p in deadlines.profiles() if rule_id.upper() in deadlines.load(p).rules]
            profile = holders[0] if holders else "cn-rule"
        return deadlines.rule_of(rule_id, profile)

    def _sentence(self, term: deadlines.Due) -> str:
        language = get_language() or "en"
        rule = term.rule
        words = {
            "id": rule.id,
            "label": rule.label.in_language(language),
            "limit": length_in_words(rule.length, rule.unit),
            "start": rule.start.in_language(language),
            "date": term.start.isoformat(),
            "source": rule.source,
        }
        parts = [_("%(id)s %(label)s: %(limit)s after %(date)s (%(start)s); %(source)s.") % words]
        if term.provisional:
            parts.append(
                _("Provisional: a day counted is not yet covered by a published holiday arrangement.")
            )
        if not rule.verified:
            parts.append(_("The rule is quoted from memory and not yet checked against the official text."))
        return " ".join(parts)


def length_in_words(length: int, unit: str) -> str:
    words = {
        "working_day": ngettext("%d working day", "%d working days", length),
        "day": ngettext("%d day", "%d days", length),
        "month": ngettext("%d month", "%d months", length),
        "quarter": ngettext("the end of %d quarter", "the end of %d quarters", length),
    }[unit]
    return words % length
