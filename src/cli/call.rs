//! A call that is wrong: what is wrong with it, how it is made, and an example.

use std::process::ExitCode;

use clap::CommandFactory;
use clap::error::{ContextKind, ErrorKind};

use crate::cli::screen::{complain, printable};
use crate::cli::{Cli, Exit};

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
            Some(if [".yaml", ".yml"].iter().any(|it| word.ends_with(it)) {
                format!(
                    "say what to do with `{word}`: `undersong check {word}` looks for mistakes, \
                     `undersong preview {word}` plays it here, `undersong start {word}` in the room"
                )
            } else {
                let near = said(ContextKind::SuggestedSubcommand);
                let near = near.map(|near| near.replace(", ", "` or `"));
                let near = near.map(|near| format!("did you mean `{near}`?"));
                let help = || "`undersong --help` lists them".to_owned();
                format!(
                    "there is no command `{word}`; {}",
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
        _ => None,
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
