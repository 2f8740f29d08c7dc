"""The resolver's sentences by name, so that `makemessages` finds them: places knows no Django."""

from django.utils.translation import gettext_noop

SENTENCES = (
    gettext_noop("The text names %(place)s together with a place above it."),
    gettext_noop("The text names %(place)s, and there is only one of that name."),
    gettext_noop(
        "The text names %(name)s; of the places so called, the one in %(anchor)s was taken, which the text names too."
    ),
    gettext_noop("The text names %(name)s; of the places so called, the one in this territory was taken."),
    gettext_noop(
        "The text names %(name)s; of the places so called, the one nearest to this inbox (%(anchor)s) was taken."
    ),
    gettext_noop("The text says “%(words)s”: the place of this inbox was taken."),
    gettext_noop("The text names %(words)s, which this office has listed as lying in %(place)s."),
    gettext_noop("The reporter chose %(place)s; the text names no other place."),
    gettext_noop("The reporter chose %(stated)s, and the text names %(place)s there."),
    gettext_noop("Only a court or prosecutor's office is named; its seat, %(place)s, was taken."),
    gettext_noop("Only the reporter's own address, or the office written to, is named: %(place)s."),
    gettext_noop("The text names %(place)s, which lies outside this territory."),
    gettext_noop("The text names several places alike; only what they share, %(place)s, was taken."),
    gettext_noop("%(count)s places are called %(name)s; all lie in %(place)s, which was taken."),
    gettext_noop("The text names %(written)s in %(place)s; the gazetteer does not know it there."),
    gettext_noop("The text names no place."),
    gettext_noop("The text names places, but none of them as the place of the matter."),
    gettext_noop("%(count)s places are called %(name)s, and nothing in the text tells them apart."),
)
