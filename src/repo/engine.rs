//! The local container engine, Docker's or Podman's, asked over its unix socket: HTTP/1.1, GET alone, bounded in time. No
//! other place is asked: a `DOCKER_HOST` that is no unix socket is refused.

use std::io::Read;

/// What the engine answered.
pub struct EngineReply {
    /// The body.
    pub body: Box<dyn Read + Send>,
    /// Whether it is Podman that answered: it does not tell what is not there from what it does not say.
    pub podman: bool,
}

impl std::fmt::Debug for EngineReply {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("EngineReply").field("podman", &self.podman).finish_non_exhaustive()
    }
}

/// The image as the engine saves it: a tar archive, streamed.
///
/// # Errors
/// What is wrong with the reference, or why there is no answer.
pub fn save(reference: &str) -> Result<EngineReply, String> {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':' | '@');
    let whole =
        !reference.is_empty() && reference.len() <= 512 && reference.starts_with(|c: char| c.is_ascii_alphanumeric());
    if !whole || !reference.chars().all(known) || reference.contains("..") {
        return Err(format!("`{}` is no image's name", reference.chars().take(80).collect::<String>()));
    }
    unix::get(&format!("/images/{reference}/get"))
}

#[cfg(not(unix))]
mod unix {
    pub(super) fn get(_: &str) -> Result<super::EngineReply, String> {
        Err("container engines are asked over unix sockets alone".to_owned())
    }
}

#[cfg(unix)]
mod unix {
    use std::io::{self, BufRead, BufReader, Read, Write};
    use std::os::unix::net::UnixStream;
    use std::path::PathBuf;
    use std::time::{Duration, Instant};

    use super::EngineReply;

    /// How long the engine may be silent.
    const SILENCE: Duration = Duration::from_secs(60);
    /// How long everything may take.
    const WHOLE: Duration = Duration::from_secs(15 * 60);
    /// Bytes of the headers, and of what an error says.
    const HEADERS: u64 = 64 << 10;

    /// Where engines listen, in the order they are tried.
    fn sockets() -> Result<Vec<PathBuf>, String> {
        if let Some(host) = std::env::var("DOCKER_HOST").ok().filter(|host| !host.is_empty()) {
            let path = host.strip_prefix("unix://").ok_or("DOCKER_HOST is no unix socket: only those are asked")?;
            return Ok(vec![PathBuf::from(path)]);
        }
        let own = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        let own = own.iter().flat_map(|at| [at.join("docker.sock"), at.join("podman/podman.sock")]);
        let shared = ["/var/run/docker.sock", "/run/podman/podman.sock"].map(PathBuf::from);
        Ok(own.chain(shared).collect())
    }

