//! Who may come to a server, and how: over TLS with a certificate of one's own, and by an account that may do no more
//! than the README says.

use std::collections::HashMap;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use selfsame::store::conformance;
use selfsame::store::redis::{Redis, Tls};
use selfsame::store::{Store, StoreErrorKind, TagKey};
use selfsame_tests::certificates::{Authority, Signed};
use selfsame_tests::redis_cluster::RedisCluster;
use selfsame_tests::redis_sentinels::{self, RedisSentinels};
use selfsame_tests::redis_server::RedisServer;
use selfsame_tests::rights::rights;
use selfsame_tests::stage;
use selfsame_tests::worker::{NAMESPACE, UNINSTALLED, Worker};
use tokio::runtime::Builder;

/// Longer than the default: what is asserted is what happened, on a machine that may be busy.
const DEADLINE: Duration = Duration::from_secs(2);

const PASSWORD: &str = "sesame";

/// An account of that name for the namespaces that begin like it (the conformance check has some more), with these rights
/// and no others.
fn account(server: &RedisServer, name: &str, rights: &[String]) {
    let mut command = redis::cmd("ACL");
    command.arg("SETUSER").arg(name);
    command.arg(&["reset", "resetchannels", "on", &format!(">{PASSWORD}")]);
    command.arg(&[format!("~{name}*"), format!("&{name}*"), "-@all".to_owned()]);
    let () = command.arg(rights).query(&mut server.connection()).unwrap();
}

/// With a database of its own, which has to be selected.
fn url(server: &RedisServer, name: &str) -> String {
    let port = server.port().unwrap();
    format!("redis://{name}:{PASSWORD}@127.0.0.1:{port}/1")
}

fn worker(url: &str, variables: &[(&str, &str)]) -> Worker {
    Worker::start_with(env!("CARGO_BIN_EXE_worker"), url, variables)
}

fn assert_conforms(open: impl Fn() -> Redis, namespace: &str) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(conformance::check(|| Arc::new(open()), namespace));
}

fn open(url: &str) -> Redis {
    Redis::with_deadline(url, DEADLINE).unwrap()
}

#[test]
fn the_rights_that_are_documented_are_enough_for_a_store() {
    let server = RedisServer::start();
    account(&server, "enough", &rights());
    assert_conforms(|| open(&url(&server, "enough")), "enough");
}

/// What callers do, by two processes: each verb, and what one hears of the other.
fn assert_served(url: &str, variables: &[(&str, &str)]) {
    let [mut here, mut there] = [(); 2].map(|()| worker(url, variables));
    for verb in ["stored", "stored-later"] {
        assert_eq!(here.ask(&format!("{verb} 1")).computed, 1);
        there.ask_until(&format!("{verb} 1"), "hit store");
    }
    for (verb, told) in [
        ("evict-staged 2", "evicted Done"),
        ("invalidate 2", "invalidated Done"),
    ] {
        there.ask_until("staged 2", "hit memory");
        here.ask_until(verb, told);
        stage::wait("it is heard of", || {
            !there.ask("staged 2").saw("hit memory")
        });
    }
    let crowd = here.ask("crowd 3");
    assert_eq!(crowd.computed, 1, "{crowd:?}");
    let said = here.finish() + &there.finish();
    assert_eq!(said, "", "nothing went wrong");
}

#[test]
fn the_rights_that_are_documented_are_enough_for_callers() {
    let server = RedisServer::start();
    account(&server, "enough", &rights());
    assert_served(&url(&server, "enough"), &[(NAMESPACE, "enough")]);
    assert!(
        !was_denied(&server, "enough"),
        "something else was asked for"
    );
}

/// So that none is documented that is not needed.
#[test]
fn without_any_one_of_the_rights_something_is_missed() {
    let server = RedisServer::start();
    thread::scope(|scope| {
        for (number, right) in rights().into_iter().enumerate() {
            let name = format!("less{number}");
            let others: Vec<_> = rights()
                .into_iter()
                .filter(|other| *other != right)
                .collect();
            account(&server, &name, &others);
            let (url, server) = (url(&server, &name), &server);
            scope.spawn(move || {
                let checked = catch_unwind(|| assert_conforms(|| open(&url), &name));
                // The check leaves these to stores.
                let _ = open(&url).touch(&[TagKey::label(&name, "touched")]);
                let _ = open(&url).advice();
                // What is only a courtesy fails silently, and the server knows.
                assert!(
                    checked.is_err() || was_denied(server, &name),
                    "{right} is not needed"
                );
            });
        }
    });
}

/// Whether the server has refused anything to that account.
fn was_denied(server: &RedisServer, name: &str) -> bool {
    let mut log = redis::cmd("ACL");
    let log = log.arg("LOG").arg(1_000).query(&mut server.connection());
    let log: Vec<HashMap<String, String>> = log.unwrap();
    log.iter().any(|entry| entry["username"] == name)
}

