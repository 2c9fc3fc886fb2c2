//! A server of a few lines: one request a connection, answered by a function.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// What was asked.
pub struct Request {
    /// `GET`, `POST`
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Query and form values, decoded.
    pub query: Vec<(String, String)>,
    target: String,
    headers: Vec<(String, String)>,
    /// Body as it came.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A value of the query.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `null` if it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Hands the request on as it came, and the answer back.
    #[must_use]
    pub fn forward(&self, service: &str) -> Reply {
        let host = service.trim_start_matches("http://");
        let Ok(mut stream) = TcpStream::connect(host) else { return Reply::Cut };
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in self.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("connection")) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("connection: close\r\n\r\n");
        let sent = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&self.body));
        let mut answer = Vec::new();
        if sent.is_err() || stream.read_to_end(&mut answer).is_err() {
            return Reply::Cut;
        }
        Reply::Raw(answer)
    }

    fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut words = line.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            match line.trim_end().split_once(':') {
                Some((name, value)) => headers.push((name.to_owned(), value.trim().to_owned())),
                None => break,
            }
        }
        let find = |name: &str| headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        let length = find("content-length").and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
        if find("expect").is_some() {
            reader.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let url = url::Url::parse("http://double").ok()?.join(&target).ok()?;
        let query = url.query_pairs().map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
        Some(Self { method, path: url.path().to_owned(), query, target, headers, body })
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub enum Reply {
    /// An answer.
    Answer {
        /// Status.
        status: u16,
        /// Headers besides the length.
        headers: Vec<(String, String)>,
        /// Body.
        body: Vec<u8>,
    },
    /// Bytes of another server's answer.
    Raw(Vec<u8>),
    /// The connection ends without a word.
    Cut,
}

impl Reply {
    /// JSON, as services send it; nothing at all for `null`.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        Self::Answer { status, headers, body }
    }

    /// With one header more.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        match self {
            Self::Answer { status, mut headers, body } => {
                headers.push((name.to_owned(), value.to_owned()));
                Self::Answer { status, headers, body }
            }
            other => other,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let (status, headers, body) = match self {
            Self::Answer { status, headers, body } => (status, headers, body),
            Self::Raw(bytes) => return bytes.clone(),
            Self::Cut => return Vec::new(),
        };
        let mut out = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
        for (name, value) in headers {
            out.push_str(&format!("{name}: {value}\r\n"));
        }
        out.push_str("\r\n");
        [out.into_bytes(), body.clone()].concat()
    }
}

/// A running server; it ends when it is dropped.
pub struct Server {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
}

impl Server {
    /// Starts on a free port.
    #[must_use]
    pub fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let ended = Arc::new(AtomicBool::new(false));
        let (answer, over) = (Arc::new(answer), Arc::clone(&ended));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let (Ok(mut stream), answer) = (stream, Arc::clone(&answer)) else { continue };
                thread::spawn(move || {
                    if let Some(request) = Request::read(&mut stream) {
                        let _ = stream.write_all(&answer(&request).bytes());
                    }
                });
            }
        });
        Self { address, ended }
    }

    /// `http://127.0.0.1:…`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

/// A person's browser: gets an address and follows where it leads. Gives the last page.
#[must_use]
pub fn browse(address: &str) -> String {
    let mut address = url::Url::parse(address).unwrap();
    loop {
        let host = format!("{}:{}", address.host_str().unwrap(), address.port_or_known_default().unwrap());
        let target = &address[url::Position::BeforePath..url::Position::AfterQuery];
        let mut stream = TcpStream::connect(&host).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        let (head, page) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        match head.lines().find_map(|line| line.strip_prefix("location: ")) {
            Some(location) => address = address.join(location).unwrap(),
            None => return page.to_owned(),
        }
    }
}
