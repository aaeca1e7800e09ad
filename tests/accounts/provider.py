"""An OpenID provider in a process of its own, honest until it is told how to lie: `python -m tests.accounts.provider`.

It prints its address, signs in whoever `/as/<subject>` named last, and bends its next token as `/bend/<how>` says.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "hrdd", "known to both"
KEY = RSAKey.generate_key(2048, parameters={"kid": "ours"})
STRANGERS = RSAKey.generate_key(2048, parameters={"kid": "ours"})
STATE: dict[str, Any] = {"subject": "s-1", "bend": "", "codes": {}}


def _encoded(said: bytes) -> str:
    return base64.urlsafe_b64encode(said).rstrip(b"=").decode()


class Provider(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # as the library calls it
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        if path == "/.well-known/openid-configuration":
            said = "https://other.example" if STATE["bend"] == "metadata" else issuer
            self._json(
                {
                    "issuer": said,
                    "authorization_endpoint": f"{issuer}/authorize",
                    "token_endpoint": f"{issuer}/token",
                    "jwks_uri": f"{issuer}/keys",
                }
            )
        elif path == "/keys":
            self._json({"keys": [KEY.as_dict(private=False)]})
        elif path == "/authorize":
            code = secrets.token_urlsafe(16)
            STATE["codes"][code] = {name: values[0] for name, values in query.items()}
            back = {"code": code, "state": query["state"][0], "iss": issuer}
            self.send_response(302)
            self.send_header("Location", f"{query['redirect_uri'][0]}?{urlencode(back)}")
            self.end_headers()
        elif path.startswith(("/as/", "/bend/")):
            STATE["subject" if path.startswith("/as/") else "bend"] = path.split("/", 2)[2]
            self._json({})
        else:
            self._json({}, 404)

    def do_POST(self) -> None:  # as the library calls it
        given = {
            name: values[0]
            for name, values in parse_qs(
                self.rfile.read(int(self.headers["Content-Length"])).decode()
            ).items()
        }
        asked = STATE["codes"].pop(given["code"], None)
        pair = base64.b64decode(self.headers["Authorization"].split()[1]).decode()
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(given["code_verifier"].encode()).digest())
            .rstrip(b"=")
            .decode()
        )
        if (
            asked is None
            or pair != f"{CLIENT}:{SECRET.replace(' ', '+')}"
            or challenge != asked["code_challenge"]
            or given["redirect_uri"] != asked["redirect_uri"]
        ):
            self._json({"error": "invalid_grant"}, 400)
            return
        self._json({"access_token": "x", "token_type": "Bearer", "id_token": self._token(asked)})

    def _token(self, asked: dict[str, str]) -> str:
        now, bend = int(time.time()), STATE["bend"]
        claims: dict[str, Any] = {
            "iss": f"http://127.0.0.1:{self.server.server_address[1]}",
            "aud": CLIENT,
            "sub": STATE["subject"],
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        claims |= {
            "issuer": {"iss": "https://other.example"},
            "audience": {"aud": "another client"},
            "audiences": {"aud": [CLIENT, "another client"]},
            "azp": {"azp": "another client"},
            "nonce": {"nonce": "of another journey"},
            "expired": {"iat": now - 900, "exp": now - 600},
            "future": {"iat": now + 900, "exp": now + 1200},
            "amr": {"amr": ["pwd", "mfa"]},
        }.get(bend, {})
        if bend == "nonceless":
            del claims["nonce"]
        if bend in {"unsigned", "symmetric"}:
            head = {"alg": "none" if bend == "unsigned" else "HS256", "kid": "ours"}
            signed = ".".join(_encoded(json.dumps(one).encode()) for one in (head, claims))
            sealed = hmac.digest(KEY.as_pem(private=False), signed.encode(), "sha256")
            return f"{signed}.{'' if bend == 'unsigned' else _encoded(sealed)}"
        return jwt.encode({"alg": "RS256", "kid": "ours"}, claims, STRANGERS if bend == "key" else KEY)

    def _json(self, said: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)  # noqa: T201
    server.serve_forever()
