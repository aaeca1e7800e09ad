"""Pages of oversight."""

from django.urls import path

from hrdd.oversight.views import records

urlpatterns = [
    path("oversight/", records.oversight, name="oversight"),
    path("oversight/mandates/new/", records.mandate_new, name="mandate-new"),
    path("oversight/mandates/<int:pk>/supersede/", records.mandate_supersede, name="mandate-supersede"),
    path("oversight/mandates/<int:pk>/end/", records.mandate_end, name="mandate-end"),
    path("oversight/meetings/new/", records.meeting_new, name="meeting-new"),
    path("oversight/meetings/<int:pk>/", records.meeting_detail, name="meeting-detail"),
    path("oversight/meetings/<int:pk>/correct/", records.meeting_correct, name="meeting-correct"),
    path("oversight/escalations/", records.escalation_list, name="escalation-list"),
    path("oversight/escalations/new/", records.escalation_new, name="escalation-new"),
    path("oversight/escalations/<int:pk>/", records.escalation_detail, name="escalation-detail"),
    path("oversight/training/new/", records.training_new, name="training-new"),
    path("oversight/incentives/new/", records.incentive_new, name="incentive-new"),
    path("oversight/resources/new/", records.staffing_new, name="staffing-new"),
]
