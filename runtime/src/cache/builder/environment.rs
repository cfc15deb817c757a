//! Where store, secrets and certificates come from: what the application says, else what the environment does.

use std::env::VarError;
#[cfg(feature = "tls")]
use std::ffi::OsString;
use std::sync::Arc;

use super::CacheBuilder;
#[cfg(feature = "tls")]
use crate::cache::TLS_VARIABLES;
use crate::cache::{Cache, SECRET_VARIABLE, URL_VARIABLE};
use crate::error::{Error, ErrorKind};
use crate::report::Reporter;
use crate::secret::{self, Secrets};
use crate::store::Store;
#[cfg(feature = "tls")]
use crate::store::redis::Tls;
use crate::store::url::{StoreUrl, Surroundings};

/// Where the store comes from.
#[derive(Debug)]
pub(super) enum Source {
    Environment,
    /// What was read of the URL: a bad one is reported when the cache is built.
    Url(Result<StoreUrl, Error>),
    Given(Arc<dyn Store>),
}

/// Where the secrets come from.
#[derive(Debug)]
pub(super) enum Locking {
    Environment,
    /// What was read of them: bad ones are reported when the cache is built.
    Given(Result<Option<Secrets>, Error>),
}

impl Source {
    pub(super) fn open(self, surroundings: &Surroundings) -> Result<Arc<dyn Store>, Error> {
        match self {
            Self::Environment => url_of(std::env::var(URL_VARIABLE))?.open(surroundings),
            Self::Url(url) => url?.open(surroundings),
            Self::Given(store) => Ok(store),
        }
    }
}

impl Locking {
    pub(super) fn read(self) -> Result<Option<Secrets>, Error> {
        match self {
            Self::Environment => secrets_of(std::env::var(SECRET_VARIABLE)),
            Self::Given(secrets) => secrets,
        }
    }
}

/// The cache of a process that installed none. Nobody is there to take an error: it is said aloud, and entries stay in
/// this process.
pub(in crate::cache) fn from_environment() -> Cache {
    let url = std::env::var(URL_VARIABLE);
    let secrets = std::env::var(SECRET_VARIABLE);
    let configured = CacheBuilder {
        store: Source::Url(url_of(url)),
        secrets: Locking::Given(secrets_of(secrets)),
        ..CacheBuilder::new()
    };
    or_in_this_process(configured)
}

fn or_in_this_process(configured: CacheBuilder) -> Cache {
    configured.build().unwrap_or_else(|error| {
        let variable = variable_of(&error);
        Reporter::default().say(format_args!(
            "{variable} is not usable: {error}; results are remembered in this process only"
        ));
        let in_this_process = CacheBuilder {
            store: Source::Url(Ok(StoreUrl::Memory)),
            secrets: Locking::Given(Ok(None)),
            #[cfg(feature = "tls")]
            tls: Some(Tls::new()),
            ..CacheBuilder::new()
        };
        in_this_process
            .build()
            // The defaults are in their ranges, and memory is always there.
            .expect("the default settings are valid")
    })
}

/// The variable that an error is about, where all that was set are variables.
fn variable_of(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::InvalidSecret { .. } | ErrorKind::FeatureMissing(secret::FEATURE) => {
            SECRET_VARIABLE
        }
        ErrorKind::InvalidTls(_) => "what SELFSAME_TLS_CA, _CERT and _KEY say",
        _ => URL_VARIABLE,
    }
}

/// What the variables say of certificates.
#[cfg(feature = "tls")]
pub(super) fn tls_from_environment() -> Result<Option<Tls>, Error> {
    tls_of(TLS_VARIABLES.map(std::env::var_os))
}

