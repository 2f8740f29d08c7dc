"""Which level may take a case of this installation: the pure rules, asked with what the tables hold."""

from __future__ import annotations

from django.db.models import QuerySet

from triage import jurisdiction
from triage.house import House, township_of
from triage.jurisdiction import Competence, Person, Receiving
from triage.models import Case, Installation, Office
from triage.places import keys
from triage.recusal import house_of, identified, places_of, township_name

DEPTHS = {"upper": 0, "city": 1, "county": 2}
LEVELS = {"province": "upper", "city": "city", "county": "county", "township": "county", "village": "county"}


def competence_of(case: Case, house: House | None = None, *, kind: str = "") -> Competence:
    """`kind`: what the reading says, where the case does not hold it yet."""
    return jurisdiction.competent(accused(case, house), kind or case.kind, receiving(case))


def accused(case: Case, house: House | None = None) -> list[Person]:
    """The case's subjects; one who is an officer of the house has the officer's post."""
    subjects = list(case.subjects.all())
    if not subjects:
        return []
    places = places_of(case)
    house = house or house_of(places)
    main = township_of(places[0])
    township = township_name(main)
    found = []
    for subject in subjects:
        person = Person(subject.name, subject.unit, subject.post, subject.level)
        officers = [] if person.post else identified(house, person, township)[0]
        for member in officers[:1]:
            township_staff = any(
                house.offices[o].kind == Office.Kind.TOWNSHIP for o in member.offices if o in house.offices
            )
            level = person.level if person.level != "unknown" else "township" if township_staff else "county"
            person = Person(person.name, "", member.post, level)
        found.append(person)
    return found


def receiving(case: Case) -> Receiving:
    """The organ whose inbox the installation is; for a nation none, above which nothing lies."""
    own = _own_organ()
    if own is None:
        return Receiving("", "", "nation")
    return Receiving(own.name, own.place.name, LEVELS[own.place.level], own.head.name if own.head else "")


def commission_of(case: Case, level: str = "county") -> Office | None:
    """The commission of that level over the case's place, else the next above it, else the receiving organ."""
    held = _offices().filter(
        kind=Office.Kind.COMMISSION,
        active=True,
        place__in=keys.path_of(case.place_id),
        place__depth__lte=DEPTHS[level],
    )
    return held.order_by("-place__depth", "code").first() or _own_organ()


def _own_organ() -> Office | None:
    return _offices().filter(pk__in=Installation.objects.filter(pk=1).values("receiving")).first()


def _offices() -> QuerySet[Office]:
    return Office.objects.select_related("place", "head")
