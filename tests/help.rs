//! What each command says of itself: what it is for, what it takes, what it answers, and how it ends.

mod common;

use common::program::Desk;

/// The commands that a help lists.
fn commands(help: &str) -> Vec<String> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.is_empty());
    let name = |line: &str| line.split_whitespace().next().map(ToOwned::to_owned);
    listed.filter_map(name).collect()
}

#[test]
fn every_command_says_what_it_does_takes_and_answers() {
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
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains("answers"), "{command:?}: {said}");
        assert!(
            flat.contains(&format!("undersong {}", command.join(" "))),
            "{said}"
        );
        assert!(flat.contains("Example"), "{command:?}: {said}");
        // What is in angle brackets or square ones is told of below.
        let usage = said
            .lines()
            .find(|line| line.starts_with("Usage:"))
            .unwrap();
        if usage.contains('<') && !usage.contains("<COMMAND>") {
            assert!(
                said.contains("Arguments:") || usage.contains("--output"),
                "{said}"
            );
        }
    }
}
