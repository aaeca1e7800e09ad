"""Pages of the desk about risks, measures and partners."""

from django.urls import path

from risks.views import exits, involvement, measures, partners, reassessments, salience

urlpatterns = [
    path("risks/", salience.risk_list, name="risk-list"),
    path("risks/<int:pk>/", salience.risk_detail, name="risk-detail"),
    path("risks/<int:pk>/assess/", salience.assess_severity, name="assess-severity"),
    path("risks/<int:pk>/involvement/", involvement.propose_involvement, name="propose-involvement"),
    path("involvements/", involvement.involvement_list, name="involvement-list"),
    path("involvements/<int:pk>/", involvement.involvement_detail, name="involvement-detail"),
    path("involvements/<int:pk>/challenge/", involvement.challenge_involvement, name="challenge-involvement"),
    path("involvements/<int:pk>/stopped/", involvement.stop_own_part, name="stop-own-part"),
    path("involvements/<int:pk>/withdrawal/", involvement.withdraw_involvement, name="withdraw-involvement"),
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
