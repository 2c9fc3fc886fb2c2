//! IAM Identity Center: OIDC (sso-oidc 2019-06-10) and portal (sso 2019-06-10) on one port.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Reply, Request, Server};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A person's role credentials: access key, secret key, session token, seconds until they expire.
pub type RoleKeys = (String, String, String, i64);

/// How the double behaves. Change it at any time with [`IdentityCenter::set`].
pub struct Behaviour {
    /// Seconds an access token is good.
    pub access_seconds: i64,
    /// Seconds a device code is good, and between polls.
    pub device_seconds: i64,
    /// Seconds between two polls.
    pub interval: i64,
    /// Whether registrations with scopes get refresh tokens.
    pub refreshes: bool,
    /// What the browser's person answers.
    pub allows: bool,
    /// Roles somebody has: account, role.
    pub assigned: BTreeSet<(String, String)>,
    /// Credentials to hand out; made up when `None`.
    pub role_keys: Option<RoleKeys>,
    /// Seconds until made-up role credentials expire.
    pub role_seconds: i64,
    /// Next answers of a path in place of the right ones: path, status, shape, more of the body.
    pub faults: Vec<(String, u16, String, Value)>,
    /// How long each answer takes.
    pub delay: Duration,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            access_seconds: 3_600,
            device_seconds: 600,
            interval: 1,
            refreshes: true,
            allows: true,
            assigned: BTreeSet::from([("123456789012".to_owned(), "Assinatura".to_owned())]),
            role_keys: None,
            role_seconds: 3_600,
            faults: Vec::new(),
            delay: Duration::ZERO,
        }
    }
}

#[derive(Default)]
struct State {
    behaviour: Behaviour,
    made: u64,
    clients: BTreeMap<String, Client>,
    codes: BTreeMap<String, Code>,
    devices: BTreeMap<String, Device>,
    access: BTreeMap<String, Instant>,
    refresh: BTreeMap<String, String>,
    used_refresh: BTreeSet<String>,
    secrets: Vec<String>,
    calls: Vec<String>,
}

struct Client {
    secret: String,
    grants: Vec<String>,
    redirects: Vec<String>,
    has_scopes: bool,
}

struct Code {
    client: String,
    redirect: String,
    challenge: String,
}

struct Device {
    client: String,
    user_code: String,
    until: Instant,
    polled: Option<Instant>,
    /// What the person said.
    allowed: Option<bool>,
}

/// A running double.
pub struct IdentityCenter {
    server: Server,
    state: Arc<Mutex<State>>,
}

impl IdentityCenter {
    /// Starts one.
    #[must_use]
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let server = Server::start(move |request| {
            let delay = shared.lock().unwrap().behaviour.delay;
            thread::sleep(delay);
            let host = request.header("host").unwrap_or_default().to_owned();
            shared.lock().unwrap().answer(request, &host)
        });
        Self { server, state }
    }

    /// Its address, for OIDC and portal.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Changes its behaviour.
    pub fn set(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.state().behaviour);
    }

    /// The person confirms, or refuses, the newest device code.
    pub fn confirm_device(&self, allow: bool) {
        for device in self.state().devices.values_mut() {
            device.allowed = Some(allow);
        }
    }

    /// Ends every access token, as an administrator does.
    pub fn end_sessions(&self) {
        let mut state = self.state();
        state.access.clear();
        state.refresh.clear();
    }

    /// Ends the access tokens alone: refresh tokens go on.
    pub fn end_access_tokens(&self) {
        self.state().access.clear();
    }

    /// Forgets every registration, as after ninety days.
    pub fn forget_clients(&self) {
        self.state().clients.clear();
    }

    /// Every call so far: method and path.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    /// Every secret that was handed out: none of them may be found anywhere but in the credential store.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.state().secrets.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// An error of OIDC: snake-case name in the body, shape in a header.
fn oidc_error(shape: &str, more: &Value) -> Reply {
    let mut snake = String::new();
    for letter in shape.trim_end_matches("Exception").chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    let status = match shape {
        "InvalidClientException" => 401,
        "InternalServerException" => 500,
        _ => 400,
    };
    let mut body = json!({"error": snake, "error_description": "double"});
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
    Reply::json(status, &body).with("x-amzn-errortype", shape)
}

