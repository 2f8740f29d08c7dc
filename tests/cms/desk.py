"""Signing in for tests of the desk: with a second factor, as the desk wants it."""

from __future__ import annotations

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice


def sign_in(client: Client, user) -> Client:
    """The client, signed in with password and code."""
    device, _made = TOTPDevice.objects.get_or_create(user=user, name="totp", defaults={"confirmed": True})
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client