#[test]
fn a_password_that_is_wrong_is_not_repeated() {
    let server = RedisServer::start();
    account(&server, "app", &rights());
    let wrong = url(&server, "app").replace(PASSWORD, "open-barley");
    let mut worker = worker(&wrong, &[]);
    for call in ["stored 1", "stored-later 1"] {
        assert_eq!(worker.ask(call).computed, 1);
    }
    let said = worker.finish();
    assert!(said.contains("denied access"), "{said}");
    assert!(!said.contains("barley"), "{said}");
    let store = Redis::new(&wrong).unwrap();
    assert!(!format!("{store:?} {store:#?}").contains("barley"));
}

/// A server that speaks TLS, with an account; `None` where Redis was built without TLS.
fn secure_server(authority: &Authority) -> Option<(RedisServer, String)> {
    let server = RedisServer::speaks_tls().then(|| RedisServer::start_secure(authority, &[]))?;
    account(&server, "tls", &rights());
    let url = format!(
        "rediss://tls:{PASSWORD}@localhost:{}/1",
        server.public_port()
    );
    Some((server, url))
}

/// Trusts the authority, and comes with a certificate of its.
fn known_to(authority: &Authority) -> Tls {
    let Signed { certificate, key } = authority.sign("client");
    let tls = Tls::new().ca_file(authority.certificate());
    tls.client_auth(certificate, key)
}

#[test]
fn a_redis_over_tls_conforms_with_a_certificate_and_an_account() {
    let authority = Authority::new();
    let Some((_server, url)) = secure_server(&authority) else {
        return;
    };
    let tls = known_to(&authority);
    assert_conforms(|| Redis::with_tls(&url, DEADLINE, &tls).unwrap(), "tls");
}

#[test]
fn a_cluster_over_tls_conforms() {
    if !RedisServer::speaks_tls() {
        return;
    }
    let authority = Authority::new();
    let cluster = RedisCluster::start_with(Some(&authority), &[]);
    let url = format!("rediss+cluster://{}", cluster.hosts());
    let tls = known_to(&authority);
    assert_conforms(|| Redis::with_tls(&url, DEADLINE, &tls).unwrap(), "tls");
    assert_refused(&url, &authority);
}

#[test]
fn a_master_that_sentinels_name_over_tls_conforms() {
    if !RedisServer::speaks_tls() {
        return;
    }
    let authority = Authority::new();
    let sentinels = RedisSentinels::start_with(Some(&authority));
    let url = format!(
        "rediss+sentinel://{}/{}",
        sentinels.hosts(),
        redis_sentinels::NAME
    );
    let tls = known_to(&authority);
    assert_conforms(|| Redis::with_tls(&url, DEADLINE, &tls).unwrap(), "tls");
    assert_refused(&url, &authority);
}

/// Neither a client that nobody knows nor one that does not know the servers gets anywhere.
fn assert_refused(url: &str, authority: &Authority) {
    let without_certificate = Tls::new().ca_file(authority.certificate());
    let nobody = Authority::new();
    for tls in [without_certificate, known_to(&nobody)] {
        let store = Redis::with_tls(url, DEADLINE, &tls).unwrap();
        let refused = store.read_blocking(&conformance::key("tls", 1), &[]);
        let kind = refused.unwrap_err().kind();
        assert_eq!(kind, StoreErrorKind::Denied);
    }
}

#[test]
fn callers_come_over_tls_as_the_environment_says() {
    let authority = Authority::new();
    let Some((_server, url)) = secure_server(&authority) else {
        return;
    };
    let Signed { certificate, key } = authority.sign("client");
    let ca = authority.certificate();
    let trusting = [(NAMESPACE, "tls"), ("SELFSAME_TLS_CA", &*ca)];
    let known = [
        ("SELFSAME_TLS_CERT", &*certificate),
        ("SELFSAME_TLS_KEY", &*key),
    ];
    assert_served(&url, &[&trusting[..], &known[..]].concat());

    // Who has no certificate, or trusts nobody that the server was signed by, is as without a server.
    for variables in [&trusting[..], &known[..]] {
        let mut stranger = worker(&url, variables);
        for call in ["stored 7", "stored-later 7"] {
            assert_eq!(stranger.ask(call).computed, 1);
        }
        let said = stranger.finish();
        assert!(said.contains("denied access"), "{said}");
        assert!(!said.contains(PASSWORD), "{said}");
    }
}

#[test]
fn settings_for_tls_that_are_no_use_cost_the_store_and_are_named() {
    for (url, variable, value, why) in [
        (
            "rediss://localhost",
            "SELFSAME_TLS_CA",
            "/nowhere/ca.pem",
            "/nowhere/ca.pem can't be read",
        ),
        (
            "rediss://localhost",
            "SELFSAME_TLS_CERT",
            "cert.pem",
            "SELFSAME_TLS_KEY",
        ),
        (
            "redis://localhost",
            "SELFSAME_TLS_CA",
            "ca.pem",
            "does not begin with `rediss`",
        ),
    ] {
        let mut worker = worker(url, &[(UNINSTALLED, "1"), (variable, value)]);
        assert_eq!(worker.ask("kept 1").computed, 1);
        let said = worker.finish();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(
            said.contains("SELFSAME_TLS_CA, _CERT and _KEY") && said.contains(why),
            "{said}"
        );
    }
}
