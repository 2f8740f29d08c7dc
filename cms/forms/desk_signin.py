"""Signing in: a name and a password that may be tried slowly, then a code from a device."""

from __future__ import annotations

import threading
import time
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp import match_token
from wagtail.admin.forms.auth import LoginForm

from intake import sealing

FREE_TRIES = 4
LONGEST_WAIT = 15 * 60
REMEMBERED = 10_000


class Brake:
    """After a few wrong tries each next one for the same name waits twice as long. Knows names as keyed
    hashes and no addresses, and forgets all when the process ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tries: dict[str, tuple[int, float]] = {}

    def wait(self, name: str) -> int:
        """Seconds before the name may be tried again."""
        _wrong, until = self._tries.get(self._key(name), (0, 0.0))
        return max(0, int(until - time.monotonic() + 0.999))

    def wrong(self, name: str) -> None:
        key = self._key(name)
        with self._lock:
            wrong = self._tries.pop(key, (0, 0.0))[0] + 1
            pause = min(2.0 ** (wrong - FREE_TRIES), LONGEST_WAIT) if wrong > FREE_TRIES else 0
            self._tries[key] = (wrong, time.monotonic() + pause)
            while len(self._tries) > REMEMBERED:
                self._tries.pop(next(iter(self._tries)))

    def right(self, name: str) -> None:
        with self._lock:
            self._tries.pop(self._key(name), None)

    @staticmethod
    def _key(name: str) -> str:
        return sealing.fingerprint(name.strip().casefold(), "sign-in")


BRAKE = Brake()


class SignInForm(LoginForm):
    remember = None

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username") or ""
        seconds = BRAKE.wait(name)
        if seconds:
            raise ValidationError(
                ngettext(
                    "Too many wrong tries. Please wait %(n)d second.",
                    "Too many wrong tries. Please wait %(n)d seconds.",
                    seconds,
                )
                % {"n": seconds},
                code="too_many",
            )
        try:
            cleaned = super().clean()
        except ValidationError:
            BRAKE.wrong(name)
            raise
        BRAKE.right(name)
        return cleaned


class CodeForm(forms.Form):
    """Six digits from a device, or a backup code. The devices count wrong tries themselves."""

    code = forms.CharField(
        label=_("Code"),
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
        help_text=_("Six digits from your device, or one of your backup codes."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].replace(" ", "")
        self.device = match_token(self.user, code)
        if self.device is None:
            raise ValidationError(
                _("This code is wrong, was used already, or came too soon after a wrong one.")
            )
        return code


class EnrolForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=8,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "autofocus": True}),
        help_text=_("Six digits that the device shows now."),
    )

    def __init__(self, *args: Any, device: Any, **kwargs: Any) -> None:
        self.device = device
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].replace(" ", "")
        if not self.device.verify_token(code):
            raise ValidationError(_("This code is wrong. Is the clock of the device right?"))
        return code


class OwnPasswordForm(forms.Form):
    """A new password in place of one that somebody else has seen."""

    old = forms.CharField(
        label=_("The password you were given"), widget=forms.PasswordInput, strip=False, max_length=200
    )
    new = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        max_length=200,
        help_text=_("At least 12 characters."),
    )
    again = forms.CharField(
        label=_("New password again"), widget=forms.PasswordInput, strip=False, max_length=200
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_old(self) -> str:
        if not self.user.check_password(self.cleaned_data["old"]):
            raise ValidationError(_("This is not the password you were given."))
        return self.cleaned_data["old"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        said = self.cleaned_data
        if said.get("new") and said.get("again") and said["new"] != said["again"]:
            self.add_error("again", _("The two new passwords are not the same."))
        elif said.get("new"):
            self._check_new(said["new"])
        return said

    def _check_new(self, password: str) -> None:
        if self.user.check_password(password):
            self.add_error("new", _("Please choose another password than the one you were given."))
        try:
            password_validation.validate_password(password, self.user)
        except ValidationError as error:
            self.add_error("new", error)
