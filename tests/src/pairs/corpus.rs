//! The corpus as text: many cases in one file, each a crate in two forms.
//!
//! A case begins with `=== NUMBER TITLE`. Lines that begin with `- ` stand in the form before the edit only, those
//! that begin with `+ ` in the form after it, all others in both. In each form, up to the first empty line, come
//! settings (`calls: f(1), f(2)`); then the text of `src/lib.rs`, and after lines such as `//- src/rates.rs` further
//! files.

use std::collections::BTreeMap;

/// One crate and one edit of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its number in the taxonomy, with a letter where a number has several.
    pub number: Number,
    /// The edit, in words.
    pub title: String,
    /// Before the edit.
    pub before: Form,
    /// After the edit.
    pub after: Form,
}

/// `87`, `87b`, `N4`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number {
    /// Whether the edit must leave the answers alone.
    pub harmless: bool,
    /// The number in its list.
    pub number: u32,
    /// Tells variants of one number apart.
    pub variant: String,
}

/// One of the two forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// How it is built and what is asked of it.
    pub settings: Settings,
    /// The texts of its files by their path.
    pub files: BTreeMap<String, String>,
}

/// What stands above the sources of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The marked function, by its path in the crate: `function: rates::of`.
    pub function: String,
    /// The expressions whose values are the result: `calls: f(1), f("a; b")`, separated by `, ` outside of brackets.
    pub calls: String,
    /// `edition: 2018`.
    pub edition: String,
    /// `build: cargo`.
    pub build: Build,
    /// Further arguments for Cargo: `cargo: --features fast`.
    pub cargo: Vec<String>,
    /// Flags of the compiler, of builds without Cargo: `flags: --cfg fast`.
    pub flags: Vec<String>,
    /// Variables of the build: `env: RATE=2`.
    pub variables: Vec<(String, String)>,
    /// The checkout's folder: `folder: elsewhere/app`.
    pub folder: String,
    /// Why even a function that reaches nothing may move: `wide: as a macro may define any name`.
    pub wide: Option<String>,
    /// Whether lines end as on Windows, and files begin with a byte order mark: `lines: windows`.
    pub is_windows: bool,
}

/// How a form is built and run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Build {
    /// By the compiler alone: one crate without dependencies. Takes a fifth of a second.
    Compiler,
    /// By Cargo, without selfsame: `build: cargo`.
    Cargo,
    /// By Cargo, with selfsame's build script and generated module, which is asked for the version: `build: selfsame`.
    Selfsame,
    /// Not here, for the reason given: `build: none, as …`. Only the versions are compared.
    None(String),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            function: "f".to_owned(),
            calls: "f(1), f(2), f(7)".to_owned(),
            edition: "2024".to_owned(),
            build: Build::Compiler,
            cargo: Vec::new(),
            flags: Vec::new(),
            folder: "app".to_owned(),
            is_windows: false,
            wide: None,
            variables: Vec::new(),
        }
    }
}

impl Case {
    /// Whether the edit is one of sources alone: compiler, flags, manifests and packages stay.
    #[must_use]
    pub fn leaves_the_build(&self) -> bool {
        let inputs = |form: &Form| {
            let settings = Settings {
                function: String::new(),
                calls: String::new(),
                ..form.settings.clone()
            };
            let mut files = form.files.clone();
            files.retain(|path, _| {
                path.starts_with(".cargo/") || path.contains("Cargo.") || path == "compiler"
            });
            (settings, files)
        };
        inputs(&self.before) == inputs(&self.after)
    }
}

/// All cases of a file.
///
/// # Panics
///
/// If it is not written as the head of this module says.
#[must_use]
pub fn parse(text: &str) -> Vec<Case> {
    let (head, cases) = text.split_once("\n=== ").expect("a file has cases");
    assert!(
        head.lines()
            .all(|line| line.is_empty() || line.starts_with('#')),
        "only a comment stands above the first case"
    );
    cases.split("\n=== ").map(case).collect()
}

fn case(text: &str) -> Case {
    let (title, body) = text.split_once('\n').expect("a case has a body");
    let (number, title) = title.split_once(' ').expect("a case has a title");
    Case {
        number: Number::parse(number),
        title: title.to_owned(),
        before: form(body, "- ", "+ "),
        after: form(body, "+ ", "- "),
    }
}

impl Number {
    fn parse(text: &str) -> Self {
        let (harmless, rest) = match text.strip_prefix('N') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, variant) = rest.split_at(digits);
        Self {
            harmless,
            number: number.parse().expect("a case has a number"),
            variant: variant.to_owned(),
        }
    }

    /// Whether the version may move although the answers stay, as the documentation says.
    #[must_use]
    pub fn may_move(&self) -> bool {
        self.harmless && (21..=27).contains(&self.number)
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = if self.harmless { "N" } else { "" };
        write!(formatter, "{mark}{}{}", self.number, self.variant)
    }
}

/// The form whose own lines begin with `own`.
fn form(body: &str, own: &str, other: &str) -> Form {
    let mut form = Form::default();
    let mut in_settings = true;
    let mut path = "src/lib.rs";
    for line in body.lines() {
        let line = match line.strip_prefix(own) {
            Some(line) => line,
            None if line.starts_with(other) => continue,
            // Editors take away the space at the end of an empty line.
            None if line == own.trim_end() => "",
            None if line == other.trim_end() => continue,
            None => line,
        };
        if in_settings && line.is_empty() {
            in_settings = false;
        } else if in_settings {
            form.settings.read(line);
        } else if let Some(next) = line.strip_prefix("//- ") {
            path = next;
            form.files.insert(path.to_owned(), String::new());
        } else {
            let text = form.files.entry(path.to_owned()).or_default();
            text.push_str(line);
            text.push('\n');
        }
    }
    form
}

impl Settings {
    fn read(&mut self, line: &str) {
        let (name, value) = line
            .split_once(": ")
            .expect("settings stand above an empty line");
        let words = || value.split(' ').map(str::to_owned);
        match name {
            "function" => value.clone_into(&mut self.function),
            "calls" => value.clone_into(&mut self.calls),
            "edition" => value.clone_into(&mut self.edition),
            "build" => self.build = Build::parse(value),
            "cargo" => self.cargo.extend(words()),
            "flags" => self.flags.extend(words()),
            "folder" => value.clone_into(&mut self.folder),
            "wide" => self.wide = Some(value.to_owned()),
            "lines" => self.is_windows = value == "windows",
            "env" => {
                let (name, value) = value.split_once('=').expect("a variable has a value");
                self.variables.push((name.to_owned(), value.to_owned()));
            }
            _ => panic!("unknown setting in {line:?}"),
        }
    }
}

impl Build {
    fn parse(value: &str) -> Self {
        match value {
            "cargo" => Self::Cargo,
            "selfsame" => Self::Selfsame,
            _ => {
                let reason = value.strip_prefix("none, as ");
                Self::None(reason.expect("`none` has a reason").to_owned())
            }
        }
    }
}
