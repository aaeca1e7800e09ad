"""Pages of the desk about risks, measures and partners."""

from django.urls import path

from risks.views import exits, measures, partners, reassessments, recording, risk_import, salience

urlpatterns = [
    path("risks/", salience.risk_list, name="risk-list"),
    path("risks/new/", recording.record_risk, name="record-risk"),
    path("risks/<int:pk>/facts/", recording.correct_risk, name="correct-risk"),
    path("risks/import/", risk_import.risk_import, name="risk-import"),
    path(
        "risks/import/template.<slug:extension>",
        risk_import.risk_import_template,
        name="risk-import-template",
    ),
    path("risks/import/<int:pk>/", risk_import.risk_import_preview, name="risk-import-preview"),
    path("risks/import/<int:pk>/<slug:step>/", risk_import.risk_import_step, name="risk-import-step"),
    path("risks/<int:pk>/", salience.risk_detail, name="risk-detail"),
    path("risks/<int:pk>/assess/", salience.assess_severity, name="assess-severity"),
    path("measures/", measures.measure_list, name="measure-list"),
    path("measures/<int:pk>/", measures.measure_detail, name="measure-detail"),
    path("measures/<int:pk>/signals/", measures.note_signal, name="note-signal"),
    path("tasks/<int:pk>/", reassessments.review_task, name="review-task"),
    path("cycles/<int:pk>/", reassessments.cycle_detail, name="cycle-detail"),
    path("partners/", partners.partner_list, name="partner-list"),
    path("partners/new/", partners.record_relationship, name="record-relationship"),
    path("partners/<int:pk>/", partners.partner_detail, name="partner-detail"),
    path("partners/<int:pk>/tie/", partners.tie_risk, name="tie-risk"),
    path("partners/<int:pk>/exit/", exits.consider_exit, name="consider-exit"),
    path("partners/leverage/<int:pk>/", partners.log_leverage, name="log-leverage"),
    path("partners/effects/<int:pk>/", partners.measure_effect, name="measure-effect"),
    path("partners/extensions/<int:pk>/", partners.extend_time, name="extend-time"),
    path("exits/<int:pk>/", exits.exit_detail, name="exit-detail"),
    path("exits/<int:pk>/assessment/", exits.assess_exit, name="assess-exit"),
    path("exits/<int:pk>/proposal/", exits.propose_exit, name="propose-exit"),
    path("exits/<int:pk>/reviews/", exits.review_exit, name="review-exit"),
    path("exits/<int:pk>/steps/<slug:step>/", exits.take_exit_step, name="exit-step"),
]
