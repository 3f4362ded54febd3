//! A call that is wrong: what is wrong with it, how it is made, and an example.

use std::process::ExitCode;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::screen::{complain, printable};
use crate::cli::{Cli, Exit};

/// What the program is called.
const NAME: &str = "undersong";

/// Says what is wrong with a call, or answers what was asked of the program itself (`--help`); and how it ends for it.
pub fn refused(error: &clap::Error) -> ExitCode {
    let Some(sentence) = sentence(error) else {
        error.exit()
    };
    complain(&printable(&sentence));
    let usage = error.get(ContextKind::Usage);
    let usage = usage.map(ToString::to_string);
    for more in usage.into_iter().chain(examples()) {
        complain(&format!("\n{}", more.trim_end()));
    }
    ExitCode::from(Exit::Call as u8)
}

/// What is wrong, in a sentence; `None` where the parser says it well, or nothing is.
fn sentence(error: &clap::Error) -> Option<String> {
    let said = |kind| error.get(kind).map(ToString::to_string);
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = said(ContextKind::InvalidSubcommand)?;
            let command = called(error);
            let is_script = [".yaml", ".yml"].iter().any(|it| word.ends_with(it));
            Some(if is_script && command == NAME {
                format!(
                    "say what to do with `{word}`: `undersong check {word}` looks for mistakes, \
                     `undersong preview {word}` plays it here, `undersong start {word}` in the room"
                )
            } else {
                let near = said(ContextKind::SuggestedSubcommand);
                let near = near.map(|near| near.replace(", ", "` or `"));
                let near = near.map(|near| format!("did you mean `{near}`?"));
                let help = || format!("`{command} --help` lists them");
                let rest = command.strip_prefix(NAME).unwrap_or_default().trim();
                let whole = if rest.is_empty() {
                    word
                } else {
                    format!("{rest} {word}")
                };
                format!(
                    "there is no command `{whole}`; {}",
                    near.unwrap_or_else(help)
                )
            })
        }
        ErrorKind::MissingRequiredArgument => {
            let what = said(ContextKind::InvalidArg)?;
            Some(format!("something is missing here: {what}"))
        }
        ErrorKind::UnknownArgument => {
            let what = said(ContextKind::InvalidArg)?;
            let near = said(ContextKind::SuggestedArg);
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Some(format!("`{what}` cannot be said here{near}"))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let (what, value) = (
                said(ContextKind::InvalidArg)?,
                said(ContextKind::InvalidValue)?,
            );
            if value.is_empty() {
                return Some(format!("something is missing after `{what}`"));
            }
            let why = match error.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(values)) => {
                    format!("it is one of `{}`", values.join("`, `"))
                }
                _ => std::error::Error::source(error)?.to_string(),
            };
            Some(format!("`{value}` cannot be {what}: {why}"))
        }
        ErrorKind::ArgumentConflict => {
            let what = said(ContextKind::InvalidArg)?;
            let other = said(ContextKind::PriorArg)?;
            Some(if what == other {
                format!("`{what}` is said twice")
            } else {
                format!("`{what}` and `{other}` cannot be said together")
            })
        }
        _ => None,
    }
}

/// The command that was called, as the parser's usage names it: `undersong journal`.
fn called(error: &clap::Error) -> String {
    let usage = error.get(ContextKind::Usage).map(ToString::to_string);
    let usage = usage.unwrap_or_default();
    let words = usage.split_whitespace().skip_while(|word| *word != NAME);
    let words = words.take_while(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
    let words: Vec<&str> = words.take_while(|word| !word.starts_with('-')).collect();
    if words.is_empty() {
        NAME.to_owned()
    } else {
        words.join(" ")
    }
}

/// The examples of the command that was called.
fn examples() -> Option<String> {
    let mut command = Cli::command();
    // What is no text is no command either.
    for word in std::env::args_os().skip(1) {
        match command.find_subcommand(&word) {
            Some(found) => command = found.clone(),
            None => break,
        }
    }
    let is_whole = command.get_name() == Cli::command().get_name();
    command
        .get_after_help()
        .filter(|_| !is_whole)
        .map(ToString::to_string)
}
