"""Signing in, one's own account, people and their roles."""

from django.urls import path

from hrdd.accounts.views import account, delegations, organisation, people, reviews, sign_in, tokens

sign_in_patterns = [
    path("code/", sign_in.sign_in_code, name="login-code"),
    path("passkey/", sign_in.sign_in_passkey, name="login-passkey"),
    path("organisation/", organisation.set_out, name="sign-in-organisation"),
    path("organisation/back/", organisation.come_back, name="sign-in-organisation-back"),
    path("invitation/<slug:secret>/", people.accept, name="invitation"),
    path("passkey/options/", sign_in.passkey_options, name="login-passkey-options"),
]
urlpatterns = [
    path("account/", account.account, name="account"),
    path("account/app/", account.set_app, name="account-app"),
    path("account/app/remove/", account.remove_app, name="account-app-remove"),
    path("account/codes/", account.new_codes, name="account-codes"),
    path("account/passkeys/options/", account.passkey_to_add, name="account-passkey-options"),
    path("account/passkeys/", account.passkey_add, name="account-passkey-add"),
    path("account/passkeys/<int:pk>/remove/", account.passkey_remove, name="account-passkey-remove"),
    path("account/language/", account.set_language, name="account-language"),
    path("account/password/", account.new_password, name="account-password"),
    path("account/sessions/<int:pk>/end/", account.session_end, name="account-session-end"),
    path("account/sessions/end/", account.sessions_end, name="account-sessions-end"),
    path("account/organisation/", organisation.connect, name="account-organisation"),
    path("account/organisation/remove/", organisation.disconnect, name="account-organisation-remove"),
    path("account/delegations/", delegations.delegations, name="account-delegations"),
    path("account/delegations/<int:pk>/end/", delegations.delegation_end, name="account-delegation-end"),
    path("account/tokens/", tokens.tokens, name="account-tokens"),
    path("account/tokens/new/", tokens.token_new, name="account-token-new"),
    path("account/tokens/<int:pk>/revoke/", tokens.token_revoke, name="account-token-revoke"),
    path("account/prove/", account.prove, name="account-prove"),
    path("account/prove/options/", account.prove_options, name="account-prove-options"),
    path("people/", people.people_list, name="people-list"),
    path("people/invite/", people.invite, name="person-invite"),
    path("people/<int:pk>/roles/", people.change_roles, name="person-roles"),
    path("people/<int:pk>/renew/", people.renew, name="person-renew"),
    path("people/<int:pk>/sign-out/", people.sign_out_person, name="person-sign-out"),
    path("people/invitations/<int:pk>/confirm/", people.confirm_renewal, name="renewal-confirm"),
    path("people/invitations/<int:pk>/withdraw/", people.withdraw_invitation, name="invitation-withdraw"),
    path("people/reviews/", reviews.review_list, name="access-review-list"),
    path("people/reviews/open/", reviews.review_open, name="access-review-open"),
    path("people/reviews/<int:pk>/", reviews.review_detail, name="access-review"),
    path("people/reviews/<int:pk>/decide/", reviews.review_decide, name="access-review-decide"),
    path("people/reviews/<int:pk>/sign/", reviews.review_sign, name="access-review-sign"),
]
