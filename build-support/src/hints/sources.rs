//! What answers differently from call to call: paths of std and of well-known crates.
//!
//! A path is told by its crate, the name before last and the last name: what lies between are modules, and many
//! crates offer the same function under several (`chrono::Utc`, `chrono::prelude::Utc`, `chrono::offset::Utc`).

use super::Impurity;

/// Functions that are sources of one kind.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) kind: Impurity,
    /// What is reached, with its article.
    pub(super) what: &'static str,
    pub(super) crates: &'static [&'static str],
    /// The name before last; empty if any may stand there.
    pub(super) parent: &'static str,
    /// The last name.
    pub(super) names: &'static [&'static str],
}

/// Methods that are sources of one kind, on types that are named nearby.
#[derive(Debug)]
pub(super) struct Method {
    pub(super) kind: Impurity,
    pub(super) what: &'static str,
    pub(super) names: &'static [&'static str],
    pub(super) crates: &'static [&'static str],
    pub(super) types: &'static [&'static str],
    pub(super) near: Near,
}

/// Where the type must be named for a method to be its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Near {
    /// In the same item: other types have methods of these names.
    Item,
    /// Anywhere in the closure, such as in the type of a field.
    Closure,
}

const CLOCK: &str = "a clock";
const RANDOM: &str = "random numbers";
const ENVIRONMENT: &str = "the environment";
const FILES: &str = "the file system";
const NETWORK: &str = "the network";
const PROCESS: &str = "another process";
const INPUT: &str = "standard input";

/// Crates whose files are like std's.
const FILE_CRATES: &[&str] = &["std", "tokio", "fs_err", "async_std", "async_fs", "smol"];
/// Crates whose sockets are like std's.
const SOCKET_CRATES: &[&str] = &["std", "tokio", "async_std", "async_net", "smol", "mio"];
/// Crates whose `Instant` and `SystemTime` are like std's.
const TIME_CRATES: &[&str] = &[
    "std",
    "tokio",
    "async_std",
    "coarsetime",
    "instant",
    "minstant",
    "quanta",
    "time",
    "web_time",
    "embassy_time",
];
const FILE_FUNCTIONS: &[&str] = &[
    "canonicalize",
    "copy",
    "create_dir",
    "create_dir_all",
    "exists",
    "hard_link",
    "metadata",
    "read",
    "read_dir",
    "read_link",
    "read_to_string",
    "remove_dir",
    "remove_dir_all",
    "remove_file",
    "rename",
    "set_permissions",
    "soft_link",
    "symlink",
    "symlink_metadata",
    "try_exists",
    "write",
];
const PATH_METHODS: &[&str] = &[
    "canonicalize",
    "exists",
    "is_dir",
    "is_file",
    "is_symlink",
    "metadata",
    "read_dir",
    "read_link",
    "symlink_metadata",
    "try_exists",
];
const RANDOM_FUNCTIONS: &[&str] = &[
    "fill",
    "make_rng",
    "random",
    "random_bool",
    "random_iter",
    "random_range",
    "random_ratio",
    "rng",
    "thread_rng",
];
const REQUESTS: &[&str] = &["delete", "get", "head", "patch", "post", "put", "request"];

/// A row of the table.
const fn source(
    kind: Impurity,
    what: &'static str,
    crates: &'static [&'static str],
    parent: &'static str,
    names: &'static [&'static str],
) -> Source {
    Source {
        kind,
        what,
        crates,
        parent,
        names,
    }
}

const fn clock(
    crates: &'static [&'static str],
    parent: &'static str,
    names: &'static [&'static str],
) -> Source {
    source(Impurity::Clock, CLOCK, crates, parent, names)
}

const fn random(
    crates: &'static [&'static str],
    parent: &'static str,
    names: &'static [&'static str],
) -> Source {
    source(Impurity::Random, RANDOM, crates, parent, names)
}

const fn environment(
    crates: &'static [&'static str],
    parent: &'static str,
    names: &'static [&'static str],
) -> Source {
    source(Impurity::Env, ENVIRONMENT, crates, parent, names)
}

