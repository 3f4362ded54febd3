//! The command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    undersong::cli::main()
}
