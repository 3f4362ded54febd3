//! Puts labels into rows so that no two overlap and no leader crosses a label.
//!
//! A leader is the thin line from a mark, straight through the rows before its label's own, to the label's edge.

/// The label of a mark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// Where the mark stands.
    pub mark: f64,
    /// Where the text begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Its row: 0 is the nearest to the marks.
    pub row: usize,
}

/// Where labels may stand.
#[derive(Debug, Clone, Copy)]
pub struct Board {
    /// How many rows there are.
    pub rows: usize,
    /// The right edge; a label that finds no room before it stands left of its leader.
    pub right: f64,
}

/// A label left of its leader is no wider than this.
const LEFTWARDS: f64 = 170.0;

/// Between a leader and its text, and between two texts of a row.
const SPACE: f64 = 4.0;

impl Board {
    /// A spot for each of the marks, which are given from left to right with the width their label wants, or `None` where
    /// there is no room. `narrower` gives the next smaller width to try, down to `None`.
    pub fn arrange(
        &self,
        marks: &[(f64, f64)],
        narrower: impl Fn(f64) -> Option<f64>,
    ) -> Vec<Option<Spot>> {
        let mut taken: Vec<Spot> = Vec::new();
        let mut spots = vec![None; marks.len()];
        // From right to left: a label reaches over the marks right of it, and so stands behind their rows.
        for (at, (mark, wanted)) in marks.iter().enumerate().rev() {
            let mut width = Some(*wanted);
            while let Some(wide) = width {
                let below = |from: f64| {
                    let before = marks[..at].iter().rev();
                    before.take_while(|(mark, _)| *mark >= from).count()
                };
                if let Some(spot) = self.free(*mark, wide, &taken, below) {
                    taken.push(spot);
                    spots[at] = Some(spot);
                    break;
                }
                width = narrower(wide);
            }
        }
        spots
    }

    /// The nearest free row. `below` counts the marks from a place to this one.
    fn free(
        &self,
        mark: f64,
        width: f64,
        taken: &[Spot],
        below: impl Fn(f64) -> usize,
    ) -> Option<Spot> {
        let rightwards = mark + SPACE;
        let (from, first) = if rightwards + width <= self.right {
            (rightwards, 0)
        } else if width <= LEFTWARDS {
            // It reaches over the marks left of it, whose labels need the rows before its own.
            let from = mark - SPACE - width;
            (from, below(from).min(self.rows.saturating_sub(1)))
        } else {
            return None;
        };
        let mut spots = (first..self.rows).map(|row| Spot {
            mark,
            from,
            to: from + width,
            row,
        });
        spots.find(|spot| taken.iter().all(|other| spot.is_clear_of(other)))
    }
}

impl Spot {
    fn is_clear_of(&self, other: &Self) -> bool {
        let apart = self.to + SPACE < other.from || other.to + SPACE < self.from;
        let same_row = self.row == other.row;
        (apart || !same_row) && !self.is_crossed_by(other) && !other.is_crossed_by(self)
    }

    /// Whether the other one's leader runs through this text.
    fn is_crossed_by(&self, other: &Self) -> bool {
        self.row < other.row && self.from - 1.0 < other.mark && other.mark < self.to + 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_overlaps_and_no_leader_crosses_a_text() {
        let board = Board {
            rows: 6,
            right: 1590.0,
        };
        let mut state = 1_u64;
        for crowd in [1, 3, 14, 80, 400] {
            let mut marks: Vec<(f64, f64)> = (0..crowd)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    let part = |shift: u32| ((state >> shift) & 0xffff) as f64 / 65_536.0;
                    (84.0 + part(40) * 1460.0, 20.0 + part(20) * 240.0)
                })
                .collect();
            marks.sort_by(|a, b| a.0.total_cmp(&b.0));
            let spots = board.arrange(&marks, |width| {
                (width > 60.0).then_some((width - 90.0).max(50.0))
            });
            let spots: Vec<Spot> = spots.into_iter().flatten().collect();
            assert!(!spots.is_empty());
            for (at, spot) in spots.iter().enumerate() {
                assert!(spot.to <= board.right && spot.row < board.rows);
                for other in &spots[at + 1..] {
                    for (text, leader) in [(spot, other), (other, spot)] {
                        let over = (text.from..=text.to).contains(&leader.mark);
                        assert!(!over || leader.row <= text.row, "{leader:?} {text:?}");
                    }
                    if spot.row == other.row {
                        assert!(spot.to < other.from || other.to < spot.from);
                    }
                }
            }
        }
    }

    #[test]
    fn two_at_once_stand_one_below_the_other() {
        let board = Board {
            rows: 6,
            right: 1590.0,
        };
        let spots = board.arrange(&[(500.0, 90.0), (500.0, 90.0)], |_| None);
        let rows: Vec<usize> = spots.into_iter().flatten().map(|spot| spot.row).collect();
        assert_eq!(rows, [1, 0]);
    }
}