/// Files that are named by variables, in the order of [`TLS_VARIABLES`]. What is set to nothing is not set: that leaves
/// the defaults, which trust no more.
#[cfg(feature = "tls")]
fn tls_of(files: [Option<OsString>; 3]) -> Result<Option<Tls>, Error> {
    let files = files.map(|file| file.filter(|path| !path.is_empty()));
    if files.iter().all(Option::is_none) {
        return Ok(None);
    }
    let [authorities, certificates, key] = files;
    let mut tls = Tls::new();
    if let Some(path) = authorities {
        tls = tls.ca_file(path);
    }
    match (certificates, key) {
        (Some(certificates), Some(key)) => Ok(Some(tls.client_auth(certificates, key))),
        (None, None) => Ok(Some(tls)),
        _ => Err(ErrorKind::InvalidTls(
            "of SELFSAME_TLS_CERT and SELFSAME_TLS_KEY, one is of no use without the other".into(),
        )
        .into()),
    }
}

/// A variable that is set to nothing is a mistake and no wish for entries in clear.
fn secrets_of(variable: Result<String, VarError>) -> Result<Option<Secrets>, Error> {
    match variable {
        Ok(text) => Secrets::read(text.split(',')),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Secrets::read([""]),
    }
}

fn url_of(variable: Result<String, VarError>) -> Result<StoreUrl, Error> {
    match variable {
        // Deployment tools tend to set what they know nothing of to nothing.
        Ok(url) if url.is_empty() => Ok(StoreUrl::Memory),
        Ok(url) => StoreUrl::parse(&url),
        Err(VarError::NotPresent) => Ok(StoreUrl::Memory),
        Err(VarError::NotUnicode(_)) => Err(ErrorKind::InvalidUrl("it is not Unicode").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::builder::tests::kind;

    #[test]
    fn an_unset_or_empty_variable_means_memory() {
        assert_eq!(url_of(Err(VarError::NotPresent)).unwrap(), StoreUrl::Memory);
        assert_eq!(url_of(Ok(String::new())).unwrap(), StoreUrl::Memory);
    }

    #[cfg(feature = "encryption")]
    #[test]
    fn a_secret_that_is_set_to_nothing_is_no_wish_for_entries_in_clear() {
        assert!(secrets_of(Err(VarError::NotPresent)).unwrap().is_none());
        for text in ["", " ", ","] {
            let error = secrets_of(Ok(text.into())).unwrap_err();
            assert_eq!(variable_of(&error), SECRET_VARIABLE, "{error}");
        }
        let builder = Cache::builder().url("memory:").secrets(["sesame"]);
        assert!(matches!(
            kind(builder),
            ErrorKind::InvalidSecret { place: 1, .. }
        ));
    }

    #[cfg(not(feature = "encryption"))]
    #[test]
    fn a_secret_that_can_not_be_used_is_an_error() {
        let builder = Cache::builder().url("memory:").secrets(["sesame"]);
        assert_eq!(kind(builder), ErrorKind::FeatureMissing("encryption"));
        assert!(secrets_of(Ok("sesame".into())).is_err());
    }

    #[cfg(feature = "tls")]
    #[test]
    fn certificates_are_named_by_variables_and_only_where_they_have_an_effect() {
        let files = |files: [&str; 3]| tls_of(files.map(|file| Some(file.into())));
        assert_eq!(tls_of([None, None, None]).unwrap(), None);
        assert_eq!(files(["", "", ""]).unwrap(), None);
        let all = Tls::new().ca_file("a").client_auth("b", "c");
        assert_eq!(files(["a", "b", "c"]).unwrap(), Some(all.clone()));
        let half = files(["", "b", ""]).unwrap_err();
        assert!(half.to_string().contains("SELFSAME_TLS_KEY"), "{half}");

        let tls = |url, tls| kind(Cache::builder().url(url).tls(tls));
        assert!(matches!(
            tls("redis://h", Tls::new()),
            ErrorKind::InvalidTls(_)
        ));
        let missing = tls("rediss://h", all.clone());
        assert!(
            matches!(missing, ErrorKind::InvalidTls(what) if what.starts_with("a can't be read"))
        );
        assert!(Cache::builder().url("memory:").tls(all).build().is_ok());
    }

    #[test]
    fn a_bad_variable_leaves_a_cache_in_this_process() {
        let cache = or_in_this_process(Cache::builder().url("nonsense"));

        assert!(format!("{:?}", cache.core().gate.store()).starts_with("Memory"));
    }
}
