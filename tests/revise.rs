//! Whatever is changed, and whenever: what was heard stays as it was, nothing sounding is cut, no cue comes twice, and the
//! music has no hole. `make fuzz TARGET=revise` looks further.

mod common;

use common::changing::{changes, keep_what_was_and_cut_nothing};
use common::plans::plan;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn any_changes_keep_what_was_and_cut_nothing(plan in plan(), changes in changes()) {
        keep_what_was_and_cut_nothing(&plan, &changes)?;
    }
}
