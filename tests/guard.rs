//! The allocator guard works: what allocates on the audio thread ends the test.

use std::process::Command;

#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

#[test]
fn an_allocation_under_the_guard_aborts() {
    if std::env::var_os("UNDERSONG_ALLOCATE").is_some() {
        assert_no_alloc::assert_no_alloc(|| std::hint::black_box(vec![1_u8; 64]));
        return;
    }
    let this = std::env::current_exe().unwrap();
    let child = Command::new(this)
        .args(["--exact", "an_allocation_under_the_guard_aborts"])
        .env("UNDERSONG_ALLOCATE", "1")
        .output()
        .unwrap();
    assert!(!child.status.success(), "the guard did not notice");
}
