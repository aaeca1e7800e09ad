"""Pages of the desk about risks, measures and partners."""

from django.urls import path

from risks.views import exits, measures, partners, reassessments, register, risks, salience

urlpatterns = [
    path("risks/", register.risk_list, name="risk-list"),
    path("risks/<int:pk>/", risks.risk_detail, name="risk-detail"),
    path("risks/<int:pk>/assess/", salience.assess_severity, name="assess-severity"),
    path("risks/<int:pk>/assess/preview/", salience.preview_severity, name="preview-severity"),
    path("risks/lowering/<int:pk>/", salience.lowering_detail, name="lowering-detail"),
    path("risks/lowering/<int:pk>/withdraw/", salience.withdraw_lowering, name="withdraw-lowering"),
    path("risks/<int:pk>/owner/", risks.assign_risk, name="assign-risk"),
    path("risks/<int:pk>/evidence/", risks.add_evidence, name="add-evidence"),
    path("risks/<int:pk>/plan/", risks.propose_plan, name="propose-plan"),
    path("risks/<int:pk>/steps/<slug:step>/", risks.take_risk_step, name="risk-step"),
    path("plans/<int:pk>/decision/", risks.decide_plan, name="decide-plan"),
    path("plans/<int:pk>/end/", risks.end_plan, name="end-plan"),
    path("plans/<int:pk>/test/", risks.record_plan_test, name="test-plan"),
    path("TMP1/<int:pk>/", risks.risk_detail, name="correct-risk"),
    path("TMP2/<int:pk>/", risks.risk_detail, name="publication"),
    path("TMP3/<int:pk>/", risks.risk_detail, name="consultation-detail"),
    path("TMP4/<int:pk>/", risks.risk_detail, name="involvement-detail"),
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
