//! What each command says of itself: what it is for, what it takes, and how it is typed.

mod common;

use std::path::Path;
use std::process::{Command, Stdio};

use common::program::Desk;

/// The commands that a help lists.
fn commands(help: &str) -> Vec<String> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.is_empty());
    let name = |line: &str| line.split_whitespace().next().map(ToOwned::to_owned);
    listed.filter_map(name).collect()
}

/// What stands below a heading, up to the next one.
fn below<'a>(help: &'a str, heading: &str) -> Vec<&'a str> {
    let lines = help
        .lines()
        .skip_while(|line| !line.starts_with(heading))
        .skip(1);
    lines
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .collect()
}

/// Each argument and option, and whether it is told what it means.
fn told(lines: &[&str]) -> Vec<(String, bool)> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_entry = |line: &str| {
        let starts = line.trim_start().starts_with(['-', '<', '[']);
        starts && (1..8).contains(&indent(line))
    };
    let entries = lines.iter().enumerate().filter(|(_, line)| is_entry(line));
    let told = entries.map(|(number, line)| {
        let next = lines.get(number + 1).map_or("", |next| next.trim());
        let beside = line.trim().contains("  ");
        (line.trim().to_owned(), beside || !next.is_empty())
    });
    told.collect()
}

#[test]
fn every_command_says_what_it_does_and_takes_and_its_examples_can_be_typed() {
    let desk = Desk::new();
    let help = |args: &[&str]| {
        let said = desk.run(&[args, &["--help"]].concat());
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{args:?}");
        said.out
    };
    let whole = help(&[]);
    assert!(whole.contains("Exit codes: 0 done; 1"), "{whole}");
    let mut all: Vec<Vec<String>> = commands(&whole)
        .into_iter()
        .map(|name| vec![name])
        .collect();
    let records = commands(&help(&["journal"])).into_iter();
    all.extend(records.map(|name| vec!["journal".to_owned(), name]));
    assert!(all.len() > 28, "{all:?}");
    for command in all {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let said = help(&words);
        let about: Vec<&str> = said
            .lines()
            .take_while(|line| !line.starts_with("Usage:"))
            .filter(|line| !line.is_empty())
            .collect();
        assert!(about.len() > 1, "more than its name says: {said}");
        for heading in ["Arguments:", "Options:"] {
            let entries = told(&below(&said, heading));
            let usage = said.lines().find(|line| line.starts_with("Usage:"));
            let takes = usage.unwrap().replace("<COMMAND>", "");
            let is_there = heading == "Options:" || takes.contains(" <");
            assert!(
                !entries.is_empty() || !is_there || takes.contains("--output"),
                "{heading} {said}"
            );
            for (entry, is_told) in entries {
                assert!(is_told, "{command:?}: nothing is said of {entry}\n{said}");
            }
        }
        // As whom it is run is the machine's.
        let examples = below(&said, "Example").into_iter().map(str::trim);
        let examples: Vec<&str> = examples
            .map(|line| line.trim_start_matches("sudo -u undersong "))
            .collect();
        let typed = format!("undersong {}", command.join(" "));
        assert!(
            examples.iter().any(|line| line.starts_with(&typed)),
            "no example of it: {said}"
        );
        for example in examples.iter().filter(|line| !line.is_empty()) {
            assert_eq!(typed_with_help(&desk, example), 0, "{example}");
        }
    }
    assert_eq!(typed_with_help(&desk, "undersong extend soon"), 2);
}

/// Types a line into a shell, with `--help` behind it: it is looked at, and not done.
fn typed_with_help(desk: &Desk, line: &str) -> i32 {
    let program = Path::new(env!("CARGO_BIN_EXE_undersong"));
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &format!("{line} --help")]);
    desk.dress(&mut shell);
    let ended = shell
        .env("PATH", program.parent().unwrap())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    ended.unwrap().code().unwrap()
}
