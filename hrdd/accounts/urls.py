"""Pages of one's own account."""

from django.urls import path

from hrdd.accounts.views import account, organisation, sign_in

sign_in_patterns = [
    path("code/", sign_in.sign_in_code, name="login-code"),
    path("passkey/", sign_in.sign_in_passkey, name="login-passkey"),
    path("organisation/", organisation.set_out, name="sign-in-organisation"),
    path("organisation/back/", organisation.come_back, name="sign-in-organisation-back"),
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
    path("account/password/", account.new_password, name="account-password"),
    path("account/sessions/<int:pk>/end/", account.session_end, name="account-session-end"),
    path("account/sessions/end/", account.sessions_end, name="account-sessions-end"),
    path("account/organisation/", organisation.connect, name="account-organisation"),
    path("account/organisation/remove/", organisation.disconnect, name="account-organisation-remove"),
    path("account/prove/", account.prove, name="account-prove"),
    path("account/prove/options/", account.prove_options, name="account-prove-options"),
]
