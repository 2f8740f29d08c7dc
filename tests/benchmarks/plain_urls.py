"""What a web form would be without the product: one view that stores the text as it came.

The same server, middleware and database; no receipt, no sealing, no case, no clock, no history.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from cms.views.health import healthz
from intake.models import Report

FORM = '<form method="post"><input type="hidden" name="uid" value=""><textarea name="text"></textarea></form>'


@csrf_exempt
def report(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponse(FORM)
    uid = request.POST["uid"]
    Report.objects.create(
        channel="web",
        external_id=uid,
        receipt=uid,
        fingerprint="",
        key_id="none",
        sealed=request.POST["text"].encode(),
    )
    return HttpResponse("1234 1234 1234 1234 1234 1234 1234")


urlpatterns = [path("healthz", healthz), path("report/", report)]
