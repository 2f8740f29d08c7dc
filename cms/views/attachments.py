"""The one way to a file that came with a report."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.generic import View

from cms.staff_access import StaffRequest
from cms.views.desk import CasePage
from intake import attachments
from intake.models import Attachment
from triage import actions
from triage.models import Look


class AttachmentView(CasePage, View):
    """The cleaned copy, as a download under a name that says nothing; the look is written down."""

    http_method_names = ["get"]

    def get(self, request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        case = self.get_object()
        rows = case.report.attachments.filter(state=Attachment.State.CLEANED)
        attachment = get_object_or_404(rows, token=kwargs["token"])
        try:
            content = attachments.copy_for_staff(attachment)
        except FileNotFoundError:
            raise Http404 from None
        actions.look(case, by=request.user, what=Look.What.ATTACHMENT)
        response = HttpResponse(content, content_type=_type_of(attachment))
        ending = attachments.table()["kinds"][attachment.kind].get("ending", attachment.kind)
        response["Content-Disposition"] = (
            f'attachment; filename="{case.number}-{attachment.token[:6]}.{ending}"'
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


def _type_of(attachment: Attachment) -> str:
    return attachment.payload.get("copy_type") or attachment.payload.get("type") or "application/octet-stream"