/// An error of the portal.
fn portal_error(status: u16, shape: &str, message: &str) -> Reply {
    Reply::json(status, &json!({"message": message, "__type": format!("com.amazonaws.switchboard.portal#{shape}")}))
        .with(
            "x-amzn-errortype",
            &format!("{shape}:http://internal.amazon.com/coral/com.amazonaws.switchboard.portal/"),
        )
}

impl State {
    /// A word of a given length that was never given before. Real tokens have about a kilobyte.
    fn word(&mut self, kind: &str, length: usize) -> String {
        self.made += 1;
        let seed = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), self.made);
        let mut word = format!("{kind}-{}-{seed:016x}", self.made);
        let mut next = seed;
        while word.len() < length {
            next = next.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            word.push_str(&format!("{next:016x}"));
        }
        word.truncate(length);
        self.secrets.push(word.clone());
        word
    }

    fn answer(&mut self, request: &Request, host: &str) -> Reply {
        let call = format!("{} {}", request.method, request.path);
        self.calls.push(call.clone());
        if let Some(at) = self.behaviour.faults.iter().position(|(path, ..)| *path == request.path) {
            let (_, status, shape, more) = self.behaviour.faults.remove(at);
            return match (status, request.path.as_str()) {
                (0, _) => Reply::Cut,
                (_, "/token" | "/client/register" | "/device_authorization") => match oidc_error(&shape, &more) {
                    Reply::Answer { headers, body, .. } => Reply::Answer { status, headers, body },
                    other => other,
                },
                _ => portal_error(status, &shape, "double"),
            };
        }
        match call.as_str() {
            "POST /client/register" => self.register(&request.json()),
            "POST /device_authorization" => self.device_authorization(&request.json(), host),
            "GET /authorize" => self.authorize(request),
            // What a person's browser on another device does with the complete address.
            "GET /device" => self.confirm(request.value("user_code").unwrap_or_default()),
            "POST /token" => self.token(&request.json()),
            "GET /assignment/accounts" => self.signed_in(request, Self::accounts),
            "GET /assignment/roles" => self.signed_in(request, Self::roles),
            "GET /federation/credentials" => self.signed_in(request, Self::credentials),
            "POST /logout" => {
                let token = request.header("x-amz-sso_bearer_token").unwrap_or_default();
                match self.access.remove(token) {
                    Some(_) => Reply::Answer { status: 200, headers: vec![], body: vec![] },
                    None => portal_error(401, "UnauthorizedException", "Session token not found or invalid"),
                }
            }
            _ => portal_error(404, "ResourceNotFoundException", "no such path"),
        }
    }

    fn register(&mut self, body: &Value) -> Reply {
        if body["clientType"] != "public" || !body["clientName"].is_string() {
            return oidc_error("InvalidClientMetadataException", &json!({}));
        }
        let list = |name: &str| -> Vec<String> {
            body[name].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let (grants, redirects) = (list("grantTypes"), list("redirectUris"));
        if grants.iter().any(|grant| grant == DEVICE_CODE) && grants.iter().any(|grant| grant == "authorization_code") {
            return oidc_error("InternalServerException", &json!({}));
        }
        if redirects.iter().any(|redirect| redirect != "http://127.0.0.1/oauth/callback") {
            return oidc_error("InvalidRedirectUriException", &json!({}));
        }
        let (id, secret) = (self.word("client", 24), self.word("secret", 800));
        let now = office::clock::now().timestamp();
        let has_scopes = list("scopes").iter().any(|scope| scope == "sso:account:access");
        self.clients.insert(id.clone(), Client { secret: secret.clone(), grants, redirects, has_scopes });
        Reply::json(
            200,
            &json!({"clientId": id, "clientSecret": secret, "clientIdIssuedAt": now, "clientSecretExpiresAt": now + 90 * 86_400}),
        )
    }

    fn client(&self, body: &Value) -> Result<(String, &Client), Reply> {
        let id = body["clientId"].as_str().unwrap_or_default();
        match self.clients.get(id) {
            Some(client) if body["clientSecret"] == client.secret.as_str() => Ok((id.to_owned(), client)),
            _ => Err(oidc_error("InvalidClientException", &json!({}))),
        }
    }

    fn device_authorization(&mut self, body: &Value, host: &str) -> Reply {
        let client = match self.client(body) {
            Ok((id, _)) => id,
            Err(reply) => return reply,
        };
        if !body["startUrl"].as_str().is_some_and(|url| url.starts_with("https://")) {
            return oidc_error("InvalidRequestException", &json!({}));
        }
        let code = self.word("device", 200);
        self.secrets.pop();
        let user_code = format!("ABCD-{:04}", self.made);
        let until = Instant::now() + seconds(self.behaviour.device_seconds);
        self.devices
            .insert(code.clone(), Device { client, user_code: user_code.clone(), until, polled: None, allowed: None });
        let uri = format!("http://{host}/device");
        Reply::json(
            200,
            &json!({"deviceCode": code, "userCode": user_code, "verificationUri": uri,
                "verificationUriComplete": format!("{uri}?user_code={user_code}"),
                "expiresIn": self.behaviour.device_seconds, "interval": self.behaviour.interval}),
        )
    }

    fn confirm(&mut self, user_code: &str) -> Reply {
        for device in self.devices.values_mut().filter(|device| device.user_code == user_code) {
            device.allowed = Some(self.behaviour.allows);
        }
        Reply::Answer { status: 200, headers: vec![], body: b"Request approved".to_vec() }
    }

    fn authorize(&mut self, request: &Request) -> Reply {
        let value = |name: &str| request.value(name).unwrap_or_default().to_owned();
        let redirect = value("redirect_uri");
        let Some(client) = self.clients.get(&value("client_id")) else {
            return oidc_error("InvalidClientException", &json!({}));
        };
        // Registered without a port, used with one; nothing else may differ.
        let without_port = url::Url::parse(&redirect).ok().and_then(|mut url| {
            let is_loopback = url.host_str() == Some("127.0.0.1") && url.port().is_some();
            url.set_port(None).ok()?;
            is_loopback.then(|| url.to_string())
        });
        let is_registered = without_port.is_some_and(|redirect| client.redirects.contains(&redirect));
        let is_allowed = client.grants.iter().any(|grant| grant == "authorization_code");
        if !is_registered
            || !is_allowed
            || value("response_type") != "code"
            || value("code_challenge_method") != "S256"
            || value("code_challenge").len() != 43
            || value("scopes") != "sso:account:access"
        {
            return oidc_error("InvalidRequestException", &json!({}));
        }
        let state = value("state");
        let answer = if self.behaviour.allows {
            let code = self.word("code", 300);
            let kept =
                Code { client: value("client_id"), redirect: redirect.clone(), challenge: value("code_challenge") };
            self.codes.insert(code.clone(), kept);
            format!("code={code}&state={state}")
        } else {
            format!("error=access_denied&state={state}")
        };
        Reply::Answer {
            status: 302,
            headers: vec![("location".to_owned(), format!("{redirect}?{answer}"))],
            body: vec![],
        }
    }

    fn token(&mut self, body: &Value) -> Reply {
        let (id, has_scopes, grants) = match self.client(body) {
            Ok((id, client)) => (id, client.has_scopes, client.grants.clone()),
            Err(reply) => return reply,
        };
        let grant = body["grantType"].as_str().unwrap_or_default();
        if !grants.iter().any(|registered| registered == grant) {
            let shape = if matches!(grant, DEVICE_CODE | "authorization_code" | "refresh_token") {
                "UnauthorizedClientException"
            } else {
                "UnsupportedGrantTypeException"
            };
            return oidc_error(shape, &json!({}));
        }
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let refused = match grant {
            DEVICE_CODE => self.use_device(&id, &text("deviceCode")),
            "authorization_code" => self.use_code(&id, &text("code"), &text("redirectUri"), &text("codeVerifier")),
            _ => self.use_refresh(&id, &text("refreshToken")),
        };
        if let Err(shape) = refused {
            return oidc_error(shape, &json!({}));
        }
        let access = self.word("access", 1_150);
        self.access.insert(access.clone(), Instant::now() + seconds(self.behaviour.access_seconds));
        let mut answer =
            json!({"accessToken": access, "tokenType": "Bearer", "expiresIn": self.behaviour.access_seconds});
        if has_scopes && self.behaviour.refreshes && grants.iter().any(|grant| grant == "refresh_token") {
            let refresh = self.word("refresh", 1_000);
            self.refresh.insert(refresh.clone(), id);
            answer["refreshToken"] = json!(refresh);
        }
        Reply::json(200, &answer)
    }

    fn use_device(&mut self, client: &str, code: &str) -> Result<(), &'static str> {
        let interval = seconds(self.behaviour.interval);
        let device =
            self.devices.get_mut(code).filter(|device| device.client == client).ok_or("InvalidGrantException")?;
        if device.until < Instant::now() {
            return Err("ExpiredTokenException");
        }
        let too_soon = device.polled.is_some_and(|polled| polled.elapsed() + Duration::from_millis(50) < interval);
        device.polled = Some(Instant::now());
        match device.allowed {
            _ if too_soon => Err("SlowDownException"),
            None => Err("AuthorizationPendingException"),
            Some(false) => Err("AccessDeniedException"),
            Some(true) => {
                self.devices.remove(code);
                Ok(())
            }
        }
    }

    fn use_code(&mut self, client: &str, code: &str, redirect: &str, verifier: &str) -> Result<(), &'static str> {
        // One use, whether it succeeds or not.
        let kept = self.codes.remove(code).ok_or("InvalidGrantException")?;
        let challenge = URL_SAFE_NO_PAD.encode(cades::Hash::Sha256.digest(verifier.as_bytes()));
        let is_right = kept.client == client
            && kept.redirect == redirect
            && kept.challenge == challenge
            && (43..=128).contains(&verifier.len());
        is_right.then_some(()).ok_or("InvalidGrantException")
    }

    fn use_refresh(&mut self, client: &str, token: &str) -> Result<(), &'static str> {
        if self.used_refresh.contains(token) {
            // Somebody uses a token twice: one of the two is a thief, and the session ends for both.
            self.refresh.clear();
            return Err("InvalidGrantException");
        }
        match self.refresh.get(token) {
            Some(owner) if owner == client => {
                self.refresh.remove(token);
                self.used_refresh.insert(token.to_owned());
                Ok(())
            }
            _ => Err("InvalidGrantException"),
        }
    }

    fn signed_in(&mut self, request: &Request, answer: impl FnOnce(&mut Self, &Request) -> Reply) -> Reply {
        let token = request.header("x-amz-sso_bearer_token").unwrap_or_default();
        match self.access.get(token) {
            Some(until) if *until > Instant::now() => answer(self, request),
            _ => portal_error(401, "UnauthorizedException", "Session token not found or invalid"),
        }
    }

    fn accounts(&mut self, request: &Request) -> Reply {
        let all: BTreeSet<&String> = self.behaviour.assigned.iter().map(|(account, _)| account).collect();
        page(request, "accountList", all.into_iter().map(|account| {
            json!({"accountId": account, "accountName": format!("Conta {account}"), "emailAddress": "conta@exemplo.com.br"})
        }))
    }

    fn roles(&mut self, request: &Request) -> Reply {
        let account = request.value("account_id").unwrap_or_default().to_owned();
        let of_account = self.behaviour.assigned.iter().filter(|(owner, _)| *owner == account);
        page(request, "roleList", of_account.map(|(account, role)| json!({"roleName": role, "accountId": account})))
    }

    fn credentials(&mut self, request: &Request) -> Reply {
        let value = |name: &str| request.value(name).unwrap_or_default().to_owned();
        let (account, role) = (value("account_id"), value("role_name"));
        if !self.behaviour.assigned.iter().any(|(owner, _)| *owner == account) {
            return portal_error(404, "ResourceNotFoundException", "No such account");
        }
        if !self.behaviour.assigned.contains(&(account, role)) {
            return portal_error(403, "ForbiddenException", "No access");
        }
        let (access, secret, token, lasts) = match self.behaviour.role_keys.clone() {
            Some(keys) => keys,
            None => {
                let (secret, token) = (self.word("role-secret", 40), self.word("role-session", 900));
                (format!("ASIA{:016}", self.made), secret, token, self.behaviour.role_seconds)
            }
        };
        let now = office::clock::now().timestamp_millis();
        Reply::json(
            200,
            &json!({"roleCredentials": {"accessKeyId": access, "secretAccessKey": secret, "sessionToken": token,
                "expiration": now + lasts * 1_000}}),
        )
    }
}

/// One page of a list, a single row a page: clients must follow `nextToken`.
fn page(request: &Request, name: &str, rows: impl Iterator<Item = Value>) -> Reply {
    let at = request.value("next_token").and_then(|token| token.parse().ok()).unwrap_or(0);
    let rows: Vec<Value> = rows.collect();
    let next = (at + 1 < rows.len()).then(|| (at + 1).to_string());
    Reply::json(200, &json!({name: rows.get(at).into_iter().collect::<Vec<_>>(), "nextToken": next}))
}

fn seconds(seconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}
