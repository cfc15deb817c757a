//! What is a secret, and that none is ever printed.

use super::*;

pub(crate) const ONE: &str = "9f4b1cc07a2ed3586b1f0e94d7a8c25390e1b6f72d4c8a0357be69f1d20c8a47";
pub(crate) const TWO: &str = "1d0a6e83c5f72b94e8360c5d9b17fa42ac63085e7df1b29c4e50a8d3761fcb08";

/// What is wrong, and that it says no more than that.
fn refusal(secrets: &[&str]) -> (usize, &'static str) {
    let error = Secrets::read(secrets).unwrap_err();
    let said = format!("{error} {error:?}");
    for secret in secrets.iter().filter(|secret| secret.len() > 3) {
        assert!(!said.contains(secret), "{said}");
    }
    match error.kind() {
        ErrorKind::InvalidSecret { place, what } => (*place, what),
        kind => panic!("{kind:?}"),
    }
}

#[test]
fn a_secret_is_64_hexadecimal_digits_in_either_case_with_space_around() {
    let secrets = Secrets::read([ONE]).unwrap().unwrap();
    for same in [ONE.to_uppercase(), format!(" {ONE}\n")] {
        let same = Secrets::read([same]).unwrap().unwrap();
        assert_eq!(same.newest().id(), secrets.newest().id());
    }
    let other = Secrets::read([TWO]).unwrap().unwrap();
    assert_ne!(other.newest().id(), secrets.newest().id());
}

#[test]
fn none_is_none() {
    assert!(Secrets::read::<&str>([]).unwrap().is_none());
}

#[test]
fn what_is_no_secret_is_named_by_its_place_and_not_repeated() {
    let base64 = "n0scwHou01hrHw6U16jCU5DhtvctTIoDV75p8dIMikc=";
    let (short, long, odd) = (&ONE[..62], format!("{ONE}00"), format!("{}g", &ONE[..63]));
    for text in [
        "",
        "correct horse battery staple",
        base64,
        short,
        &long,
        &odd,
        "ü",
    ] {
        let (place, what) = refusal(&[ONE, text]);
        assert_eq!(place, 2, "{text}");
        assert!(what.contains("64 hexadecimal digits"), "{what}");
    }
    for text in [
        "0".repeat(64),
        "deadbeef".repeat(8),
        "0123456789abcdef".repeat(4),
    ] {
        assert!(refusal(&[&text]).1.contains("pattern"), "{text}");
    }
    assert_eq!(
        refusal(&[ONE, TWO, &ONE.to_uppercase()]),
        (3, "it is there twice")
    );
}

#[test]
fn a_secret_is_not_printed() {
    let secrets = Secrets::read([ONE, TWO]).unwrap().unwrap();
    let said = format!("{secrets:?} {secrets:#?} {:?}", secrets.newest());
    assert_eq!(said, "2 secrets 2 secrets Secret");
    let builder = crate::Cache::builder().secrets([ONE]);
    let said = format!("{builder:?}");
    assert!(!said.contains(&ONE[..8]), "{said}");
    let said = format!("{:?}", builder.url("memory:").build().unwrap());
    assert!(!said.contains(&ONE[..8]), "{said}");
}

#[test]
fn older_secrets_are_found_by_their_ids() {
    let both = Secrets::read([TWO, ONE]).unwrap().unwrap();
    let one = Secrets::read([ONE]).unwrap().unwrap();
    let two = Secrets::read([TWO]).unwrap().unwrap();

    assert_eq!(both.newest().id(), two.newest().id());
    assert_eq!(both.find(one.newest().id()), Some(&**one.newest()));
    assert_eq!(one.find(two.newest().id()), None);
}

/// Test vector of draft-irtf-cfrg-xchacha-03, A.3.1: it is the cipher it says it is.
#[test]
fn the_cipher_is_xchacha20_poly1305() {
    use chacha20poly1305::aead::{AeadInOut, KeyInit};

    let key: [u8; 32] = std::array::from_fn(|place| 0x80 + place as u8);
    let nonce: [u8; 24] = std::array::from_fn(|place| 0x40 + place as u8);
    let context = hex::decode("50515253c0c1c2c3c4c5c6c7").unwrap();
    let mut message =
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for \
        the future, sunscreen would be it."
            .to_vec();
    let mac = chacha20poly1305::XChaCha20Poly1305::new((&key).into())
        .encrypt_inout_detached((&nonce).into(), &context, message.as_mut_slice().into())
        .unwrap();

    assert!(hex::encode(&message).starts_with("bd6d179d3e83d43b9576579493c0e939"));
    assert_eq!(hex::encode(mac), "c0875924c1c7987947deafd8780acf49");
}