const fn io(
    what: &'static str,
    crates: &'static [&'static str],
    parent: &'static str,
    names: &'static [&'static str],
) -> Source {
    source(Impurity::Io, what, crates, parent, names)
}

/// Paths.
pub(super) const SOURCES: &[Source] = &[
    clock(TIME_CRATES, "Instant", &["now", "recent"]),
    clock(TIME_CRATES, "SystemTime", &["now"]),
    clock(
        &["coarsetime"],
        "Clock",
        &["now_since_epoch", "recent_since_epoch"],
    ),
    clock(&["chrono"], "Local", &["now", "today"]),
    clock(&["chrono"], "Utc", &["now", "today"]),
    clock(&["time"], "OffsetDateTime", &["now_local", "now_utc"]),
    clock(&["time"], "UtcDateTime", &["now"]),
    clock(&["jiff"], "Timestamp", &["now"]),
    clock(&["jiff"], "Zoned", &["now"]),
    clock(&["hifitime"], "Epoch", &["now"]),
    clock(&["uuid"], "Uuid", &["now_v1", "now_v6", "now_v7"]),
    clock(&["uuid"], "Timestamp", &["now"]),
    clock(&["ulid"], "Ulid", &["new", "generate"]),
    random(&["uuid"], "Uuid", &["new_v4"]),
    random(&["rand"], "rand", RANDOM_FUNCTIONS),
    random(&["rand"], "prelude", RANDOM_FUNCTIONS),
    random(&["rand"], "", &["OsRng", "SysRng"]),
    random(&["rand"], "ThreadRng", &["default"]),
    // `SeedableRng`'s, on the generators of any crate of the family.
    random(
        &[
            "rand",
            "rand_chacha",
            "rand_core",
            "rand_hc",
            "rand_pcg",
            "rand_xoshiro",
        ],
        "",
        &["from_entropy", "from_os_rng", "try_from_os_rng"],
    ),
    random(&["rand_core", "getrandom"], "", &["OsRng", "SysRng"]),
    random(
        &["getrandom"],
        "getrandom",
        &["fill", "fill_uninit", "getrandom", "u32", "u64"],
    ),
    random(
        &["fastrand"],
        "fastrand",
        &[
            "alphabetic",
            "alphanumeric",
            "bool",
            "char",
            "choice",
            "choose_multiple",
            "digit",
            "f32",
            "f64",
            "fill",
            "i128",
            "i16",
            "i32",
            "i64",
            "i8",
            "isize",
            "lowercase",
            "shuffle",
            "u128",
            "u16",
            "u32",
            "u64",
            "u8",
            "uppercase",
            "usize",
        ],
    ),
    random(&["fastrand"], "Rng", &["new"]),
    random(&["std", "ahash", "foldhash"], "RandomState", &["new"]),
    random(&["ring"], "SystemRandom", &["new"]),
    environment(
        &["std"],
        "env",
        &[
            "args",
            "args_os",
            "current_dir",
            "current_exe",
            "home_dir",
            "temp_dir",
            "var",
            "var_os",
            "vars",
            "vars_os",
        ],
    ),
    environment(&["std"], "thread", &["current"]),
    environment(&["std"], "process", &["id", "parent_id"]),
    environment(
        &["dotenv", "dotenvy"],
        "",
        &["dotenv", "from_filename", "from_path", "var", "vars"],
    ),
    environment(&["envy"], "", &["from_env"]),
    environment(&["gethostname"], "gethostname", &["gethostname"]),
    environment(&["hostname"], "hostname", &["get"]),
    environment(
        &["dirs", "dirs_next"],
        "",
        &["cache_dir", "config_dir", "data_dir", "home_dir"],
    ),
    io(FILES, FILE_CRATES, "fs", FILE_FUNCTIONS),
    io(FILES, &["fs_err"], "fs_err", FILE_FUNCTIONS),
    io(FILES, &["fs_err"], "tokio", FILE_FUNCTIONS),
    io(FILES, &["async_fs"], "async_fs", FILE_FUNCTIONS),
    io(FILES, &["std"], "fs", &["chown", "lchown", "chroot"]),
    io(
        FILES,
        FILE_CRATES,
        "File",
        &["create", "create_new", "open", "open_buffered", "options"],
    ),
    io(FILES, FILE_CRATES, "OpenOptions", &["new"]),
    io(FILES, FILE_CRATES, "DirBuilder", &["new"]),
    io(FILES, &["std", "async_std"], "Path", PATH_METHODS),
    io(FILES, &["std", "async_std"], "PathBuf", PATH_METHODS),
    io(FILES, &["walkdir"], "WalkDir", &["new"]),
    io(FILES, &["ignore"], "Walk", &["new"]),
    io(FILES, &["ignore"], "WalkBuilder", &["new"]),
    io(FILES, &["glob"], "glob", &["glob", "glob_with"]),
    io(FILES, &["tempfile"], "tempfile", &["tempdir", "tempfile"]),
    io(FILES, &["tempfile"], "NamedTempFile", &["new"]),
    io(
        INPUT,
        &["std", "tokio", "async_std", "smol"],
        "io",
        &["stdin"],
    ),
    io(
        PROCESS,
        &["std", "tokio", "async_process", "async_std", "smol"],
        "Command",
        &["new"],
    ),
    io(
        NETWORK,
        SOCKET_CRATES,
        "TcpStream",
        &["connect", "connect_timeout"],
    ),
    io(NETWORK, SOCKET_CRATES, "TcpListener", &["bind"]),
    io(NETWORK, SOCKET_CRATES, "UdpSocket", &["bind"]),
    io(NETWORK, SOCKET_CRATES, "UnixStream", &["connect"]),
    io(NETWORK, SOCKET_CRATES, "UnixListener", &["bind"]),
    io(NETWORK, SOCKET_CRATES, "UnixDatagram", &["bind", "unbound"]),
    io(NETWORK, &["tokio"], "net", &["lookup_host"]),
    io(
        NETWORK,
        SOCKET_CRATES,
        "ToSocketAddrs",
        &["to_socket_addrs"],
    ),
    io(NETWORK, &["reqwest"], "reqwest", &["get"]),
    io(NETWORK, &["reqwest"], "blocking", &["get"]),
    io(NETWORK, &["reqwest"], "Client", &["builder", "new"]),
    io(NETWORK, &["reqwest"], "ClientBuilder", &["new"]),
    io(NETWORK, &["ureq"], "ureq", REQUESTS),
    io(NETWORK, &["ureq"], "ureq", &["agent", "builder"]),
    io(
        NETWORK,
        &["ureq"],
        "Agent",
        &["new", "new_with_config", "new_with_defaults"],
    ),
    io(NETWORK, &["attohttpc"], "attohttpc", REQUESTS),
    io(
        NETWORK,
        &["isahc"],
        "isahc",
        &["get", "get_async", "post", "post_async", "send"],
    ),
    io(NETWORK, &["isahc"], "HttpClient", &["builder", "new"]),
    io(NETWORK, &["minreq"], "minreq", REQUESTS),
    io(NETWORK, &["surf"], "surf", REQUESTS),
    io(
        NETWORK,
        &["hyper", "hyper_util"],
        "Client",
        &["builder", "new"],
    ),
    io(NETWORK, &["curl"], "Easy", &["new"]),
];

/// Methods.
pub(super) const METHODS: &[Method] = &[
    Method {
        kind: Impurity::Clock,
        what: CLOCK,
        names: &["elapsed"],
        crates: TIME_CRATES,
        types: &["Instant", "SystemTime", "UNIX_EPOCH"],
        near: Near::Closure,
    },
    Method {
        kind: Impurity::Io,
        what: FILES,
        names: PATH_METHODS,
        crates: &["std", "async_std"],
        types: &["Path", "PathBuf"],
        near: Near::Item,
    },
];
