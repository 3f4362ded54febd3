//! The preview's screen: lines that stay, and on a terminal one that is redrawn below them.

use std::io::{self, IsTerminal, Write};

use crossterm::cursor::{Hide, MoveToColumn, Show};
use crossterm::style::Print;
use crossterm::terminal::{Clear, ClearType, disable_raw_mode, enable_raw_mode, size};
use crossterm::{execute, queue};

/// Where the preview writes. On a terminal it reads single keys; dropped, also by an error, the terminal is as it was.
pub struct Screen {
    out: io::Stdout,
    terminal: bool,
    status: String,
}

impl Screen {
    /// Takes the terminal, where there is one.
    pub fn take() -> Self {
        let mut out = io::stdout();
        let terminal = out.is_terminal() && io::stdin().is_terminal() && enable_raw_mode().is_ok();
        if terminal {
            let _ = execute!(out, Hide);
        }
        Self {
            out,
            terminal,
            status: String::new(),
        }
    }

    /// Whether a person sits at it.
    pub const fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Writes a line that stays. Whether somebody still reads it does not matter to the session.
    pub fn line(&mut self, text: &str) {
        if self.terminal {
            let _ = queue!(
                self.out,
                MoveToColumn(0),
                Clear(ClearType::CurrentLine),
                Print(text),
                Print("\r\n"),
            );
            self.draw();
        } else {
            let _ = writeln!(self.out, "{text}");
        }
        let _ = self.out.flush();
    }

    /// Redraws the line below; only a terminal has it.
    pub fn status(&mut self, text: String) {
        if self.terminal && text != self.status {
            self.status = text;
            self.draw();
            let _ = self.out.flush();
        }
    }

    fn draw(&mut self) {
        // A line that is wider than the terminal could not be redrawn in place.
        let width = size().map_or(80, |(columns, _)| usize::from(columns));
        let text: String = self.status.chars().take(width.saturating_sub(1)).collect();
        let _ = queue!(
            self.out,
            MoveToColumn(0),
            Clear(ClearType::CurrentLine),
            Print(text),
        );
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if self.terminal {
            let _ = execute!(
                self.out,
                MoveToColumn(0),
                Clear(ClearType::CurrentLine),
                Show
            );
            let _ = disable_raw_mode();
        }
    }
}
