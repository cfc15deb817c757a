//! A real `redis-server` of a test's own: on a free port or a unix socket, with a folder that is
//! deleted afterwards, which can be killed, restarted and frozen.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::certificates::{Authority, Signed};
use crate::rights;

/// How long a fresh server may take to answer; generous, since a loaded machine runs the tests.
const START_PATIENCE: Duration = Duration::from_secs(20);
/// A free port may be taken by somebody else before the server binds it.
const PORT_ATTEMPTS: usize = 5;

/// The variable that names the program to start, where it is not `redis-server`: Valkey's or another version's.
pub const PROGRAM: &str = "SELFSAME_TEST_SERVER";

/// A running (or killed, or frozen) `redis-server`; killed when dropped.
#[derive(Debug)]
pub struct RedisServer {
    folder: TempDir,
    /// What stands first on the command line: the file of a sentinel.
    head: Vec<String>,
    endpoint: Endpoint,
    /// Where it speaks TLS too.
    secure_port: Option<u16>,
    /// Whether selfsame has the smallest set of rights there.
    is_restricted: bool,
    settings: Vec<String>,
    /// `None` while the server is down.
    process: Option<Child>,
}

/// What to start.
struct Plan<'a> {
    port: fn() -> u16,
    settings: &'a [&'a str],
    /// Who signs the certificate of a second port.
    authority: Option<&'a Authority>,
    /// The file of a sentinel.
    configuration: Option<&'a str>,
}

impl<'a> Plan<'a> {
    fn new(port: fn() -> u16, settings: &'a [&'a str]) -> Self {
        Self {
            port,
            settings,
            authority: None,
            configuration: None,
        }
    }

    /// Whether nobody but the test and selfsame comes to it, and without a name.
    fn is_alone(&self) -> bool {
        self.authority.is_none()
            && self.configuration.is_none()
            && !self.settings.iter().any(|word| NEEDS_MORE.contains(word))
    }
}

/// Settings of servers that are not left alone: by replicas, nodes or those who know a password.
const NEEDS_MORE: [&str; 3] = ["--cluster-enabled", "--repl-diskless-sync", "--requirepass"];

#[derive(Debug, Clone)]
enum Endpoint {
    Port(u16),
    Socket(PathBuf),
}

impl RedisServer {
    /// Starts a server on a free port of the loopback interface, without persistence.
    ///
    /// # Panics
    ///
    /// If `redis-server` is not installed or does not come up.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Like [`start`](Self::start), with further command line settings (`&["--requirepass", "x"]`).
    ///
    /// # Panics
    ///
    /// If `redis-server` is not installed or does not come up.
    #[must_use]
    pub fn start_with(settings: &[&str]) -> Self {
        Self::start_on(&Plan::new(free_port, settings))
    }

    /// Like [`start_with`](Self::start_with), with a second port where it speaks TLS with those whose certificate
    /// `authority` has signed.
    ///
    /// # Panics
    ///
    /// If `redis-server` is not installed or does not come up.
    #[must_use]
    pub fn start_secure(authority: &Authority, settings: &[&str]) -> Self {
        Self::start_on(&Plan {
            authority: Some(authority),
            ..Plan::new(free_port, settings)
        })
    }

    /// A node of a cluster, which needs a further port for its bus; it speaks TLS too, and with other nodes only so, where
    /// there is an `authority`.
    ///
    /// # Panics
    ///
    /// If `redis-server` is not installed or does not come up.
    #[must_use]
    pub fn start_node(authority: Option<&Authority>, settings: &[&str]) -> Self {
        Self::start_on(&Plan {
            authority,
            ..Plan::new(free_node_port, settings)
        })
    }

    /// Starts a sentinel with this configuration; one that speaks TLS too, where there is an `authority`.
    ///
    /// # Panics
    ///
    /// If `redis-server` is not installed or does not come up.
    #[must_use]
    pub fn start_sentinel(authority: Option<&Authority>, configuration: &str) -> Self {
        Self::start_on(&Plan {
            authority,
            configuration: Some(configuration),
            ..Plan::new(free_port, &[])
        })
    }

    /// Whether the installed server was built with TLS; otherwise says that a test is skipped.
    ///
    /// # Panics
    ///
    /// If it is not installed.
    #[must_use]
    pub fn speaks_tls() -> bool {
        let nowhere = Command::new(program())
            .args(["--port", "0", "--tls-port", "0"])
            .output()
            .expect("`./tests/run` installs it");
        let speaks = !String::from_utf8_lossy(&nowhere.stdout).contains("Bad directive");
        if !speaks {
            eprintln!("skipped: this redis-server was built without TLS");
        }
        speaks
    }

