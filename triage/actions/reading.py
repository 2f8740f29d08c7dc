"""What a Finding does to a case, and what a clerk says instead."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from intake import masking
from intake.models import Report
from intake.refusals import Refused
from intake.steps import passing
from triage import recusal
from triage.actions.sealing_up import seal_up
from triage.claims import Change, claim, moment
from triage.competence import competence_of
from triage.models import Case, Correction, Domain, Matter, Place, Reading, Subject
from triage.pipeline.finding import Finding, PlaceFound
from triage.places import keys
from triage.signals import case_read
from triage.territory import is_ours

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LARGEST_SUM = Decimal("99999999999999.99")  # what the column holds


def read(case: Case, finding: Finding) -> Reading:
    """Stores what the pipeline found, masked, and lets the case into a queue.

    Recusal is derived from the new subjects before anybody can see the case, and what belongs to a
    higher level is sealed up at once. A person's corrections outlive a later reading.
    """
    masked = masked_finding(finding, case.report)
    rows = Case.objects.exclude(state__in=[Case.State.CLOSED, Case.State.SEALED_UP])
    with transaction.atomic():
        with claim(case, rows, verb="read") as change:
            reading = _store(case, masked)
            _replace_matters(case, masked)
            _replace_subjects(case, masked)
            change.touched |= {"subjects", "matters", "reading"}
            change.facts.update(reading=reading.seq, version=reading.version)
            change(**_columns(case, masked))
            _keep_corrections(case, change)
            case.__dict__.update({k: v for k, v in change.items() if k.endswith("_id")})
            house = recusal.house_of(recusal.places_of(case))
            if recusal.derive(case, house):
                change.touched.add("recusals")
            case_read.send(Case, case=case, reading=reading)
            passing("stored")
        verdict = competence_of(case, house)
        if verdict.sealed_up:
            seal_up(case, ground=verdict.ground, for_upper=verdict.unread_below)
    return reading


def masked_finding(finding: Finding, report: Report) -> Finding:
    """The Finding without anything that its mask or the sealed identity hides."""
    spans = [(m.start, m.end) for m in finding.masked] + masking.identity_spans(report, finding.text)
    text = masking.mask(finding.text, spans)
    hidden = {i for start, end in spans for i in range(start, end)}

    def seen(part: Any) -> bool:
        return part.start < 0 or hidden.isdisjoint(range(part.start, part.end))

    return replace(
        finding,
        text=text,
        subjects=tuple(
            s if seen(s) else replace(s, name="", unit="", post="", start=-1, end=-1)
            for s in finding.subjects
        ),
        amounts=tuple(a for a in finding.amounts if seen(a)),
        dates=tuple(d for d in finding.dates if seen(d)),
        evidence=tuple(replace(e, text=text[e.start : e.end]) for e in finding.evidence if seen(e)),
        masked=tuple(replace(m, text="") for m in finding.masked),
    )


def mask_by_rules(report: Report) -> dict[str, str]:
    """Title and text of a report masked without the model, for one who sorts it by hand."""
    from triage.pipeline import redact

    masked = {}
    for part, text in (("title", report.title), ("text", report.text)):
        spans = [(m.start, m.end) for m in redact(text)] + masking.identity_spans(report, text)
        masked[part] = masking.mask(text, spans)
    return masked


def _store(case: Case, finding: Finding) -> Reading:
    last = case.readings.order_by("-seq").first()
    best = finding.place.best
    reading = Reading(
        case=case,
        seq=last.seq + 1 if last else 1,
        version=finding.version,
        domain=Domain.objects.filter(pk=finding.domain.code).first(),
        domain_confidence=finding.domain.confidence,
        place_key=best.key if best else "",
        place_confidence=best.confidence if best else 0,
        abstained=finding.abstained,
    )
    reading.payload = {"finding": finding.as_dict()}
    reading.save()
    return reading


def _replace_matters(case: Case, finding: Finding) -> None:
    case.matters.all().delete()
    for i, found in enumerate(finding.matters):
        Matter.objects.create(
            case=case,
            main=i == 0,
            domain=Domain.objects.filter(pk=found.domain.code).first(),
            domain_confidence=found.domain.confidence,
            place=_row(found.place),
            place_confidence=found.place.best.confidence if found.place.best else 0,
            start=found.start,
            end=found.end,
        )


def _replace_subjects(case: Case, finding: Finding) -> None:
    case.subjects.filter(source=Subject.Source.READING).delete()
    matters = list(case.matters.all())
    of_matter = {i: m for m, found in zip(matters, finding.matters, strict=False) for i in found.subjects}
    for i, found in enumerate(finding.subjects):
        if not (found.name or found.unit or found.post):
            continue
        subject = Subject(
            case=case, matter=of_matter.get(i), source=Subject.Source.READING, level=found.level
        )
        subject.payload = {"name": found.name, "unit": found.unit, "post": found.post}
        subject.save()


def _row(found: PlaceFound) -> Place | None:
    """The row of a found place, if it lies in the territory."""
    if found.best is None or not is_ours(found.best.key):
        return None
    return Place.objects.filter(pk=found.best.key).first()


def _columns(case: Case, finding: Finding) -> dict[str, Any]:
    here = _row(finding.place)
    # A place above the territory (only the city is named) is vague, not outside.
    best = finding.place.best
    outside = best.key if best and here is None and not keys.covers(best.key, case.inbox_id) else ""
    title, _line, text = finding.text.partition("\n") if case.report.title else ("", "", finding.text)
    case.payload = {"title": title, "text": text}
    waiting = case.state in (Case.State.UNREAD, Case.State.UNROUTED, Case.State.OUTSIDE)
    columns = {
        "key_id": case.key_id,
        "sealed": case.sealed,
        "read_at": case.read_at or moment(),
        "domain_id": finding.domain.code,
        "domain_confidence": finding.domain.confidence,
        "place_id": here.pk if here else case.inbox_id,
        "place_confidence": finding.place.best.confidence if finding.place.best else 0,
        "outside": outside,
        "kind": finding.kind,
        "unsure": finding.domain.abstained or finding.place.abstained or here is None,
        "largest_sum": _largest(finding),
    }
    if waiting:
        columns["state"] = Case.State.OUTSIDE if outside else Case.State.UNROUTED
    return columns


def _largest(finding: Finding) -> Decimal | None:
    sums = [Decimal(str(a.yuan)) for a in finding.amounts]
    return min(max(sums), LARGEST_SUM).quantize(Decimal("0.01")) if sums else None


def _keep_corrections(case: Case, change: Change) -> None:
    for correction in case.corrections.filter(undone_at=None):
        change(**_corrected(correction.field, correction.after))


def _corrected(field: str, value: str) -> dict[str, Any]:
    if field == Correction.Field.DOMAIN:
        return {"domain_id": value, "domain_confidence": 1.0, "unsure": False}
    if field == Correction.Field.PLACE:
        return {"place_id": value, "place_confidence": 1.0, "outside": "", "unsure": False}
    return {"kind": value}


def correct(
    case: Case,
    *,
    by: User,
    domain: Domain | None = None,
    place: Place | None = None,
    kind: str | None = None,
    ground: str = "",
) -> list[Correction]:
    """What a person says instead of the machine. Each correction stands beside the reading.

    A corrected place or subject makes recusal be derived anew and the case be routed again.
    """
    wanted = _differences(case, domain, place, kind)
    if not wanted:
        raise Refused(_("Nothing was changed."))
    reading = case.readings.first()
    with claim(case, Case.objects.readable(), verb="corrected", by=by, ground=ground) as change:
        rows = [
            Correction.objects.create(case=case, reading=reading, field=f, before=old, after=new, by=by)
            for f, old, new in wanted
        ]
        for row in rows:
            change(**_corrected(row.field, row.after))
            _correct_main_matter(case, row)
            change.touched.add(row.field)
        if place and case.state == Case.State.OUTSIDE:
            change(state=Case.State.UNROUTED)
        change.facts.update({f: [old, new] for f, old, new in wanted})
        case.__dict__.update({k: v for k, v in change.items() if k.endswith("_id")})
        if recusal.derive(case):
            change.touched.add("recusals")
    return rows


def _differences(
    case: Case, domain: Domain | None, place: Place | None, kind: str | None
) -> list[tuple[str, str, str]]:
    asked = [
        (Correction.Field.DOMAIN, case.domain_id or "", domain.pk if domain else None),
        (Correction.Field.PLACE, case.outside or case.place_id, place.pk if place else None),
        (Correction.Field.KIND, case.kind, kind),
    ]
    return [(str(f), old, new) for f, old, new in asked if new and new != old]


def _correct_main_matter(case: Case, row: Correction) -> None:
    if row.field == Correction.Field.KIND:
        return
    matter, _made = Matter.objects.get_or_create(case=case, main=True)
    if row.field == Correction.Field.DOMAIN:
        matter.domain_id, matter.domain_confidence = row.after, 1.0
    else:
        matter.place_id, matter.place_confidence = row.after, 1.0
    matter.save()


def undo_correction(correction: Correction, *, by: User) -> None:
    """Takes a correction back; the value before it stands again."""
    case = correction.case
    with claim(case, Case.objects.readable(), verb="correction_undone", by=by) as change:
        if not Correction.objects.filter(pk=correction.pk, undone_at=None).update(undone_at=timezone.now()):
            raise Refused(_("This correction has been taken back already."))
        if correction.before and not (
            correction.field == Correction.Field.PLACE
            and not Place.objects.filter(pk=correction.before).exists()
        ):
            change(**_corrected(correction.field, correction.before))
        change.touched.add(correction.field)
        case.__dict__.update({k: v for k, v in change.items() if k.endswith("_id")})
        if recusal.derive(case):
            change.touched.add("recusals")
