"""Model parts for rows with sealed content."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from intake import sealing


class SealedRow(models.Model):
    """A row whose words are sealed: `payload` is a dict of JSON values, opened once per instance.

    rotate_keys walks all subclasses; a row is bound to its table and `uid`.
    """

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    key_id = models.CharField(max_length=16, editable=False)
    sealed = models.BinaryField(editable=False)

    class Meta:
        abstract = True

    @property
    def bound_to(self) -> str:
        return f"{self._meta.db_table}:{self.uid}"

    @property
    def payload(self) -> dict[str, Any]:
        if "_payload" not in self.__dict__:
            self.__dict__["_payload"] = sealing.loads(
                sealing.unseal(self.key_id, bytes(self.sealed), self.bound_to)
            )
        return self.__dict__["_payload"]

    @payload.setter
    def payload(self, value: dict[str, Any]) -> None:
        self.key_id, self.sealed = sealing.seal(sealing.dumps(value), self.bound_to)
        self.__dict__["_payload"] = value

    def seal_anew(self) -> None:
        """The same payload under the current key; the caller saves `key_id` and `sealed`."""
        self.payload = self.payload

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.pop("_payload", None)
        super().refresh_from_db(*args, **kwargs)
