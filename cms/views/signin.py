"""After the name and the password: an own password, and a second factor."""

from __future__ import annotations

import base64
import io
from typing import Any

import django_otp
import qrcode
import qrcode.image.svg
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.admin.views import account

from cms.forms.desk_signin import CodeForm, EnrolForm, OwnPasswordForm
from cms.staff_access import StaffRequest, is_verified
from triage.actions.people import set_own_password
from triage.models import Credential

BACKUP_CODES = 8


class DoorstepView(LoginRequiredMixin, FormView):
    request: StaffRequest
    template_name = "desk/doorstep.html"
    page_title: Any = ""
    submit_label: Any = _("Continue")

    def get_success_url(self) -> str:
        wanted = self.request.GET.get("next", "")
        allowed = url_has_allowed_host_and_scheme(wanted, {self.request.get_host()}, self.request.is_secure())
        return wanted if allowed else reverse("wagtailadmin_home")


class PasswordView(DoorstepView):
    """The one-time password is exchanged for one that nobody else knows."""

    page_title = _("Choose your own password")
    form_class = OwnPasswordForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not Credential.objects.filter(pk=self.request.user.pk, temporary=True).exists():
            return redirect("wagtailadmin_home")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: OwnPasswordForm) -> HttpResponse:
        set_own_password(self.request.user, form.cleaned_data["new"])
        update_session_auth_hash(self.request, self.request.user)
        return super().form_valid(form)


class FactorView(DoorstepView):
    """The code of the second factor."""

    page_title = _("Second factor")
    form_class = CodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.request.user.is_authenticated:
            if is_verified(self.request.user):
                return redirect(self.get_success_url())
            if not TOTPDevice.objects.devices_for_user(self.request.user, confirmed=True).exists():
                return redirect("signin:enrol")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: CodeForm) -> HttpResponse:
        django_otp.login(self.request, form.device)
        return super().form_valid(form)


class EnrolView(DoorstepView):
    """Ties a device to the account; only where there is none yet. Backup codes are shown once."""

    page_title = _("Set up the second factor")
    template_name = "desk/enrol.html"
    form_class = EnrolForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.request.user.is_authenticated:
            if Credential.objects.filter(pk=self.request.user.pk, temporary=True).exists():
                return redirect("signin:password")
            if TOTPDevice.objects.devices_for_user(self.request.user, confirmed=True).exists():
                return redirect("signin:factor")
            self.device, _made = TOTPDevice.objects.get_or_create(
                user=self.request.user, confirmed=False, defaults={"name": "totp"}
            )
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "device": self.device}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        secret = base64.b32encode(self.device.bin_key).decode()
        grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
        kwargs.setdefault("codes", ())
        return super().get_context_data(secret=grouped, picture=picture(self.device.config_url), **kwargs)

    def form_valid(self, form: EnrolForm) -> HttpResponse:
        self.device.confirmed = True
        self.device.save(update_fields=["confirmed"])
        django_otp.login(self.request, self.device)
        codes = new_backup_codes(self.request.user)
        return self.render_to_response(self.get_context_data(form=form, codes=codes))


class AccountView(account.AccountView):
    """Wagtail's account page without what it demands and we do not keep: names, an address for mail, a picture."""

    def get_panels(self) -> list:
        return [panel for panel in super().get_panels() if panel.name not in ("name_email", "avatar")]


def new_backup_codes(user: Any) -> list[str]:
    """Codes that stand in for the device, each once; the ones before are gone."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="backup")
    codes = [StaticToken.random_token() for _each in range(BACKUP_CODES)]
    device.token_set.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def picture(address: str) -> SafeString:
    """The QR code as an inline drawing: nothing is fetched, nothing is stored."""
    out = io.BytesIO()
    qrcode.make(address, image_factory=qrcode.image.svg.SvgPathImage, box_size=14).save(out)
    drawing = out.getvalue().decode()
    return mark_safe(drawing[drawing.index("<svg") :])  # noqa: S308  (made here, of our own address)
