"""People, their roles, and the audit log that nobody can rewrite."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from hrdd.governance.rules import Permission, Role, permissions_of


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str, *, display_name: str, roles: list[Role]) -> "User":
        """Create an account with its roles; the password is stored hashed."""
        user = User(username=username, display_name=display_name, roles=[str(role) for role in roles])
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    username = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=120)
    roles = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.display_name

    def may(self, permission: Permission) -> bool:
        """Whether one of this person's roles carries the permission."""
        return self.is_active and permission in permissions_of(frozenset(Role(role) for role in self.roles))


class AuditEvent(models.Model):
    """One act. No foreign keys, names as text, chained by hash; the database refuses UPDATE and DELETE."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.actor}: {self.action} {self.subject}"
