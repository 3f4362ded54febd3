//! Whatever is changed, and whenever: what was heard stays as it was, nothing sounding is cut, no cue comes twice, and the
//! music has no hole. `make fuzz TARGET=revise` looks further.

mod common;

use common::changing::{changes, keep_what_was_and_cut_nothing};
use common::plans::{PhasePlan, Plan, plan};
use proptest::prelude::*;
use std::time::Duration;
use undersong::timeline::Change;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn any_changes_keep_what_was_and_cut_nothing(plan in plan(), changes in changes()) {
        keep_what_was_and_cut_nothing(&plan, &changes)?;
    }
}

/// Both the piece that was skipped to and the one that was planned are almost over by then: the first ends before a third comes.
#[test]
fn a_skip_that_is_taken_back_late_leaves_no_hole_between_pieces_without_a_seam() {
    let plan = Plan {
        crossfade: 0,
        ..pieces_of_twenty_seconds()
    };
    let changes = [(Change::Skip, 18 * 48_000 + 2), (Change::Undo, 955_202)];
    keep_what_was_and_cut_nothing(&plan, &changes).unwrap();
}

/// A skip while the next piece is already on its way: taken back, the last piece comes back for its last seconds, beside the one
/// that sounds on.
#[test]
fn what_comes_back_for_its_end_alone_is_not_what_the_music_goes_on_from() {
    let plan = pieces_of_twenty_seconds();
    let changes = [
        (Change::Skip, 5_752_060),
        (Change::Undo, 58_283),
        (Change::Continue, 202_876),
    ];
    keep_what_was_and_cut_nothing(&plan, &changes).unwrap();
}

/// The music before a silence goes more slowly than what comes behind the silence would have it, and is on its way.
#[test]
fn what_goes_into_a_silence_goes_on_so_when_the_silence_is_made_short() {
    let silence = PhasePlan {
        silent: true,
        shorter: 3,
        ..PhasePlan::plain(121)
    };
    for last in [16, 61] {
        let plan = Plan {
            tracks: vec![(44_100, 180_000, 0)],
            phases: vec![
                PhasePlan::plain(301),
                silence.clone(),
                PhasePlan::plain(last),
            ],
            phase_crossfade: 30_000,
            ..pieces_of_twenty_seconds()
        };
        let by = Duration::from_secs(120);
        let changes = [(Change::Shorten { by }, 309 * 48_000 + 5)];
        keep_what_was_and_cut_nothing(&plan, &changes).unwrap();
    }
}

fn pieces_of_twenty_seconds() -> Plan {
    Plan {
        tracks: vec![(44_100, 20_000, 0)],
        phases: vec![PhasePlan::plain(600)],
        crossfade: 13_373,
        phase_crossfade: 0,
        fade_in: 0,
        fade_out: 0,
        seed: 1,
    }
}