    fn start_on(plan: &Plan<'_>) -> Self {
        for _ in 0..PORT_ATTEMPTS {
            let mut server = Self::down(plan.settings, |_| Endpoint::Port((plan.port)()));
            if let Some(configuration) = plan.configuration {
                server.configure_sentinel(configuration);
            }
            if let Some(authority) = plan.authority {
                server.secure((plan.port)(), authority);
            }
            server.is_restricted = plan.is_alone() && std::env::var_os(rights::VARIABLE).is_some();
            if server.launch() {
                return server;
            }
        }
        panic!("redis-server did not come up on any of {PORT_ATTEMPTS} free ports");
    }

    fn configure_sentinel(&mut self, configuration: &str) {
        let file = self.folder.path().join("sentinel.conf");
        fs::write(&file, configuration).expect("the temporary folder can be written");
        self.head = vec![file.display().to_string(), "--sentinel".to_owned()];
    }

    fn secure(&mut self, port: u16, authority: &Authority) {
        let Signed { certificate, key } = authority.sign("localhost");
        let settings = [
            ("--tls-port", port.to_string()),
            ("--tls-cert-file", certificate),
            ("--tls-key-file", key),
            ("--tls-ca-cert-file", authority.certificate()),
            ("--tls-replication", "yes".to_owned()),
        ];
        let words = settings.map(|(name, value)| [name.to_owned(), value]);
        self.settings.extend(words.into_iter().flatten());
        self.secure_port = Some(port);
    }

    /// Starts a server that listens on a unix socket only.
    ///
    /// # Panics
    ///
    /// If `redis-server` is not installed or does not come up.
    #[must_use]
    pub fn start_on_socket() -> Self {
        let mut server = Self::down(&[], |folder| Endpoint::Socket(folder.join("redis.sock")));
        assert!(
            server.launch(),
            "redis-server did not come up on its socket"
        );
        server
    }

