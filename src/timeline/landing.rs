//! Why the end of a phase came to lie where it does when it was moved.

use std::time::Duration;

/// Why a phase whose end was moved ends where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landing {
    /// It was asked to.
    Asked,
    /// The script lets it be no longer.
    Longest {
        /// Than this.
        most: Duration,
        /// Whether it ends before that, where a piece does.
        piece: bool,
    },
    /// The script lets it be no shorter.
    Shortest {
        /// Than this.
        least: Duration,
        /// Whether it ends after that, where a piece does.
        piece: bool,
    },
    /// What sounds cannot leave sooner.
    Soonest,
    /// A piece ends there, near enough to what was asked.
    Piece,
}

impl Landing {
    /// The same where a piece ends near.
    #[must_use]
    pub const fn at_piece(self) -> Self {
        match self {
            Self::Longest { most, .. } => Self::Longest { most, piece: true },
            Self::Shortest { least, .. } => Self::Shortest { least, piece: true },
            Self::Asked | Self::Soonest | Self::Piece => Self::Piece,
        }
    }
}
