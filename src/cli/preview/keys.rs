//! The preview's keys.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, read};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What the keys are, for those who ask.
pub const HELP: &str = "space: pause, go on    + -: louder, softer    n: next piece    k: keep the phase, let it go on    \
     b: bring back    u: undo    s, q, Ctrl-C: stop (again: faster)    ?: this";

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// Pause, or go on.
    Pause,
    /// Louder by 1 dB.
    Louder,
    /// Softer by 1 dB.
    Softer,
    /// The next piece.
    Next,
    /// Hold the phase, or let it go on.
    Keep,
    /// Bring the session to its return.
    BringBack,
    /// Take the last change back.
    Undo,
    /// Stop; each time faster.
    Stop,
    /// Say what the keys are.
    Help,
}

/// The keys that are pressed from now on; none where there is no terminal.
pub fn presses(terminal: bool) -> UnboundedReceiver<Press> {
    let (send, presses) = unbounded_channel();
    if terminal {
        // It waits for a key until the program ends.
        std::thread::spawn(move || {
            while let Ok(event) = read() {
                if let Event::Key(key) = event
                    && let Some(press) = meaning(key)
                    && send.send(press).is_err()
                {
                    break;
                }
            }
        });
    }
    presses
}

fn meaning(key: KeyEvent) -> Option<Press> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Some(Press::Stop),
        _ if key.kind == KeyEventKind::Repeat => None,
        KeyCode::Char(' ') => Some(Press::Pause),
        KeyCode::Char('+' | '=') | KeyCode::Up => Some(Press::Louder),
        KeyCode::Char('-') | KeyCode::Down => Some(Press::Softer),
        KeyCode::Char('n') => Some(Press::Next),
        KeyCode::Char('k') => Some(Press::Keep),
        KeyCode::Char('b') => Some(Press::BringBack),
        KeyCode::Char('u') => Some(Press::Undo),
        KeyCode::Char('s' | 'q') => Some(Press::Stop),
        KeyCode::Char('?' | 'h') => Some(Press::Help),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_mean_what_the_help_says() {
        let press = |code, modifiers| meaning(KeyEvent::new(code, modifiers));
        let plain = |code| press(code, KeyModifiers::NONE);
        assert_eq!(plain(KeyCode::Char(' ')), Some(Press::Pause));
        assert_eq!(plain(KeyCode::Char('+')), Some(Press::Louder));
        assert_eq!(plain(KeyCode::Down), Some(Press::Softer));
        assert_eq!(plain(KeyCode::Char('n')), Some(Press::Next));
        assert_eq!(plain(KeyCode::Char('k')), Some(Press::Keep));
        assert_eq!(plain(KeyCode::Char('b')), Some(Press::BringBack));
        assert_eq!(plain(KeyCode::Char('u')), Some(Press::Undo));
        assert_eq!(plain(KeyCode::Char('q')), Some(Press::Stop));
        assert_eq!(plain(KeyCode::Char('c')), None);
        let control_c = press(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(control_c, Some(Press::Stop));
    }
}
