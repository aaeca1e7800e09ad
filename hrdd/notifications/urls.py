"""Pages of the inbox, and of those who are told of what is published."""

from django.urls import path

from hrdd.notifications.views import calendar, inbox, putting_off, webhooks

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/seen/", inbox.inbox_seen, name="inbox-seen"),
    path("inbox/settings/", inbox.notification_settings, name="notification-settings"),
    path("inbox/<slug:key>/put-off/", putting_off.put_off, name="put-off"),
    path("inbox/<slug:key>/take-back/", putting_off.take_back, name="put-off-back"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/address/<slug:step>/", calendar.calendar_address, name="calendar-address"),
    path("calendar/<slug:secret>.ics", calendar.calendar_file, name="calendar-file"),
    path("webhooks/", webhooks.webhook_list, name="webhook-list"),
    path("webhooks/new/", webhooks.webhook_new, name="webhook-new"),
    path("webhooks/messages/<int:pk>/again/", webhooks.webhook_again, name="webhook-again"),
    path("webhooks/<int:pk>/<slug:step>/", webhooks.webhook_step, name="webhook-step"),
]