    pub(super) fn get(path: &str) -> Result<EngineReply, String> {
        let mut why =
            "no container engine listens here: start Docker or Podman's service, or save the image".to_owned();
        for socket in sockets()? {
            match UnixStream::connect(&socket) {
                Ok(stream) => return ask(stream, path),
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    why = "the container engine's socket may not be opened by this user".to_owned();
                }
                Err(_) => {}
            }
        }
        Err(why)
    }

    pub(super) fn ask(mut stream: UnixStream, path: &str) -> Result<EngineReply, String> {
        let told = |error: io::Error| format!("the container engine does not answer: {error}");
        stream.set_read_timeout(Some(SILENCE)).map_err(told)?;
        stream.set_write_timeout(Some(SILENCE)).map_err(told)?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).map_err(told)?;
        let mut input = BufReader::with_capacity(64 << 10, Timed { stream, until: Instant::now() + WHOLE });
        let head = head(&mut input)?;
        let mut body = Body { input, rest: head.rest };
        if head.status != 200 {
            let mut said = Vec::new();
            // What it says is for the message alone.
            let _ = (&mut body).take(HEADERS).read_to_end(&mut said);
            let said = serde_json::from_slice::<serde_json::Value>(&said).ok();
            let said = said.and_then(|it| Some(it.get("message")?.as_str()?.chars().take(200).collect::<String>()));
            return Err(format!("the container engine answers {}: {}", head.status, said.unwrap_or_default()));
        }
        Ok(EngineReply { body: Box::new(body), podman: head.podman })
    }

    struct Head {
        status: u16,
        podman: bool,
        rest: Rest,
    }

    fn head(input: &mut impl BufRead) -> Result<Head, String> {
        let mut left = HEADERS;
        let first = line(input, &mut left)?;
        let status = first.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
        let status = status.ok_or("what listens there is no container engine: its answer is not HTTP")?;
        let mut head = Head { status, podman: false, rest: Rest::Open };
        loop {
            let line = line(input, &mut left)?;
            if line.is_empty() {
                return Ok(head);
            }
            let (name, value) = line.split_once(':').unwrap_or((&line, ""));
            match (name.to_ascii_lowercase().as_str(), value.trim()) {
                ("transfer-encoding", value) if value.eq_ignore_ascii_case("chunked") => {
                    head.rest = Rest::Chunk(0, true)
                }
                ("content-length", value) if !matches!(head.rest, Rest::Chunk(..)) => {
                    head.rest = Rest::Length(value.parse().map_err(|_| "its answer has no length".to_owned())?);
                }
                ("libpod-api-version", _) => head.podman = true,
                ("server", value) if value.starts_with("Libpod") => head.podman = true,
                _ => {}
            }
        }
    }

    fn line(input: &mut impl BufRead, left: &mut u64) -> Result<String, String> {
        let mut bytes = Vec::new();
        let read = input.take(*left).read_until(b'\n', &mut bytes).map_err(|error| error.to_string())?;
        *left -= read as u64;
        if bytes.pop() != Some(b'\n') {
            return Err("the container engine's answer breaks off in its headers, or they are too long".to_owned());
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A stream that ends in an error when everything takes too long.
    struct Timed {
        stream: UnixStream,
        until: Instant,
    }

    impl Read for Timed {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if Instant::now() > self.until {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "the container engine takes too long"));
            }
            self.stream.read(buffer)
        }
    }

    /// How much of the body is left.
    enum Rest {
        /// Up to the end of the connection.
        Open,
        /// So many bytes.
        Length(u64),
        /// So many bytes of this chunk, and whether it is the first.
        Chunk(u64, bool),
        /// Nothing.
        Done,
    }

    struct Body<R> {
        input: R,
        rest: Rest,
    }

    impl<R: BufRead> Body<R> {
        fn next_chunk(&mut self, first: bool) -> io::Result<u64> {
            let mut left = 1024;
            let mut next = || line(&mut self.input, &mut left).map_err(io::Error::other);
            if !first {
                next()?;
            }
            let size = next()?;
            let size = size.split(';').next().unwrap_or_default().trim().to_owned();
            u64::from_str_radix(&size, 16).map_err(|_| io::Error::other("a chunk without a length"))
        }

        fn some(&mut self, buffer: &mut [u8], left: u64) -> io::Result<usize> {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            match self.input.read(&mut buffer[..most])? {
                0 if most > 0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the answer breaks off")),
                read => Ok(read),
            }
        }
    }

    impl<R: BufRead> Read for Body<R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if buffer.is_empty() {
                return Ok(0);
            }
            loop {
                match self.rest {
                    Rest::Open => return self.input.read(buffer),
                    Rest::Done | Rest::Length(0) => return Ok(0),
                    Rest::Length(left) => {
                        let read = self.some(buffer, left)?;
                        self.rest = Rest::Length(left - read as u64);
                        return Ok(read);
                    }
                    Rest::Chunk(0, first) => {
                        self.rest = match self.next_chunk(first)? {
                            0 => Rest::Done,
                            size => Rest::Chunk(size, false),
                        };
                    }
                    Rest::Chunk(left, _) => {
                        let read = self.some(buffer, left)?;
                        self.rest = Rest::Chunk(left - read as u64, false);
                        return Ok(read);
                    }
                }
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        /// What is read of an engine that answers so.
        fn answer(text: &'static str) -> Result<(String, bool), String> {
            let (ours, mut theirs) = UnixStream::pair().expect("a pair");
            let engine = std::thread::spawn(move || {
                let mut request = [0_u8; 4096];
                let read = theirs.read(&mut request).expect("a request");
                assert!(request[..read].starts_with(b"GET /images/app:1/get HTTP/1.1\r\n"));
                theirs.write_all(text.as_bytes()).expect("an answer");
            });
            let reply = ask(ours, "/images/app:1/get");
            engine.join().expect("an engine");
            let mut reply = reply?;
            let mut body = String::new();
            reply.body.read_to_string(&mut body).map_err(|error| error.to_string())?;
            Ok((body, reply.podman))
        }

        #[test]
        fn bodies_of_every_kind_are_read_whole() {
            let whole = |text: &str| Ok((text.to_owned(), false));
            assert_eq!(whole("abc"), answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"));
            let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n";
            assert_eq!(whole("abc"), answer(chunks));
            assert_eq!(whole("abc"), answer("HTTP/1.0 200 OK\r\n\r\nabc"));
            let podman = answer("HTTP/1.1 200 OK\r\nLibpod-Api-Version: 4.3.1\r\nContent-Length: 0\r\n\r\n");
            assert_eq!(Ok((String::new(), true)), podman);
        }

        #[test]
        fn what_breaks_off_or_is_refused_is_an_error() {
            for text in [
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nContent-",
                "SSH-2.0\r\n",
                "",
            ] {
                assert!(answer(text).is_err(), "{text}");
            }
            let missing =
                answer("HTTP/1.1 404 Not Found\r\nContent-Length: 30\r\n\r\n{\"message\":\"No such image: x\"}")
                    .expect_err("missing");
            assert_eq!("the container engine answers 404: No such image: x", missing);
        }

        #[test]
        fn a_reference_is_a_name_and_nothing_else() {
            for name in ["", "a b", "a\r\nX: y", "../containers", "-x", "a?b=c"] {
                assert!(super::super::save(name).expect_err(name).contains("no image's name"), "{name}");
            }
        }
    }
}
