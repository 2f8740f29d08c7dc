"""Which level may take a case of this installation: the pure rules, asked with what the tables hold."""

from __future__ import annotations

from triage import jurisdiction
from triage.house import House, township_of
from triage.jurisdiction import Competence, Person, Receiving
from triage.models import Case, Installation, Office
from triage.places import keys
from triage.recusal import house_of, identified, places_of, township_name

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
    """The organ that receives for the case: the installation's own, else none above which anything lies."""
    office = commission_of(case)
    if office is None:
        return Receiving("", "", "nation")
    return Receiving(
        office.name, office.place.name, LEVELS[office.place.level], office.head.name if office.head else ""
    )


def commission_of(case: Case) -> Office | None:
    """The county's commission whose place holds the case, else the installation's receiving organ."""
    rows = Office.objects.select_related("place", "head")
    own = rows.filter(pk__in=Installation.objects.filter(pk=1).values("receiving")).first()
    if own:
        return own
    path = keys.path_of(case.place_id)
    held = rows.filter(kind=Office.Kind.COMMISSION, active=True, place__in=path)
    return held.order_by("-place__depth", "code").first()