    /// The URL under which selfsame and redis-rs find the server.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.endpoint {
            Endpoint::Port(port) => format!("redis://127.0.0.1:{port}"),
            Endpoint::Socket(path) => format!("redis+unix://{}", path.display()),
        }
    }

    /// The port, where the server listens on one.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        match self.endpoint {
            Endpoint::Port(port) => Some(port),
            Endpoint::Socket(_) => None,
        }
    }

    /// The port by which others find it: the one where it speaks TLS, if there is one.
    ///
    /// # Panics
    ///
    /// If it listens on a socket.
    #[must_use]
    pub fn public_port(&self) -> u16 {
        let port = self.secure_port.or_else(|| self.port());
        port.expect("it listens on a port")
    }

    /// A blocking connection to look at and to change what is stored.
    ///
    /// # Panics
    ///
    /// If the server does not answer.
    #[must_use]
    pub fn connection(&self) -> redis::Connection {
        self.try_connection()
            .expect("the server of this test is up and answers")
    }

    /// Sends a command.
    ///
    /// # Panics
    ///
    /// If the server does not answer, or with an error.
    pub fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        self.try_ask(words)
            .unwrap_or_else(|error| panic!("{words:?}: {error}"))
    }

    /// Sends a command that may be refused.
    ///
    /// # Errors
    ///
    /// The server's, or that it does not answer.
    pub fn try_ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> redis::RedisResult<T> {
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        command.query(&mut self.try_connection()?)
    }

    /// Every key, sorted.
    ///
    /// # Panics
    ///
    /// If the server does not answer.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = redis::cmd("KEYS")
            .arg("*")
            .query(&mut self.connection())
            .expect("KEYS answers with names");
        keys.sort();
        keys
    }

    /// How many commands of this name (`"get"`) the server has executed since it started.
    ///
    /// # Panics
    ///
    /// If the server does not answer.
    #[must_use]
    pub fn calls_of(&self, command: &str) -> u64 {
        let statistics: String = redis::cmd("INFO")
            .arg("commandstats")
            .query(&mut self.connection())
            .expect("INFO answers with text");
        statistics
            .lines()
            .find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")))
            .and_then(|rest| rest.split(',').next()?.parse().ok())
            .unwrap_or(0)
    }

    /// Ends the server as a crash would: no goodbye, nothing saved.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            // Fails only for a process that is gone already, which is what is wanted.
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Starts the server again at the same place, empty.
    ///
    /// # Panics
    ///
    /// If it does not come up.
    pub fn restart(&mut self) {
        self.kill();
        assert!(self.launch(), "redis-server did not come up again");
    }

    /// Lets the server refuse whatever may need memory, as one does that is full and must not forget anything.
    ///
    /// # Panics
    ///
    /// If it is not up.
    pub fn fill(&self) {
        self.set("maxmemory-policy", "noeviction");
        self.set("maxmemory", "1");
    }

    /// Ends what [`fill`](Self::fill) has begun.
    ///
    /// # Panics
    ///
    /// If it is not up.
    pub fn make_room(&self) {
        self.set("maxmemory", "0");
    }

    fn set(&self, name: &str, value: &str) {
        let mut command = redis::cmd("CONFIG");
        let command = command.arg("SET").arg(name).arg(value);
        let () = command
            .query(&mut self.connection())
            .expect("the server is up");
    }

    /// Stops the process where it stands (`SIGSTOP`): connections stay open, nothing is answered.
    ///
    /// # Panics
    ///
    /// If the server is down.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets a frozen server go on (`SIGCONT`).
    ///
    /// # Panics
    ///
    /// If the server is down.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn down(settings: &[&str], endpoint: impl FnOnce(&Path) -> Endpoint) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("selfsame-redis-")
            .tempdir()
            .expect("the temporary folder can be written");
        Self {
            endpoint: endpoint(folder.path()),
            folder,
            head: Vec::new(),
            secure_port: None,
            is_restricted: false,
            settings: settings.iter().map(ToString::to_string).collect(),
            process: None,
        }
    }

    /// Whether the server came up; `false` if it ended, for want of its port for example.
    fn launch(&mut self) -> bool {
        let mut command = Command::new(program());
        command.args(&self.head);
        match &self.endpoint {
            Endpoint::Port(port) => {
                command.args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            }
            Endpoint::Socket(path) => command.args(["--port", "0", "--unixsocket"]).arg(path),
        };
        let process = command
            // As we advise, so that nobody is advised in the midst of a test; far more than any of them needs.
            .args(["--maxmemory", "4gb", "--maxmemory-policy", "allkeys-lru"])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(self.folder.path())
            .args(&self.settings)
            .args(
                self.is_restricted
                    .then(rights::settings)
                    .unwrap_or_default(),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match process {
            Ok(process) => self.process = Some(process),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                panic!("redis-server is not installed: `./tests/run` installs it")
            }
            Err(error) => panic!("redis-server can't be started: {error}"),
        }
        self.wait_until_up()
    }

    fn wait_until_up(&mut self) -> bool {
        let patience_ends = Instant::now() + START_PATIENCE;
        while Instant::now() < patience_ends {
            let process = self.process.as_mut().expect("just started");
            if process.try_wait().is_ok_and(|status| status.is_some()) {
                self.process = None;
                return false;
            }
            if self.is_ours() {
                return true;
            }
            thread::sleep(Duration::from_millis(5));
        }
        self.kill();
        false
    }

    /// Whether the server that answers at our place is the one started here: another test's server
    /// may have taken the port in between.
    fn is_ours(&self) -> bool {
        let Ok(mut connection) = self.try_connection() else {
            return false;
        };
        let Ok(server) = redis::cmd("INFO")
            .arg("server")
            .query::<String>(&mut connection)
        else {
            // Up, but it wants a password or refuses INFO: it has our settings, so it is ours.
            return true;
        };
        let pid = self.process.as_ref().map(Child::id);
        server
            .lines()
            .find_map(|line| line.strip_prefix("process_id:"))
            .is_some_and(|text| text.trim().parse().ok() == pid)
    }

    fn try_connection(&self) -> redis::RedisResult<redis::Connection> {
        let client = redis::Client::open(self.own_url())?;
        let connection = client.get_connection_with_timeout(Duration::from_secs(5))?;
        connection.set_read_timeout(Some(Duration::from_secs(5)))?;
        Ok(connection)
    }

    /// The URL for the test itself.
    fn own_url(&self) -> String {
        if self.is_restricted {
            let name = format!("redis://{}@", rights::CREDENTIALS);
            self.url().replacen("redis://", &name, 1)
        } else {
            self.url()
        }
    }

    fn signal(&self, name: &str) {
        signal(self.process.as_ref().expect("the server is up").id(), name);
    }
}

/// Sends a signal to a process; by the shell, since otherwise it needs `unsafe` or a dependency.
///
/// # Panics
///
/// If there is no such process of ours.
pub fn signal(process: u32, name: &str) {
    let status = Command::new("sh")
        .args(["-c", &format!("kill -{name} {process}")])
        .status()
        .expect("a shell is there");
    assert!(status.success(), "SIG{name} could not be sent");
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What is started.
fn program() -> OsString {
    std::env::var_os(PROGRAM).unwrap_or_else(|| "redis-server".into())
}

/// A port that was free a moment ago.
///
/// # Panics
///
/// If the loopback interface has no free port.
#[must_use]
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("the loopback interface has a free port")
        .port()
}

/// A port that was free a moment ago, as was the one 10,000 above it, where a node of a cluster speaks with the others.
fn free_node_port() -> u16 {
    let has_bus = |port: &u16| {
        let bus = port.checked_add(10_000);
        bus.is_some_and(|bus| TcpListener::bind((Ipv4Addr::LOCALHOST, bus)).is_ok())
    };
    let mut ports = std::iter::repeat_with(free_port);
    ports
        .find(has_bus)
        .expect("the loopback interface has free ports")
}
