//! The browser's way back: a listener on 127.0.0.1 that takes one answer and nothing else (RFC 8252, 7.3).

use std::{net::Ipv4Addr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinSet,
};
use url::Url;

use super::{SignInError, stored::Secret};

/// The one path that is answered.
const PATH: &str = "/oauth/callback";

/// Longest request: codes of Identity Center have about a kilobyte.
const MAX_REQUEST: usize = 16 * 1024;

/// Most letters shown of an error that a browser brings.
const MAX_SHOWN: usize = 60;

/// How long one connection may take to say what it wants. Browsers open some in which they say nothing.
const REQUEST_DEADLINE: Duration = Duration::from_secs(10);

/// Connections at a time: a browser opens a handful; more are somebody else's.
const MAX_CONNECTIONS: usize = 16;

/// What the browser brought, and its page, which waits to hear how it went.
pub(crate) struct Answer {
    pub(crate) code: Result<Secret, SignInError>,
    page: TcpStream,
}

/// What the person reads in the browser.
#[derive(Debug, Clone)]
pub struct Pages {
    /// When it worked.
    pub done: String,
    /// When it did not.
    pub failed: String,
}

pub(crate) struct Loopback {
    listener: TcpListener,
    port: u16,
}

impl Loopback {
    pub(crate) async fn open() -> Result<Self, SignInError> {
        // Never another interface, and a port that nobody can know beforehand.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|_| SignInError::NoListener)?;
        let port = listener.local_addr().map_err(|_| SignInError::NoListener)?.port();
        Ok(Self { listener, port })
    }

    pub(crate) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Waits for the browser to come back with our `state`. What is not for us is refused and waiting goes on: nobody
    /// else can end, or answer, a sign-in.
    pub(crate) async fn answer(&self, state: &Secret) -> Answer {
        let (found, mut answers) = mpsc::channel(1);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                Some(answer) = answers.recv() => return answer,
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                accepted = self.listener.accept(), if connections.len() < MAX_CONNECTIONS => {
                    let Ok((stream, _)) = accepted else { continue };
                    let (found, state, port) = (found.clone(), state.clone(), self.port);
                    connections.spawn(async move {
                        let read = tokio::time::timeout(REQUEST_DEADLINE, read_answer(stream, port, &state)).await;
                        if let Ok(Some(answer)) = read {
                            // The channel holds one: a second answer finds it taken.
                            let _ = found.try_send(answer);
                        }
                    });
                }
            }
        }
    }
}

impl Answer {
    /// Tells the person in the browser how it went.
    pub(crate) async fn tell(mut self, page: &str) {
        // A browser that went away no longer wants to know.
        let _ = tokio::time::timeout(REQUEST_DEADLINE, respond(&mut self.page, "200 OK", page)).await;
    }
}

/// What one connection brings; `None` when it is not for us, which is said to it.
async fn read_answer(mut stream: TcpStream, port: u16, state: &Secret) -> Option<Answer> {
    let Some(query) = read_query(&mut stream, port).await else {
        respond(&mut stream, "404 Not Found", "").await;
        return None;
    };
    let value = |name: &str| query.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    if value("state").as_deref() != Some(state.reveal()) {
        respond(&mut stream, "400 Bad Request", "").await;
        return None;
    }
    let code = match (value("code").filter(|code| !code.is_empty()), value("error")) {
        (Some(code), None) => Ok(Secret::new(code)),
        (_, Some(error)) if error == "access_denied" => Err(SignInError::Refused),
        (_, Some(error)) => Err(SignInError::BrowserAnswer(cades::readable(&error).chars().take(MAX_SHOWN).collect())),
        (None, None) => {
            respond(&mut stream, "400 Bad Request", "").await;
            return None;
        }
    };
    Some(Answer { code, page: stream })
}

/// The address of a `GET` of our path on our host, parsed.
async fn read_query(stream: &mut TcpStream, port: u16) -> Option<Url> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut part = [0; 1024];
        let read = stream.read(&mut part).await.ok().filter(|read| *read > 0)?;
        request.extend_from_slice(part.get(..read)?);
        if request.len() > MAX_REQUEST {
            return None;
        }
    }
    let text = std::str::from_utf8(&request).ok()?;
    let mut lines = text.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    // A page of the web whose name was made to lead here would send its own host.
    let host = format!("127.0.0.1:{port}");
    let is_ours = lines
        .filter_map(|line| line.split_once(':'))
        .any(|(name, value)| name.eq_ignore_ascii_case("host") && value.trim() == host);
    let url = Url::parse(&format!("http://{host}")).ok()?.join(target).ok()?;
    (method == "GET" && is_ours && url.path() == PATH && url.host_str() == Some("127.0.0.1")).then_some(url)
}

async fn respond(stream: &mut TcpStream, status: &str, page: &str) {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'\r\n\r\n",
        page.len()
    );
    for part in [head.as_bytes(), page.as_bytes()] {
        if stream.write_all(part).await.is_err() {
            return;
        }
    }
    // Closed in order: the browser has read the page.
    let _ = stream.shutdown().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        answer
    }

    fn get(target: &str, port: u16) -> String {
        format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n")
    }

    #[tokio::test]
    async fn only_the_answer_to_our_own_question_is_taken() {
        let loopback = Loopback::open().await.unwrap();
        let port = loopback.port;
        let state = Secret::new("nosso".to_owned());
        let strangers = async {
            // One that says nothing stays open meanwhile.
            let _silent = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
            let bad = [
                get("/", port),
                get("/oauth/callback", port),
                get("/oauth/callback?code=x&state=deles", port),
                get("/oauth/callback?error=access_denied&state=deles", port),
                get("/oauth/callback?code=&state=nosso", port),
                get("/oauth/callback/more?code=x&state=nosso", port),
                get("//evil.example/oauth/callback?code=x&state=nosso", port),
                get("/oauth/callback?code=x&state=nosso", port).replace("GET", "POST"),
                get("/oauth/callback?code=x&state=nosso", port).replace("Host: 127.0.0.1", "Host: evil.example"),
                format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(MAX_REQUEST)),
                "\u{0}\u{1}\r\n\r\n".to_owned(),
            ];
            for request in bad {
                let answer = ask(port, &request).await;
                assert!(answer.starts_with("HTTP/1.1 4"), "{request:.60}: {answer}");
            }
            let answer = ask(port, &get("/oauth/callback?code=c%2Bd&state=nosso", port)).await;
            assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("pronto"), "{answer}");
        };
        let ours = async {
            let answer = loopback.answer(&state).await;
            assert_eq!(answer.code.as_ref().unwrap().reveal(), "c+d");
            answer.tell("pronto").await;
        };
        tokio::join!(strangers, ours);
    }

    #[tokio::test]
    async fn a_refusal_in_the_browser_is_told() {
        for (error, expected) in
            [("access_denied", SignInError::Refused), ("oops", SignInError::BrowserAnswer("oops".to_owned()))]
        {
            let loopback = Loopback::open().await.unwrap();
            let port = loopback.port;
            let state = Secret::new("s".to_owned());
            let target = format!("/oauth/callback?error={error}&state=s");
            let ours = async {
                let answer = loopback.answer(&state).await;
                assert_eq!(answer.code.as_ref().err(), Some(&expected));
                answer.tell("recusado").await;
            };
            let request = get(&target, port);
            let (page, ()) = tokio::join!(ask(port, &request), ours);
            assert!(page.ends_with("recusado"));
        }
    }
}
