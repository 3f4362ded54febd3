//! Any session, changed in any way at any time: what `tests/revise.rs` holds true of random ones, of those that the bytes
//! lead to.

#![no_main]

#[path = "../../tests/common/changing.rs"]
mod changing;
#[path = "../../tests/common/plans.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod plans;

use libfuzzer_sys::fuzz_target;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// So much more is thrown when the bytes are used up: dice that show nothing but zero never come to an end.
const MORE: usize = 16_384;

fuzz_target!(|bytes: &[u8]| {
    // The bytes are the dice.
    let mut thrown = bytes.to_vec();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    thrown.extend((0..MORE).map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    }));
    let dice = TestRng::from_seed(RngAlgorithm::PassThrough, &thrown);
    let mut runner = TestRunner::new_with_rng(Config::default(), dice);
    let Ok(tree) = (plans::plan(), changing::changes()).new_tree(&mut runner) else {
        return;
    };
    let (plan, changes) = tree.current();
    if let Err(error) = changing::keep_what_was_and_cut_nothing(&plan, &changes) {
        panic!("{error}\n{plan:?}\n{changes:?}");
    }
});
